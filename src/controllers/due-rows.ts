/**
 * Rows to be looked at again when a time has come, such as the pods that are ready and not yet available: the next one first.
 *
 * A binary heap on two columns. A row may stand in it more than once, and for a time that means nothing any more: looking again does no harm.
 */
export class DueRows {
  readonly #timesUs: number[] = [];
  readonly #rows: number[] = [];

  get size(): number {
    return this.#rows.length;
  }

  add(timeUs: number, row: number): void {
    let at = this.#rows.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#timesUs[parent]! <= timeUs) break;
      this.#put(at, this.#timesUs[parent]!, this.#rows[parent]!);
      at = parent;
    }
    this.#put(at, timeUs, row);
  }

  /** Takes the next row whose time has come; -1 when there is none. */
  take(nowUs: number): number {
    if (this.#rows.length === 0 || this.#timesUs[0]! > nowUs) return -1;
    const row = this.#rows[0]!;
    const timeUs = this.#timesUs.pop()!;
    const last = this.#rows.pop()!;
    if (this.#rows.length > 0) this.#sink(timeUs, last);
    return row;
  }

  #sink(timeUs: number, row: number): void {
    const { length } = this.#rows;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      if (child + 1 < length && this.#timesUs[child + 1]! < this.#timesUs[child]!) child++;
      if (this.#timesUs[child]! >= timeUs) break;
      this.#put(at, this.#timesUs[child]!, this.#rows[child]!);
      at = child;
    }
    this.#put(at, timeUs, row);
  }

  #put(at: number, timeUs: number, row: number): void {
    this.#timesUs[at] = timeUs;
    this.#rows[at] = row;
  }
}
