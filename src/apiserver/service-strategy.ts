/**
 * What the server itself makes of a Service's spec: the two forms of its address agree, what was allocated stays, and what a change of type
 * makes meaningless falls away.
 *
 * Models normalizeClusterIPs and patchAllocatedValues of pkg/registry/core/service/storage/storage.go and dropTypeDependentFields of
 * ../strategy.go.
 */
import type { Service } from '../model/service.ts';
import { isSameValue } from './same-value.ts';
import type { Sent } from './validation/sent.ts';

export function serviceForCreate(given: Service): Service {
  const service = withoutInternalPolicy(given);
  const spec: Sent = service.spec ?? {};
  if ((spec.clusterIP ?? '') === '' || (spec.clusterIPs ?? []).length > 0) return service;
  return { ...service, spec: { ...spec, clusterIPs: [spec.clusterIP] } };
}

export function serviceForUpdate(service: Service, before: Service): Service {
  const former: Sent = before.spec;
  let spec: Sent = { ...service.spec };
  normalize(spec, former);
  dropUnneeded(spec, former);
  spec = keepAllocated(spec, former);
  const defined = Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined));
  return withoutInternalPolicy({ ...service, spec: defined as unknown as Service['spec'] });
}

/** What only names a host has no traffic of its own (defaultOnReadInternalTrafficPolicy). */
function withoutInternalPolicy(service: Service): Service {
  const { internalTrafficPolicy, ...spec }: Sent = service.spec ?? {};
  const isKnown = internalTrafficPolicy === 'Cluster' || internalTrafficPolicy === 'Local';
  return spec.type === 'ExternalName' && isKnown ? { ...service, spec } : service;
}

function normalize(spec: Sent, former: Sent): void {
  const had = former.clusterIPs ?? [];
  if (had.length > 0 && (spec.clusterIPs ?? []).length === 0 && former.clusterIP === spec.clusterIP) spec.clusterIPs = had;
  if (former.clusterIP === spec.clusterIP) return;
  const isUntouched = isSameValue(spec.clusterIPs ?? [], had);
  if (!isUntouched) return;
  if ((former.clusterIP ?? '') !== '' && (spec.clusterIP ?? '') === '') spec.clusterIPs = undefined;
  else spec.clusterIPs = [spec.clusterIP];
}

function needsClusterIp({ type }: Sent): boolean {
  return type !== 'ExternalName';
}

function mayHaveNodePort({ type }: Sent): boolean {
  return type === 'NodePort' || type === 'LoadBalancer';
}

function needsHealthCheck({ type, externalTrafficPolicy }: Sent): boolean {
  return type === 'LoadBalancer' && externalTrafficPolicy === 'Local';
}

function isExternal({ type, externalIPs = [] }: Sent): boolean {
  return mayHaveNodePort({ type }) || (type === 'ClusterIP' && externalIPs.length > 0);
}

/** What the type no longer allows, when nobody asked for another value of it. */
function dropUnneeded(spec: Sent, former: Sent): void {
  const drop = (field: string) => {
    if (isSameValue(spec[field], former[field])) spec[field] = undefined;
  };
  if (needsClusterIp(former) && !needsClusterIp(spec)) {
    const isSame = isSameValue(spec.clusterIP, former.clusterIP) && isSameValue(spec.clusterIPs, former.clusterIPs);
    if (isSame) spec.clusterIP = spec.clusterIPs = undefined;
    drop('ipFamilies');
    drop('ipFamilyPolicy');
  }
  if (mayHaveNodePort(former) && !mayHaveNodePort(spec) && spec.ports !== undefined) {
    const had = new Set((former.ports ?? []).map(({ nodePort }: Sent) => nodePort));
    const isSame = spec.ports.every(({ nodePort = 0 }: Sent) => nodePort === 0 || had.has(nodePort));
    if (isSame) spec.ports = spec.ports.map(({ nodePort: _, ...port }: Sent) => port);
  }
  if (needsHealthCheck(former) && !needsHealthCheck(spec)) drop('healthCheckNodePort');
  if (former.type === 'LoadBalancer' && spec.type !== 'LoadBalancer') {
    drop('allocateLoadBalancerNodePorts');
    drop('loadBalancerClass');
  }
  if (isExternal(former) && !isExternal(spec)) drop('externalTrafficPolicy');
}

function keepAllocated(spec: Sent, former: Sent): Sent {
  const kept = { ...spec };
  if (needsClusterIp(former) && needsClusterIp(spec)) {
    if ((kept.clusterIP ?? '') === '') kept.clusterIP = former.clusterIP;
    if ((kept.clusterIPs ?? []).length === 0) kept.clusterIPs = former.clusterIPs;
    kept.ipFamilies ??= former.ipFamilies;
    kept.ipFamilyPolicy ??= former.ipFamilyPolicy;
  }
  if (allocatesNodePorts(former) && allocatesNodePorts(spec) && kept.ports !== undefined) {
    const given = (ports: readonly Sent[] = []) => ports.map(({ nodePort = 0 }) => nodePort).filter((port) => port !== 0);
    const now = given(kept.ports);
    const used = new Set(given(former.ports).filter((port) => now.includes(port)));
    const byName = new Map<string, number>((former.ports ?? []).map(({ name = '', nodePort = 0 }: Sent) => [name, nodePort]));
    kept.ports = kept.ports.map((port: Sent) => {
      const nodePort = byName.get(port.name ?? '') ?? 0;
      return (port.nodePort ?? 0) !== 0 || nodePort === 0 || used.has(nodePort) ? port : { ...port, nodePort };
    });
  }
  if (needsHealthCheck(former) && needsHealthCheck(spec)) kept.healthCheckNodePort ||= former.healthCheckNodePort;
  return kept;
}

function allocatesNodePorts({ type, allocateLoadBalancerNodePorts }: Sent): boolean {
  return type === 'NodePort' || (type === 'LoadBalancer' && allocateLoadBalancerNodePorts !== false);
}
