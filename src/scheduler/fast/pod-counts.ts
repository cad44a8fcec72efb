/**
 * All count classes of a cluster, and the cache's news passed on to those each pod is counted in.
 *
 * Which classes that is depends on the pod's labels, or its own terms, alone, so it is found out once for all pods of a template; an
 * event then costs as much as there are classes the pod is in. Classes are made when a decision first asks for them, by
 * counting the pods that are there.
 */
import type { Node } from '../../model/node.ts';
import type { Cache, CacheListener } from '../cache.ts';
import type { NodeInfo } from '../node-info.ts';
import { isSame } from '../object-events.ts';
import type { PodInfo } from '../pod-info.ts';
import type { AffinityTerm, LabelTraits } from '../pod-traits.ts';
import type { Snapshot } from '../snapshot.ts';
import { CountClass, type DomainTable } from './count-class.ts';
import { SelectorIndex } from './selector-index.ts';
import { TopologyDomains } from './topology-domains.ts';

/** What the fast path may remember; beyond it things are forgotten and found anew, which costs time only. */
export interface MemoryLimits {
  /** Numbers that columns and counts may hold, each: four bytes and more. */
  readonly numbers: number;
  /** Plans and templates of a profile. */
  readonly plans: number;
}

/** 256 MiB of counts, as much of columns, and as many templates as a very large cluster has. */
export const DEFAULT_MEMORY: MemoryLimits = { numbers: 2 ** 26, plans: 20_000 };

/** A term some pod that stands on a node has, and the pods that have it. */
export interface StandingTerm {
  readonly term: AffinityTerm;
  /** As required anti-affinity, one for each time. */
  anti: DomainTable | undefined;
  /** As required affinity. */
  affinity: DomainTable | undefined;
  /** As a preference, its weights added up, those of anti-affinity negative. */
  preferred: DomainTable | undefined;
}

/** Pods with certain labels: how many the cache holds, and the classes they are counted in. */
interface Membership {
  readonly names: LabelTraits;
  live: number;
  readonly classes: CountClass[];
}

// Labels kept in mind at least; beyond it those of no pod any more are forgotten.
const MIN_MEMBERSHIPS = 50_000;

export class PodCounts implements CacheListener {
  readonly domains: TopologyDomains;
  readonly #snapshot: Snapshot;
  readonly #selecting = new Map<string, CountClass>();
  readonly #selectors = new SelectorIndex<CountClass, Membership>();
  readonly #memberships = new Map<LabelTraits, Membership>();
  readonly #standing = new Map<AffinityTerm, StandingTerm>();
  /** Pods by priority; ghosts of nodes included. */
  readonly #priorities = new Map<number, number>();
  #membershipLimit = MIN_MEMBERSHIPS;
  #standingListVersion = -1;
  #domainsListVersion = -1;
  /** Rows were dealt anew by a snapshot that no decision followed at once, and pods have come or gone since. */
  #hasMissed = false;
  /** Grows when all classes are forgotten: whoever holds one must ask anew. */
  epoch = 0;
  /** Grows when a standing term, or a way in which pods have it, appears. */
  standingVersion = 0;

  readonly memory: MemoryLimits;

  constructor(cache: Cache, snapshot: Snapshot, memory = DEFAULT_MEMORY) {
    this.memory = memory;
    this.#snapshot = snapshot;
    this.domains = new TopologyDomains(snapshot);
    cache.addListener(this);
  }

  podAdded(pod: PodInfo, node: NodeInfo): void {
    this.#count(pod, node.row, 1);
  }

  podRemoved(pod: PodInfo, node: NodeInfo): void {
    this.#count(pod, node.row, -1);
  }

  nodeChanged(node: NodeInfo, previous: Node | undefined): void {
    const hasSameLabels = isSame(previous?.metadata.labels, node.node?.metadata.labels);
    if (!hasSameLabels || !isSame(previous?.spec?.taints, node.node?.spec?.taints)) this.domains.invalidate();
  }

