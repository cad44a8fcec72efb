/**
 * Cluster addresses and node ports of Services: which are taken, and which is given next.
 *
 * Models pkg/registry/core/service/storage/alloc.go for a cluster of one family, and ../{ipallocator,portallocator}: a random start in the
 * upper band, then onwards with a wrap; the lower band, meant for addresses asked for by name, is used only when the upper is full.
 */
import type { Service, ServicePort } from '../model/service.ts';
import type { RandomStream } from '../sim/random.ts';
import { type ApiError, internalError, invalid } from './api-error.ts';
import { familyOf } from './validation/addresses.ts';
import { FieldErrors } from './validation/field-errors.ts';
import type { Sent } from './validation/sent.ts';
import { isHeadless } from './validation/services.ts';

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
  /** Ports by protocol: one number may serve TCP and UDP. */
  readonly #ports = new Set<string>();
  /** What the allocation under way has taken. */
  readonly #last: [Set<string>, string][] = [];

  constructor(random: RandomStream) {
    this.#random = random;
  }

  /** The Service with what it lacks; in a dry run nothing is taken. */
  allocate(service: Service, isDryRun = false): Service {
    return this.#allOrNothing(() =>
      service.spec.type === 'ExternalName'
        ? service
        : this.#withPorts(this.#withClusterIp(withFamilies(service), isDryRun), undefined, isDryRun),
    );
  }

  /** What a changed Service needs more or no longer: node ports come and go with its type. */
  reallocate(service: Service, before: Service, isDryRun = false): Service {
    const isNamed = service.spec.type === 'ExternalName';
    const wasNamed = before.spec.type === 'ExternalName';
    return this.#allOrNothing(() => {
      if (isNamed) return service;
      const filled = wasNamed ? this.#withClusterIp(withFamilies(service), isDryRun) : service;
      return this.#withPorts(filled, before, isDryRun);
    });
  }

  /** Gives back what the last allocation took, for a Service that is refused after all. */
  undo(): void {
    for (const [taken, what] of this.#last.splice(0)) taken.delete(what);
  }

  #allOrNothing(allocate: () => Service): Service {
    this.#last.length = 0;
    try {
      return allocate();
    } catch (error) {
      this.undo();
      throw error;
    }
  }

  /** Gives back what the changed Service does not use any more. */
  releaseUnused(service: Service, before: Service): void {
    const { clusterIP } = before.spec;
    if (clusterIP !== undefined && clusterIP !== service.spec.clusterIP) this.#addresses.delete(clusterIP);
    const kept = new Set((service.spec.ports ?? []).map(portKey));
    for (const port of before.spec.ports ?? []) if (isGiven(port.nodePort) && !kept.has(portKey(port))) this.#ports.delete(portKey(port));
  }

  release(service: Service): void {
    if (service.spec.clusterIP !== undefined) this.#addresses.delete(service.spec.clusterIP);
    for (const port of service.spec.ports ?? []) if (isGiven(port.nodePort)) this.#ports.delete(portKey(port));
    const check = (service.spec as Sent).healthCheckNodePort;
    if (isGiven(check)) this.#ports.delete(`TCP/${check}`);
  }

  #withClusterIp(service: Service, isDryRun: boolean): Service {
    const { name } = service.metadata;
    const spec: Sent = service.spec;
    if (isHeadless(spec)) return { ...service, spec: { ...spec, clusterIP: 'None', clusterIPs: ['None'] } };
    const asked = spec.clusterIP ?? '';
    // One form of the address without the other is for validation to refuse.
    if (asked === '' && (spec.clusterIPs ?? []).length > 0) return service;
    const [first = asked]: readonly string[] = spec.clusterIPs ?? [];
    if (first !== asked) throw invalidField(name, 'spec.clusterIPs', spec.clusterIPs, 'first value must match `clusterIP`');
    if (asked !== '') {
      // What is no address at all is for validation to say.
      if (familyOf(asked) === undefined) return service;
      const isTaken = this.#addresses.has(asked);
      if (isTaken || !isInRange(asked)) {
        const words = isTaken ? 'provided IP is already allocated' : 'the provided network does not match the current range';
        throw invalidField(name, 'spec.clusterIPs', [asked], `failed to allocate IP ${asked}: ${words}`);
      }
      this.#take(this.#addresses, asked, isDryRun);
      return { ...service, spec: { ...spec, clusterIP: asked, clusterIPs: [asked] } };
    }
    const offset = this.#free(ADDRESS_BAND, ADDRESS_COUNT - 1, (at) => at > 0 && !this.#addresses.has(addressText(at)));
    if (offset === undefined) throw internalError('failed to allocate a serviceIP: range is full');
    const address = addressText(offset);
    this.#take(this.#addresses, address, isDryRun);
    return { ...service, spec: { ...spec, clusterIP: address, clusterIPs: [address] } };
  }

  #withPorts(service: Service, before: Service | undefined, isDryRun: boolean): Service {
    const { name } = service.metadata;
    const spec: Sent = service.spec;
    const needsPorts = spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
    const own = new Set((before?.spec.ports ?? []).filter(({ nodePort }) => isGiven(nodePort)).map(portKey));
    const given = new Map<number, number>();
    const ports = (service.spec.ports ?? []).map((port, at) => {
      if (spec.type === 'ClusterIP') return port;
      if (isGiven(port.nodePort)) {
        this.#checkPort(name, port, at, own);
        this.#take(this.#ports, portKey(port), isDryRun);
        given.set(port.port, port.nodePort!);
        return port;
      }
      if (!needsPorts) return port;
      const nodePort = this.#sharedPort(given.get(port.port), port) ?? this.#nextPort(name, port);
      given.set(port.port, nodePort);
      this.#take(this.#ports, portKey({ ...port, nodePort }), isDryRun);
      return { ...port, nodePort };
    });
    const filled: Sent = { ...spec, ...(service.spec.ports === undefined ? {} : { ports }) };
    if (spec.type === 'LoadBalancer' && spec.externalTrafficPolicy === 'Local' && !isGiven(spec.healthCheckNodePort)) {
      filled.healthCheckNodePort = this.#nextPort(name, { port: 0, protocol: 'TCP' });
      this.#take(this.#ports, `TCP/${filled.healthCheckNodePort}`, isDryRun);
    }
    return { ...service, spec: filled };
  }

  #checkPort(name: string, port: ServicePort, at: number, own: ReadonlySet<string>): void {
    const { nodePort = 0 } = port;
    const isValid = nodePort >= FIRST_PORT && nodePort < FIRST_PORT + PORT_COUNT;
    if (isValid && (own.has(portKey(port)) || !this.#ports.has(portKey(port)))) return;
    throw invalidField(name, `spec.ports[${at}].nodePort`, nodePort, isValid ? TAKEN : OUT_OF_RANGE);
  }

  /** One port of the Service under two protocols gets one node port. */
  #sharedPort(nodePort: number | undefined, port: ServicePort): number | undefined {
    return nodePort === undefined || this.#ports.has(portKey({ ...port, nodePort })) ? undefined : nodePort;
  }

  #nextPort(name: string, port: ServicePort): number {
    const isFree = (at: number) => !['TCP', 'UDP', 'SCTP'].some((protocol) => this.#ports.has(`${protocol}/${FIRST_PORT + at}`));
    const offset = this.#free(PORT_BAND, PORT_COUNT, isFree);
    if (offset === undefined) throw invalidField(name, 'spec.ports', port, 'range is full');
    return FIRST_PORT + offset;
  }

  #take(taken: Set<string>, what: string, isDryRun: boolean): void {
    if (isDryRun || taken.has(what)) return;
    taken.add(what);
    this.#last.push([taken, what]);
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

