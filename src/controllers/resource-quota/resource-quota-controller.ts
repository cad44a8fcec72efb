/**
 * Counts what each ResourceQuota's namespace really uses, and gives back what is no longer used.
 *
 * Models pkg/controller/resourcequota/resource_quota_controller.go: quotas are looked at when they change, when something they count is
 * deleted or ends, and all of them every five minutes.
 */
import { isSameValue } from '../../apiserver/same-value.ts';
import { SECOND_US } from '../../base/units.ts';
import type { Client } from '../../client/client.ts';
import type { Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { startWorkers } from '../../client/workers.ts';
import { groupResource, KINDS, type Kind } from '../../model/kinds.ts';
import { type KubeObject, type ObjectKey, objectKey, type ResourceList } from '../../model/meta.ts';
import { isPodTerminal } from '../../model/pod.ts';
import type { ResourceQuota } from '../../model/policy.ts';
import { type Amount, amountText, isInScope, NOTHING, sum, usageOf } from '../../model/quota.ts';
import { timeUsOf } from '../../model/time.ts';
import type { HandlerId } from '../../sim/simulation.ts';
import type { Controller, ControllerContext } from '../context.ts';

// Too many, and hardly anybody limits them: looked at only when a quota names them.
const COUNTED_WHEN_NAMED: readonly Kind[] = ['Lease', 'EndpointSlice', 'Endpoints', 'ControllerRevision'];
const UNCOUNTED: ReadonlySet<Kind> = new Set<Kind>(['Event', ...COUNTED_WHEN_NAMED]);
const COUNTED = (Object.keys(KINDS) as Kind[]).filter((kind) => KINDS[kind].namespaced && !UNCOUNTED.has(kind));

export class ResourceQuotaController implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #queue: WorkQueue;
  readonly #handler: HandlerId;
  readonly #named = new Set<Kind>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#client = context.client('resourcequota-controller');
    this.#queue = new WorkQueue(context.sim);
    this.#handler = context.sim.register({ on: () => this.#resync() });
  }

  start(): void {
    const { informers, sim, options } = this.#context;
    informers.informer('ResourceQuota').addHandler({
      onAdd: (quota) => this.#queue.add(objectKey(quota)),
      onUpdate: (before, quota) => void (isSameValue(before.spec, quota.spec) || this.#queue.add(objectKey(quota))),
    });
    informers.informer('Pod').addHandler({
      onUpdate: (before, pod) => void (isPodTerminal(pod) && !isPodTerminal(before) && this.#enqueue(pod)),
      onDelete: (pod) => this.#enqueue(pod),
    });
    for (const kind of COUNTED) {
      if (kind === 'Pod') continue;
      const informer = informers.informer(kind);
      informer.addHandler({ onDelete: (object: KubeObject) => this.#enqueue(object) } as Parameters<typeof informer.addHandler>[0]);
    }
    startWorkers(sim, this.#queue, options.concurrentSyncs, (key) => this.#sync(key));
    sim.schedule(options.resourceQuotaSyncPeriodSeconds * SECOND_US, this.#handler, 0);
  }

  #resync(): void {
    const { informers, sim, options } = this.#context;
    for (const quota of informers.informer('ResourceQuota').values()) this.#queue.add(objectKey(quota));
    sim.schedule(options.resourceQuotaSyncPeriodSeconds * SECOND_US, this.#handler, 0);
  }

  #enqueue({ metadata }: KubeObject): void {
    const quotas = this.#context.informers.informer('ResourceQuota');
    if (quotas.size === 0) return;
    for (const quota of quotas.byIndex('namespace', metadata.namespace ?? '')) this.#queue.add(objectKey(quota));
  }

  *#sync(key: ObjectKey): Task<void> {
    const quota = this.#context.informers.informer('ResourceQuota').get(key);
    if (quota === undefined) return;
    const hard = quota.spec.hard ?? {};
    const status = { hard, used: this.#used(quota, hard) };
    if (!isSameValue(status, quota.status)) yield* this.#client.updateStatus('ResourceQuota', { ...quota, status });
  }

  /** The kinds of the many that this quota limits; watched from the first time on. */
  #namedIn(hard: ResourceList): readonly Kind[] {
    const named = COUNTED_WHEN_NAMED.filter((kind) => hard[`count/${groupResource(kind)}`] !== undefined);
    for (const kind of named) {
      if (this.#named.has(kind)) continue;
      this.#named.add(kind);
      const informer = this.#context.informers.informer(kind);
      const enqueue = (object: KubeObject) => this.#enqueue(object);
      informer.addHandler({ onAdd: enqueue, onDelete: enqueue } as Parameters<typeof informer.addHandler>[0]);
    }
    return named;
  }

  #used(quota: ResourceQuota, hard: ResourceList): ResourceList {
    const totals = new Map<string, Amount>(Object.keys(hard).map((resource) => [resource, NOTHING]));
    const { namespace = '' } = quota.metadata;
    const { nowUs } = this.#context.sim;
    for (const kind of [...COUNTED, ...this.#namedIn(hard)]) {
      for (const object of this.#context.informers.informer(kind).byIndex('namespace', namespace) as readonly KubeObject[]) {
        if (!isInScope(quota, kind, object) || isOverdue(object, nowUs)) continue;
        for (const [resource, amount] of usageOf(kind, object)) {
          const total = totals.get(resource);
          if (total !== undefined) totals.set(resource, sum(total, amount));
        }
      }
    }
    return Object.fromEntries([...totals].map(([resource, amount]) => [resource, amountText(amount)]));
  }
}

/** A pod whose time to go ran out as long ago as it was given: upstream adds the grace once more to an instant that has it in it already. */
function isOverdue({ kind, metadata }: KubeObject, nowUs: number): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = metadata;
  if (kind !== 'Pod' || deletionTimestamp === undefined) return false;
  return nowUs > timeUsOf(deletionTimestamp) + deletionGracePeriodSeconds * SECOND_US;
}
