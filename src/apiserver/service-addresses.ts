/**
 * Cluster addresses and node ports of Services: which are taken, and which is given next.
 *
 * Models pkg/registry/core/service/{ipallocator,portallocator}: a random start in the upper band, then onwards with a wrap;
 * the lower band, meant for addresses asked for by name, is used only when the upper is full.
 */
import type { Service, ServicePort } from '../model/service.ts';
import type { RandomStream } from '../sim/random.ts';
import { invalid } from './api-error.ts';

const FIRST_ADDRESS = ((10 << 24) | (96 << 16)) >>> 0; // 10.96.0.0/12, kubeadm's --service-cluster-ip-range.
const ADDRESS_COUNT = 1 << 20;
const ADDRESS_BAND = 256; // min(max(16, size/16), 256)
const FIRST_PORT = 30_000;
const PORT_COUNT = 2768;
const PORT_BAND = 86; // min(max(16, size/32), 128)

export class ServiceAddresses {
  readonly #random: RandomStream;
  readonly #addresses = new Set<string>();
  readonly #ports = new Set<number>();

  constructor(random: RandomStream) {
    this.#random = random;
  }

  allocate(service: Service): Service {
    const { spec } = service;
    const { name } = service.metadata;
    if (spec.type === 'ExternalName') return service;
    const needsPort = spec.type === 'NodePort' || (spec.type === 'LoadBalancer' && spec.allocateLoadBalancerNodePorts !== false);
    this.#checkPorts(name, spec.ports ?? []);
    const clusterIP = this.#clusterIp(name, spec.clusterIP);
    const ports = spec.ports?.map((port) => this.#withNodePort(port, needsPort));
    return { ...service, spec: { ...spec, clusterIP, clusterIPs: [clusterIP], ...(ports === undefined ? {} : { ports }) } };
  }

  release(service: Service): void {
    if (service.spec.clusterIP !== undefined) this.#addresses.delete(service.spec.clusterIP);
    for (const port of service.spec.ports ?? []) if (port.nodePort !== undefined) this.#ports.delete(port.nodePort);
  }

  #checkPorts(name: string, ports: readonly ServicePort[]): void {
    ports.forEach(({ nodePort }, i) => {
      if (nodePort === undefined || nodePort === 0) return;
      const isInRange = nodePort >= FIRST_PORT && nodePort < FIRST_PORT + PORT_COUNT;
      if (isInRange && !this.#ports.has(nodePort)) return;
      const why = isInRange
        ? 'provided port is already allocated'
        : 'provided port is not in the valid range. The range of valid ports is 30000-32767';
      const cause = { reason: 'FieldValueInvalid', message: `Invalid value: ${nodePort}: ${why}`, field: `spec.ports[${i}].nodePort` };
      throw invalid('Service', name, [cause]);
    });
  }

  #clusterIp(name: string, asked: string | undefined): string {
    if (asked === 'None') return asked;
    if (asked !== undefined && asked !== '') {
      if (this.#addresses.has(asked)) {
        const why = `failed to allocate IP ${asked}: provided IP is already allocated`;
        const message = `Invalid value: ["${asked}"]: ${why}`;
        throw invalid('Service', name, [{ reason: 'FieldValueInvalid', message, field: 'spec.clusterIPs' }]);
      }
      this.#addresses.add(asked);
      return asked;
    }
    const offset = this.#free(ADDRESS_BAND, ADDRESS_COUNT - 1, (at) => at > 0 && !this.#addresses.has(addressText(at)));
    if (offset === undefined)
      throw invalid('Service', name, [{ reason: 'FieldValueInvalid', message: 'range is full', field: 'spec.clusterIPs' }]);
    this.#addresses.add(addressText(offset));
    return addressText(offset);
  }

  #withNodePort(port: ServicePort, isNeeded: boolean): ServicePort {
    let { nodePort } = port;
    if (nodePort === undefined || nodePort === 0) {
      if (!isNeeded) return port;
      const offset = this.#free(PORT_BAND, PORT_COUNT, (at) => !this.#ports.has(FIRST_PORT + at));
      if (offset === undefined)
        throw invalid('Service', '', [{ reason: 'FieldValueInvalid', message: 'range is full', field: 'spec.ports' }]);
      nodePort = FIRST_PORT + offset;
    }
    this.#ports.add(nodePort);
    return { ...port, nodePort };
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

function addressText(offset: number): string {
  const address = FIRST_ADDRESS + offset;
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
}
