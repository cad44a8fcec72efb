/**
 * What came of dry runs, by row: who would have to go for a pod of one template and priority to fit there.
 *
 * A dry run's outcome holds as long as the row, the pods on it in their order, and the budgets are what they were; where only local
 * filters have a say, nothing else is looked at. What decides between candidates stands in columns beside them.
 */
import type { PodDisruptionBudget } from '../../model/policy.ts';
import type { CycleState, Status } from '../framework.ts';
import type { PodInfo } from '../pod-info.ts';
import { PRIORITY_OFFSET } from '../preemption/pick-candidate.ts';
import { type Candidate, dryRun, startTimeUs } from '../preemption/victims.ts';
import type { Profile } from '../profile.ts';

const UNKNOWN = 0;
const CANDIDATE = 1;
const REJECTED = 2;

export interface DryRunQuestion {
  readonly state: CycleState;
  readonly pod: PodInfo;
  readonly budgets: readonly PodDisruptionBudget[];
  readonly nowUs: number;
}

export class DryRuns {
  readonly #profile: Profile;
  readonly #kinds: Uint8Array;
  /** podsVersion of the node when the outcome was found. */
  readonly #podsVersions: Float64Array;
  readonly #outcomes: (Candidate | Status | undefined)[];
  /** Of a candidate: the priority of its most important victim, the sum of all victims' priorities, and the earliest start. */
  readonly #highest: Float64Array;
  readonly #sums: Float64Array;
  readonly #earliestUs: Float64Array;
  #budgets: readonly PodDisruptionBudget[] = [];

  constructor(profile: Profile, rowCount: number) {
    this.#profile = profile;
    this.#kinds = new Uint8Array(rowCount);
    this.#podsVersions = new Float64Array(rowCount);
    this.#outcomes = new Array<Candidate | Status | undefined>(rowCount).fill(undefined);
    this.#highest = new Float64Array(rowCount);
    this.#sums = new Float64Array(rowCount);
    this.#earliestUs = new Float64Array(rowCount);
  }

  forget(row: number): void {
    this.#kinds[row] = UNKNOWN;
  }

  forgetAll(): void {
    this.#kinds.fill(UNKNOWN);
  }

  /** Outcomes found under other budgets are worth nothing. */
  useBudgets(budgets: readonly PodDisruptionBudget[]): void {
    const before = this.#budgets;
    if (before.length === budgets.length && budgets.every((budget, i) => budget === before[i])) return;
    this.#budgets = budgets;
    this.forgetAll();
  }

  isCandidate(row: number): boolean {
    return this.#kinds[row] === CANDIDATE;
  }

  outcome(row: number): Candidate | Status {
    return this.#outcomes[row]!;
  }

  /** Sees to it that the row's outcome is known. `keeps`: whether it will hold for the next pod of the template as well. */
  ask(row: number, { state, pod, budgets, nowUs }: DryRunQuestion, keeps: boolean): void {
    const node = this.#profile.handle.snapshot.nodes[row]!;
    if (keeps && this.#kinds[row] !== UNKNOWN && this.#podsVersions[row] === node.podsVersion) return;
    const outcome = dryRun(this.#profile, state, pod, node, budgets, nowUs);
    this.#outcomes[row] = outcome;
    this.#podsVersions[row] = keeps ? node.podsVersion : -1;
    if ('code' in outcome) {
      this.#kinds[row] = REJECTED;
      return;
    }
    this.#kinds[row] = CANDIDATE;
    this.#describe(row, outcome, nowUs);
    // Who has not started counts as started now, and now is another time with the next pod.
    const isTimeless = node.pods.every((other) => other.priority >= pod.priority || other.pod.status?.startTime !== undefined);
    if (!isTimeless) this.#podsVersions[row] = -1;
  }

  /** Is row `a` less harmful than row `b`? As pickOneNodeForPreemption orders them; of equals the first met stays. */
  isBetter(a: number, b: number): boolean {
    const one = this.#outcomes[a] as Candidate;
    const other = this.#outcomes[b] as Candidate;
    if (one.pdbViolations !== other.pdbViolations) return one.pdbViolations < other.pdbViolations;
    if (this.#highest[a] !== this.#highest[b]) return this.#highest[a]! < this.#highest[b]!;
    if (this.#sums[a] !== this.#sums[b]) return this.#sums[a]! < this.#sums[b]!;
    if (one.victims.length !== other.victims.length) return one.victims.length < other.victims.length;
    return this.#earliestUs[a]! > this.#earliestUs[b]!;
  }

  #describe(row: number, { victims }: Candidate, nowUs: number): void {
    let highest = Number.NEGATIVE_INFINITY;
    let sum = 0;
    for (const { priority } of victims) {
      if (priority > highest) highest = priority;
      sum += priority + PRIORITY_OFFSET;
    }
    let earliestUs = Number.POSITIVE_INFINITY;
    for (const victim of victims) {
      if (victim.priority !== highest) continue;
      const startUs = startTimeUs(victim, nowUs);
      if (startUs < earliestUs) earliestUs = startUs;
    }
    this.#highest[row] = victims[0]!.priority;
    this.#sums[row] = sum;
    this.#earliestUs[row] = earliestUs;
  }
}
