/**
 * What happened inside the cluster that a person would want told: nodes lost and found, namespaces gone, services left without an
 * endpoint, Deployments below what must be available, warnings, evictions, rescales. The narrative shows it between the steps of the
 * scenario.
 *
 * Of each sort the first few are told one by one and the rest are counted, so that a burst of a hundred Deployments stays readable.
 */
import type { Event } from '../model/configuration.ts';
import { type KubeObject, objectKey } from '../model/meta.ts';
import { type Node, nodeCondition } from '../model/node.ts';
import type { Observer, Write } from '../model/observer.ts';
import type { EndpointSlice } from '../model/service.ts';
import type { Deployment } from '../model/workloads.ts';
import type { Rollout } from './rollouts.ts';

export interface Milestone {
  readonly timeUs: number;
  readonly text: string;
}

interface Sort {
  readonly told: Milestone[];
  more: number;
  lastUs: number;
}

/** Told of each sort before the rest is only counted. */
const TOLD_OF_A_SORT = 3;
/** Longer messages are cut; the table of events has them whole. */
const MESSAGE_LENGTH = 160;
/** Normal events that change what runs, or how much of it. */
const TELLING_REASONS: ReadonlySet<string> = new Set(['SuccessfulRescale', 'TaintManagerEviction', 'Preempted']);
const SERVICE_LABEL = 'kubernetes.io/service-name';

export class Milestones implements Observer {
  readonly #sorts = new Map<string, Sort>();
  /** By Service: how many ready endpoints each of its slices has, and whether it ever had any. */
  readonly #services = new Map<string, { readonly readyOf: Map<string, number>; wasServing: boolean }>();
  readonly #wasAvailable = new Set<string>();

  wrote(write: Write): void {
    switch (write.kind) {
      case 'Node':
        this.#node(write);
        break;
      case 'Deployment':
        this.#deployment(write);
        break;
      case 'Namespace':
        if (write.removed) this.#tell('a namespace is gone', write.timeUs, `Namespace ${write.object.metadata.name} is gone`);
        break;
      case 'EndpointSlice':
        this.#slice(write);
        break;
      case 'Event':
        this.#event(write);
        break;
      default:
    }
  }

  /** Everything in order of time, rollouts included. */
  list(rollouts: readonly Rollout[]): readonly Milestone[] {
    for (const rollout of rollouts) this.#rollout(rollout);
    const all = [...this.#sorts].flatMap(([sort, { told, more, lastUs }]) =>
      more === 0 ? told : [...told, { timeUs: lastUs, text: `the last of ${more} more like it: ${sort}` }],
    );
    return all
      .map((one, order) => ({ one, order }))
      .sort((a, b) => a.one.timeUs - b.one.timeUs || a.order - b.order)
      .map(({ one }) => one);
  }

