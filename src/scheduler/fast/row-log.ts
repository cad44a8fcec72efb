/**
 * Which rows of the snapshot have changed, in order: what lets a template catch up from where it was instead of comparing
 * all rows on each walk.
 *
 * A ring: a reader further behind than it is long must take every row for changed. Positions count from the beginning of
 * time and are exact in a double.
 */

// Rows kept at least; a power of two, as the ring's length always is.
const MIN_LENGTH = 16;

export class RowLog {
  #rows = new Int32Array(MIN_LENGTH);
  /** Changes noted so far: where the next one goes, and where a reader stands that has seen them all. */
  head = 0;

  /** How many changes back a reader may be. */
  get length(): number {
    return this.#rows.length;
  }

  push(row: number): void {
    this.#rows[this.head & (this.#rows.length - 1)] = row;
    this.head++;
  }

  at(position: number): number {
    return this.#rows[position & (this.#rows.length - 1)]!;
  }

  /** As long as there are rows: whoever has missed more changes than that gains nothing by looking at each. Readers start anew. */
  fit(rowCount: number): void {
    let length = MIN_LENGTH;
    while (length < rowCount) length *= 2;
    if (length > this.#rows.length) {
      this.#rows = new Int32Array(length);
      this.head += length + 1;
    }
  }
}
