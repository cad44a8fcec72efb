/**
 * Creates, mends and deletes the pods of a StatefulSet together with their claims, and tells of it.
 *
 * Models pkg/controller/statefulset/stateful_pod_control.go: claims come before the pod that needs them.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { retryOnConflict } from '../../client/retry-on-conflict.ts';
import type { Task } from '../../client/task.ts';
import { Retry } from '../../client/workers.ts';
import { isDeleting, keyOf } from '../../model/meta.ts';
import type { Pod } from '../../model/pod.ts';
import type { PersistentVolumeClaim } from '../../model/storage.ts';
import type { StatefulSet } from '../../model/workloads.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { ControllerContext } from '../context.ts';
import { hasForeignController, hasOwnersWanted, isStale, ownersWanted } from './claim-retention.ts';
import { claimName, claimsOf, hasClaimVolumes, hasIdentity, ordinalOf, withClaimVolumes, withIdentity } from './identity.ts';
import type { ClaimQuestions } from './ordinal-table.ts';

type Verb = 'Create' | 'Update' | 'Delete';

const NO_CLAIMS: readonly PersistentVolumeClaim[] = [];

export class StatefulPodControl implements ClaimQuestions {
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #sim: Simulation;
  readonly #pods: Informer<'Pod'>;
  readonly #claims: Informer<'PersistentVolumeClaim'>;

  constructor({ sim, informers }: ControllerContext, client: Client, recorder: EventRecorder) {
    this.#sim = sim;
    this.#client = client;
    this.#recorder = recorder;
    this.#pods = informers.informer('Pod');
    this.#claims = informers.informer('PersistentVolumeClaim');
  }

  *create(set: StatefulSet, pod: Pod): Task<Pod> {
    try {
      yield* this.createClaims(set, pod);
    } catch (error) {
      this.#tell('Create', set, pod, error);
      throw error;
    }
    let created: Pod | undefined;
    let failure: unknown;
    try {
      created = yield* this.#client.create('Pod', pod);
    } catch (error) {
      if (error instanceof ApiError && error.reason === 'AlreadyExists') throw error;
      failure = error;
    }
    // Also for a pod that was refused: its claims are there already.
    yield* this.#retainOrTell(set, pod);
    this.#tell('Create', set, pod, failure);
    if (created === undefined) throw failure;
    return created;
  }

  *delete(set: StatefulSet, pod: Pod): Task<void> {
    try {
      yield* this.#client.delete('Pod', pod.metadata.namespace, pod.metadata.name);
      this.#tell('Delete', set, pod, undefined);
    } catch (error) {
      this.#tell('Delete', set, pod, error);
      throw error;
    }
  }

  /** Gives the pod back its identity and its claims the owners they should have. */
  *mend(set: StatefulSet, pod: Pod): Task<void> {
    let isAttempted = false;
    let known = pod;
    const { namespace, name } = pod.metadata;
    const attempt = function* (control: StatefulPodControl): Task<void> {
      if (!(yield* control.#prepare(set, known))) return;
      isAttempted = true;
      try {
        yield* control.#client.update('Pod', withClaimVolumes(set, withIdentity(set, known)));
      } catch (error) {
        known = control.#pods.get(keyOf(namespace, name)) ?? known;
        throw error;
      }
    };
    let failure: unknown;
    try {
      yield* retryOnConflict(this.#sim, () => attempt(this));
    } catch (error) {
      failure = error;
    }
    if (isAttempted) this.#tell('Update', set, pod, failure);
    if (failure !== undefined) throw failure;
  }

  /** Brings the claims in order; says whether anything about the pod was or is amiss, so that the pod itself is written too. */
  *#prepare(set: StatefulSet, pod: Pod): Task<boolean> {
    let isAmiss = !hasIdentity(pod);
    try {
      if (!hasClaimVolumes(set, pod)) {
        isAmiss = true;
        yield* this.createClaims(set, pod);
      }
      if (!this.hasClaimsRetained(set, pod)) {
        isAmiss = true;
        yield* this.retainClaims(set, pod);
      }
    } catch (error) {
      this.#tell('Update', set, pod, error);
      throw error;
    }
    return isAmiss;
  }

  /** For a pod that waits: perhaps for a claim somebody deleted. */
  *createMissingClaims(set: StatefulSet, pod: Pod): Task<void> {
    yield* this.createClaims(set, pod);
    yield* this.#retainOrTell(set, pod);
  }

  *#retainOrTell(set: StatefulSet, pod: Pod): Task<void> {
    try {
      yield* this.retainClaims(set, pod);
    } catch (error) {
      this.#tell('Update', set, pod, error);
      throw error;
    }
  }

  /** Every claim is tried, and what went wrong is told together. */
  *createClaims(set: StatefulSet, pod: Pod): Task<void> {
    const problems: string[] = [];
    for (const claim of claimsOf(set, ordinalOf(set, pod))) {
      const { name } = claim.metadata;
      const known = this.#claim(set, name);
      if (known !== undefined) {
        if (isDeleting(known)) problems.push(`pvc ${name} is being deleted`);
        continue;
      }
      const problem = yield* this.#createClaim(set, pod, claim);
      if (problem !== undefined) problems.push(`failed to create PVC ${name}: ${problem}`);
    }
    if (problems.length > 0) throw new Retry(problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`);
  }

  /** What was wrong, if anything. */
  *#createClaim(set: StatefulSet, pod: Pod, claim: PersistentVolumeClaim): Task<string | undefined> {
    const what = `Create Claim ${claim.metadata.name} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`;
    try {
      yield* this.#client.create('PersistentVolumeClaim', claim);
      this.#recorder.event(set, 'Normal', 'SuccessfulCreate', `${what} success`);
      return undefined;
    } catch (error) {
      // Created by this very controller a moment ago, most likely: an Event would say no more than that the cache has yet to hear of it.
      const isKnown = error instanceof ApiError && error.reason === 'AlreadyExists';
      if (!isKnown) this.#recorder.event(set, 'Warning', 'FailedCreate', `${what} failed error: ${textOf(error)}`);
      return textOf(error);
    }
  }

  hasClaimsRetained(set: StatefulSet, pod: Pod): boolean {
    return this.#claimsOf(set, pod).every((claim) => hasOwnersWanted(claim, set, pod));
  }

  /** Are all claims there to stay, nobody else's, and as they should be? Then a pod that waits for them can only wait on. */
  areClaimsSettled(set: StatefulSet, pod: Pod): boolean {
    const claims = this.#claimsOf(set, pod);
    if (claims.length < (set.spec.volumeClaimTemplates ?? []).length) return false;
    return claims.every((claim) => !isDeleting(claim) && hasOwnersWanted(claim, set, pod) && !hasForeignController(claim, set, pod));
  }

  hasStaleClaim(set: StatefulSet, pod: Pod): boolean {
    return this.#claimsOf(set, pod).some((claim) => isStale(claim, set, pod));
  }

  *retainClaims(set: StatefulSet, pod: Pod): Task<void> {
    for (const claim of this.#claimsOf(set, pod)) {
      const { name } = claim.metadata;
      if (hasForeignController(claim, set, pod)) {
        const message = `PersistentVolumeClaim ${name} has a conflicting OwnerReference that acts as a managing controller, the retention policy is ignored for this claim`;
        this.#recorder.event(set, 'Warning', 'ConflictingController', message);
      }
      if (hasOwnersWanted(claim, set, pod)) continue;
      const ownerReferences = ownersWanted(claim, set, pod);
      try {
        yield* this.#client.update('PersistentVolumeClaim', { ...claim, metadata: { ...claim.metadata, ownerReferences } });
      } catch (error) {
        throw new Retry(`could not update claim ${name} for delete policy ownerRefs: ${textOf(error)}`, { cause: error });
      }
    }
  }

  #claimsOf(set: StatefulSet, pod: Pod): readonly PersistentVolumeClaim[] {
    if (set.spec.volumeClaimTemplates === undefined) return NO_CLAIMS;
    const ordinal = ordinalOf(set, pod);
    return set.spec.volumeClaimTemplates
      .map((template) => this.#claim(set, claimName(set, template, ordinal)))
      .filter((claim) => claim !== undefined);
  }

  #claim(set: StatefulSet, name: string): PersistentVolumeClaim | undefined {
    return this.#claims.get(keyOf(set.metadata.namespace, name));
  }

  #tell(verb: Verb, set: StatefulSet, pod: Pod, error: unknown): void {
    const what = `${verb} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`;
    if (error === undefined) this.#recorder.event(set, 'Normal', `Successful${verb}`, `${what} successful`);
    else this.#recorder.event(set, 'Warning', `Failed${verb}`, `${what} failed error: ${textOf(error)}`);
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
