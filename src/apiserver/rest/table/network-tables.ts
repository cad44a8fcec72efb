/**
 * Services, what is behind them, and what leads to them, in tables.
 *
 * Models printService, printEndpoints, printEndpointSlice, printIngress, printNetworkPolicy of pkg/printers/internalversion/printers.go.
 */
import { compareText } from '../../../base/compare.ts';
import type { KubeObject, LabelSelector } from '../../../model/meta.ts';
import { formatLabels, formatSelector } from '../../../model/selector-format.ts';
import type { EndpointSlice, Endpoints, Service } from '../../../model/service.ts';
import { age, columns, firstFew, NAME, NONE, type TablePrinter, UNSET } from './columns.ts';

interface Ingress extends KubeObject {
  readonly spec?: {
    readonly ingressClassName?: string;
    readonly rules?: readonly { readonly host?: string }[];
    readonly tls?: readonly unknown[];
  };
  readonly status?: { readonly loadBalancer?: { readonly ingress?: readonly { readonly ip?: string; readonly hostname?: string }[] } };
}
interface IngressClass extends KubeObject {
  readonly spec?: {
    readonly controller?: string;
    readonly parameters?: { readonly apiGroup?: string; readonly kind: string; readonly name: string };
  };
}
interface NetworkPolicy extends KubeObject {
  readonly spec?: { readonly podSelector?: LabelSelector };
}

/** How many endpoints, hosts and ports stand in a cell before the rest is only counted. */
const SHOWN = 3;

const SERVICE: TablePrinter<Service> = {
  columns: [NAME, ...columns('Type', 'Cluster-IP', 'External-IP', 'Port(s)', 'Age', '*Selector')],
  cells: (service, nowUs) => [
    service.metadata.name,
    service.spec.type ?? 'ClusterIP',
    service.spec.clusterIPs?.[0] ?? (service.spec.clusterIP || NONE),
    externalAddress(service),
    portsText(service),
    age(service, nowUs),
    formatLabels(service.spec.selector),
  ],
};

const ENDPOINTS: TablePrinter<Endpoints> = {
  columns: [NAME, ...columns('Endpoints', 'Age')],
  cells: (object, nowUs) => [object.metadata.name, endpointsText(object), age(object, nowUs)],
};

const ENDPOINT_SLICE: TablePrinter<EndpointSlice> = {
  columns: [NAME, ...columns('AddressType', 'Ports', 'Endpoints', 'Age')],
  cells: (slice, nowUs) => {
    const ports = (slice.ports ?? []).map(({ port }) => (port === undefined ? '*' : String(port)));
    const addresses = (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses);
    return [
      slice.metadata.name,
      slice.addressType,
      ports.length === 0 ? UNSET : firstFew(ports, SHOWN),
      addresses.length === 0 ? UNSET : firstFew(addresses, SHOWN),
      age(slice, nowUs),
    ];
  },
};

const INGRESS: TablePrinter<Ingress> = {
  columns: [NAME, ...columns('Class', 'Hosts', 'Address', 'Ports', 'Age')],
  cells: (object, nowUs) => {
    const { spec, status } = object;
    const hosts = (spec?.rules ?? []).map(({ host }) => host || '*');
    return [
      object.metadata.name,
      spec?.ingressClassName ?? NONE,
      hosts.length === 0 ? '*' : firstFew(hosts, SHOWN),
      addressesOf(status?.loadBalancer?.ingress).join(','),
      (spec?.tls?.length ?? 0) > 0 ? '80, 443' : '80',
      age(object, nowUs),
    ];
  },
};

const INGRESS_CLASS: TablePrinter<IngressClass> = {
  columns: [NAME, ...columns('Controller', 'Parameters', 'Age')],
  cells: (object, nowUs) => {
    const { controller = '', parameters } = object.spec ?? {};
    const group = parameters?.apiGroup === undefined ? '' : `.${parameters.apiGroup}`;
    return [
      object.metadata.name,
      controller,
      parameters === undefined ? NONE : `${parameters.kind}${group}/${parameters.name}`,
      age(object, nowUs),
    ];
  },
};

const NETWORK_POLICY: TablePrinter<NetworkPolicy> = {
  columns: [NAME, ...columns('Pod-Selector', 'Age')],
  cells: (object, nowUs) => [object.metadata.name, formatSelector(object.spec?.podSelector), age(object, nowUs)],
};

export const NETWORK_TABLES = {
  Service: SERVICE,
  Endpoints: ENDPOINTS,
  EndpointSlice: ENDPOINT_SLICE,
  Ingress: INGRESS,
  IngressClass: INGRESS_CLASS,
  NetworkPolicy: NETWORK_POLICY,
};

function externalAddress({ spec, status }: Service): string {
  const { type = 'ClusterIP', externalIPs = [], externalName = '' } = spec;
  if (type === 'ExternalName') return externalName;
  if (type !== 'LoadBalancer') return externalIPs.join(',') || NONE;
  const balanced = addressesOf(status?.loadBalancer?.ingress);
  return [...balanced, ...externalIPs].join(',') || '<pending>';
}

function addressesOf(ingress: readonly { readonly ip?: string; readonly hostname?: string }[] = []): string[] {
  return ingress.map(({ ip, hostname }) => ip || hostname || '').sort(compareText);
}

function portsText({ spec }: Service): string {
  const ports = (spec.ports ?? []).map(({ port, nodePort, protocol = 'TCP' }) => `${port}${nodePort ? `:${nodePort}` : ''}/${protocol}`);
  return spec.type === 'ExternalName' ? NONE : ports.join(',') || NONE;
}

/** `10.0.0.1:80,10.0.0.2:80 + 4 more...`: every address with every port, those that are not ready left out. */
export function endpointsText({ subsets }: Endpoints): string {
  if (subsets === undefined || subsets.length === 0) return NONE;
  const texts = subsets.flatMap(({ addresses = [], ports = [] }) => {
    if (ports.length === 0) return addresses.map(({ ip }) => ip);
    return ports.flatMap(({ port }) => addresses.map(({ ip }) => `${ip.includes(':') ? `[${ip}]` : ip}:${port}`));
  });
  return texts.length > SHOWN ? firstFew(texts, SHOWN) : texts.join(',') || NONE;
}
