/**
 * What differs between two structs, as the server adds it to a refusal: a unified diff of their JSON, one blank to a level.
 *
 * Models apimachinery/pkg/util/diff, which leaves the work to a port of Python's difflib: the longest common block first, then what is before
 * and behind it; in a text of 200 lines and more, lines that repeat too often begin no block. The structs are the server's internal ones
 * (internal-view.ts).
 */
import { escapedForHtml } from '../schema/go-text.ts';

const CONTEXT_LINES = 3;
const POPULAR_FROM_LINES = 200;

/** The hunks that lead from one value to the other. */
export function jsonDifference(before: unknown, after: unknown): string {
  const lines = (value: unknown) => escapedForHtml(JSON.stringify(value, undefined, 1)).split('\n');
  return unified(lines(before), lines(after));
}

/** Lines `from` to `to` of the old text become lines `first` to `last` of the new one. */
interface Step {
  readonly isEqual: boolean;
  readonly from: number;
  readonly to: number;
  readonly first: number;
  readonly last: number;
}

interface Block {
  readonly old: number;
  readonly new: number;
  readonly size: number;
}

function unified(before: readonly string[], after: readonly string[]): string {
  return hunksOf(stepsOf(before, after))
    .map((steps) => {
      const [head, tail] = [steps[0]!, steps.at(-1)!];
      const text = steps.map(({ isEqual, from, to, first, last }) => {
        if (isEqual) return marked(' ', before.slice(from, to));
        return marked('-', before.slice(from, to)) + marked('+', after.slice(first, last));
      });
      return `@@ -${range(head.from, tail.to)} +${range(head.first, tail.last)} @@\n${text.join('')}`;
    })
    .join('');
}

function marked(mark: string, lines: readonly string[]): string {
  return lines.map((line) => `${mark}${line}\n`).join('');
}

function range(start: number, stop: number): string {
  const length = stop - start;
  if (length === 1) return `${start + 1}`;
  return `${length === 0 ? start : start + 1},${length}`;
}

/** The steps in groups, each with a few equal lines around it. */
function hunksOf(steps: readonly Step[]): readonly (readonly Step[])[] {
  const hunks: Step[][] = [];
  let hunk: Step[] = [];
  steps.forEach((step, at) => {
    const { isEqual, to, last } = step;
    let { from, first } = step;
    const [isFirst, isLast] = [at === 0, at === steps.length - 1];
    if (isEqual && isFirst) [from, first] = [Math.max(from, to - CONTEXT_LINES), Math.max(first, last - CONTEXT_LINES)];
    const ends = isEqual && isLast ? Math.min(to, from + CONTEXT_LINES) : to;
    if (isEqual && ends - from > 2 * CONTEXT_LINES) {
      hunk.push({ isEqual, from, to: from + CONTEXT_LINES, first, last: first + CONTEXT_LINES });
      hunks.push(hunk);
      hunk = [];
      [from, first] = [to - CONTEXT_LINES, last - CONTEXT_LINES];
    }
    hunk.push({ isEqual, from, to: ends, first, last: ends === to ? last : first + (ends - from) });
  });
  if (hunk.some(({ isEqual }) => !isEqual)) hunks.push(hunk);
  return hunks;
}

function stepsOf(before: readonly string[], after: readonly string[]): readonly Step[] {
  const steps: Step[] = [];
  let [from, first] = [0, 0];
  for (const block of [...blocksOf(before, after), { old: before.length, new: after.length, size: 0 }]) {
    if (from < block.old || first < block.new) steps.push({ isEqual: false, from, to: block.old, first, last: block.new });
    [from, first] = [block.old + block.size, block.new + block.size];
    if (block.size > 0) steps.push({ isEqual: true, from: block.old, to: from, first: block.new, last: first });
  }
  return steps;
}

/** The blocks both texts have, those that touch one another as one. */
function blocksOf(before: readonly string[], after: readonly string[]): readonly Block[] {
  const places = placesOf(after);
  const found: Block[] = [];
  const search = (from: number, to: number, first: number, last: number): void => {
    const block = longestBlock(before, after, places, { from, to, first, last });
    if (block.size === 0) return;
    if (from < block.old && first < block.new) search(from, block.old, first, block.new);
    const previous = found.at(-1);
    if (previous !== undefined && previous.old + previous.size === block.old && previous.new + previous.size === block.new) {
      found[found.length - 1] = { ...previous, size: previous.size + block.size };
    } else found.push(block);
    const [oldEnd, newEnd] = [block.old + block.size, block.new + block.size];
    if (oldEnd < to && newEnd < last) search(oldEnd, to, newEnd, last);
  };
  search(0, before.length, 0, after.length);
  return found;
}

/** Where each line stands, but for the popular ones. */
function placesOf(lines: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const places = new Map<string, number[]>();
  lines.forEach((line, at) => {
    const known = places.get(line);
    if (known === undefined) places.set(line, [at]);
    else known.push(at);
  });
  if (lines.length < POPULAR_FROM_LINES) return places;
  const most = Math.floor(lines.length / 100) + 1;
  return new Map([...places].filter(([, at]) => at.length <= most));
}

function longestBlock(
  before: readonly string[],
  after: readonly string[],
  places: ReadonlyMap<string, readonly number[]>,
  { from, to, first, last }: Omit<Step, 'isEqual'>,
): Block {
  let best: Block = { old: from, new: first, size: 0 };
  let lengths = new Map<number, number>();
  for (let at = from; at < to; at++) {
    const now = new Map<number, number>();
    for (const place of places.get(before[at]!) ?? []) {
      if (place < first) continue;
      if (place >= last) break;
      const size = (lengths.get(place - 1) ?? 0) + 1;
      now.set(place, size);
      if (size > best.size) best = { old: at - size + 1, new: place - size + 1, size };
    }
    lengths = now;
  }
  let { old, new: own, size } = best;
  while (old > from && own > first && before[old - 1] === after[own - 1]) [old, own, size] = [old - 1, own - 1, size + 1];
  while (old + size < to && own + size < last && before[old + size] === after[own + size]) size++;
  return { old, new: own, size };
}
