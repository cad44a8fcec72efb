/**
 * What the nodes mean to one DaemonSet, kept at the cost of what changes: a row of bits for each node, their sums, and the sets of rows a
 * pass has to look at.
 *
 * Upstream walks all nodes and all pods several times a pass, and nearly every pass is woken by one pod's new status. The slow twin is
 * WholeView. Always true: a row's bits are those its node and pods as the caches have them now give, but for pods that become available by the
 * mere passing of time, which `catchUp` sees to.
 */
import type { Pod } from '../../model/pod.ts';
import { selectorMatches } from '../../model/selector.ts';
import { DueRows } from '../due-rows.ts';
import { availableInUs } from '../pod-availability.ts';
import { RowSet } from '../row-set.ts';
import { type Basis, type DaemonNode, type DaemonView, placeOf, rollingOf, sumsOfNode, wantsAttention } from './daemon-view.ts';
import type { Eligibility } from './eligibility.ts';
import { type Replacement, replacementOf, rollingStep, type Turn, turnOf } from './rolling.ts';
import type { NodeSums } from './status.ts';

// Bits that are added up, and after them those whose rows are walked.
const Bit = {
  Desired: 0,
  Current: 1,
  Misscheduled: 2,
  Ready: 3,
  Updated: 4,
  Available: 5,
  Held: 6,
  Lacking: 7,
  Wanting: 8,
  AtOnce: 9,
  Next: 10,
  Superseded: 11,
} as const;
const BITS = 12;
const FIRST_SET = Bit.Lacking;
const TURN_BITS: { readonly [turn in Turn]: number } = {
  None: 0,
  Held: 1 << Bit.Held,
  AtOnce: 1 << Bit.AtOnce,
  Next: 1 << Bit.Next,
  Superseded: 1 << Bit.Superseded,
};

const NO_PODS: readonly Pod[] = [];
const NO_NODES: readonly DaemonNode[] = [];
const NO_REPLACEMENT: Replacement = { remove: [], createOn: [] };
const NEITHER: Eligibility = { shouldRun: false, shouldContinue: false };

/** Which row each node has: in the order of the cache's own walk. */
export interface Rows {
  readonly rowOf: (node: string) => number | undefined;
  readonly nameOf: (row: number) => string;
}

export class NodeTable implements DaemonView {
  readonly basis: Basis;
  readonly #rows: Rows;
  /** The set's pods as the cache lists them. */
  readonly #owned: () => readonly Pod[];
  readonly #surges: boolean;
  readonly #verdicts: (Eligibility | undefined)[] = [];
  /** Most nodes have one. */
  readonly #pods: (Pod | Pod[] | undefined)[] = [];
  /** Pods on nodes that are not there. */
  #strays = new Map<string, Pod[]>();
  #areStraysInOrder = true;
  #foreign = 0;
  readonly #bits: number[] = [];
  readonly #counts = new Int32Array(BITS);
  readonly #sets = Array.from({ length: BITS - FIRST_SET }, () => new RowSet());
  readonly #due = new DueRows();

  constructor(basis: Basis, rows: Rows, owned: () => readonly Pod[]) {
    this.basis = basis;
    this.#rows = rows;
    this.#owned = owned;
    this.#surges = rollingOf(basis, 1, 0).budget.maxSurge > 0;
  }

  /** Pods the selector does not match: they are to be released, which is nothing for a table. */
  get foreign(): number {
    return this.#foreign;
  }

  setNode(row: number, verdict: Eligibility, nowUs: number): void {
    this.#verdicts[row] = verdict;
    const name = this.#rows.nameOf(row);
    const strays = this.#strays.get(name);
    if (strays !== undefined) {
      this.#strays.delete(name);
      this.#pods[row] = strays;
    }
    this.#judge(row, nowUs);
  }

  removeNode(row: number): void {
    const pods = this.#podsAt(row);
    this.#mark(row, 0);
    this.#verdicts[row] = undefined;
    this.#pods[row] = undefined;
    if (pods.length === 0) return;
    this.#strays.set(this.#rows.nameOf(row), [...pods]);
    this.#areStraysInOrder = false;
  }