  /** `sort` is also how the ones that are only counted are called. */
  #tell(sort: string, timeUs: number, text: string): void {
    let known = this.#sorts.get(sort);
    if (known === undefined) {
      known = { told: [], more: 0, lastUs: timeUs };
      this.#sorts.set(sort, known);
    }
    if (known.told.length < TOLD_OF_A_SORT) known.told.push({ timeUs, text });
    else {
      known.more++;
      known.lastUs = timeUs;
    }
  }

  #node({ object, previous, removed, author, timeUs }: Write): void {
    const { name } = object.metadata;
    if (removed) return this.#tell('a node is removed', timeUs, `${author} removes node ${name}`);
    if (previous === undefined || (object as Node).status === (previous as Node).status) return;
    const before = nodeCondition(previous as Node, 'Ready');
    const now = nodeCondition(object as Node, 'Ready');
    if (before === undefined || now === undefined || before.status === now.status) return;
    if (before.status === 'True') {
      this.#tell('a node is not ready', timeUs, `${author} finds node ${name} not ready: ${now.reason}, ${now.message ?? ''}`);
    } else if (now.status === 'True') this.#tell('a node is ready', timeUs, `${author} reports node ${name} ready`);
  }

  #deployment({ object, previous, removed, timeUs }: Write): void {
    const { spec, status } = object as Deployment;
    const key = objectKey(object);
    if (removed || status === (previous as Deployment | undefined)?.status) return;
    const isAvailable = status?.conditions?.find(({ type }) => type === 'Available')?.status === 'True';
    if (isAvailable) {
      if (!this.#wasAvailable.has(key)) this.#wasAvailable.add(key);
      else if (!isConditionTrue(previous)) this.#tell('a Deployment is available again', timeUs, `Deployment ${key} is available again`);
    } else if (isConditionTrue(previous)) {
      const has = status?.availableReplicas ?? 0;
      this.#tell(
        'a Deployment falls below what must be available',
        timeUs,
        `Deployment ${key} falls below what must be available: ${has} of ${spec.replicas ?? 1}`,
      );
    }
  }

  #slice({ object, removed, timeUs, author }: Write): void {
    const service = object.metadata.labels?.[SERVICE_LABEL];
    if (service === undefined) return;
    const key = `${object.metadata.namespace}/${service}`;
    let known = this.#services.get(key);
    if (known === undefined) {
      known = { readyOf: new Map(), wasServing: false };
      this.#services.set(key, known);
    }
    const before = sum(known.readyOf);
    if (removed) known.readyOf.delete(object.metadata.name);
    else known.readyOf.set(object.metadata.name, readyEndpoints(object as EndpointSlice));
    const now = sum(known.readyOf);
    if (before > 0 && now === 0)
      this.#tell('a Service has no ready endpoint', timeUs, `${author} takes the last ready endpoint out of Service ${key}`);
    else if (before === 0 && now > 0 && known.wasServing) {
      this.#tell('a Service has a ready endpoint again', timeUs, `${author} gives Service ${key} a ready endpoint again`);
    }
    known.wasServing ||= now > 0;
  }

  #event({ object, removed, previous, timeUs, author }: Write): void {
    const { type, reason, message, involvedObject } = object as Event;
    // A repetition only raises the count.
    if (removed || previous !== undefined || (type !== 'Warning' && !TELLING_REASONS.has(reason))) return;
    // A process that is not yet ready is no news; that it left its Service is told where that happens.
    if (reason === 'Unhealthy' && !message.startsWith('Liveness')) return;
    const { kind, name, namespace } = involvedObject;
    const where = namespace === undefined || namespace === '' ? name : `${namespace}/${name}`;
    const cut = message.length > MESSAGE_LENGTH ? `${message.slice(0, MESSAGE_LENGTH)}…` : message;
    this.#tell(reason, timeUs, `${author} ${type === 'Warning' ? 'warns' : 'tells'} of ${kind} ${where}: ${reason}, ${cut}`);
  }

  #rollout({ deployment, ordinal, end, endUs, startUs, images, availableMin, wanted }: Rollout): void {
    if (endUs === undefined || end === 'deleted') return;
    const what =
      ordinal === 1 ? `Deployment ${deployment} is complete` : `the rollout of Deployment ${deployment} to ${images} is complete`;
    const took = `${((endUs - startUs) / 1e6).toFixed(1)} s`;
    const least = ordinal === 1 ? '' : `, never fewer than ${availableMin} of ${wanted} available`;
    if (end === 'complete')
      this.#tell(ordinal === 1 ? 'a Deployment is complete' : 'a rollout is complete', endUs, `${what}: after ${took}${least}`);
    else
      this.#tell('a rollout is given up', endUs, `the rollout of Deployment ${deployment} to ${images} is given up: after ${took}${least}`);
  }
}

function isConditionTrue(object: KubeObject | undefined): boolean {
  return (object as Deployment | undefined)?.status?.conditions?.find(({ type }) => type === 'Available')?.status === 'True';
}

function readyEndpoints({ endpoints }: EndpointSlice): number {
  return endpoints.reduce((count, { conditions }) => count + (conditions?.ready === true ? 1 : 0), 0);
}

function sum(counts: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const count of counts.values()) total += count;
  return total;
}
