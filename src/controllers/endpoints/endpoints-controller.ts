/**
 * Keeps the old Endpoints object of each Service, which EndpointSlices have replaced. Models pkg/controller/endpoint/endpoints_controller.go.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { isSameValue } from '../../apiserver/same-value.ts';
import type { Client } from '../../client/client.ts';
import { isSameVersion } from '../../client/informer.ts';
import type { Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { startWorkers } from '../../client/workers.ts';
import { type ObjectKey, objectKey, type StringMap } from '../../model/meta.ts';
import type { Pod } from '../../model/pod.ts';
import type { Endpoints, Service } from '../../model/service.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { isEndpointChange } from '../endpointslice/pod-endpoint.ts';
import { TriggerTimes } from '../endpointslice/trigger-times.ts';
import { isNamespaceTerminating } from '../pod-control.ts';
import { PodSelectors, type Selected } from '../pod-selectors.ts';
import { subsetsOf } from './endpoint-subsets.ts';
import { OVER_CAPACITY, withinCapacity } from './endpoints-capacity.ts';
import { ServiceAddresses } from './service-addresses.ts';

const MAX_RETRIES = 15;
const HEADLESS = 'service.kubernetes.io/headless';
const MANAGED_BY = 'endpoints.kubernetes.io/managed-by';
const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';

export class EndpointsController implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #queue: WorkQueue;
  readonly #selectors = new PodSelectors();
  readonly #times = new TriggerTimes();
  /** Per service, its addresses as the last pass found them. */
  readonly #kept = new Map<ObjectKey, ServiceAddresses>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#client = context.client('endpoint-controller');
    this.#queue = new WorkQueue(context.sim);
  }

  start(): void {
    const { informers, sim, options } = this.#context;
    const pods = informers.informer('Pod');
    informers.informer('Endpoints').addHandler({ onDelete: (endpoints) => this.#queue.add(objectKey(endpoints)) });
    informers.informer('Service').addHandler({
      onAdd: (service) => this.#onService(service),
      onUpdate: (_before, service) => this.#onService(service),
      onDelete: (service) => {
        this.#selectors.remove(objectKey(service));
        this.#queue.add(objectKey(service));
      },
    });
    pods.addHandler({
      onAdd: (pod) => this.#enqueue(this.#selectors.setPod(undefined, pod)),
      onUpdate: (before, pod) => this.#onPod(before, pod),
      onDelete: (pod) => this.#enqueue(this.#selectors.setPod(pod, undefined)),
    });
    startWorkers(
      sim,
      this.#queue,
      options.concurrentSyncs,
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

  #onPod(before: Pod, pod: Pod): void {
    if (isSameVersion(before, pod)) return;
    const services = this.#selectors.setPod(before, pod);
    if (before.metadata.labels !== pod.metadata.labels || isEndpointChange(before, pod)) this.#enqueue(services);
  }

  #enqueue(services: readonly ObjectKey[]): void {
    for (const service of services) this.#queue.add(service);
  }

  *#pass(key: ObjectKey): Task<void> {
    const service = this.#context.informers.informer('Service').get(key);
    if (service === undefined) yield* this.#remove(key);
    else if (service.spec.type !== 'ExternalName' && service.spec.selector !== undefined) yield* this.#sync(key, service);
    this.#queue.forget(key);
  }

  /** The Service is gone, and what was kept for it goes too, whether there is such an object or not. */
  *#remove(key: ObjectKey): Task<void> {
    this.#times.forget(key);
    this.#kept.delete(key);
    const slash = key.indexOf('/');
    try {
      yield* this.#client.delete('Endpoints', key.slice(0, slash), key.slice(slash + 1));
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 404)) throw error;
    }
  }

  *#sync(key: ObjectKey, service: Service): Task<void> {
    const changed = this.#selectors.takeChanges(key);
    const trigger =
      changed === undefined ? this.#times.take(key, service, this.#selectors.podsOf(key)) : this.#times.takeChanged(key, service, changed);
    const subsets = this.#addresses(key, service, changed).subsets() ?? subsetsOf(service, this.#selectors.podsOf(key));
    const known = this.#context.informers.informer('Endpoints').get(key);
    const labels = labelsOf(service);
    // One that was cut short is always written anew, if only to take the mark off (capacityAnnotationSetCorrectly).
    const isMarked = known?.metadata.annotations?.[OVER_CAPACITY] !== undefined;
    if (known !== undefined && !isMarked && isSameValue(subsets, known.subsets ?? []) && isSameValue(labels, known.metadata.labels ?? {}))
      return;
    const held = withinCapacity(subsets);
    const { [TRIGGER_TIME]: _former, [OVER_CAPACITY]: _cut, ...kept } = known?.metadata.annotations ?? {};
    const annotations = {
      ...kept,
      ...(trigger === undefined ? {} : { [TRIGGER_TIME]: trigger }),
      ...(held === subsets ? {} : { [OVER_CAPACITY]: 'truncated' }),
    };
    const { namespace, name } = service.metadata;
    const metadata = { ...(known?.metadata ?? { name, ...(namespace === undefined ? {} : { namespace }) }), labels, annotations };
    const endpoints: Endpoints = { apiVersion: 'v1', kind: 'Endpoints', metadata, ...(held.length === 0 ? {} : { subsets: held }) };
    try {
      if (known === undefined) yield* this.#client.create('Endpoints', endpoints);
      else yield* this.#client.update('Endpoints', endpoints);
    } catch (error) {
      if (!isNamespaceTerminating(error)) throw error;
    }
  }

  /** As they are once the changes have been taken in; undefined changes are all there is. */
  #addresses(key: ObjectKey, service: Service, changed: readonly Selected[] | undefined): ServiceAddresses {
    const known = this.#kept.get(key);
    const isKnown = changed !== undefined && known?.service === service;
    const addresses = isKnown ? known : new ServiceAddresses(service);
    addresses.takeIn(isKnown ? changed : this.#selectors.selectedBy(key));
    this.#kept.set(key, addresses);
    return addresses;
  }
}

function labelsOf({ metadata, spec }: Service): StringMap {
  const isHeadless = spec.clusterIP === undefined || spec.clusterIP === '' || spec.clusterIP === 'None';
  const { [HEADLESS]: _mark, ...labels } = metadata.labels ?? {};
  return { ...labels, ...(isHeadless ? { [HEADLESS]: '' } : {}), [MANAGED_BY]: 'endpoint-controller' };
}
