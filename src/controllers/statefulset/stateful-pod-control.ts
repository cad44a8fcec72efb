/**
 * Creates, mends and deletes the pods of a StatefulSet together with their claims, and tells of it.
 *
 * Models pkg/controller/statefulset/stateful_pod_control.go: claims come before the pod that needs them.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import type { Task } from '../../client/task.ts';
import { Retry } from '../../client/workers.ts';
import { isDeleting, keyOf } from '../../model/meta.ts';
import type { Pod } from '../../model/pod.ts';
import type { PersistentVolumeClaim } from '../../model/storage.ts';
import type { StatefulSet } from '../../model/workloads.ts';
import { hasForeignController, hasOwnersWanted, isStale, ownersWanted } from './claim-retention.ts';
import { claimName, claimsOf, hasClaimVolumes, hasIdentity, ordinalOf, withClaimVolumes, withIdentity } from './identity.ts';

type Verb = 'Create' | 'Update' | 'Delete';

export class StatefulPodControl {
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #claims: Informer<'PersistentVolumeClaim'>;

  constructor(client: Client, recorder: EventRecorder, claims: Informer<'PersistentVolumeClaim'>) {
    this.#client = client;
    this.#recorder = recorder;
    this.#claims = claims;
  }

  *create(set: StatefulSet, pod: Pod): Task<Pod> {
    try {
      yield* this.createClaims(set, pod);
      const created = yield* this.#client.create('Pod', pod);
      yield* this.retainClaims(set, pod);
      this.#tell('Create', set, pod, undefined);
      return created;
    } catch (error) {
      const isKnown = error instanceof ApiError && error.reason === 'AlreadyExists';
      if (!isKnown) this.#tell('Create', set, pod, error);
      throw error;
    }
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
    const isConsistent = hasIdentity(pod) && hasClaimVolumes(set, pod);
    if (isConsistent && this.hasClaimsRetained(set, pod)) return;
    try {
      if (!hasClaimVolumes(set, pod)) yield* this.createClaims(set, pod);
      yield* this.retainClaims(set, pod);
      yield* this.#client.update('Pod', withClaimVolumes(set, withIdentity(set, pod)));
      this.#tell('Update', set, pod, undefined);
    } catch (error) {
      this.#tell('Update', set, pod, error);
      throw error;
    }
  }

  *createClaims(set: StatefulSet, pod: Pod): Task<void> {
    for (const claim of claimsOf(set, ordinalOf(set, pod))) {
      const known = this.#claim(set, claim.metadata.name);
      if (known === undefined) yield* this.#createClaim(set, pod, claim);
      else if (isDeleting(known)) throw new Retry(`pvc ${claim.metadata.name} is being deleted`);
    }
  }

  *#createClaim(set: StatefulSet, pod: Pod, claim: PersistentVolumeClaim): Task<void> {
    const what = `Create Claim ${claim.metadata.name} Pod ${pod.metadata.name} in StatefulSet ${set.metadata.name}`;
    try {
      yield* this.#client.create('PersistentVolumeClaim', claim);
      this.#recorder.event(set, 'Normal', 'SuccessfulCreate', `${what} success`);
    } catch (error) {
      // Created by this very controller a moment ago, most likely: the cache has yet to hear of it.
      if (error instanceof ApiError && error.reason === 'AlreadyExists') return;
      this.#recorder.event(set, 'Warning', 'FailedCreate', `${what} failed error: ${textOf(error)}`);
      throw error;
    }
  }

  hasClaimsRetained(set: StatefulSet, pod: Pod): boolean {
    return this.#claimsOf(set, pod).every((claim) => hasOwnersWanted(claim, set, pod));
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
        throw new Retry(`could not update claim ${name} for delete policy ownerRefs: ${textOf(error)}`);
      }
    }
  }

  #claimsOf(set: StatefulSet, pod: Pod): PersistentVolumeClaim[] {
    const ordinal = ordinalOf(set, pod);
    return (set.spec.volumeClaimTemplates ?? [])
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
