/**
 * Cluster addresses and node ports of Services: which are taken, and which is given next.
 *
 * Models pkg/registry/core/service/storage/alloc.go for a cluster of one family, and ../{ipallocator,portallocator}: a random start in the
 * upper band, then onwards with a wrap; the lower band, meant for addresses asked for by name, is used only when the upper is full.
 */
import type { Kind } from '../model/kinds.ts';
import type { Service } from '../model/service.ts';
import type { RandomStream } from '../sim/random.ts';
import { type ApiError, internalError, invalid } from './api-error.ts';
import { withFamilies } from './service-families.ts';
import { FieldErrors } from './validation/field-errors.ts';
import type { Sent } from './validation/sent.ts';

const FIRST_ADDRESS = ((10 << 24) | (96 << 16)) >>> 0; // 10.96.0.0/12, kubeadm's --service-cluster-ip-range.
const ADDRESS_COUNT = 1 << 20;
const ADDRESS_BAND = 256; // min(max(16, size/16), 256)
const FIRST_PORT = 30_000;
const PORT_COUNT = 2768;
const PORT_BAND = 86; // min(max(16, size/32), 128)
const OUT_OF_RANGE = 'provided port is not in the valid range. The range of valid ports is 30000-32767';
const TAKEN = 'provided port is already allocated';

export class ServiceAddresses {
  readonly #random: RandomStream;
  readonly #addresses = new Set<string>();
  readonly #ports = new Set<number>();
  /** How to give back what the allocation under way has taken. */
  readonly #last: (() => void)[] = [];

  constructor(random: RandomStream) {
    this.#random = random;
  }

  /** The Service with what it lacks; in a dry run nothing is taken. */
  allocate(service: Service, isDryRun = false): Service {
    if (service.spec.type === 'ExternalName') return service;
    return this.#allOrNothing(isDryRun, () => this.#withNewPorts(this.#withClusterIp(withFamilies(service, undefined))));
  }

