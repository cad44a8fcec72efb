/**
 * Creates and deletes the pods of a DaemonSet. Models syncNodes and podsShouldBeOnNode of pkg/controller/daemon/daemon_controller.go.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Expectations } from '../../client/expectations.ts';
import { all, type Task } from '../../client/task.ts';
import type { WorkQueue } from '../../client/work-queue.ts';
import { isDeleting, objectKey } from '../../model/meta.ts';
import type { Pod, PodTemplate } from '../../model/pod.ts';
import type { DaemonSet } from '../../model/workloads.ts';
import type { Simulation } from '../../sim/simulation.ts';
import { isNamespaceTerminating, type PodControl, podFromTemplate, podNamePrefix } from '../pod-control.ts';
import { basisOf, type DaemonNode, GENERATION_LABEL, rollingOf, TEMPLATE_GENERATION } from './daemon-view.ts';
import { affinityTo, daemonTolerations } from './eligibility.ts';
import { FailedPodBackoff } from './failed-pod-backoff.ts';
import { HASH_LABEL } from './histories.ts';
import { allowsSurge, excessPods, type Replacement } from './rolling.ts';

// BurstReplicas in daemon_controller.go.
export const BURST_REPLICAS = 250;

export class DaemonPods {
  readonly #sim: Simulation;
  readonly #podControl: PodControl;
  readonly #recorder: EventRecorder;
  readonly #expectations: Expectations;
  readonly #queue: WorkQueue;
  readonly #backoff = new FailedPodBackoff();

  constructor(sim: Simulation, podControl: PodControl, recorder: EventRecorder, expectations: Expectations, queue: WorkQueue) {
    this.#sim = sim;
    this.#podControl = podControl;
    this.#recorder = recorder;
    this.#expectations = expectations;
    this.#queue = queue;
  }

  /** What the nodes lack and have too much of; tells of the pods that have ended. */
  wanted(key: string, set: DaemonSet, nodes: readonly DaemonNode[], hash: string): Replacement {
    const createOn: string[] = [];
    const remove: Pod[] = [];
    for (const { node, isKnown, shouldRun, shouldContinue, pods } of nodes) {
      if (!isKnown) {
        // Never to be bound, and the pod GC looks only at bound ones.
        remove.push(...pods.filter((pod) => (pod.spec.nodeName ?? '') === '' && !isDeleting(pod)));
      } else if (pods.length === 0) {
        if (shouldRun) createOn.push(node);
      } else if (!shouldContinue) remove.push(...pods.filter((pod) => !isDeleting(pod)));
      else {
        const { unwanted, isEmpty } = this.#judged(key, set, node, pods, hash);
        remove.push(...unwanted);
        // A set that surges does not wait for a pod that leaves: each node is to have one that stays.
        if (isEmpty && shouldRun && allowsSurge(set)) createOn.push(node);
      }
    }
    return { remove, createOn };
  }

  /** Which of a node's pods are to go, and whether none of them stays. */
  #judged(key: string, set: DaemonSet, node: string, pods: readonly Pod[], hash: string): { unwanted: Pod[]; isEmpty: boolean } {
    const unwanted: Pod[] = [];
    const running: Pod[] = [];
    const { nowUs } = this.#sim;
    for (const pod of pods) {
      if (isDeleting(pod)) continue;
      const about = `${pod.metadata.namespace}/${pod.metadata.name} on node ${node}`;
      if (pod.status?.phase === 'Failed') {
        const backoffKey = `${set.metadata.uid}/${set.status?.observedGeneration ?? 0}/${node}`;
        const waitUs = this.#backoff.waitUs(backoffKey, nowUs);
        if (waitUs > 0) {
          this.#queue.addAfter(key, waitUs);
          continue;
        }
        this.#backoff.failed(backoffKey, nowUs);
        this.#recorder.event(set, 'Warning', 'FailedDaemonPod', `Found failed daemon pod ${about}, will try to kill it`);
        unwanted.push(pod);
      } else if (pod.status?.phase === 'Succeeded') {
        this.#recorder.event(set, 'Normal', 'SucceededDaemonPod', `Found succeeded daemon pod ${about}, will try to delete it`);
        unwanted.push(pod);
      } else running.push(pod);
    }
    unwanted.push(...excessPods(running, allowsSurge(set), rollingOf(basisOf(set, hash), 0, nowUs), hash));
    return { unwanted, isEmpty: running.length === 0 };
  }

  /** Creates in growing batches, then deletes side by side. The first error met, or undefined. */
  *act(key: string, set: DaemonSet, { remove, createOn }: Replacement, hash: string): Task<unknown> {
    if (remove.length + createOn.length === 0) return undefined;
    const victims = remove.slice(0, BURST_REPLICAS);
    const nodes = createOn.slice(0, BURST_REPLICAS);
    this.#expectations.expect(key, nodes.length, victims.map(objectKey));
    const template = podTemplate(set, hash);
    let failure: unknown;
    for (let start = 0, size = Math.min(1, nodes.length); size > 0; ) {
      const outcomes = yield* all(nodes.slice(start, start + size).map((node) => this.#create(set, template, node)));
      start += size;
      const failed = outcomes.filter((outcome) => !outcome.ok);
      if (failed.length > 0) {
        this.#expectations.creationsSkipped(key, failed.length + nodes.length - start);
        failure = failed[0]!.ok ? undefined : failed[0]!.error;
        break;
      }
      size = Math.min(2 * size, nodes.length - start);
    }
    for (const outcome of yield* all(victims.map((pod) => this.#delete(key, set, pod)))) if (!outcome.ok) failure ??= outcome.error;
    return failure;
  }

  *#create(set: DaemonSet, template: PodTemplate, node: string): Task<void> {
    const spec = { ...template.spec, affinity: affinityTo(template.spec.affinity, node) };
    try {
      yield* this.#podControl.create(
        set,
        podFromTemplate({ ...template, spec }, set, { name: '', generateName: podNamePrefix(set.metadata.name) }),
      );
    } catch (error) {
      if (!isNamespaceTerminating(error)) throw error;
    }
  }

  *#delete(key: string, set: DaemonSet, pod: Pod): Task<void> {
    try {
      yield* this.#podControl.delete(set, pod);
    } catch (error) {
      this.#expectations.deletionObserved(key, objectKey(pod));
      if (!(error instanceof ApiError && error.code === 404)) throw error;
    }
  }
}

function podTemplate(set: DaemonSet, hash: string): PodTemplate {
  const { template } = set.spec;
  const generation = set.metadata.annotations?.[TEMPLATE_GENERATION];
  const labels = {
    ...template.metadata?.labels,
    ...(generation === undefined ? {} : { [GENERATION_LABEL]: generation }),
    ...(hash === '' ? {} : { [HASH_LABEL]: hash }),
  };
  return { metadata: { ...template.metadata, labels }, spec: { ...template.spec, tolerations: daemonTolerations(template.spec) } };
}
