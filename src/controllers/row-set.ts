/**
 * A set of small whole numbers that is walked in their order: the nodes or ordinals a pass still has to look at.
 *
 * Hot: a bit for each number, so that a set of 15,000 costs a walk of 470 words, and one that is empty none at all.
 */
export class RowSet {
  #words = new Uint32Array(4);
  #size = 0;
  /** No word below this one has a bit set. */
  #floor = 0;

  get size(): number {
    return this.#size;
  }

  has(row: number): boolean {
    return row >>> 5 < this.#words.length && (this.#words[row >>> 5]! & (1 << (row & 31))) !== 0;
  }

  add(row: number): void {
    const at = row >>> 5;
    if (at >= this.#words.length) {
      const words = new Uint32Array(Math.max(at + 1, 2 * this.#words.length));
      words.set(this.#words);
      this.#words = words;
    }
    if (this.has(row)) return;
    this.#words[at]! |= 1 << (row & 31);
    this.#size++;
    if (at < this.#floor) this.#floor = at;
  }

  delete(row: number): void {
    if (!this.has(row)) return;
    this.#words[row >>> 5]! &= ~(1 << (row & 31));
    this.#size--;
  }

  /** -1 when there is none. */
  lowest(): number {
    if (this.#size === 0) return -1;
    while (this.#words[this.#floor] === 0) this.#floor++;
    const word = this.#words[this.#floor]!;
    return 32 * this.#floor + (31 - Math.clz32(word & -word));
  }

  /** -1 when there is none. */
  highest(): number {
    if (this.#size === 0) return -1;
    let at = this.#words.length - 1;
    while (this.#words[at] === 0) at--;
    return 32 * at + (31 - Math.clz32(this.#words[at]!));
  }

  /** The lowest from `row` upwards; -1 when there is none. */
  next(row: number): number {
    if (this.#size === 0) return -1;
    let at = row >>> 5;
    if (at < this.#floor) at = this.#floor;
    else if (at < this.#words.length) {
      const word = this.#words[at]! & (-1 << (row & 31));
      if (word !== 0) return 32 * at + (31 - Math.clz32(word & -word));
      at++;
    }
    while (at < this.#words.length && this.#words[at] === 0) at++;
    if (at >= this.#words.length) return -1;
    const word = this.#words[at]!;
    return 32 * at + (31 - Math.clz32(word & -word));
  }

  /** The highest from `row` downwards; -1 when there is none. */
  previous(row: number): number {
    if (this.#size === 0 || row < 0) return -1;
    let at = row >>> 5;
    if (at >= this.#words.length) at = this.#words.length - 1;
    else {
      // All bits up to and with that of the row.
      const word = this.#words[at]! & (-1 >>> (31 - (row & 31)));
      if (word !== 0) return 32 * at + (31 - Math.clz32(word));
      at--;
    }
    while (at >= this.#floor && this.#words[at] === 0) at--;
    return at < this.#floor ? -1 : 32 * at + (31 - Math.clz32(this.#words[at]!));
  }

  /** The first `limit` of them, lowest first. */
  first(limit: number): number[] {
    const rows: number[] = [];
    if (limit <= 0 || this.lowest() < 0) return rows;
    for (let at = this.#floor; at < this.#words.length; at++) {
      for (let word = this.#words[at]!; word !== 0; word &= word - 1) {
        rows.push(32 * at + (31 - Math.clz32(word & -word)));
        if (rows.length === limit) return rows;
      }
    }
    return rows;
  }
}
