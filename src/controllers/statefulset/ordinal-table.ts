/**
 * What the ordinals of one StatefulSet come to, kept at the cost of what changes: bits for each of them, their sums, and the sets of ordinals a
 * pass has to look at.
 *
 * Upstream lists and walks all pods several times a pass, and nearly every pass is woken by one pod's new status. The slow twin is WholeView. A
 * set may name an ordinal too many, for the pass judges each itself, but never one too few: that is what makes the two agree.
 */
import { isDeleting } from '../../model/meta.ts';
import { isPodTerminal, type Pod } from '../../model/pod.ts';
import { selectorMatches } from '../../model/selector.ts';
import type { StatefulSet } from '../../model/workloads.ts';
import { DueRows } from '../due-rows.ts';
import { availableInUs } from '../pod-availability.ts';
import { RowSet } from '../row-set.ts';
import { firstOrdinal, hasClaimVolumes, hasIdentity, ordinalOf, replicasOf, revisionOfPod } from './identity.ts';
import type { StatefulView } from './stateful-view.ts';
import { type Counts, countPods, isCreated, isRunningAndAvailable, isRunningAndReady } from './status.ts';

// Bits that are added up, and after them those whose ordinals are walked.
const Bit = { Created: 0, Ready: 1, Available: 2, ToKeep: 3, ToUpdate: 4, Condemned: 5, Staying: 6, Sick: 7, ToRetain: 8 } as const;
const BITS = 9;
const FIRST_SET = Bit.ToKeep;

// Above it, sets of bits would be mostly air: such a set of pods is walked.
const MAX_ORDINAL = 1 << 20;

/** What is asked about a pod's claims as the cache has them. */
export interface ClaimQuestions {
  /** Do all that are there have the owners they should have? */
  hasClaimsRetained(set: StatefulSet, pod: Pod): boolean;
  /** Would a pass leave the claims of a pod that waits alone, and say nothing of them? */
  areClaimsSettled(set: StatefulSet, pod: Pod): boolean;
}

export class OrdinalTable implements StatefulView {
  readonly #set: StatefulSet;
  readonly #claims: ClaimQuestions;
  readonly #start: number;
  readonly #end: number;
  readonly #isOrdered: boolean;
  #update: string | undefined;
  readonly #pods: (Pod | undefined)[] = [];
  #foreign = 0;
  #unplaced = 0;
  readonly #bits: number[] = [];
  readonly #counts = new Int32Array(BITS);
  readonly #sets = Array.from({ length: BITS - FIRST_SET }, () => new RowSet());
  /** Pods by revision: all, and those that are counted as running it. */
  readonly #revisions = new Map<string, { all: number; counted: number }>();
  readonly #due = new DueRows();
  /** While a pass is on, the pods that have changed since it began, as they were then. */
  #isInPass = false;
  readonly #former = new Map<number, Pod | undefined>();
  readonly #changed = new RowSet();