  /** What a changed Service needs more or no longer: node ports come and go with its type. */
  reallocate(service: Service, before: Service, isDryRun = false): Service {
    if (service.spec.type === 'ExternalName') return service;
    return this.#allOrNothing(isDryRun, () => {
      const familied = withFamilies(service, before);
      return this.#withChangedPorts(before.spec.type === 'ExternalName' ? this.#withClusterIp(familied) : familied, before);
    });
  }

  /** Gives back what the last allocation took, for a Service that is refused after all. */
  undo(): void {
    for (const giveBack of this.#last.splice(0)) giveBack();
  }

  #allOrNothing(isDryRun: boolean, allocate: () => Service): Service {
    this.#last.length = 0;
    try {
      const allocated = allocate();
      if (isDryRun) this.undo();
      return allocated;
    } catch (error) {
      this.undo();
      throw error;
    }
  }

  /** Gives back what the changed Service does not use any more. */
  releaseUnused(service: Service, before: Service): void {
    const { clusterIP } = before.spec;
    if (clusterIP !== undefined && clusterIP !== service.spec.clusterIP) this.#addresses.delete(clusterIP);
    const kept = new Set(portsOf(service));
    for (const port of portsOf(before)) if (!kept.has(port)) this.#ports.delete(port);
  }

  release(service: Service): void {
    if (service.spec.clusterIP !== undefined) this.#addresses.delete(service.spec.clusterIP);
    for (const port of portsOf(service)) this.#ports.delete(port);
  }

  #withClusterIp(service: Service): Service {
    const spec: Sent = service.spec;
    const [asked = '']: readonly string[] = spec.clusterIPs ?? [];
    if (asked === 'None') return service;
    if (asked !== '') {
      const isTaken = this.#addresses.has(asked);
      if (isTaken || !isInRange(asked)) {
        const words = isTaken ? 'provided IP is already allocated' : 'the provided network does not match the current range';
        throw invalidField(service.metadata.name, 'spec.clusterIPs', spec.clusterIPs, `failed to allocate IP ${asked}: ${words}`);
      }
      this.#take(this.#addresses, asked);
      return service;
    }
    const offset = this.#free(ADDRESS_BAND, ADDRESS_COUNT - 1, (at) => at > 0 && !this.#addresses.has(addressText(at)));
    if (offset === undefined) throw internalError('failed to allocate a serviceIP: range is full');
    const address = addressText(offset);
    if ((service.metadata.name ?? '') === '') {
      const why = `failed to allocate IP: IPAddress.networking.k8s.io "${address}" is invalid: spec.parentRef.name: Required value`;
      throw invalidField('', 'spec.clusterIPs', [''], why);
    }
    this.#take(this.#addresses, address);
    return { ...service, spec: { ...spec, clusterIP: address, clusterIPs: [address] } };
  }

  /** Ports of a new Service: those of one number, for several protocols, share a node port. */
  #withNewPorts(service: Service): Service {
    const spec: Sent = service.spec;
    if (!hasNodePorts(spec)) return service;
    const shared = new Map<number, number>();
    const ports = (spec.ports ?? []).map((port: Sent, at: number) => {
      const { nodePort = 0 } = port;
      if (nodePort === 0 && !allocatesPorts(spec)) return port;
      const known = shared.get(port.port);
      if (known === undefined) {
        const asked = spec.ports.find((one: Sent) => one.port === port.port && isGiven(one.nodePort))?.nodePort ?? 0;
        const own = asked === 0 ? this.#nextPort() : this.#askedPort(service, asked, at);
        shared.set(port.port, own);
        return { ...port, nodePort: own };
      }
      if (nodePort === 0) return { ...port, nodePort: known };
      if (nodePort !== known) this.#askedPort(service, nodePort, at);
      return port;
    });
    return this.#withHealthCheck({ ...service, spec: { ...spec, ...(spec.ports === undefined ? {} : { ports }) } }, undefined);
  }

  #withChangedPorts(service: Service, before: Service): Service {
    const spec: Sent = service.spec;
    if (!hasNodePorts(spec)) return service;
    const own = new Set((before.spec.ports ?? []).map(({ nodePort }) => nodePort ?? 0));
    const asked = new Set<number>();
    const ports = (spec.ports ?? []).map((port: Sent, at: number) => {
      const { nodePort = 0 } = port;
      if (nodePort === 0) return allocatesPorts(spec) ? { ...port, nodePort: this.#nextPort() } : port;
      if (!own.has(nodePort) && !asked.has(nodePort)) asked.add(this.#askedPort(service, nodePort, at));
      return port;
    });
    return this.#withHealthCheck({ ...service, spec: { ...spec, ...(spec.ports === undefined ? {} : { ports }) } }, before);
  }

  #withHealthCheck(service: Service, before: Service | undefined): Service {
    const spec: Sent = service.spec;
    if (!needsHealthCheck(spec) || (before !== undefined && needsHealthCheck(before.spec))) return service;
    const asked = spec.healthCheckNodePort ?? 0;
    if (asked === 0) return { ...service, spec: { ...spec, healthCheckNodePort: this.#nextPort() } as Service['spec'] };
    const problem = this.#portProblem(asked);
    if (problem !== undefined) throw internalError(`failed to allocate requested HealthCheck NodePort ${asked}: ${problem}`);
    this.#take(this.#ports, asked);
    return service;
  }

  /** A Service has its addresses before it is looked at; refused, it gives them back. */
  orUndo(kind: Kind, check: () => void): void {
    if (kind !== 'Service') return check();
    try {
      check();
    } catch (error) {
      this.undo();
      throw error;
    }
  }

  #askedPort({ metadata: { name } }: Service, nodePort: number, at: number): number {
    const problem = this.#portProblem(nodePort);
    if (problem !== undefined) throw invalidField(name, `spec.ports[${at}].nodePort`, nodePort, problem);
    this.#take(this.#ports, nodePort);
    return nodePort;
  }

  #portProblem(nodePort: number): string | undefined {
    if (nodePort < FIRST_PORT || nodePort >= FIRST_PORT + PORT_COUNT) return OUT_OF_RANGE;
    return this.#ports.has(nodePort) ? TAKEN : undefined;
  }

  #nextPort(): number {
    const offset = this.#free(PORT_BAND, PORT_COUNT, (at) => !this.#ports.has(FIRST_PORT + at));
    if (offset === undefined) throw internalError('failed to allocate a nodePort: range is full');
    this.#take(this.#ports, FIRST_PORT + offset);
    return FIRST_PORT + offset;
  }

  #take<T>(taken: Set<T>, what: T): void {
    taken.add(what);
    this.#last.push(() => taken.delete(what));
  }

  #free(band: number, count: number, isFree: (offset: number) => boolean): number | undefined {
    const start = this.#random.below(count - band);
    for (let i = 0; i < count - band; i++) {
      const offset = band + ((start + i) % (count - band));
      if (isFree(offset)) return offset;
    }
    for (let offset = 0; offset < band; offset++) if (isFree(offset)) return offset;
    return undefined;
  }
}

function portsOf({ spec }: Service): readonly number[] {
  const check = (spec as Sent).healthCheckNodePort ?? 0;
  return [...(spec.ports ?? []).map(({ nodePort = 0 }) => nodePort), check].filter((port) => port !== 0);
}

function hasNodePorts({ type }: Sent): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}

function allocatesPorts({ type, allocateLoadBalancerNodePorts }: Sent): boolean {
  return type === 'NodePort' || allocateLoadBalancerNodePorts !== false;
}

function needsHealthCheck({ type, externalTrafficPolicy }: Sent): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local';
}

function invalidField(name: string, field: string, value: unknown, why: string): ApiError {
  const errors = new FieldErrors();
  errors.invalid(field, value, why);
  return invalid('Service', name, errors.causes);
}

function isGiven(port: number | undefined): boolean {
  return port !== undefined && port !== 0;
}

function isInRange(address: string): boolean {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4) return false;
  const value = (((parts[0]! << 24) | (parts[1]! << 16) | (parts[2]! << 8) | parts[3]!) >>> 0) - FIRST_ADDRESS;
  return value > 0 && value < ADDRESS_COUNT;
}

function addressText(offset: number): string {
  const address = FIRST_ADDRESS + offset;
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}
