/**
 * What is wrong with the user's input: where, what was found and what was wanted, all problems of all files at once.
 */

/** One problem of the input. `line` and `column` count from 1; 0 means the file as a whole. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The path inside the document, such as `cluster.nodes[2].capacity.memory`; empty for the document itself. */
  readonly path: string;
  /** What was found there. */
  readonly found: string;
  /** What would do instead, in the affirmative. */
  readonly wanted: string;
  /** A name that was probably meant. */
  readonly suggestion?: string;
  /** Kubernetes' own words, said in place of what was found and wanted. */
  readonly words?: string;
}

/** Every problem found, in file order. Nothing was run and nothing written when this is thrown. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map(problemText).join('\n'));
    this.problems = problems;
  }
}

/** `file:line:col: path: expected …, got …` or in Kubernetes' words, as editors and terminals understand it. */
export function problemText(problem: Problem): string {
  const place = problem.line > 0 ? `${problem.file}:${problem.line}:${problem.column}` : problem.file;
  const path = problem.path === '' ? '' : `${problem.path}: `;
  const hint = problem.suggestion === undefined ? '' : `, did you mean "${problem.suggestion}"?`;
  return `${place}: ${path}${problem.words ?? `expected ${problem.wanted}, got ${problem.found}`}${hint}`;
}

/** The candidate nearest to `word` by edit distance, if near enough to have been meant. */
export function nearestName(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  // A word of one letter is near to every other.
  let bestDistance = Math.min(word.length, Math.max(2, Math.floor(word.length / 3)) + 1);
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(change, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}
