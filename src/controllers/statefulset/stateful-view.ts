/**
 * The pods of a StatefulSet as a pass sees them: one place per ordinal, and the condemned beside them.
 *
 * Models the slices `replicas` and `condemned` of updateStatefulSet (pkg/controller/statefulset/stateful_set_control.go). There are two ways to
 * the same pass: WholeView has it walk every ordinal, as upstream does; OrdinalTable names those at which there may be something to do. A
 * view answers of pods as they were when the pass began, and of claims and time as they are when it is asked.
 */
import type { Pod } from '../../model/pod.ts';
import type { StatefulSet } from '../../model/workloads.ts';
import { firstOrdinal, isInRange, ordinalOf, replicasOf, revisionOfPod } from './identity.ts';
import { type Counts, countPods } from './status.ts';

export interface StatefulView {
  podAt(ordinal: number): Pod | undefined;
  /** The lowest ordinal in range, from `from` upwards, at which there may be a pod to make, mend or wait for; -1 when there is none. */
  nextToKeep(from: number): number;
  /** The highest ordinal in range, from `from` downwards, whose pod may be missing, unavailable or of another revision; -1 when there is none. */
  nextToUpdate(from: number): number;
  /** The condemned whose claims may lack the owners they should have, highest ordinal first. */
  toRetain(): Iterable<Pod>;
  highestCondemned(): Pod | undefined;
  /** The lowest of the condemned of whom that is true; it is true only of those that are unavailable. */
  lowestSick(isUnavailable: (pod: Pod) => boolean): Pod | undefined;
  /** All that are condemned, highest ordinal first; none of them when all are leaving already. */
  condemned(): readonly Pod[];
  counts(current: string, update: string, nowUs: number): Counts;
  /** Is there a pod of that revision, in whatever state? */
  hasRevision(revision: string): boolean;
}

/** The slow and obvious way: from a list of all the set's pods. */
export class WholeView implements StatefulView {
  readonly #set: StatefulSet;
  readonly #pods: readonly Pod[];
  readonly #byOrdinal: ReadonlyMap<number, Pod>;
  readonly #condemned: readonly Pod[];

  constructor(set: StatefulSet, pods: readonly Pod[]) {
    const ordinal = (pod: Pod) => ordinalOf(set, pod);
    this.#set = set;
    this.#pods = pods;
    this.#byOrdinal = new Map(pods.map((pod) => [ordinal(pod), pod]));
    this.#condemned = pods
      .filter((pod) => ordinal(pod) >= 0 && !isInRange(set, ordinal(pod)))
      .sort((one, other) => ordinal(other) - ordinal(one));
  }

  podAt(ordinal: number): Pod | undefined {
    return this.#byOrdinal.get(ordinal);
  }

  nextToKeep(from: number): number {
    return isInRange(this.#set, from) ? from : -1;
  }

  nextToUpdate(from: number): number {
    return isInRange(this.#set, from) ? from : -1;
  }

  toRetain(): Iterable<Pod> {
    return this.#condemned;
  }

  highestCondemned(): Pod | undefined {
    return this.#condemned[0];
  }

  lowestSick(isUnavailable: (pod: Pod) => boolean): Pod | undefined {
    return this.#condemned.findLast(isUnavailable);
  }

  condemned(): readonly Pod[] {
    return this.#condemned;
  }

  counts(current: string, update: string, nowUs: number): Counts {
    const set = this.#set;
    const replicas = Array.from({ length: replicasOf(set) }, (_, index) => this.podAt(firstOrdinal(set) + index));
    const all = [...replicas.filter((pod) => pod !== undefined), ...this.#condemned];
    return countPods(set, all, current, update, nowUs);
  }

  hasRevision(revision: string): boolean {
    return this.#pods.some((pod) => revisionOfPod(pod) === revision);
  }
}
