/**
 * Keeps each service's EndpointSlices in step with the pods it selects.
 *
 * Models pkg/controller/endpointslice/endpointslice_controller.go: pod and service events queue the service, a pass that finds
 * its slice cache behind its own writes is put off by a second, and changes by others are mended after a second.
 */
import { SECOND_US } from '../../base/units.ts';
import type { Client } from '../../client/client.ts';
import { WrittenRevisions } from '../../client/consistency.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { isSameVersion } from '../../client/informer.ts';
import { ExponentialWithBucket } from '../../client/rate-limiter.ts';
import type { Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { Retry, startWorkers } from '../../client/workers.ts';
import { keyOf, type ObjectKey, objectKey, revisionOf } from '../../model/meta.ts';
import type { Node } from '../../model/node.ts';
import { nodeCondition } from '../../model/node.ts';
import type { Pod } from '../../model/pod.ts';
import type { Endpoint, EndpointSlice, Service } from '../../model/service.ts';
import type { ControllerContext } from '../context.ts';
import { PodSelectors, type Selected } from '../pod-selectors.ts';
import { isEndpointChange, zoneOf } from './pod-endpoint.ts';
import { ServiceEndpoints } from './service-endpoints.ts';
import { MANAGED_BY, MANAGER, planSlices, SERVICE_NAME, type SlicePlan } from './service-slices.ts';
import { topologyHints, wantsTopologyHints } from './topology-hints.ts';
import { TriggerTimes } from './trigger-times.ts';

const WORKERS = 5;
const MAX_RETRIES = 15;
// defaultSyncBackOff, maxSyncBackOff and endpointSliceChangeMinSyncDelay.
const SYNC_BACK_OFF_US = SECOND_US;
const MAX_BACK_OFF_US = 1000 * SECOND_US;
const SLICE_CHANGE_DELAY_US = SECOND_US;
const BY_SERVICE = 'managedSlicesOfService';
const NO_ZONES: ReadonlyMap<string, string> = new Map();

export class EndpointSliceController {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #queue: WorkQueue;
  readonly #selectors = new PodSelectors();
  readonly #times = new TriggerTimes();
  readonly #writes = new WrittenRevisions();
  /** Services that want their endpoints shared out among zones, and why they are not, if so. */
  readonly #hinted = new Map<ObjectKey, string>();
  /** Per service, its endpoints as the last pass found them. */
  readonly #kept = new Map<ObjectKey, ServiceEndpoints>();
  /** Per service, the revision each of its slices was last written with by this controller. */
  readonly #ours = new Map<ObjectKey, Map<string, number>>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#client = context.client('endpointslice-controller');
    this.#recorder = context.recorder('endpoint-slice-controller', this.#client);
    this.#queue = new WorkQueue(context.sim, new ExponentialWithBucket(SYNC_BACK_OFF_US, MAX_BACK_OFF_US));
  }

  start(): void {
    const { informers, sim } = this.#context;
    const pods = informers.informer('Pod');
    informers.informer('Node').addHandler({
      onAdd: (node) => this.#onNode(undefined, node),
      onUpdate: (before, node) => void (hasSamePlace(before, node) || this.#onNode(before, node)),
      onDelete: (_, before) => this.#onNode(before, undefined),
    });
    const slices = informers.informer('EndpointSlice');
    slices.addIndex(BY_SERVICE, (slice) => (isManaged(slice) ? [serviceOf(slice)] : []));
    informers.informer('Service').addHandler({
      onAdd: (service) => this.#onService(service),
      onUpdate: (_, service) => this.#onService(service),
      onDelete: (service) => {
        this.#selectors.remove(objectKey(service));
        this.#queue.add(objectKey(service));
      },
    });
    pods.addHandler({
      onAdd: (pod) => this.#enqueue(this.#selectors.setPod(undefined, pod)),
      onUpdate: (previous, pod) => this.#onPodUpdate(previous, pod),
      onDelete: (pod) => this.#enqueue(this.#selectors.setPod(pod, undefined)),
    });
    slices.addHandler({
      onAdd: (slice) => this.#onSlice(slice),
      onUpdate: (previous, slice) => {
        if (!isSameVersion(previous, slice)) this.#onSlice(slice);
      },
      onDelete: (slice) => {
        // Deletions of its own have been struck off before.
        if (isManaged(slice) && this.#ours.get(serviceOf(slice))?.has(slice.metadata.name)) {
          this.#queue.addAfter(serviceOf(slice), SLICE_CHANGE_DELAY_US);
        }
      },
    });
    startWorkers(
      sim,
      this.#queue,
      WORKERS,
      (key) => this.#pass(key),
      (key) => {
        if (this.#queue.requeues(key) < MAX_RETRIES) this.#queue.addRateLimited(key);
        else this.#queue.forget(key);
      },
    );
  }

  #onService(service: Service): void {
    const { namespace = '' } = service.metadata;
    const { selector } = service.spec;
    const key = objectKey(service);
    const pods = this.#context.informers.informer('Pod');
    // One without a selector has its endpoints from somebody else.
    this.#selectors.set(key, namespace, selector && { matchLabels: selector }, () => pods.byIndex('namespace', namespace));
    this.#queue.add(key);
  }

  #onPodUpdate(previous: Pod, pod: Pod): void {
    if (previous === pod) return;
    const services = this.#selectors.setPod(previous, pod);
    if (services.length === 0) return;
    const hasMoved = previous.metadata.labels !== pod.metadata.labels;
    if (hasMoved || isEndpointChange(previous, pod)) this.#enqueue(services);
  }

  #enqueue(services: readonly ObjectKey[]): void {
    // --endpointslice-updates-batch-period, by default none.
    const delayUs = this.#context.options.endpointUpdatesBatchPeriodSeconds * SECOND_US;
    for (const service of services) this.#queue.addAfter(service, delayUs);
  }

  /** Where the CPU is has changed: Services whose endpoints are shared out by it are looked at again. */
  #onNode(before: Node | undefined, node: Node | undefined): void {
    // Endpoints name the zone, and pods may be known before their node is.
    if (zoneOf(before) !== zoneOf(node)) this.#kept.clear();
    for (const key of this.#hinted.keys()) this.#queue.add(key);
  }

  /** The zones of a Service that wants its endpoints shared out among them, and a word about it when that begins or can no longer be done. */
  #zonesFor(key: ObjectKey, service: Service): ((endpoints: ReadonlyMap<string, Endpoint>) => ReadonlyMap<string, string>) | undefined {
    if (!wantsTopologyHints(service)) {
      this.#hinted.delete(key);
      return undefined;
    }
    return (endpoints) => {
      const hints = topologyHints(endpoints, this.#context.informers.informer('Node').values());
      const told = 'problem' in hints ? hints.problem : '';
      const before = this.#hinted.get(key);
      this.#hinted.set(key, told);
      if (told !== before) this.#tell(service, told);
      return 'problem' in hints ? NO_ZONES : hints.zones;
    };
  }

  #tell(service: Service, problem: string): void {
    if (problem === '') {
      const message = 'Topology Aware Hints has been enabled, addressType: IPv4';
      this.#recorder.event(service, 'Normal', 'TopologyAwareHintsEnabled', message);
    } else this.#recorder.event(service, 'Warning', 'TopologyAwareHintsDisabled', `${problem}, addressType: IPv4`);
  }

  #onSlice(slice: EndpointSlice): void {
    if (!isManaged(slice)) return;
    const service = serviceOf(slice);
    const known = this.#ours.get(service)?.get(slice.metadata.name);
    if (known === undefined || revisionOf(slice) > known) this.#queue.addAfter(service, SLICE_CHANGE_DELAY_US);
  }

  *#pass(key: ObjectKey): Task<void> {
    yield* this.#sync(key);
    this.#queue.forget(key);
  }

  *#sync(key: ObjectKey): Task<void> {
    const { informers } = this.#context;
    const service = informers.informer('Service').get(key);
    if (service === undefined) {
      // The slices go with their owner, by the garbage collector.
      this.#times.forget(key);
      this.#writes.forget(key);
      this.#ours.delete(key);
      this.#hinted.delete(key);
      this.#kept.delete(key);
      return;
    }
    if (service.spec.type === 'ExternalName' || service.spec.selector === undefined) return;
    const slices = informers.informer('EndpointSlice');
    if (!this.#writes.isCaughtUp(key)) throw new Retry('EndpointSlice informer cache is out of date');

    const existing = slices.byIndex(BY_SERVICE, key).filter((slice) => slice.metadata.deletionTimestamp === undefined);
    const plan = this.#plan(key, service, existing);
    // A service on its way out only loses slices.
    if (service.metadata.deletionTimestamp === undefined) {
      for (const slice of plan.creates) this.#wrote(key, yield* this.#client.create('EndpointSlice', slice));
    }
    for (const slice of plan.updates) this.#wrote(key, yield* this.#client.update('EndpointSlice', slice));
    for (const slice of plan.deletes) {
      this.#ours.get(key)?.delete(slice.metadata.name);
      yield* this.#client.delete('EndpointSlice', slice.metadata.namespace, slice.metadata.name);
    }
  }

  #plan(key: ObjectKey, service: Service, existing: readonly EndpointSlice[]): SlicePlan {
    const { maxEndpointsPerSlice } = this.#context.options;
    const zones = this.#zonesFor(key, service);
    const changed = this.#selectors.takeChanges(key);
    const trigger =
      changed === undefined ? this.#times.take(key, service, this.#selectors.podsOf(key)) : this.#times.takeChanged(key, service, changed);
    const plan = zones === undefined ? this.#endpoints(key, service, changed).plan(existing, maxEndpointsPerSlice, trigger) : undefined;
    if (plan !== undefined) return plan;
    const nodes = this.#context.informers.informer('Node');
    const pods = this.#selectors.podsOf(key);
    return planSlices(service, pods, (name) => nodes.get(name), existing, maxEndpointsPerSlice, trigger, zones);
  }

  /** As they are once the changes have been taken in; undefined changes are all there is. */
  #endpoints(key: ObjectKey, service: Service, changed: readonly Selected[] | undefined): ServiceEndpoints {
    const known = this.#kept.get(key);
    const isKnown = changed !== undefined && known?.service === service;
    const endpoints = isKnown ? known : new ServiceEndpoints(service);
    const nodes = this.#context.informers.informer('Node');
    endpoints.takeIn(isKnown ? changed : this.#selectors.selectedBy(key), (name) => nodes.get(name));
    this.#kept.set(key, endpoints);
    return endpoints;
  }

  #wrote(service: ObjectKey, slice: EndpointSlice): void {
    const revision = revisionOf(slice);
    this.#writes.wrote(service, this.#context.informers.informer('EndpointSlice'), revision);
    let ours = this.#ours.get(service);
    if (ours === undefined) {
      ours = new Map();
      this.#ours.set(service, ours);
    }
    ours.set(slice.metadata.name, revision);
  }
}

function isManaged(slice: EndpointSlice): boolean {
  return slice.metadata.labels?.[MANAGED_BY] === MANAGER && slice.metadata.labels[SERVICE_NAME] !== undefined;
}

function serviceOf(slice: EndpointSlice): ObjectKey {
  return keyOf(slice.metadata.namespace, slice.metadata.labels![SERVICE_NAME]!);
}

/** Nothing has changed of what endpoints are shared out by: true of nearly every heartbeat. */
function hasSamePlace(before: Node, node: Node): boolean {
  return (
    before.metadata.labels === node.metadata.labels &&
    before.status?.allocatable === node.status?.allocatable &&
    nodeCondition(before, 'Ready')?.status === nodeCondition(node, 'Ready')?.status
  );
}
