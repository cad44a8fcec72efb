/**
 * Counts what each ResourceQuota's namespace really uses, and gives back what is no longer used.
 *
 * Models pkg/controller/resourcequota/resource_quota_controller.go and DefaultUpdateFilter of pkg/quota/v1/install/update_filter.go: quotas
 * are looked at when their limits change, when something they count is deleted or keeps less, and all of them every five minutes.
 */
import { isSameValue } from '../../apiserver/same-value.ts';
import { SECOND_US } from '../../base/units.ts';
import type { Client } from '../../client/client.ts';
import type { Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { startWorkers } from '../../client/workers.ts';
import { type Amount, amountOf, amountText, NOTHING, sum } from '../../model/amount.ts';
import { groupResource, KINDS, type Kind } from '../../model/kinds.ts';
import { type KubeObject, type ObjectKey, objectKey, type ResourceList } from '../../model/meta.ts';
import type { ContainerStatus, Pod } from '../../model/pod.ts';
import type { ResourceQuota } from '../../model/policy.ts';
import { concernedIn, keepsResources, usageOf } from '../../model/quota.ts';
import { isAlwaysNone, isInScope, isTerminating } from '../../model/quota-scope.ts';
import type { Service } from '../../model/service.ts';
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
      onUpdate: (before, quota) => void (isSameList(before.spec.hard, quota.spec.hard) || this.#queue.add(objectKey(quota))),
    });
    for (const kind of COUNTED) {
      const informer = informers.informer(kind);
      informer.addHandler({
        onUpdate: (before: KubeObject, after: KubeObject) => this.#onUpdate(kind, before, after),
        onDelete: (object: KubeObject) => this.#enqueue(kind, object),
      } as Parameters<typeof informer.addHandler>[0]);
    }
    startWorkers(sim, this.#queue, options.concurrentSyncs, (key) => this.#sync(key));
    sim.schedule(options.resourceQuotaSyncPeriodSeconds * SECOND_US, this.#handler, 0);
  }

  #resync(): void {
    const { informers, sim, options } = this.#context;
    for (const quota of informers.informer('ResourceQuota').values()) this.#queue.add(objectKey(quota));
    sim.schedule(options.resourceQuotaSyncPeriodSeconds * SECOND_US, this.#handler, 0);
  }

  #onUpdate(kind: Kind, before: KubeObject, after: KubeObject): void {
    if (this.#context.informers.informer('ResourceQuota').size === 0) return;
    if (mayKeepLess(kind, before, after, this.#context.sim.nowUs)) this.#enqueue(kind, after);
  }

  /** Has those quotas looked at that limit something of the kind. */
  #enqueue(kind: Kind, { metadata }: KubeObject): void {
    const quotas = this.#context.informers.informer('ResourceQuota');
    if (quotas.size === 0) return;
    for (const quota of quotas.byIndex('namespace', metadata.namespace ?? '')) {
      if (concernedIn(quota.status?.hard ?? {}, kind).length > 0) this.#queue.add(objectKey(quota));
    }
  }

  *#sync(key: ObjectKey): Task<void> {
    const quota = this.#context.informers.informer('ResourceQuota').get(key);
    if (quota === undefined) return;
    const { hard = {} } = quota.spec;
    const { status = {} } = quota;
    const used = this.#used(quota, hard);
    if (status.hard !== undefined && status.used !== undefined && isSameList(status.hard, hard) && isSameList(status.used, used)) return;
    yield* this.#client.updateStatus('ResourceQuota', { ...quota, status: { ...unlessEmpty({ hard }), ...unlessEmpty({ used }) } });
  }

  /** The kinds of the many that this quota limits; watched from the first time on. */
  #namedIn(hard: ResourceList): readonly Kind[] {
    const named = COUNTED_WHEN_NAMED.filter((kind) => hard[`count/${groupResource(kind)}`] !== undefined);
    for (const kind of named) {
      if (this.#named.has(kind)) continue;
      this.#named.add(kind);
      const informer = this.#context.informers.informer(kind);
      const enqueue = (object: KubeObject) => this.#enqueue(kind, object);
      informer.addHandler({ onAdd: enqueue, onDelete: enqueue } as Parameters<typeof informer.addHandler>[0]);
    }
    return named;
  }

  /** What nobody counts keeps the usage somebody wrote, or has none. */
  #used(quota: ResourceQuota, hard: ResourceList): ResourceList {
    const totals = new Map<string, Amount>(
      Object.keys(hard)
        .filter(isAlwaysNone)
        .map((resource) => [resource, NOTHING]),
    );
    const { nowUs } = this.#context.sim;
    for (const kind of [...COUNTED, ...this.#namedIn(hard)]) {
      const counted = concernedIn(hard, kind);
      if (counted.length === 0) continue;
      for (const resource of counted) totals.set(resource, NOTHING);
      for (const object of this.#context.informers.informer(kind).byIndex('namespace', quota.metadata.namespace ?? '')) {
        if (!isInScope(quota, kind, object)) continue;
        const usage = usageOf(kind, object, nowUs);
        for (const resource of counted) totals.set(resource, sum(totals.get(resource)!, usage.get(resource) ?? NOTHING));
      }
    }
    const kept = Object.entries(quota.status?.used ?? {}).filter(([resource]) => hard[resource] !== undefined);
    return { ...Object.fromEntries(kept), ...Object.fromEntries([...totals].map(([resource, amount]) => [resource, amountText(amount)])) };
  }
}

/** May the object use less than before, or be in another scope? Every change of a claim is taken for one. */
function mayKeepLess(kind: Kind, before: KubeObject, after: KubeObject, nowUs: number): boolean {
  switch (kind) {
    case 'Pod': {
      const [former, pod] = [before as Pod, after as Pod];
      if (isTerminating(former) !== isTerminating(pod) || haveResourcesChanged(former, pod)) return true;
      return !keepsResources(pod, nowUs) && keepsResources(former, nowUs);
    }
    case 'Service':
      return limitedType(before as Service) !== limitedType(after as Service);
    default:
      // Upstream compares two addresses where it means two amounts, and those always differ.
      return kind === 'PersistentVolumeClaim';
  }
}

function haveResourcesChanged({ status: before }: Pod, { status: after }: Pod): boolean {
  const differ = (former: readonly ContainerStatus[] = [], statuses: readonly ContainerStatus[] = []) =>
    former.some((one) => {
      const now = statuses.find(({ name }) => name === one.name);
      return now !== undefined && !isSameValue(one.resources, now.resources);
    });
  return differ(before?.containerStatuses, after?.containerStatuses) || differ(before?.initContainerStatuses, after?.initContainerStatuses);
}

function limitedType({ spec: { type } }: Service): string {
  return type === 'NodePort' || type === 'LoadBalancer' ? type : '';
}

/** The same amounts, however they are written. */
function isSameList(a: ResourceList = {}, b: ResourceList = {}): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every((name) => b[name] !== undefined && amountOf(a[name]!).nanos === amountOf(b[name]!).nanos);
}

function unlessEmpty(lists: { readonly [field: string]: ResourceList }): { readonly [field: string]: ResourceList } {
  return Object.fromEntries(Object.entries(lists).filter(([, list]) => Object.keys(list).length > 0));
}
