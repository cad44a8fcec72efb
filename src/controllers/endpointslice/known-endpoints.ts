/**
 * The endpoint a pod is to a service, worked out once for each version of the two: a pass over a service of thousands of pods, of which one
 * has changed, makes one endpoint. What has not changed is the same object in every slice, and is told from its former self by that.
 */
import type { Node } from '../../model/node.ts';
import type { Pod } from '../../model/pod.ts';
import type { Endpoint, Service } from '../../model/service.ts';
import { endpointOf, endpointPorts, type SlicePort, zoneOf } from './pod-endpoint.ts';

/** The ports that pods of one template offer, and their print, by which endpoints go to one slice or another. */
export interface PortTuple {
  readonly ports: readonly SlicePort[];
  readonly text: string;
}

interface Known {
  readonly endpoint: Endpoint;
  /** Of the node, which may move while the pod stays as it is. */
  readonly zone: string | undefined;
}

type Containers = Pod['spec']['containers'];

interface OfService {
  readonly endpoints: WeakMap<Pod, Known>;
  readonly tuples: WeakMap<Containers, PortTuple>;
  /** Asked for last: pods of one template follow one another. */
  containers: Containers | undefined;
  tuple: PortTuple | undefined;
}

const services = new WeakMap<Service, OfService>();

export function knownEndpoint(service: Service, pod: Pod, node: Node | undefined): Endpoint {
  const { endpoints } = ofService(service);
  const zone = zoneOf(node);
  const known = endpoints.get(pod);
  if (known !== undefined && known.zone === zone) return known.endpoint;
  const endpoint = endpointOf(pod, node, service);
  endpoints.set(pod, { endpoint, zone });
  return endpoint;
}

export function knownPorts(service: Service, pod: Pod): PortTuple {
  const { containers, initContainers } = pod.spec;
  // Their ports count too, and templates that share their containers may differ in them.
  if (initContainers?.some(({ restartPolicy }) => restartPolicy === 'Always') === true) {
    const ports = endpointPorts(service, pod);
    return { ports, text: JSON.stringify(ports) };
  }
  const known = ofService(service);
  if (known.tuple !== undefined && known.containers === containers) return known.tuple;
  let tuple = known.tuples.get(containers);
  if (tuple === undefined) {
    const ports = endpointPorts(service, pod);
    tuple = { ports, text: JSON.stringify(ports) };
    known.tuples.set(containers, tuple);
  }
  known.containers = containers;
  known.tuple = tuple;
  return tuple;
}

function ofService(service: Service): OfService {
  let found = services.get(service);
  if (found === undefined) {
    found = { endpoints: new WeakMap(), tuples: new WeakMap(), containers: undefined, tuple: undefined };
    services.set(service, found);
  }
  return found;
}
