/**
 * What a pod is to a service: whether it has an endpoint, on which ports, and in which condition.
 *
 * Models staging/src/k8s.io/endpointslice/utils.go and util/controller_utils.go.
 */
import type { Node } from '../../model/node.ts';
import { isPodReady, isPodTerminal, type Pod } from '../../model/pod.ts';
import type { Endpoint, EndpointSlice, Service, ServicePort } from '../../model/service.ts';

export type SlicePort = NonNullable<EndpointSlice['ports']>[number];

const ZONE = 'topology.kubernetes.io/zone';

/** Terminating pods are included: a proxy may still need them when nothing else is left. */
export function hasEndpoint(pod: Pod): boolean {
  return !isPodTerminal(pod) && pod.status?.podIP !== undefined && pod.status.podIP !== '';
}

export function endpointOf(pod: Pod, node: Node | undefined, service: Service): Endpoint {
  const serving = isPodReady(pod);
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const ready = service.spec.publishNotReadyAddresses === true || (serving && !terminating);
  const { hostname, subdomain, nodeName } = pod.spec;
  const zone = zoneOf(node);
  return {
    addresses: [pod.status!.podIP!],
    conditions: { ready, serving, terminating },
    ...(hostname !== undefined && hostname !== '' && subdomain === service.metadata.name ? { hostname } : {}),
    targetRef: {
      kind: 'Pod',
      namespace: pod.metadata.namespace!,
      name: pod.metadata.name,
      ...(pod.metadata.uid === undefined ? {} : { uid: pod.metadata.uid }),
    },
    ...(nodeName === undefined || nodeName === '' ? {} : { nodeName }),
    ...(zone === undefined ? {} : { zone }),
    ...hintsOf(service, ready, zone, nodeName),
  };
}

export function zoneOf(node: Node | undefined): string | undefined {
  return node?.metadata.labels?.[ZONE];
}

/** Where traffic is to stay near its sender, each ready endpoint is hinted at its own place (trafficdist.go). */
function hintsOf(service: Service, ready: boolean, zone: string | undefined, nodeName: string | undefined): Pick<Endpoint, 'hints'> {
  const distribution = service.spec.trafficDistribution;
  if (!ready || zone === undefined) return {};
  const forZones = [{ name: zone }];
  if (distribution === 'PreferClose' || distribution === 'PreferSameZone') return { hints: { forZones } };
  if (distribution !== 'PreferSameNode' || nodeName === undefined) return {};
  return { hints: { forZones, forNodes: [{ name: nodeName }] } };
}

/** The ports the pod offers for the service; one it does not have is left out, and pods that differ go to different slices. */
export function endpointPorts(service: Service, pod: Pod): SlicePort[] {
  const ports: SlicePort[] = [];
  for (const port of service.spec.ports ?? []) {
    const number = targetPort(port, pod);
    if (number === undefined) continue;
    ports.push({
      name: port.name ?? '',
      protocol: port.protocol ?? 'TCP',
      port: number,
      ...(port.appProtocol === undefined ? {} : { appProtocol: port.appProtocol }),
    });
  }
  return ports;
}

/** The container port a service port leads to (pkg/api/v1/pod/util.go, FindPort). */
export function targetPort(port: ServicePort, pod: Pod): number | undefined {
  const target = port.targetPort ?? port.port;
  if (typeof target === 'number') return target;
  // Of the init containers those that go on running beside the others.
  const sidecars = (pod.spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  for (const container of [...pod.spec.containers, ...sidecars]) {
    for (const one of container.ports ?? []) {
      if (one.name === target && (one.protocol ?? 'TCP') === (port.protocol ?? 'TCP')) return one.containerPort;
    }
  }
  return undefined;
}

/** Has anything changed that an endpoint shows? Node name and phase do not count, as upstream. */
export function isEndpointChange(previous: Pod, pod: Pod): boolean {
  if (pod.metadata.deletionTimestamp !== undefined) return true;
  return (
    isPodReady(previous) !== isPodReady(pod) ||
    previous.status?.podIP !== pod.status?.podIP ||
    previous.spec.hostname !== pod.spec.hostname ||
    previous.spec.subdomain !== pod.spec.subdomain
  );
}