  constructor(set: StatefulSet, claims: ClaimQuestions, pods: Iterable<Pod>, nowUs: number) {
    this.#set = set;
    this.#claims = claims;
    this.#start = firstOrdinal(set);
    this.#end = this.#start + replicasOf(set);
    this.#isOrdered = set.spec.podManagementPolicy !== 'Parallel';
    for (const pod of pods) this.add(pod, nowUs);
    if (!this.isUsable) return;
    for (let ordinal = this.#start; ordinal < this.#end; ordinal++) if (this.#pods[ordinal] === undefined) this.#judge(ordinal, nowUs);
  }

  /** Have all pods a place of their own, and none to be released? */
  get isUsable(): boolean {
    return this.#foreign === 0 && this.#unplaced === 0 && this.#end <= MAX_ORDINAL;
  }

  get isInPass(): boolean {
    return this.#isInPass;
  }

  isOf({ spec }: StatefulSet): boolean {
    return spec === this.#set.spec;
  }

  begin(nowUs: number): void {
    this.#isInPass = true;
    this.#catchUp(nowUs);
  }

  end(): void {
    this.#isInPass = false;
    for (const ordinal of this.#former.keys()) this.#changed.delete(ordinal);
    this.#former.clear();
  }

  /** Which revision every pod is to have, as the pass has found. */
  expect(update: string, nowUs: number): void {
    if (update === this.#update) return;
    this.#update = update;
    for (let ordinal = this.#start; ordinal < this.#end; ordinal++) this.#judge(ordinal, nowUs);
  }

  add(pod: Pod, nowUs: number): void {
    if (!this.#isSelected(pod)) this.#foreign++;
    const ordinal = ordinalOf(this.#set, pod);
    if (ordinal < 0 || ordinal >= MAX_ORDINAL || this.#pods[ordinal] !== undefined) this.#unplaced++;
    else this.#place(ordinal, pod, nowUs);
  }

  replace(before: Pod, after: Pod, nowUs: number): void {
    this.#foreign += Number(!this.#isSelected(after)) - Number(!this.#isSelected(before));
    const ordinal = ordinalOf(this.#set, before);
    if (ordinal >= 0 && this.#pods[ordinal] === before) this.#place(ordinal, after, nowUs);
  }

  remove(pod: Pod, nowUs: number): void {
    if (!this.#isSelected(pod)) this.#foreign--;
    const ordinal = ordinalOf(this.#set, pod);
    if (ordinal >= 0 && this.#pods[ordinal] === pod) this.#place(ordinal, undefined, nowUs);
    else this.#unplaced--;
  }

  claimChanged(ordinal: number, nowUs: number): void {
    if (this.#pods[ordinal] !== undefined) this.#judge(ordinal, nowUs);
  }

  podAt(ordinal: number): Pod | undefined {
    return this.#former.has(ordinal) ? this.#former.get(ordinal) : this.#pods[ordinal];
  }

  nextToKeep(from: number): number {
    return this.#inRange(this.#next(Bit.ToKeep, from));
  }

  nextToUpdate(from: number): number {
    return this.#inRange(this.#previous(Bit.ToUpdate, from));
  }

  *toRetain(): Iterable<Pod> {
    yield* this.#condemnedOf(Bit.ToRetain);
  }

  highestCondemned(): Pod | undefined {
    for (const pod of this.#condemnedOf(Bit.Condemned)) return pod;
    return undefined;
  }

  lowestSick(isUnavailable: (pod: Pod) => boolean): Pod | undefined {
    for (let ordinal = this.#next(Bit.Sick, 0); ordinal >= 0; ordinal = this.#next(Bit.Sick, ordinal + 1)) {
      const pod = this.#condemnedAt(ordinal);
      if (pod !== undefined && isUnavailable(pod)) return pod;
    }
    return undefined;
  }

  condemned(): readonly Pod[] {
    for (const pod of this.#condemnedOf(Bit.Staying)) if (!isDeleting(pod)) return [...this.#condemnedOf(Bit.Condemned)];
    return [];
  }

  counts(current: string, update: string, nowUs: number): Counts {
    this.#catchUp(nowUs);
    const counted = (revision: string) => this.#revisions.get(revision)?.counted ?? 0;
    const counts: Counts = {
      replicas: this.#counts[Bit.Created]!,
      readyReplicas: this.#counts[Bit.Ready]!,
      availableReplicas: this.#counts[Bit.Available]!,
      currentReplicas: counted(current),
      updatedReplicas: counted(update),
    };
    for (const [ordinal, former] of this.#former) {
      const present = this.#pods[ordinal];
      const was = countPods(this.#set, former === undefined ? [] : [former], current, update, nowUs);
      const is = countPods(this.#set, present === undefined ? [] : [present], current, update, nowUs);
      for (const field of Object.keys(counts) as (keyof Counts)[]) counts[field] += was[field] - is[field];
    }
    return counts;
  }

  hasRevision(revision: string): boolean {
    let count = this.#revisions.get(revision)?.all ?? 0;
    for (const [ordinal, former] of this.#former) {
      const present = this.#pods[ordinal];
      if (former !== undefined && revisionOfPod(former) === revision) count++;
      if (present !== undefined && revisionOfPod(present) === revision) count--;
    }
    return count > 0;
  }

  #isSelected(pod: Pod): boolean {
    return selectorMatches(this.#set.spec.selector, pod.metadata.labels);
  }

  #inRange(ordinal: number): number {
    return ordinal >= this.#start && ordinal < this.#end ? ordinal : -1;
  }

  /** Among those that have the bit, and those that have changed since the pass began: what they were then, the pass has to see itself. */
  #next(bit: number, from: number): number {
    const marked = this.#setOf(bit).next(from);
    const changed = this.#changed.next(from);
    return marked < 0 || (changed >= 0 && changed < marked) ? changed : marked;
  }

  #previous(bit: number, from: number): number {
    return Math.max(this.#setOf(bit).previous(from), this.#changed.previous(from));
  }

  #condemnedAt(ordinal: number): Pod | undefined {
    return ordinal >= this.#start && ordinal < this.#end ? undefined : this.podAt(ordinal);
  }

  *#condemnedOf(bit: number): Iterable<Pod> {
    for (let ordinal = this.#previous(bit, MAX_ORDINAL); ordinal >= 0; ordinal = this.#previous(bit, ordinal - 1)) {
      const pod = this.#condemnedAt(ordinal);
      if (pod !== undefined) yield pod;
    }
  }

  #setOf(bit: number): RowSet {
    return this.#sets[bit - FIRST_SET]!;
  }

  #catchUp(nowUs: number): void {
    for (let ordinal = this.#due.take(nowUs); ordinal >= 0; ordinal = this.#due.take(nowUs)) this.#judge(ordinal, nowUs);
  }

  #place(ordinal: number, pod: Pod | undefined, nowUs: number): void {
    const before = this.#pods[ordinal];
    if (this.#isInPass && !this.#former.has(ordinal)) {
      this.#former.set(ordinal, before);
      this.#changed.add(ordinal);
    }
    this.#pods[ordinal] = pod;
    if (before !== undefined) this.#tally(before, -1);
    if (pod !== undefined) this.#tally(pod, 1);
    this.#judge(ordinal, nowUs);
  }

  #tally(pod: Pod, by: 1 | -1): void {
    const revision = revisionOfPod(pod);
    const sums = this.#revisions.get(revision) ?? { all: 0, counted: 0 };
    sums.all += by;
    if (isCreated(pod) && !isDeleting(pod)) sums.counted += by;
    if (sums.all === 0) this.#revisions.delete(revision);
    else this.#revisions.set(revision, sums);
  }

  #judge(ordinal: number, nowUs: number): void {
    const isInRange = ordinal >= this.#start && ordinal < this.#end;
    const pod = this.#pods[ordinal];
    if (pod === undefined) return this.#mark(ordinal, isInRange ? LACKING : 0);
    const { minReadySeconds = 0 } = this.#set.spec;
    const isReady = isRunningAndReady(pod);
    const isAvailable = isRunningAndAvailable(pod, minReadySeconds, nowUs);
    const waitUs = isReady && !isAvailable ? availableInUs(pod, minReadySeconds, nowUs) : undefined;
    if (waitUs !== undefined) this.#due.add(nowUs + waitUs, ordinal);
    const sums = bit(Bit.Created, isCreated(pod)) | bit(Bit.Ready, isReady) | bit(Bit.Available, isAvailable);
    const isUnavailable = isDeleting(pod) || !isAvailable;
    this.#mark(ordinal, sums | (isInRange ? this.#keptBits(pod, isUnavailable) : this.#condemnedBits(pod, isUnavailable)));
  }

  #keptBits(pod: Pod, isUnavailable: boolean): number {
    const isHeldUp = isPodTerminal(pod) || !isCreated(pod) || (this.#isOrdered && isUnavailable);
    const isToKeep = isHeldUp || !hasIdentity(pod) || !hasClaimVolumes(this.#set, pod) || !this.#areClaimsLeftAlone(pod);
    return bit(Bit.ToKeep, isToKeep) | bit(Bit.ToUpdate, isUnavailable || revisionOfPod(pod) !== this.#update);
  }

  #condemnedBits(pod: Pod, isUnavailable: boolean): number {
    const isToRetain = !this.#claims.hasClaimsRetained(this.#set, pod);
    return (1 << Bit.Condemned) | bit(Bit.Staying, !isDeleting(pod)) | bit(Bit.Sick, isUnavailable) | bit(Bit.ToRetain, isToRetain);
  }

  #areClaimsLeftAlone(pod: Pod): boolean {
    return pod.status?.phase === 'Pending' ? this.#claims.areClaimsSettled(this.#set, pod) : this.#claims.hasClaimsRetained(this.#set, pod);
  }

  #mark(ordinal: number, bits: number): void {
    const before = this.#bits[ordinal] ?? 0;
    this.#bits[ordinal] = bits;
    for (let changed = before ^ bits; changed !== 0; changed &= changed - 1) {
      const at = 31 - Math.clz32(changed & -changed);
      const isSet = (bits & (1 << at)) !== 0;
      if (at < FIRST_SET) this.#counts[at]! += isSet ? 1 : -1;
      else if (isSet) this.#setOf(at).add(ordinal);
      else this.#setOf(at).delete(ordinal);
    }
  }
}

const LACKING = (1 << Bit.ToKeep) | (1 << Bit.ToUpdate);

function bit(at: number, isSet: boolean): number {
  return isSet ? 1 << at : 0;
}
