/**
 * One pass over a StatefulSet's pods: the living replicas, then the condemned, then the update.
 *
 * Models updateStatefulSet of pkg/controller/statefulset/stateful_set_control.go. OrderedReady takes one step per pass, and the next only when
 * all before it are ready; Parallel takes what it can. A StatefulSet that is broken low down does nothing higher up.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { all, type Task } from '../../client/task.ts';
import { isDeleting } from '../../model/meta.ts';
import { isPodTerminal, type Pod } from '../../model/pod.ts';
import type { ControllerRevision, StatefulSet } from '../../model/workloads.ts';
import type { Simulation } from '../../sim/simulation.ts';
import { slowStart } from '../pod-control.ts';
import { templateOf } from '../template-revision.ts';
import { firstOrdinal, hasClaimVolumes, hasIdentity, newStatefulPod, replicasOf, revisionOfPod } from './identity.ts';
import type { Revisions } from './revision-history.ts';
import type { StatefulPodControl } from './stateful-pod-control.ts';
import type { StatefulView } from './stateful-view.ts';
import { isCreated, isRunningAndAvailable } from './status.ts';

/** Does the pass end here? */
type Exit = boolean;

export interface PassParts {
  readonly sim: Simulation;
  readonly podControl: StatefulPodControl;
  /** Told of each pod that was created. */
  readonly created: (pod: Pod) => void;
}

export class StatefulSetPass {
  readonly #sim: Simulation;
  readonly #podControl: StatefulPodControl;
  readonly #created: (pod: Pod) => void;
  readonly #set: StatefulSet;
  readonly #view: StatefulView;
  readonly #revisions: Revisions;
  readonly #isOrdered: boolean;

  constructor({ sim, podControl, created }: PassParts, set: StatefulSet, view: StatefulView, revisions: Revisions) {
    this.#sim = sim;
    this.#podControl = podControl;
    this.#created = created;
    this.#set = set;
    this.#view = view;
    this.#revisions = revisions;
    this.#isOrdered = set.spec.podManagementPolicy !== 'Parallel';
  }

  /** How many pods of the current revision the update took away. */
  *run(): Task<number> {
    if (isDeleting(this.#set)) return 0;
    if (yield* this.#isOrdered ? this.#keepInOrder() : this.#keepAll()) return 0;
    for (const pod of this.#view.toRetain()) {
      if (!this.#podControl.hasClaimsRetained(this.#set, pod)) yield* this.#podControl.retainClaims(this.#set, pod);
    }
    if (yield* this.#isOrdered ? this.#condemnInOrder() : this.#condemnAll()) return 0;
    return this.#set.spec.updateStrategy?.type !== 'OnDelete' && (yield* this.#update()) ? 1 : 0;
  }

  /** Lowest ordinal first, up to the first that ends the pass. */
  *#keepInOrder(): Task<Exit> {
    const view = this.#view;
    for (let at = view.nextToKeep(firstOrdinal(this.#set)); at >= 0; at = view.nextToKeep(at + 1)) if (yield* this.#keep(at)) return true;
    return false;
  }

  /** As slowStart has it, in batches of 1, 2, 4, … ordinals, whether there is anything to do at them or not. */
  *#keepAll(): Task<Exit> {
    const view = this.#view;
    const end = firstOrdinal(this.#set) + replicasOf(this.#set);
    for (let first = firstOrdinal(this.#set), size = 1; first < end; first += size, size *= 2) {
      const batch: Task<Exit>[] = [];
      for (let at = view.nextToKeep(first); at >= 0 && at < first + size; at = view.nextToKeep(at + 1)) batch.push(this.#keep(at));
      for (const outcome of yield* all(batch)) if (!outcome.ok) throw outcome.error;
    }
    return false;
  }

  *#keep(ordinal: number): Task<Exit> {
    const set = this.#set;
    const pod = this.#view.podAt(ordinal) ?? this.#newPod(ordinal);
    if (isPodTerminal(pod)) {
      // Its successor has the same name, so it has to be gone first.
      if (!isDeleting(pod)) yield* this.#delete(pod);
      return true;
    }
    if (!isCreated(pod)) {
      if (this.#podControl.hasStaleClaim(set, pod)) return true;
      this.#created(yield* this.#podControl.create(set, pod));
      if (this.#isOrdered) return true;
    }
    if (pod.status?.phase === 'Pending') yield* this.#podControl.createMissingClaims(set, pod);
    if (this.#isOrdered && this.#isUnavailable(pod)) return true;
    if (!hasIdentity(pod) || !hasClaimVolumes(set, pod) || !this.#podControl.hasClaimsRetained(set, pod)) {
      yield* this.#podControl.mend(set, pod);
    }
    return false;
  }

  #newPod(ordinal: number): Pod {
    const { current, update } = this.#revisions;
    const revision: ControllerRevision = needsCurrent(this.#set, ordinal) ? current : update;
    return newStatefulPod(this.#set, templateOf(revision), revision.metadata.name, ordinal);
  }

  /** The highest alone, once it is well or the lowest that is not: all living replicas are well by now. */
  *#condemnInOrder(): Task<Exit> {
    const pod = this.#view.highestCondemned();
    if (pod === undefined) return false;
    const isHeldUp = () => this.#isUnavailable(pod) && this.#view.lowestSick((one) => this.#isUnavailable(one)) !== pod;
    if (!isDeleting(pod) && !isHeldUp()) yield* this.#delete(pod);
    return true;
  }

  *#condemnAll(): Task<Exit> {
    const condemned = this.#view.condemned();
    let next = 0;
    const step = function* (pass: StatefulSetPass): Task<void> {
      const pod = condemned[next++]!;
      if (!isDeleting(pod)) yield* pass.#delete(pod);
    };
    const { error } = yield* slowStart(condemned.length, () => step(this));
    if (error !== undefined) throw error;
    return false;
  }

  /** Deletes the highest pod of another revision, if everything above it is well; says whether it did. */
  *#update(): Task<boolean> {
    const update = this.#revisions.update.metadata.name;
    const start = firstOrdinal(this.#set);
    // Counted from the first ordinal, wherever ordinals start.
    const lowest = start + (this.#set.spec.updateStrategy?.rollingUpdate?.partition ?? 0);
    const view = this.#view;
    for (let at = view.nextToUpdate(start + replicasOf(this.#set) - 1); at >= lowest; at = view.nextToUpdate(at - 1)) {
      const pod = view.podAt(at);
      if (pod === undefined || !isCreated(pod)) return false;
      if (revisionOfPod(pod) !== update && !isDeleting(pod)) {
        yield* this.#delete(pod);
        return true;
      }
      if (this.#isUnavailable(pod)) return false;
    }
    return false;
  }

  #isUnavailable(pod: Pod): boolean {
    return isDeleting(pod) || !isRunningAndAvailable(pod, this.#set.spec.minReadySeconds ?? 0, this.#sim.nowUs);
  }

  *#delete(pod: Pod): Task<void> {
    try {
      yield* this.#podControl.delete(this.#set, pod);
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 404)) throw error;
    }
  }
}

/** A pod below the partition is made anew from the revision it had. */
export function needsCurrent(set: StatefulSet, ordinal: number): boolean {
  const { updateStrategy } = set.spec;
  if (updateStrategy?.type === 'OnDelete') return false;
  const { rollingUpdate } = updateStrategy ?? {};
  if (rollingUpdate === undefined) return ordinal < firstOrdinal(set) + (set.status?.currentReplicas ?? 0);
  return ordinal < firstOrdinal(set) + (rollingUpdate.partition ?? 0);
}
