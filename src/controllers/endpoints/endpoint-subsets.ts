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
import { endpointPorts } from '../endpointslice/pod-endpoint.ts';

type Subset = NonNullable<Endpoints['subsets']>[number];
type Port = NonNullable<Subset['ports']>[number];

interface Offer {
  readonly port: Port | undefined;
  readonly addresses: Map<string, { readonly address: EndpointAddress; readonly isReady: boolean }>;
}

export function subsetsOf(service: Service, pods: readonly Pod[]): readonly Subset[] {
  const tolerates = service.spec.publishNotReadyAddresses === true;
  const offers = new Map<string, Offer>();
  for (const pod of pods) {
    if (!isListed(pod, tolerates)) continue;
    const address = addressOf(pod, service);
    const entry = { address, isReady: tolerates || isPodReady(pod) };
    const isPortless = (service.spec.ports ?? []).length === 0;
    const ports: readonly (Port | undefined)[] = isPortless ? [undefined] : endpointPorts(service, pod).map(withoutEmptyName);
    for (const port of ports) {
      const key = port === undefined ? '' : `${port.name ?? ''}/${port.port}/${port.protocol ?? ''}/${port.appProtocol ?? ''}`;
      const offer = offers.get(key) ?? { port, addresses: new Map() };
      offers.set(key, offer);
      offer.addresses.set(`${address.ip}/${pod.metadata.uid ?? ''}`, entry);
    }
  }
  return repacked([...offers.entries()].sort(([a], [b]) => compareText(a, b)).map(([, offer]) => offer));
}

function repacked(offers: readonly Offer[]): readonly Subset[] {
  const groups = new Map<string, Offer[]>();
  for (const offer of offers) {
    const key = [...offer.addresses]
      .map(([address, { isReady }]) => `${address}/${isReady}`)
      .sort()
      .join(' ');
    groups.set(key, [...(groups.get(key) ?? []), offer]);
  }
  return [...groups.values()].map((group): Subset => {
    const entries = [...group[0]!.addresses.values()].sort((a, b) => compareText(a.address.ip, b.address.ip));
    const ready = entries.filter((entry) => entry.isReady).map((entry) => entry.address);
    const notReady = entries.filter((entry) => !entry.isReady).map((entry) => entry.address);
    const ports = group.map((offer) => offer.port).filter((port) => port !== undefined);
    return {
      ...(ready.length === 0 ? {} : { addresses: ready }),
      ...(notReady.length === 0 ? {} : { notReadyAddresses: notReady }),
      ...(ports.length === 0 ? {} : { ports }),
    };
  });
}

function withoutEmptyName({ name = '', ...port }: ReturnType<typeof endpointPorts>[number]): Port {
  return { ...(name === '' ? {} : { name }), ...port } as Port;
}

/** ShouldPodBeInEndpoints: a finished pod has no place, and one on its way out only if that is asked for. */
function isListed(pod: Pod, tolerates: boolean): boolean {
  if (isPodTerminal(pod) || (pod.status?.podIP ?? '') === '') return false;
  return tolerates || pod.metadata.deletionTimestamp === undefined;
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
