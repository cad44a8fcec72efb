/**
 * A walk over a template's rows by blocks: how many rows are passed, how many found, and which of them wins, where nothing but the
 * rows' own values decides.
 *
 * Of a block only its count of feasible rows, of stale ones, and its greatest value are read, so that the cost hardly grows with the
 * number of nodes. Finds what the walk row by row finds (fast-path.ts) with firstMaximum of it.
 */
import type { PodInfo } from '../pod-info.ts';
import { nextInPreOrder } from '../select-host.ts';
import type { LocalColumns } from './local-columns.ts';
import { comesBefore } from './pre-order.ts';

// Rows in a block: few enough to look through one, enough to make light of many.
const SHIFT = 6;
const BLOCK = 1 << SHIFT;
/** In `maxima`: to be found anew. */
const UNKNOWN = -2;
// Positions tried one after the other before ties are taken to be rare, and looked up instead: some, and this share of those found.
const MIN_STEPS = 48;
const STEPS_SHARE = 4;

/** By block of rows. Kept by LocalColumns with every value it writes. */
export class Blocks {
  readonly feasible: Int32Array;
  readonly stale: Int32Array;
  /** The greatest value; -1 where no row is feasible. */
  readonly maxima: Int32Array;
  readonly #rowCount: number;

  constructor(rowCount: number) {
    const count = (rowCount + BLOCK - 1) >> SHIFT;
    this.#rowCount = rowCount;
    this.feasible = new Int32Array(count);
    this.stale = new Int32Array(count);
    this.maxima = new Int32Array(count);
    this.reset();
  }

  /** All rows are stale. */
  reset(): void {
    this.feasible.fill(0);
    this.maxima.fill(-1);
    this.stale.fill(BLOCK);
    const rest = this.#rowCount & (BLOCK - 1);
    if (rest !== 0) this.stale[this.stale.length - 1] = rest;
  }

  /** A row that had this value is stale now. */
  forget(row: number, value: number): void {
    const block = row >> SHIFT;
    this.stale[block]!++;
    if (value < 0) return;
    this.feasible[block]!--;
    if (value === this.maxima[block]) this.maxima[block] = UNKNOWN;
  }

  /** A stale row has this value now. */
  learn(row: number, value: number): void {
    const block = row >> SHIFT;
    this.stale[block]!--;
    if (value < 0) return;
    this.feasible[block]!++;
    if (this.maxima[block] !== UNKNOWN && value > this.maxima[block]!) this.maxima[block] = value;
  }

  /** Of a block without stale rows. */
  maximum(block: number, values: Int32Array): number {
    let max = this.maxima[block]!;
    if (max !== UNKNOWN) return max;
    max = -1;
    const end = Math.min(values.length, (block + 1) << SHIFT);
    for (let row = block << SHIFT; row < end; row++) if (values[row]! > max) max = values[row]!;
    this.maxima[block] = max;
    return max;
  }
}

export class BlockWalk {
  /** Rows passed, feasible rows found, and the row that wins; -1 where none was found. */
  seen = 0;
  found = 0;
  winner = -1;
  /** Stretches of rows passed: where each begins and ends, and how many were found before it. Two more than there are blocks. */
  #starts = new Int32Array(0);
  #ends = new Int32Array(0);
  #before = new Int32Array(0);
  #maxima = new Int32Array(0);
  #stretches = 0;

  /** From `start` on and round, until one feasible row more than wanted is met. */
  run(columns: LocalColumns, pod: PodInfo, start: number, wanted: number): void {
    const { values, blocks } = columns;
    const count = values.length;
    const room = blocks.feasible.length + 3;
    if (this.#starts.length < room) {
      this.#starts = new Int32Array(room);
      this.#ends = new Int32Array(room);
      this.#before = new Int32Array(room);
      this.#maxima = new Int32Array(room);
    }
    this.#stretches = this.found = this.seen = 0;
    let row = start;
    while (this.seen < count) {
      const block = row >> SHIFT;
      const blockEnd = Math.min(count, (block + 1) << SHIFT);
      // The block the walk began in is met again at the end, for the rows before the start.
      const end = Math.min(blockEnd, row + count - this.seen);
      if (blocks.stale[block]! > 0) columns.refreshBlock(row, end, pod);
      const isWhole = row === block << SHIFT && end === blockEnd;
      if (isWhole && this.found + blocks.feasible[block]! <= wanted) {
        this.#note(row, end, blocks.maximum(block, values));
        this.found += blocks.feasible[block]!;
        this.seen += end - row;
      } else if (this.#passRows(values, row, end, wanted)) {
        break;
      }
      row = end === count ? 0 : end;
    }
    this.winner = this.found === 0 ? -1 : this.#findWinner(values, start, count);
  }

  /** Row by row, to the end or to the one too many; true in the latter case. */
  #passRows(values: Int32Array, from: number, to: number, wanted: number): boolean {
    const before = this.found;
    let { found } = this;
    let max = -1;
    let row = from;
    for (; row < to; row++) {
      const value = values[row]!;
      if (value < 0) continue;
      if (found === wanted) break;
      found++;
      if (value > max) max = value;
    }
    this.found = before;
    this.#note(from, row, max);
    this.found = found;
    this.seen += row - from;
    return row < to;
  }

  #note(from: number, to: number, max: number): void {
    const i = this.#stretches++;
    this.#starts[i] = from;
    this.#ends[i] = to;
    this.#before[i] = this.found;
    this.#maxima[i] = max;
  }

  #findWinner(values: Int32Array, start: number, count: number): number {
    let max = -1;
    for (let i = 0; i < this.#stretches; i++) if (this.#maxima[i]! > max) max = this.#maxima[i]!;
    if (this.found === this.seen) {
      // Every row passed was found, so that positions are rows: where many tie, one comes up soon.
      let position = 0;
      const steps = MIN_STEPS + this.found / STEPS_SHARE;
      for (let step = 0; step < steps && position < this.found; step++) {
        const row = start + position < count ? start + position : start + position - count;
        if (values[row] === max) return row;
        position = nextInPreOrder(position, this.found);
      }
    }
    let best = -1;
    let winner = -1;
    for (let i = 0; i < this.#stretches; i++) {
      if (this.#maxima[i] !== max) continue;
      let position = this.#before[i]!;
      for (let row = this.#starts[i]!; row < this.#ends[i]!; row++) {
        const value = values[row]!;
        if (value < 0) continue;
        if (value === max && (best < 0 || comesBefore(position, best))) {
          best = position;
          winner = row;
        }
        position++;
      }
    }
    return winner;
  }
}
