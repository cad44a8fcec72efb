/**
 * What kube-proxy makes of a Service and its EndpointSlices: per port, which endpoints there are and in which state.
 *
 * Models pkg/proxy/{serviceport,endpoint}.go; which of them a node's connections may go to is decided in endpoint-choice.ts.
 */
import { compareText } from '../base/compare.ts';
import { keyOf, type ObjectKey, objectKey } from '../model/meta.ts';
import type { Endpoint, EndpointSlice, Service } from '../model/service.ts';

export const SERVICE_NAME = 'kubernetes.io/service-name';

export interface Target {
  readonly ip: string;
  readonly port: number;
  readonly nodeName: string;
  readonly podUid: string;
  /** Where connections to it should come from, as the EndpointSlice controller hints. */
  readonly forZones: readonly string[];
  readonly forNodes: readonly string[];
}

export interface PortRules {
  readonly name: string;
  readonly port: number;
  readonly nodePort: number | undefined;
  readonly ready: readonly Target[];
  /** Those that still serve while they terminate: taken only when no other is left. */
  readonly leaving: readonly Target[];
  /** What has been worked out for a node or a zone, kept as long as these rules are. */
  readonly chosen: Map<string, readonly Target[]>;
}

export type TrafficPolicy = 'Cluster' | 'Local';

export interface ServiceRules {
  readonly key: ObjectKey;
  /** Empty for a headless Service: its name resolves to the pods themselves. */
  readonly clusterIp: string;
  readonly isExternalName: boolean;
  /** Connections may come from outside, through the nodes. */
  readonly isExternal: boolean;
  /** A load balancer asks each node whether it has an endpoint of its own (healthCheckNodePort). */
  readonly isHealthChecked: boolean;
  readonly externalPolicy: TrafficPolicy;
  readonly internalPolicy: TrafficPolicy;
  /** How long a client stays with its endpoint after its last connection; 0 without session affinity. */
  readonly affinitySeconds: number;
  readonly ports: readonly PortRules[];
}

// sessionAffinityConfig.clientIP.timeoutSeconds (pkg/apis/core/v1/defaults.go): three hours.
const AFFINITY_SECONDS = 10_800;

export function serviceKeyOf(slice: EndpointSlice): ObjectKey | undefined {
  const service = slice.metadata.labels?.[SERVICE_NAME];
  return service === undefined ? undefined : keyOf(slice.metadata.namespace, service);
}

export function rulesOf(service: Service, slices: readonly EndpointSlice[]): ServiceRules {
  const { spec } = service;
  const isExternal = spec.type === 'NodePort' || spec.type === 'LoadBalancer';
  const externalPolicy = spec.externalTrafficPolicy ?? 'Cluster';
  return {
    key: objectKey(service),
    clusterIp: spec.clusterIP === undefined || spec.clusterIP === 'None' ? '' : spec.clusterIP,
    isExternalName: spec.type === 'ExternalName',
    isExternal,
    isHealthChecked: spec.type === 'LoadBalancer' && externalPolicy === 'Local',
    externalPolicy,
    internalPolicy: spec.internalTrafficPolicy ?? 'Cluster',
    affinitySeconds: spec.sessionAffinity === 'ClientIP' ? (spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? AFFINITY_SECONDS) : 0,
    ports: (spec.ports ?? []).map(({ name = '', port, nodePort }) => ({
      name,
      port,
      nodePort,
      ...targetsOf(slices, name),
      chosen: new Map(),
    })),
  };
}

/** The same, worked out when it is first asked for: of a Service to which nobody talks, the next change comes first. */
export function rulesWhenAsked(service: Service, slices: readonly EndpointSlice[]): () => ServiceRules {
  let rules: ServiceRules | undefined;
  return () => {
    rules ??= rulesOf(service, slices);
    return rules;
  };
}

/** How many endpoints the rules are made of. */
export function endpointCount(rules: ServiceRules | undefined): number {
  return (rules?.ports ?? []).reduce((sum, { ready, leaving }) => sum + ready.length + leaving.length, 0);
}

function targetsOf(slices: readonly EndpointSlice[], portName: string): Pick<PortRules, 'ready' | 'leaving'> {
  const ready: Target[] = [];
  const leaving: Target[] = [];
  for (const slice of slices) {
    const port = slice.ports?.find((one) => (one.name ?? '') === portName)?.port;
    if (port === undefined) continue;
    for (const endpoint of slice.endpoints) {
      const { conditions = {} } = endpoint;
      // conditions.ready absent counts as true, as the API says.
      if (conditions.ready !== false) ready.push(targetOf(endpoint, port));
      else if (conditions.serving === true && conditions.terminating === true) leaving.push(targetOf(endpoint, port));
    }
  }
  // In the order of their addresses, so that the choice depends on nothing but what is there.
  const byAddress = (a: Target, b: Target) => compareText(a.ip, b.ip);
  return { ready: ready.sort(byAddress), leaving: leaving.sort(byAddress) };
}

function targetOf({ addresses, nodeName = '', targetRef, hints }: Endpoint, port: number): Target {
  return {
    ip: addresses[0] ?? '',
    port,
    nodeName,
    podUid: targetRef?.uid ?? '',
    forZones: namesOf(hints?.forZones),
    forNodes: namesOf(hints?.forNodes),
  };
}

const NO_NAMES: readonly string[] = [];

function namesOf(hints: readonly { readonly name: string }[] | undefined): readonly string[] {
  return hints === undefined || hints.length === 0 ? NO_NAMES : hints.map(({ name }) => name);
}
