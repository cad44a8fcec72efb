/**
 * The subsets of an Endpoints object: which addresses offer which ports.
 *
 * Models pkg/api/v1/endpoints/util.go (RepackSubsets) and addEndpointSubset of pkg/controller/endpoint: ports that the very same addresses
 * offer, in the same condition, share a subset. Upstream orders ports and subsets by a hash of their print; here they are ordered by name and
 * number, which changes nothing that anybody reads from them.
 */
import { compareText } from '../../base/compare.ts';
import { isPodReady, isPodTerminal, type Pod } from '../../model/pod.ts';
import type { EndpointAddress, Endpoints, Service } from '../../model/service.ts';
import { knownPorts } from '../endpointslice/known-endpoints.ts';
import type { SlicePort } from '../endpointslice/pod-endpoint.ts';

export type Subset = NonNullable<Endpoints['subsets']>[number];
type Port = NonNullable<Subset['ports']>[number];

/** A pod as it is listed, under a key that tells it from every other. */
export interface Listed {
  readonly key: string;
  readonly address: EndpointAddress;
  readonly isReady: boolean;
}

interface Offer {
  readonly port: Port | undefined;
  readonly addresses: Map<string, Listed>;
}

export function subsetsOf(service: Service, pods: readonly Pod[]): readonly Subset[] {
  const isPortless = (service.spec.ports ?? []).length === 0;
  const offers = new Map<string, Offer>();
  for (const pod of pods) {
    if (!isListed(pod, service.spec.publishNotReadyAddresses === true)) continue;
    const listed = knownListed(service, pod);
    if (isPortless) list(offers, '', undefined, listed);
    else for (const port of knownPorts(service, pod).ports) list(offers, portKey(port), port, listed);
  }
  return repacked([...offers.entries()].sort(([a], [b]) => compareText(a, b)).map(([, offer]) => offer));
}

function list(offers: Map<string, Offer>, key: string, port: SlicePort | undefined, listed: Listed): void {
  let offer = offers.get(key);
  if (offer === undefined) {
    offer = { port: port && withoutEmptyName(port), addresses: new Map() };
    offers.set(key, offer);
  }
  offer.addresses.set(listed.key, listed);
}

function portKey({ name = '', port, protocol = '', appProtocol = '' }: SlicePort): string {
  return `${name}/${port}/${protocol}/${appProtocol}`;
}

function repacked(offers: readonly Offer[]): readonly Subset[] {
  return groupsOf(offers).map((group): Subset => {
    const entries = [...group[0]!.addresses.values()].sort((a, b) => compareText(a.address.ip, b.address.ip));
    const ready = entries.filter((entry) => entry.isReady).map((entry) => entry.address);
    const notReady = entries.filter((entry) => !entry.isReady).map((entry) => entry.address);
    return subsetOf(
      ready,
      notReady,
      group.map((offer) => offer.port).filter((port) => port !== undefined),
    );
  });
}

export function subsetOf(ready: readonly EndpointAddress[], notReady: readonly EndpointAddress[], ports: readonly Port[]): Subset {
  return {
    ...(ready.length === 0 ? {} : { addresses: ready }),
    ...(notReady.length === 0 ? {} : { notReadyAddresses: notReady }),
    ...(ports.length === 0 ? {} : { ports }),
  };
}

/** The ports of a subset all of whose addresses offer these. */
export function portsOffered(ports: readonly SlicePort[]): readonly Port[] {
  const byKey = new Map(ports.map((port) => [portKey(port), withoutEmptyName(port)]));
  return [...byKey.entries()].sort(([a], [b]) => compareText(a, b)).map(([, port]) => port);
}

/** Offers of the very same addresses. */
function groupsOf(offers: readonly Offer[]): readonly (readonly Offer[])[] {
  if (offers.length < 2) return offers.length === 0 ? [] : [offers];
  const groups = new Map<string, Offer[]>();
  for (const offer of offers) {
    const key = [...offer.addresses]
      .map(([address, { isReady }]) => `${address}/${isReady}`)
      .sort()
      .join(' ');
    groups.set(key, [...(groups.get(key) ?? []), offer]);
  }
  return [...groups.values()];
}

function withoutEmptyName({ name = '', ...port }: SlicePort): Port {
  return { ...(name === '' ? {} : { name }), ...port } as Port;
}

/** ShouldPodBeInEndpoints: a finished pod has no place, and one on its way out only if that is asked for. */
export function isListed(pod: Pod, tolerates: boolean): boolean {
  if (isPodTerminal(pod) || (pod.status?.podIP ?? '') === '') return false;
  return tolerates || pod.metadata.deletionTimestamp === undefined;
}

/** Worked out once for each version of the two, so that what has not changed is the same object from pass to pass. */
const known = new WeakMap<Service, WeakMap<Pod, Listed>>();

export function knownListed(service: Service, pod: Pod): Listed {
  let ofService = known.get(service);
  if (ofService === undefined) {
    ofService = new WeakMap();
    known.set(service, ofService);
  }
  let listed = ofService.get(pod);
  if (listed === undefined) {
    const address = addressOf(pod, service);
    const isReady = service.spec.publishNotReadyAddresses === true || isPodReady(pod);
    listed = { key: `${address.ip}/${pod.metadata.uid ?? ''}`, address, isReady };
    ofService.set(pod, listed);
  }
  return listed;
}

function addressOf(pod: Pod, service: Service): EndpointAddress {
  const { hostname = '', subdomain, nodeName } = pod.spec;
  const { namespace, name, uid } = pod.metadata;
  return {
    ip: pod.status!.podIP!,
    ...(hostname !== '' && subdomain === service.metadata.name ? { hostname } : {}),
    ...(nodeName === undefined || nodeName === '' ? {} : { nodeName }),
    targetRef: { kind: 'Pod', ...(namespace === undefined ? {} : { namespace }), name, ...(uid === undefined ? {} : { uid }) },
  };
}
