/**
 * The difference of two texts as `diff -u` prints it: hunks with three lines around each change.
 */
const CONTEXT = 3;

interface Edit {
  readonly sign: ' ' | '-' | '+';
  readonly line: string;
}

/** No lines when they are the same. When two lines count as the same may be the caller's to say. */
export function unifiedHunks(before: string, after: string, isSame = (one: string, other: string) => one === other): string[] {
  const edits = editsOf(linesOf(before), linesOf(after), isSame);
  const lines: string[] = [];
  let [from, oldLine, newLine] = [0, 1, 1];
  while (from < edits.length) {
    const first = edits.findIndex(({ sign }, at) => at >= from && sign !== ' ');
    if (first < 0) break;
    const start = Math.max(from, first - CONTEXT);
    for (; from < start; from++) [oldLine, newLine] = [oldLine + 1, newLine + 1];
    let end = first + 1;
    for (let quiet = 0; end < edits.length && quiet <= 2 * CONTEXT; end++) quiet = edits[end]!.sign === ' ' ? quiet + 1 : 0;
    while (end > start && trailingBlanks(edits, end) > CONTEXT) end--;
    const hunk = edits.slice(start, end);
    const [removed, added] = [hunk.filter(({ sign }) => sign !== '+').length, hunk.filter(({ sign }) => sign !== '-').length];
    lines.push(`@@ -${range(oldLine, removed)} +${range(newLine, added)} @@`, ...hunk.map(({ sign, line }) => sign + line));
    [oldLine, newLine] = [oldLine + removed, newLine + added];
    from = end;
  }
  return lines;
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}

function range(first: number, count: number): string {
  if (count === 1) return String(first);
  return `${count === 0 ? first - 1 : first},${count}`;
}

function trailingBlanks(edits: readonly Edit[], end: number): number {
  let count = 0;
  while (end - count > 0 && edits[end - count - 1]!.sign === ' ') count++;
  return count;
}

/** By the longest common run of lines. */
function editsOf(a: readonly string[], b: readonly string[], isSame: (one: string, other: string) => boolean): Edit[] {
  // lengths[i][j]: how many lines from a[i] and b[j] on have a partner.
  const lengths = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i]![j] = isSame(a[i]!, b[j]!) ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!);
    }
  }
  const edits: Edit[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && isSame(a[i]!, b[j]!)) {
      edits.push({ sign: ' ', line: a[i]! });
      i++;
      j++;
    } else if (j >= b.length || (i < a.length && lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) edits.push({ sign: '-', line: a[i++]! });
    else edits.push({ sign: '+', line: b[j++]! });
  }
  return edits;
}
