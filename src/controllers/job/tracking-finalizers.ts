/**
 * The finalizer by which a Job keeps its pods until they are counted, and how it is taken off.
 *
 * Models removeTrackingFinalizersFromPods of pkg/controller/job/job_controller.go and uidTrackingExpectations of tracking_utils.go.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { Client } from '../../client/client.ts';
import { all, type Task } from '../../client/task.ts';
import type { Pod } from '../../model/pod.ts';
import { TRACKING_FINALIZER } from './job-pods.ts';

export class TrackingFinalizers {
  readonly #client: Client;
  /** By Job, the pods whose finalizer was taken off and whose cached copy still shows it. */
  readonly #untracked = new Map<string, Set<string>>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** Uids of the Job's pods that are let go of, whatever the cache shows. */
  releasedBy(key: string): ReadonlySet<string> {
    return new Set(this.#untracked.get(key));
  }

  /** The cache shows it by now. */
  seen(key: string, pod: Pod): void {
    this.#untracked.get(key)?.delete(pod.metadata.uid ?? '');
  }

  forget(key: string): void {
    this.#untracked.delete(key);
  }

  *remove(pod: Pod): Task<void> {
    const { namespace, name, uid } = pod.metadata;
    const body = { metadata: { uid, '$deleteFromPrimitiveList/finalizers': [TRACKING_FINALIZER] } };
    yield* this.#client.patch('Pod', namespace, name, { type: 'strategic', body });
  }

  /** Takes the finalizer off each; those done leave `held`. */
  *removeEach(key: string, pods: readonly Pod[], held: Set<string>): Task<unknown> {
    if (pods.length === 0) return undefined;
    let untracked = this.#untracked.get(key);
    if (untracked === undefined) {
      untracked = new Set();
      this.#untracked.set(key, untracked);
    }
    for (const pod of pods) untracked.add(pod.metadata.uid ?? '');
    const outcomes = yield* all(pods.map((pod) => this.remove(pod)));
    let failure: unknown;
    for (let index = 0; index < pods.length; index++) {
      const outcome = outcomes[index]!;
      const { uid = '' } = pods[index]!.metadata;
      if (outcome.ok || isGone(outcome.error)) held.delete(uid);
      else failure ??= outcome.error;
      // Nothing will come back through the watch for a patch that failed or a pod that is gone.
      if (!outcome.ok) untracked.delete(uid);
    }
    return failure;
  }
}

export function isGone(error: unknown): boolean {
  return error instanceof ApiError && (error.code === 404 || error.code === 422);
}
