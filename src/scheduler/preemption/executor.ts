/**
 * Carries a preemption out while the scheduler goes on: takes back lesser nominations, then evicts the victims.
 *
 * Models pkg/scheduler/framework/preemption/executor.go (prepareCandidateAsync). All victims but the last go side by side, then the
 * last; until then the pod they make room for is gated.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { all, run, type Task } from '../../client/task.ts';
import type { Pod } from '../../model/pod.ts';
import { timeText } from '../../model/time.ts';
import type { PreemptionGate } from '../plugins/default-preemption.ts';
import type { PodInfo } from '../pod-info.ts';

export class PreemptionExecutor implements PreemptionGate {
  readonly #client: Client;
  /** Of the scheduler that the preempting pod named. */
  readonly #recorderOf: (pod: Pod) => EventRecorder;
  readonly #pods: Informer<'Pod'>;
  readonly #nowUs: () => number;
  /** By uid of the pod: its last victim once only that one is left to evict. */
  readonly #running = new Map<string, PodInfo | undefined>();

  constructor(client: Client, recorderOf: (pod: Pod) => EventRecorder, pods: Informer<'Pod'>, nowUs: () => number) {
    this.#client = client;
    this.#nowUs = nowUs;
    this.#recorderOf = recorderOf;
    this.#pods = pods;
  }

  /** The last victim needs only to be on its way: its deletion is what brings the pod back. */
  isPreempting(uid: string): boolean {
    if (!this.#running.has(uid)) return false;
    const last = this.#running.get(uid);
    if (last === undefined) return true;
    const current = this.#pods.get(last.key);
    return current !== undefined && current.metadata.uid === last.uid && current.metadata.deletionTimestamp === undefined;
  }

  start(preemptor: PodInfo, nodeName: string, victims: readonly PodInfo[], lesser: readonly PodInfo[], onFailure: () => void): void {
    const standing = victims.filter((victim) => !victim.isTerminating);
    // Where every victim is on its way already nothing is started, and lesser nominations stay.
    if (standing.length === 0) return;
    const end = () => void this.#running.delete(preemptor.uid);
    this.#running.set(preemptor.uid, undefined);
    run(this.#evictAll(preemptor, nodeName, standing, lesser), end, () => {
      end();
      onFailure();
    });
  }

  *#evictAll(preemptor: PodInfo, nodeName: string, victims: readonly PodInfo[], lesser: readonly PodInfo[]): Task<void> {
    yield* all(lesser.map((pod) => this.#clearNomination(pod)));
    const evictions = victims.slice(0, -1).map((victim) => this.#evict(victim, preemptor, nodeName));
    for (const result of yield* all(evictions)) if (!result.ok) throw result.error;
    const last = victims.at(-1);
    if (last === undefined) return;
    this.#running.set(preemptor.uid, last);
    yield* this.#evict(last, preemptor, nodeName);
  }

  *#clearNomination({ pod }: PodInfo): Task<void> {
    const body = { status: { nominatedNodeName: '' } };
    yield* this.#client.patch('Pod', pod.metadata.namespace, pod.metadata.name, { type: 'merge', body }, 'status');
  }

  *#evict(victim: PodInfo, preemptor: PodInfo, nodeName: string): Task<void> {
    const { namespace, name, generation = 0 } = victim.pod.metadata;
    const scheduler = preemptor.pod.spec.schedulerName ?? '';
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: `${scheduler}: preempting to accommodate a higher priority pod`,
      observedGeneration: generation,
      lastTransitionTime: timeText(this.#nowUs()),
    };
    const body = { status: { conditions: [condition] } };
    try {
      yield* this.#client.patch('Pod', namespace, name, { type: 'strategic', body, isComparison: true }, 'status');
      yield* this.#client.delete('Pod', namespace, name, {});
    } catch (error) {
      // Gone by itself: the room is there, and nobody was preempted.
      if (error instanceof ApiError && error.code === 404) return;
      throw error;
    }
    this.#recorderOf(preemptor.pod).event(victim.pod, 'Normal', 'Preempted', `Preempted by pod ${preemptor.uid} on node ${nodeName}`);
  }
}
