/**
 * Takes back the announcement of a disruption that has not come: a pod that was marked as about to be disrupted, and two minutes later is not
 * being deleted.
 *
 * Models syncStalePodDisruption of pkg/controller/disruption/disruption.go. What the kubelet announces it carries out itself, in its own time.
 */
import { MINUTE_US } from '../../base/units.ts';
import type { Client } from '../../client/client.ts';
import type { Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { startWorkers } from '../../client/workers.ts';
import { isDeleting, objectKey } from '../../model/meta.ts';
import { isPodTerminal, type Pod, podCondition } from '../../model/pod.ts';
import { timeText, timeUsOf } from '../../model/time.ts';
import type { ControllerContext } from '../context.ts';

// stalePodDisruptionTimeout.
const TIMEOUT_US = 2 * MINUTE_US;
const BY_KUBELET = 'TerminationByKubelet';

export class StaleDisruptions {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #queue: WorkQueue;

  constructor(context: ControllerContext, client: Client) {
    this.#context = context;
    this.#client = client;
    this.#queue = new WorkQueue(context.sim);
  }

  start(): void {
    const { informers, sim } = this.#context;
    const onPod = (pod: Pod) => {
      const staleUs = staleAtUs(pod);
      if (staleUs !== undefined) this.#queue.addAfter(objectKey(pod), staleUs - sim.nowUs);
    };
    informers.informer('Pod').addHandler({ onAdd: onPod, onUpdate: (_before, pod) => onPod(pod) });
    startWorkers(sim, this.#queue, 1, (key) => this.#sync(key));
  }

  *#sync(key: string): Task<void> {
    const { informers, sim } = this.#context;
    const pod = informers.informer('Pod').get(key);
    const staleUs = pod === undefined ? undefined : staleAtUs(pod);
    if (pod === undefined || staleUs === undefined) return;
    if (staleUs > sim.nowUs) return this.#queue.addAfter(key, staleUs - sim.nowUs);
    const conditions = (pod.status?.conditions ?? []).map((condition) =>
      condition.type === 'DisruptionTarget'
        ? { type: condition.type, status: 'False' as const, lastProbeTime: null, lastTransitionTime: timeText(sim.nowUs) }
        : condition,
    );
    yield* this.#client.updateStatus('Pod', { ...pod, status: { ...pod.status, conditions } });
  }
}

/** When the pod's mark is too old to be believed; undefined when it has none, or one that will be kept. */
export function staleAtUs(pod: Pod): number | undefined {
  const mark = podCondition(pod, 'DisruptionTarget');
  if (mark?.status !== 'True' || mark.reason === BY_KUBELET || isDeleting(pod) || isPodTerminal(pod)) return undefined;
  // Without a time it is as old as the epoch: metav1.Time's zero.
  return (mark.lastTransitionTime === undefined ? 0 : timeUsOf(mark.lastTransitionTime)) + TIMEOUT_US;
}