  addPod(pod: Pod, nowUs: number): void {
    if (!this.#isSelected(pod)) this.#foreign++;
    this.#place(pod, true, nowUs);
  }

  updatePod(before: Pod, after: Pod, nowUs: number): void {
    this.#foreign += Number(!this.#isSelected(after)) - Number(!this.#isSelected(before));
    const place = placeOf(after);
    if (place === undefined || placeOf(before) !== place) {
      this.#take(before, nowUs);
      return this.#place(after, false, nowUs);
    }
    const row = this.#rows.rowOf(place);
    if (row === undefined) return replace(this.#strays.get(place)!, before, after);
    const pods = this.#pods[row];
    if (Array.isArray(pods)) replace(pods, before, after);
    else this.#pods[row] = after;
    this.#judge(row, nowUs);
  }

  removePod(pod: Pod, nowUs: number): void {
    if (!this.#isSelected(pod)) this.#foreign--;
    this.#take(pod, nowUs);
  }

  /** Looks again at the pods that have become available since. */
  catchUp(nowUs: number): void {
    for (let row = this.#due.take(nowUs); row >= 0; row = this.#due.take(nowUs)) {
      // The node may have gone in the meantime.
      if (this.#verdicts[row] !== undefined) this.#judge(row, nowUs);
    }
  }

  toManage(limit: number): readonly DaemonNode[] {
    const lacking = this.#set(Bit.Lacking).first(limit);
    const wanting = this.#set(Bit.Wanting).first(Number.POSITIVE_INFINITY);
    if (lacking.length + wanting.length + this.#strays.size === 0) return NO_NODES;
    const rows = wanting.length === 0 ? lacking : [...lacking, ...wanting].sort((a, b) => a - b);
    return [...rows.map((row) => this.#nodeAt(row)), ...this.#strayNodes()];
  }

  roll(nowUs: number): Replacement {
    const rolling = rollingOf(this.basis, this.#counts[Bit.Desired]!, nowUs);
    // With no node to run on, a share of them is no surge at all.
    if (rolling.budget.maxSurge > 0 !== this.#surges) return rollingStep(this.#nodes(), rolling);
    const strays = this.#strayNodes().map((node) => ({ node, turn: turnOf(node, this.#surges, rolling) }));
    const straysAt = (turn: Turn) => strays.filter((one) => one.turn === turn).map(({ node }) => node);
    const rowsAt = (bit: number, limit = Number.POSITIVE_INFINITY) =>
      this.#set(bit)
        .first(limit)
        .map((row) => this.#nodeAt(row));
    const isOver = this.#set(Bit.AtOnce).size + this.#set(Bit.Next).size + this.#set(Bit.Superseded).size === 0;
    if (isOver && strays.length === 0) return NO_REPLACEMENT;
    const turns = {
      held: this.#counts[Bit.Held]! + straysAt('Held').length,
      atOnce: [...rowsAt(Bit.AtOnce), ...straysAt('AtOnce')],
      next: (limit: number) => [...rowsAt(Bit.Next, limit), ...straysAt('Next')].slice(0, limit),
      superseded: [...rowsAt(Bit.Superseded), ...straysAt('Superseded')],
    };
    return replacementOf(turns, rolling);
  }

  sums(): NodeSums {
    const counts = this.#counts;
    return {
      desired: counts[Bit.Desired]!,
      current: counts[Bit.Current]!,
      misscheduled: counts[Bit.Misscheduled]!,
      ready: counts[Bit.Ready]!,
      updated: counts[Bit.Updated]!,
      available: counts[Bit.Available]!,
    };
  }

  #isSelected(pod: Pod): boolean {
    return selectorMatches(this.basis.spec.selector, pod.metadata.labels);
  }

  #set(bit: number): RowSet {
    return this.#sets[bit - FIRST_SET]!;
  }

  /** One that is new stands behind the others; one that has come from elsewhere, wherever the cache lists it. */
  #place(pod: Pod, isNew: boolean, nowUs: number): void {
    const place = placeOf(pod);
    if (place === undefined) return;
    const row = this.#rows.rowOf(place);
    const known = row === undefined ? (this.#strays.get(place) ?? []) : [...this.#podsAt(row)];
    known.push(pod);
    if (!isNew && known.length > 1) this.#sort(known);
    if (row === undefined) {
      this.#strays.set(place, known);
      this.#areStraysInOrder = false;
      return;
    }
    this.#pods[row] = known.length === 1 ? pod : known;
    this.#judge(row, nowUs);
  }

  #take(pod: Pod, nowUs: number): void {
    const place = placeOf(pod);
    if (place === undefined) return;
    const row = this.#rows.rowOf(place);
    if (row === undefined) {
      const left = this.#strays.get(place)!.filter((one) => one !== pod);
      if (left.length === 0) this.#strays.delete(place);
      else {
        this.#strays.set(place, left);
        this.#areStraysInOrder = false;
      }
      return;
    }
    const left = this.#podsAt(row).filter((one) => one !== pod);
    this.#pods[row] = left.length > 1 ? left : left[0];
    this.#judge(row, nowUs);
  }

  #sort(pods: Pod[]): void {
    const rank = new Map(this.#owned().map((pod, index) => [pod, index]));
    pods.sort((a, b) => rank.get(a)! - rank.get(b)!);
  }

  #podsAt(row: number): readonly Pod[] {
    const pods = this.#pods[row];
    if (pods === undefined) return NO_PODS;
    return Array.isArray(pods) ? pods : [pods];
  }

  #nodeAt(row: number): DaemonNode {
    const { shouldRun, shouldContinue } = this.#verdicts[row]!;
    return { node: this.#rows.nameOf(row), isKnown: true, shouldRun, shouldContinue, pods: this.#podsAt(row) };
  }

  #nodes(): DaemonNode[] {
    const nodes: DaemonNode[] = [];
    for (let row = 0; row < this.#verdicts.length; row++) {
      if (this.#verdicts[row] === undefined) continue;
      const node = this.#nodeAt(row);
      if (node.shouldRun || node.pods.length > 0) nodes.push(node);
    }
    return [...nodes, ...this.#strayNodes()];
  }

  #strayNodes(): DaemonNode[] {
    if (this.#strays.size === 0) return [];
    if (!this.#areStraysInOrder) {
      const inOrder = new Map<string, Pod[]>();
      for (const pod of this.#owned()) {
        const place = placeOf(pod) ?? '';
        const pods = inOrder.has(place) ? undefined : this.#strays.get(place);
        if (pods !== undefined) inOrder.set(place, pods);
      }
      this.#strays = inOrder;
      this.#areStraysInOrder = true;
    }
    return [...this.#strays].map(([node, pods]) => ({ node, isKnown: false, ...NEITHER, pods }));
  }

  #judge(row: number, nowUs: number): void {
    const node = this.#nodeAt(row);
    this.#mark(row, bitsOf(node, this.basis, this.#surges, nowUs));
    const { minReadySeconds = 0 } = this.basis.spec;
    if (minReadySeconds === 0) return;
    for (const pod of node.pods) {
      const waitUs = availableInUs(pod, minReadySeconds, nowUs);
      if (waitUs !== undefined && waitUs > 0) this.#due.add(nowUs + waitUs, row);
    }
  }

  #mark(row: number, bits: number): void {
    const before = this.#bits[row] ?? 0;
    this.#bits[row] = bits;
    for (let changed = before ^ bits; changed !== 0; changed &= changed - 1) {
      const bit = 31 - Math.clz32(changed & -changed);
      const isSet = (bits & (1 << bit)) !== 0;
      if (bit < FIRST_SET) this.#counts[bit]! += isSet ? 1 : -1;
      else if (isSet) this.#set(bit).add(row);
      else this.#set(bit).delete(row);
    }
  }
}

function bitsOf(node: DaemonNode, basis: Basis, surges: boolean, nowUs: number): number {
  const { shouldRun, pods } = node;
  if (!shouldRun && pods.length === 0) return 0;
  const { desired, current, misscheduled, ready, updated, available } = sumsOfNode(node, basis, nowUs);
  const sums =
    (desired << Bit.Desired) |
    (current << Bit.Current) |
    (misscheduled << Bit.Misscheduled) |
    (ready << Bit.Ready) |
    (updated << Bit.Updated) |
    (available << Bit.Available);
  const turn = TURN_BITS[turnOf(node, surges, rollingOf(basis, 1, nowUs))];
  if (pods.length === 0) return sums | turn | (1 << Bit.Lacking);
  return sums | turn | (wantsAttention(node, basis, nowUs) ? 1 << Bit.Wanting : 0);
}

function replace(pods: Pod[], before: Pod, after: Pod): void {
  pods[pods.indexOf(before)] = after;
}