/** The families of a cluster that has one: a headless Service without a selector may be of both (initIPFamilyFields). */
function withFamilies(service: Service): Service {
  const spec: Sent = service.spec;
  const { name } = service.metadata;
  const errors = new FieldErrors();
  const families: readonly string[] = spec.ipFamilies ?? [];
  const policy = spec.ipFamilyPolicy;
  const isFree = isHeadless(spec) && Object.keys(spec.selector ?? {}).length === 0;
  if (!isFree) {
    if (policy === 'RequireDualStack') {
      errors.invalid('spec.ipFamilyPolicy', policy, 'this cluster is not configured for dual-stack services');
    } else if (policy === 'SingleStack' && families.length > 1) {
      errors.invalid('spec.ipFamilies', families, "when 'ipFamilyPolicy' is 'SingleStack', only one value may be specified");
    }
    families.forEach((family, at) => {
      if (family !== 'IPv4' && !(policy === 'PreferDualStack' && at > 0)) {
        errors.invalid(`spec.ipFamilies[${at}]`, family, 'not configured on this cluster');
      }
    });
  }
  if (errors.causes.length > 0) throw invalid('Service', name, errors.causes);
  const address = (spec.clusterIP ?? '').includes(':') ? 'IPv6' : 'IPv4';
  const isWide = isFree && (policy === undefined || policy === 'RequireDualStack' || policy === 'PreferDualStack');
  const ipFamilyPolicy = policy ?? (isFree && families.length === 0 ? 'RequireDualStack' : 'SingleStack');
  const ipFamilies = families.length > 0 ? families : isWide ? ['IPv4', 'IPv6'] : [address];
  return { ...service, spec: { ...spec, ipFamilies, ipFamilyPolicy } };
}

function invalidField(name: string, field: string, value: unknown, why: string): ApiError {
  const errors = new FieldErrors();
  errors.invalid(field, value, why);
  return invalid('Service', name, errors.causes);
}

function portKey({ protocol = 'TCP', nodePort }: ServicePort): string {
  return `${protocol}/${nodePort}`;
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
