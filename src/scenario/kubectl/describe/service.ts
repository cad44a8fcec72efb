/**
 * Services and what is behind them, described.
 *
 * Models describeService, describeEndpoints and describeEndpointSliceV1 of k8s.io/kubectl/pkg/describe/describe.go.
 */
import type { Task } from '../../../client/task.ts';
import { formatLabels } from '../../../model/selector-format.ts';
import type { EndpointSlice, Endpoints, Service } from '../../../model/service.ts';
import type { KubectlContext } from '../context.ts';
import type { Page } from './page.ts';

/** Endpoints that stand in a line before the rest is only counted. */
const SHOWN = 3;
const SERVICE_NAME = 'kubernetes.io/service-name';

export function* describeService(service: Service, page: Page, context: KubectlContext): Task<void> {
  const { metadata, spec, status } = service;
  page.line(0, `Name:\t${metadata.name}`);
  page.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  page.labels('Labels', metadata.labels);
  page.annotations('Annotations', metadata.annotations);
  page.line(0, `Selector:\t${formatLabels(spec.selector)}`);
  page.line(0, `Type:\t${spec.type ?? ''}`);
  if (spec.ipFamilyPolicy !== undefined) page.line(0, `IP Family Policy:\t${spec.ipFamilyPolicy}`);
  page.line(0, `IP Families:\t${spec.ipFamilies?.join(',') || '<none>'}`);
  page.line(0, `IP:\t${spec.clusterIP ?? ''}`);
  page.line(0, `IPs:\t${spec.clusterIPs?.join(',') || '<none>'}`);
  if ((spec.externalIPs?.length ?? 0) > 0) page.line(0, `External IPs:\t${spec.externalIPs!.join(',')}`);
  if (spec.loadBalancerIP) page.line(0, `Desired LoadBalancer IP:\t${spec.loadBalancerIP}`);
  if (spec.externalName) page.line(0, `External Name:\t${spec.externalName}`);
  const ingress = status?.loadBalancer?.ingress ?? [];
  if (ingress.length > 0) page.line(0, `LoadBalancer Ingress:\t${ingress.map(({ ip, hostname }) => ip || hostname || '').join(', ')}`);
  const slices = yield* slicesOf(metadata.name, metadata.namespace, context);
  for (const port of spec.ports ?? []) {
    const name = port.name || '<unset>';
    const protocol = port.protocol ?? 'TCP';
    page.line(0, `Port:\t${name}\t${port.port}/${protocol}`);
    page.line(0, `TargetPort:\t${port.targetPort ?? port.port}/${protocol}`);
    if (port.appProtocol !== undefined) page.line(0, `AppProtocol:\t${port.appProtocol}`);
    if (port.nodePort) page.line(0, `NodePort:\t${name}\t${port.nodePort}/${protocol}`);
    page.line(0, `Endpoints:\t${endpointsText(slices, port.name ?? '')}`);
  }
  page.line(0, `Session Affinity:\t${spec.sessionAffinity ?? ''}`);
  if (spec.externalTrafficPolicy) page.line(0, `External Traffic Policy:\t${spec.externalTrafficPolicy}`);
  if (spec.internalTrafficPolicy) page.line(0, `Internal Traffic Policy:\t${spec.internalTrafficPolicy}`);
  if (spec.healthCheckNodePort) page.line(0, `HealthCheck NodePort:\t${spec.healthCheckNodePort}`);
  if ((spec.loadBalancerSourceRanges?.length ?? 0) > 0)
    page.line(0, `LoadBalancer Source Ranges:\t${spec.loadBalancerSourceRanges!.join(',')}`);
  if (spec.trafficDistribution) page.line(0, `Traffic Distribution:\t${spec.trafficDistribution}`);
}

export function* slicesOf(service: string, namespace: string | undefined, context: KubectlContext): Task<readonly EndpointSlice[]> {
  const labelSelector = `${SERVICE_NAME}=${service}`;
  return (yield* context.api.list('EndpointSlice', { namespace, labelSelector })) as readonly EndpointSlice[];
}

/** The ready endpoints of the port of that name: `10.0.0.1:80,10.0.0.2:80 + 4 more...`. */
export function endpointsText(slices: readonly EndpointSlice[], portName: string): string {
  if (slices.length === 0) return '<none>';
  const texts = slices.flatMap(({ endpoints, ports = [] }) => {
    const ready = (endpoints ?? []).filter(({ conditions }) => conditions?.ready !== false).map(({ addresses }) => addresses[0] ?? '');
    if (ports.length === 0) return ready;
    return ports
      .filter(({ name = '' }) => name === portName)
      .flatMap(({ port }) => ready.map((address) => `${address.includes(':') ? `[${address}]` : address}:${port}`));
  });
  return texts.length > SHOWN ? `${texts.slice(0, SHOWN).join(',')} + ${texts.length - SHOWN} more...` : texts.join(',');
}

export function describeEndpoints({ metadata, subsets = [] }: Endpoints, page: Page): void {
  page.line(0, `Name:\t${metadata.name}`);
  page.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  page.labels('Labels', metadata.labels);
  page.annotations('Annotations', metadata.annotations);
  page.line(0, 'Subsets:');
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets) {
    page.line(1, `Addresses:\t${addresses.map(({ ip }) => ip).join(',') || '<none>'}`);
    page.line(1, `NotReadyAddresses:\t${notReadyAddresses.map(({ ip }) => ip).join(',') || '<none>'}`);
    if (ports.length > 0) {
      page.line(1, 'Ports:');
      page.line(2, 'Name\tPort\tProtocol');
      page.line(2, '----\t----\t--------');
      for (const { name, port, protocol = 'TCP' } of ports) page.line(2, `${name || '<unset>'}\t${port}\t${protocol}`);
    }
    page.line(0, '');
  }
}

export function describeEndpointSlice({ metadata, addressType, ports, endpoints }: EndpointSlice, page: Page): void {
  page.line(0, `Name:\t${metadata.name}`);
  page.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  page.labels('Labels', metadata.labels);
  page.annotations('Annotations', metadata.annotations);
  page.line(0, `AddressType:\t${addressType}`);
  if ((ports?.length ?? 0) === 0) page.line(0, 'Ports: <unset>');
  else {
    page.line(0, 'Ports:');
    page.line(1, 'Name\tPort\tProtocol');
    page.line(1, '----\t----\t--------');
    for (const { name, port, protocol } of ports!) page.line(1, `${name || '<unset>'}\t${port ?? '<unset>'}\t${protocol ?? ''}`);
  }
  if ((endpoints?.length ?? 0) === 0) return page.line(0, 'Endpoints: <none>');
  page.line(0, 'Endpoints:');
  for (const { addresses, conditions, hostname, targetRef, nodeName, zone } of endpoints) {
    page.line(1, `- Addresses:\t${addresses.join(', ') || '<none>'}`);
    page.line(2, 'Conditions:');
    page.line(3, `Ready:\t${conditions?.ready ?? '<unset>'}`);
    page.line(2, `Hostname:\t${hostname ?? '<unset>'}`);
    if (targetRef !== undefined) page.line(2, `TargetRef:\t${targetRef.kind}/${targetRef.name}`);
    page.line(2, `NodeName:\t${nodeName ?? '<unset>'}`);
    page.line(2, `Zone:\t${zone ?? '<unset>'}`);
  }
}
