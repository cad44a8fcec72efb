/**
 * What kube-proxy makes of a Service and its EndpointSlices: per port, where a connection may go.
 *
 * Models pkg/proxy/{serviceport,endpoint,topology}.go: ready endpoints first; if there is none, those that still serve while they
 * terminate; if there is none either, connections are refused.
 */
import { compareText } from '../base/compare.ts';
import { keyOf, type ObjectKey, objectKey } from '../model/meta.ts';
import type { EndpointSlice, Service } from '../model/service.ts';

export const SERVICE_NAME = 'kubernetes.io/service-name';

export interface Target {
  readonly ip: string;
  readonly port: number;
  readonly nodeName: string;
  readonly podUid: string;
}

export interface PortRules {
  readonly name: string;
  readonly port: number;
  readonly nodePort: number | undefined;
  /** Candidates under the policy Cluster. */
  readonly targets: readonly Target[];
  readonly isNone: boolean;
}

export interface ServiceRules {
  readonly key: ObjectKey;
  /** Empty for a headless Service: its name resolves to the pods themselves. */
  readonly clusterIp: string;
  readonly isExternal: boolean;
  /** Traffic policy Local: only endpoints of the node the connection enters. */
  readonly isLocalOnly: boolean;
  readonly ports: readonly PortRules[];
}

export function serviceKeyOf(slice: EndpointSlice): ObjectKey | undefined {
  const service = slice.metadata.labels?.[SERVICE_NAME];
  return service === undefined ? undefined : keyOf(slice.metadata.namespace, service);
}

export function rulesOf(service: Service, slices: readonly EndpointSlice[]): ServiceRules {
  const { spec } = service;
  const isExternal = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  const policy = isExternal ? spec.externalTrafficPolicy : spec.internalTrafficPolicy;
  const ports = (spec.ports ?? []).map((port): PortRules => {
    const targets = targetsOf(slices, port.name ?? '');
    return { name: port.name ?? '', port: port.port, nodePort: port.nodePort, targets, isNone: targets.length === 0 };
  });
  return {
    key: objectKey(service),
    clusterIp: spec.clusterIP === undefined || spec.clusterIP === 'None' ? '' : spec.clusterIP,
    isExternal,
    isLocalOnly: policy === 'Local',
    ports,
  };
}

function targetsOf(slices: readonly EndpointSlice[], portName: string): readonly Target[] {
  const ready: Target[] = [];
  const leaving: Target[] = [];
  for (const slice of slices) {
    const port = slice.ports?.find((one) => (one.name ?? '') === portName)?.port;
    if (port === undefined) continue;
    for (const { addresses, conditions = {}, nodeName = '', targetRef } of slice.endpoints) {
      const target = { ip: addresses[0] ?? '', port, nodeName, podUid: targetRef?.uid ?? '' };
      // conditions.ready absent counts as true, as the API says.
      if (conditions.ready !== false) ready.push(target);
      else if (conditions.serving === true && conditions.terminating === true) leaving.push(target);
    }
  }
  const candidates = ready.length > 0 ? ready : leaving;
  // In the order of their addresses, so that the choice depends on nothing but what is there.
  return candidates.sort((a, b) => compareText(a.ip, b.ip));
}
