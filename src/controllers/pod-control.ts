/**
 * Creates and deletes the pods of a controller, and tells of it in Events on their owner.
 *
 * Models RealPodControl and the slow start of pkg/controller/controller_utils.go and pkg/controller/replicaset (slowStartBatch).
 */
import { ApiError } from '../apiserver/api-error.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import { all, type Task } from '../client/task.ts';
import type { KubeObject, ObjectMeta } from '../model/meta.ts';
import type { Pod, PodTemplate } from '../model/pod.ts';
import { controllerRef } from './controller-ref-manager.ts';

// SlowStartInitialBatchSize in controller_utils.go.
const FIRST_BATCH = 1;

export class PodControl {
  readonly #client: Client;
  readonly #recorder: EventRecorder;

  constructor(client: Client, recorder: EventRecorder) {
    this.#client = client;
    this.#recorder = recorder;
  }

  *create(owner: KubeObject, pod: Pod): Task<Pod> {
    try {
      const created = yield* this.#client.create('Pod', pod);
      this.#recorder.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${created.metadata.name}`);
      return created;
    } catch (error) {
      if (error instanceof ApiError && !isNamespaceTerminating(error)) {
        this.#recorder.event(owner, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
      }
      throw error;
    }
  }

  *delete(owner: KubeObject, pod: Pod): Task<void> {
    const { namespace, name } = pod.metadata;
    try {
      yield* this.#client.delete('Pod', namespace, name);
      this.#recorder.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    } catch (error) {
      if (error instanceof ApiError && error.code !== 404) {
        this.#recorder.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${error.message}`);
      }
      throw error;
    }
  }
}

/** The pod a template asks for. Its spec is the template's own, shared by all pods made from it. */
export function podFromTemplate(template: PodTemplate, owner: KubeObject, name: Pick<ObjectMeta, 'name' | 'generateName'>): Pod {
  const { labels, annotations, finalizers } = template.metadata ?? {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...name,
      ...(owner.metadata.namespace === undefined ? {} : { namespace: owner.metadata.namespace }),
      ...(labels === undefined ? {} : { labels }),
      ...(annotations === undefined ? {} : { annotations }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ownerReferences: [controllerRef(owner)],
    },
    spec: template.spec,
  };
}

/** The prefix of generated pod names; the dash goes where it would make the name invalid. */
export function podNamePrefix(owner: string): string {
  return owner.length < 253 ? `${owner}-` : owner;
}

/**
 * Calls in batches of 1, 2, 4, …, each batch side by side and the next only when all of one succeeded: a quota that is used up costs
 * one refused request and not hundreds.
 */
export function* slowStart(count: number, call: () => Task<void>): Task<{ readonly successes: number; readonly error: unknown }> {
  let remaining = count;
  let successes = 0;
  for (let size = Math.min(remaining, FIRST_BATCH); size > 0; size = Math.min(2 * size, remaining)) {
    const outcomes = yield* all(Array.from({ length: size }, call));
    const failed = outcomes.find((outcome) => !outcome.ok);
    successes += outcomes.filter((outcome) => outcome.ok).length;
    if (failed !== undefined && !failed.ok) return { successes, error: failed.error };
    remaining -= size;
  }
  return { successes, error: undefined };
}

/** The namespace is going away: what a controller wanted to create there, it no longer needs. */
export function isNamespaceTerminating(error: unknown): boolean {
  return error instanceof ApiError && error.causes.some((cause) => cause.reason === 'NamespaceTerminating');
}