  /** Is there any pod of lower priority, on any node? */
  hasLesserThan(priority: number): boolean {
    for (const [other, count] of this.#priorities) if (count > 0 && other < priority) return true;
    return false;
  }

  /** To be called before a decision reads any counts. */
  sync(): void {
    const { listVersion } = this.#snapshot;
    if (this.#domainsListVersion !== listVersion) {
      this.#domainsListVersion = listVersion;
      this.domains.invalidate();
      // What came and went between the deal and now was counted by nobody: then all is counted anew.
      if (!this.#hasMissed) this.#move();
      this.#hasMissed = false;
    }
    const columns = this.#selecting.size + 2 * this.#standing.size + this.domains.maskCount;
    const numbers = this.#snapshot.nodes.length * columns;
    if (numbers > this.memory.numbers) this.#forget();
  }

  /** Terms of pods that stand on nodes, in the order they appeared; some may have no pod left. */
  standingTerms(): Iterable<StandingTerm> {
    if (this.#standingListVersion !== this.#snapshot.listVersion) this.#countStanding();
    return this.#standing.values();
  }

  /**
   * The class of pods whose labels `selects` says yes to; `key` stands for what it asks, `pairs` are the labels (labelPair) that all
   * of these pods have.
   */
  selecting(key: string, skipsTerminating: boolean, pairs: readonly string[], selects: (names: LabelTraits) => boolean): CountClass {
    let present = this.#selecting.get(key);
    if (present === undefined) {
      present = new CountClass(skipsTerminating);
      this.#selecting.set(key, present);
      for (const { classes } of this.#selectors.addSelector(present, pairs, selects)) classes.push(present);
    }
    return present;
  }

  /** Brings a table up to date. */
  refresh(table: DomainTable): void {
    this.refreshClass(table.counted);
    table.refresh(this.domains);
  }

  refreshClass(counted: CountClass): void {
    const { nodes, listVersion } = this.#snapshot;
    counted.readVersion = listVersion;
    if (counted.listVersion === listVersion) return;
    // The classes of standing terms are counted all at once.
    if (this.#standingListVersion !== listVersion) this.#countStanding();
    if (counted.listVersion === listVersion) return;
    counted.reset(nodes.length, listVersion);
    const concerned = new Set<LabelTraits>();
    for (const { names, live } of this.#selectors.selectedBy(counted)) if (live > 0) concerned.add(names);
    // Usually nobody: the first pod of a group is about to be placed.
    if (concerned.size === 0) return;
    const { perRow, skipsTerminating } = counted;
    for (let row = 0; row < nodes.length; row++) {
      for (const pod of nodes[row]!.pods) {
        if (concerned.has(pod.peer.names) && !(skipsTerminating && pod.isTerminating)) perRow[row]!++;
      }
    }
  }

  /** Rows were dealt anew: brings along what was in use until then, and counts the pods of new nodes only. */
  #move(): void {
    const { listVersion, previousRows, nodes } = this.#snapshot;
    const isUpToDate = (version: number) => version === listVersion - 1;
    const moved = new Set<CountClass>();
    for (const counted of this.#selecting.values()) {
      if (!isUpToDate(counted.listVersion) || !isUpToDate(counted.readVersion)) continue;
      counted.move(previousRows, listVersion);
      moved.add(counted);
    }
    const movesStanding = isUpToDate(this.#standingListVersion);
    if (movesStanding) {
      this.#standingListVersion = listVersion;
      for (const { anti, affinity, preferred } of this.#standing.values()) {
        for (const table of [anti, affinity, preferred]) table?.counted.move(previousRows, listVersion);
      }
    }
    for (let row = 0; row < previousRows.length; row++) {
      if (previousRows[row] !== -1) continue;
      for (const pod of nodes[row]!.pods) {
        for (const counted of this.#membership(pod.peer.names).classes) {
          if (moved.has(counted) && !(counted.skipsTerminating && pod.isTerminating)) counted.perRow[row]!++;
        }
        if (movesStanding && pod.peer.hasAffinity) this.#countTerms(pod, row, 1);
      }
    }
  }

  /** `row` is -1 while the node is in no snapshot: then it is counted when it is. */
  #count(pod: PodInfo, row: number, sign: 1 | -1): void {
    const membership = this.#membership(pod.peer.names);
    membership.live += sign;
    this.#priorities.set(pod.priority, (this.#priorities.get(pod.priority) ?? 0) + sign);
    if (row === -1) return;
    const { listVersion } = this.#snapshot;
    if (listVersion !== this.#domainsListVersion) {
      this.#hasMissed = true;
      return;
    }
    const { classes } = membership;
    for (let i = 0; i < classes.length; i++) {
      const counted = classes[i]!;
      if (counted.listVersion !== listVersion || (counted.skipsTerminating && pod.isTerminating)) continue;
      counted.add(row, sign);
    }
    if (pod.peer.hasAffinity && this.#standingListVersion === listVersion) this.#countTerms(pod, row, sign);
  }

  #membership(names: LabelTraits): Membership {
    let membership = this.#memberships.get(names);
    if (membership === undefined) {
      if (this.#memberships.size >= this.#membershipLimit) this.#forgetLabels();
      membership = { names, live: 0, classes: [] };
      this.#memberships.set(names, membership);
      membership.classes.push(...this.#selectors.addMember(membership));
    }
    return membership;
  }

  /** Those of no pod any more. */
  #forgetLabels(): void {
    for (const [names, membership] of this.#memberships) {
      if (membership.live !== 0) continue;
      this.#memberships.delete(names);
      this.#selectors.removeMember(membership);
    }
    this.#membershipLimit = Math.max(MIN_MEMBERSHIPS, 2 * this.#memberships.size);
  }

  #countStanding(): void {
    const { listVersion } = this.#snapshot;
    this.#standingListVersion = listVersion;
    for (const { anti, affinity, preferred } of this.#standing.values()) {
      for (const table of [anti, affinity, preferred]) table?.counted.reset(this.#snapshot.nodes.length, listVersion);
    }
    for (const node of this.#snapshot.affinityNodes) {
      for (const pod of node.pods) if (pod.peer.hasAffinity) this.#countTerms(pod, node.row, 1);
    }
  }

  #countTerms({ peer }: PodInfo, row: number, sign: 1 | -1): void {
    for (const term of peer.requiredAntiAffinity) this.#table(term, 'anti').counted.add(row, sign);
    for (const term of peer.requiredAffinity) this.#table(term, 'affinity').counted.add(row, sign);
    for (const { term, weight } of peer.preferredAffinity) this.#table(term, 'preferred').counted.add(row, sign * weight);
    for (const { term, weight } of peer.preferredAntiAffinity) this.#table(term, 'preferred').counted.add(row, -sign * weight);
  }

  #table(term: AffinityTerm, role: 'anti' | 'affinity' | 'preferred'): DomainTable {
    let standing = this.#standing.get(term);
    if (standing === undefined) {
      standing = { term, anti: undefined, affinity: undefined, preferred: undefined };
      this.#standing.set(term, standing);
    }
    let table = standing[role];
    if (table === undefined) {
      const counted = new CountClass(false);
      counted.reset(this.#snapshot.nodes.length, this.#snapshot.listVersion);
      table = counted.table(this.domains.column(term.topologyKey), undefined);
      standing[role] = table;
      this.standingVersion++;
    }
    return table;
  }

  #forget(): void {
    this.epoch++;
    this.#selecting.clear();
    this.#selectors.forgetSelectors();
    for (const membership of this.#memberships.values()) membership.classes.length = 0;
    this.#standing.clear();
    this.#standingListVersion = -1;
    this.standingVersion++;
    this.domains.clear();
  }
}
