/**
 * How many pods of one kind stand on each row, and in each topology domain: kept as pods come and go, so that nobody has to count.
 *
 * What is counted is a class: pods a selector matches, pods an affinity term selects, pods that have a certain term themselves.
 * Most count 1 each; the terms of existing pods count by their weight, which may be negative.
 */
import type { DomainColumn, RowMask, TopologyDomains } from './topology-domains.ts';

export class CountClass {
  /** Spread constraints do not count pods on their way out; affinity terms do. */
  readonly skipsTerminating: boolean;
  /** By row of the snapshot. */
  perRow = new Int32Array(0);
  /** Of the rows `perRow` was counted for; while it is not the snapshot's, changes need not be told. */
  listVersion = -1;
  /** Of the rows it was last read for: who is not read any more is not moved either. */
  readVersion = -1;
  readonly tables: DomainTable[] = [];

  constructor(skipsTerminating: boolean) {
    this.skipsTerminating = skipsTerminating;
  }

  reset(rowCount: number, listVersion: number, perRow = new Int32Array(rowCount)): void {
    this.perRow = perRow;
    this.listVersion = listVersion;
    for (const table of this.tables) table.version = 0;
  }

  /** Moves all rows to where they stand since rows were dealt last; rows of new nodes hold nobody yet. */
  move(previousRows: Int32Array, listVersion: number): void {
    const { perRow } = this;
    this.reset(previousRows.length, listVersion, new Int32Array(previousRows.length));
    for (let row = 0; row < previousRows.length; row++) {
      const old = previousRows[row]!;
      if (old !== -1) this.perRow[row] = perRow[old]!;
    }
  }

  add(row: number, amount: number): void {
    this.perRow[row]! += amount;
    for (let i = 0; i < this.tables.length; i++) this.tables[i]!.add(row, amount);
  }

  /** The sums by domain of a key, over the rows of the mask. */
  table(column: DomainColumn, mask: RowMask | undefined): DomainTable {
    for (const table of this.tables) if (table.column === column && table.mask === mask) return table;
    const table = new DomainTable(this, column, mask);
    this.tables.push(table);
    return table;
  }
}

export class DomainTable {
  readonly counted: CountClass;
  readonly column: DomainColumn;
  readonly mask: RowMask | undefined;
  version = 0;
  /** By domain of the column. */
  sums = new Int32Array(0);
  /** Rows that count in each domain: one without any is no domain at all for a hard constraint. */
  rows = new Int32Array(0);
  /** Domains with at least one such row. */
  domains = 0;
  total = 0;
  /** How many domains hold each sum, and the least sum any holds; kept only once somebody asked for the minimum. */
  #histogram: Int32Array | undefined;
  #minimum = 0;

  constructor(counted: CountClass, column: DomainColumn, mask: RowMask | undefined) {
    this.counted = counted;
    this.column = column;
    this.mask = mask;
  }

  /** Adds up anew after domains were dealt anew; to be called before reading. */
  refresh(domains: TopologyDomains): void {
    if (this.version === domains.version) return;
    this.version = domains.version;
    domains.refresh(this.column);
    if (this.mask !== undefined) domains.refreshMask(this.mask);
    const { count, domainOf } = this.column;
    this.sums = new Int32Array(count);
    this.rows = new Int32Array(count);
    this.domains = 0;
    this.total = 0;
    this.#histogram = undefined;
    const { perRow } = this.counted;
    const mask = this.mask?.rows;
    for (let row = 0; row < domainOf.length; row++) {
      const domain = domainOf[row]!;
      if (domain < 0 || (mask !== undefined && mask[row] === 0)) continue;
      this.sums[domain]! += perRow[row]!;
      this.total += perRow[row]!;
      if (this.rows[domain]!++ === 0) this.domains++;
    }
  }

  add(row: number, amount: number): void {
    // Domains dealt anew since: the sums are worked out when next asked for.
    if (this.version !== this.column.version || this.version === 0) {
      this.version = 0;
      return;
    }
    const domain = this.column.domainOf[row]!;
    if (domain < 0 || (this.mask !== undefined && this.mask.rows[row] === 0)) return;
    const sum = this.sums[domain]! + amount;
    this.sums[domain] = sum;
    this.total += amount;
    if (this.#histogram !== undefined) this.#move(sum - amount, sum);
  }

  /** The least sum of any domain with a row that counts; of pods that count 1 each. Undefined when there is no such domain. */
  minimum(): number | undefined {
    if (this.domains === 0) return undefined;
    if (this.#histogram === undefined) this.#fillHistogram();
    return this.#minimum;
  }

  #fillHistogram(): void {
    let max = 0;
    for (const sum of this.sums) if (sum > max) max = sum;
    // Twice as long as needed now: sums grow one by one.
    const histogram = new Int32Array(2 * max + 16);
    this.#minimum = max;
    for (let domain = 0; domain < this.sums.length; domain++) {
      if (this.rows[domain] === 0) continue;
      const sum = this.sums[domain]!;
      histogram[sum]!++;
      if (sum < this.#minimum) this.#minimum = sum;
    }
    this.#histogram = histogram;
  }

  #move(from: number, to: number): void {
    let histogram = this.#histogram!;
    if (to >= histogram.length) {
      const longer = new Int32Array(2 * to);
      longer.set(histogram);
      this.#histogram = longer;
      histogram = longer;
    }
    histogram[from]!--;
    histogram[to]!++;
    if (to < this.#minimum) this.#minimum = to;
    else while (histogram[this.#minimum] === 0) this.#minimum++;
  }
}
