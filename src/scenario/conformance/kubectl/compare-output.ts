/**
 * Compares what a command printed with what was recorded, line by line, as far as the order is fixed.
 */
import type { Placeholders } from './output-pattern.ts';

export type LineMatcher = (recorded: string, ours: string) => boolean;

/** As the recorder did: behind the first character that is not blank, wide gaps are three blanks, and lines end where their text ends. */
export function collapseBlanks(text: string): string {
  return text
    .split('\n')
    .map((line) => {
      const indent = /^\s*/.exec(line)![0];
      return (
        indent +
        line
          .slice(indent.length)
          .replaceAll(/[ \t]{2,}|\t/g, '   ')
          .trimEnd()
      );
    })
    .map((line) => line.trimEnd())
    .join('\n');
}

export function sameOutput(recorded: string, ours: string, compare: string | undefined, placeholders: Placeholders): boolean {
  const match: LineMatcher = (one, other) => placeholders.matches(sortedReasons(one), sortedReasons(other));
  const expected = recorded.split('\n');
  const lines = ours.split('\n');
  if (compare === 'lastLine') return match(lastLine(expected), lastLine(lines));
  if (expected.length !== lines.length) return false;
  if (compare === 'unorderedLines') return sameLines(expected, lines, match);
  let isInEvents = false;
  for (let at = 0; at < expected.length; ) {
    let end = at;
    while (end < expected.length && isLoose(expected[end]!, isInEvents)) end++;
    if (end > at) {
      if (!sameLines(expected.slice(at, end), lines.slice(at, end), match)) return false;
      at = end;
    } else {
      if (!match(expected[at]!, lines[at]!)) return false;
      isInEvents = expected[at]!.startsWith('Events:') || EVENT_HEADER.test(expected[at]!) || (isInEvents && expected[at] !== '');
      at++;
    }
  }
  return true;
}

const EVENT_HEADER = /^(NAMESPACE {3})?(LAST SEEN {3}TYPE|LASTSEEN)/;

/** Rows of pods with generated names, and Events. */
function isLoose(line: string, isInEvents: boolean): boolean {
  return line.includes('<rand5-') || (isInEvents && /^\s*\S/.test(line) && /<age>/.test(line));
}

/** Each line has its match among ours. */
function sameLines(expected: readonly string[], ours: readonly string[], match: LineMatcher): boolean {
  const left = [...ours];
  for (const line of expected) {
    const at = left.findIndex((other) => match(line, other));
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return left.length === 0;
}

/** kubectl gathers the reasons against a drain in a map, and lists them in an order of chance. */
function sortedReasons(line: string): string {
  const match = /^(error: unable to drain node .* due to error: \[)(.*)(\], continuing command\.\.\.|\].*)$/.exec(line);
  if (match === null) return line;
  const [, before, reasons, behind] = match as unknown as [string, string, string, string];
  return `${before}${reasons
    .split(/, (?=cannot )/)
    .sort()
    .join(', ')}${behind}`;
}

function lastLine(lines: readonly string[]): string {
  return lines.findLast((line) => line !== '') ?? '';
}
