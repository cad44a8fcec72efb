/**
 * Deletes pods from nodes with NoExecute taints, at once or when their tolerations run out.
 *
 * Models pkg/controller/tainteviction/taint_eviction.go and timed_workers.go. Disruption budgets are not asked.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { isSameValue } from '../../apiserver/same-value.ts';
import { MILLISECOND_US, SECOND_US } from '../../base/units.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { run, sleep, type Task } from '../../client/task.ts';
import { type ObjectKey, objectKey } from '../../model/meta.ts';
import type { Node, Taint } from '../../model/node.ts';
import type { Pod } from '../../model/pod.ts';
import { toleratesTaint } from '../../model/toleration.ts';
import type { EventId } from '../../sim/event-queue.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { newPodCondition } from '../pod-conditions.ts';

const NONE: readonly Taint[] = [];
// retries and sleeping in deletePodHandler.
const TRIES = 5;
const RETRY_US = 10 * MILLISECOND_US;
const MARK = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'DeletionByTaintManager',
  message: 'Taint manager: deleting due to NoExecute taint',
} as const;

export class TaintEvictionController implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #pods: Informer<'Pod'>;
  /** NoExecute taints by node; nodes without are not in it. */
  readonly #tainted = new Map<string, readonly Taint[]>();
  /** Evictions that are still to come. */
  readonly #timed = new Map<ObjectKey, EventId>();

  constructor(context: ControllerContext) {
    this.#context = context;
    // It shares the node controller's identity.
    this.#client = context.client('node-controller');
    this.#recorder = context.recorder('taint-eviction-controller', this.#client);
    this.#pods = context.informers.informer('Pod');
  }

  start(): void {
    this.#context.informers.informer('Node').addHandler({
      onAdd: (node) => this.#onNode(node),
      onUpdate: (before, after) => void (isSameValue(noExecuteTaints(before), noExecuteTaints(after)) || this.#onNode(after)),
      onDelete: (node) => void this.#tainted.delete(node.metadata.name),
    });
    this.#pods.addHandler({
      onAdd: (pod) => this.#onPod(undefined, pod),
      onUpdate: (before, after) => this.#onPod(before, after),
      onDelete: (pod) => this.#cancel(pod),
    });
  }

  #onNode(node: Node): void {
    const { name } = node.metadata;
    const taints = noExecuteTaints(node);
    if (taints.length === 0) this.#tainted.delete(name);
    else this.#tainted.set(name, taints);
    for (const pod of this.#pods.byIndex('nodeName', name)) this.#judge(pod, taints);
  }

  #onPod(before: Pod | undefined, pod: Pod): void {
    const { nodeName = '' } = pod.spec;
    if (nodeName === '') return;
    if (before !== undefined && before.spec.nodeName === nodeName && before.spec.tolerations === pod.spec.tolerations) return;
    const taints = this.#tainted.get(nodeName);
    if (taints !== undefined) this.#judge(pod, taints);
  }

  #judge(pod: Pod, taints: readonly Taint[]): void {
    if (taints.length === 0) return this.#cancel(pod);
    const waitUs = toleratedUs(pod, taints);
    if (waitUs === Number.POSITIVE_INFINITY) return this.#cancel(pod);
    if (waitUs === undefined) {
      this.#cancel(pod);
      return this.#evict(pod);
    }
    const key = objectKey(pod);
    // What has been decided stands: neither a later taint nor a shorter toleration moves a deadline.
    if (this.#timed.has(key)) return;
    if (waitUs === 0) return this.#evict(pod);
    const event = this.#context.sim.after(waitUs, () => {
      this.#timed.delete(key);
      this.#evict(pod);
    });
    this.#timed.set(key, event);
  }

  #cancel(pod: Pod): void {
    const key = objectKey(pod);
    const event = this.#timed.get(key);
    if (event === undefined) return;
    this.#context.sim.cancel(event);
    this.#timed.delete(key);
    this.#recorder.event(pod, 'Normal', 'TaintManagerEviction', `Cancelling deletion of Pod ${key}`);
  }

  #evict(pod: Pod): void {
    this.#recorder.event(pod, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${objectKey(pod)}`);
    run(this.#delete(pod), undefined, (error) => {
      if (!(error instanceof ApiError)) throw error;
    });
  }

  *#delete(pod: Pod): Task<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return yield* this.#deleteOnce(pod);
      } catch (error) {
        if (!(error instanceof ApiError) || error.code === 404) return;
        if (attempt === TRIES) throw error;
      }
      yield* sleep(this.#context.sim, RETRY_US);
    }
  }

  *#deleteOnce({ metadata, spec }: Pod): Task<void> {
    const { namespace, name, uid } = metadata;
    const pod = yield* this.#client.get('Pod', namespace, name);
    if (pod.metadata.uid !== uid || pod.spec.nodeName !== spec.nodeName) return;
    const mark = newPodCondition(pod, MARK, this.#context.sim.nowUs);
    if (mark !== undefined) {
      const body = { metadata: { uid }, status: { conditions: [mark] } };
      yield* this.#client.patch('Pod', namespace, name, { type: 'strategic', body, isComparison: true }, 'status');
    }
    yield* this.#client.delete('Pod', namespace, name);
  }
}

function noExecuteTaints(node: Node): readonly Taint[] {
  const taints = node.spec?.taints;
  return taints === undefined ? NONE : taints.filter((taint) => taint.effect === 'NoExecute');
}

/** How long the pod may stay; undefined: some taint is not tolerated; infinity: for ever. */
function toleratedUs(pod: Pod, taints: readonly Taint[]): number | undefined {
  const used = new Set<NonNullable<Pod['spec']['tolerations']>[number]>();
  for (const taint of taints) {
    const toleration = pod.spec.tolerations?.find((one) => toleratesTaint(one, taint));
    if (toleration === undefined) return undefined;
    used.add(toleration);
  }
  let seconds = Number.POSITIVE_INFINITY;
  for (const { tolerationSeconds } of used) {
    if (tolerationSeconds !== undefined) seconds = Math.min(seconds, Math.max(0, tolerationSeconds));
  }
  return seconds * SECOND_US;
}
