/**
 * What a Service leaves out: its type, protocols, affinity and policies, and how a load balancer's address takes packets.
 *
 * Models SetDefaults_Service of pkg/apis/core/v1/defaults.go.
 */
import type { KindMap } from '../model/kinds.ts';
import type { Sent } from './validation/sent.ts';

const NO_FIELDS = {};

export function withServiceDefaults(object: KindMap['Service']): unknown {
  const spec: Sent = object.spec ?? {};
  const type = or(spec.type, 'ClusterIP');
  const sessionAffinity = or(spec.sessionAffinity, 'None');
  const { sessionAffinityConfig, ...rest } = spec;
  const hasTimeout = sessionAffinityConfig?.clientIP?.timeoutSeconds !== undefined;
  const ports = spec.ports?.map((port: Sent) => ({
    ...port,
    protocol: or(port.protocol, 'TCP'),
    targetPort: port.targetPort === undefined || port.targetPort === 0 || port.targetPort === '' ? port.port : port.targetPort,
  }));
  const isExternal = type === 'NodePort' || type === 'LoadBalancer' || (type === 'ClusterIP' && (spec.externalIPs ?? []).length > 0);
  const isKnown = type === 'ClusterIP' || type === 'NodePort' || type === 'LoadBalancer';
  return {
    ...object,
    spec: {
      ...(isKnown ? { internalTrafficPolicy: 'Cluster' } : NO_FIELDS),
      ...(isExternal ? { externalTrafficPolicy: 'Cluster' } : NO_FIELDS),
      ...(type === 'LoadBalancer' ? { allocateLoadBalancerNodePorts: true } : NO_FIELDS),
      ...rest,
      ...(sessionAffinity === 'ClientIP'
        ? { sessionAffinityConfig: hasTimeout ? sessionAffinityConfig : { clientIP: { timeoutSeconds: 10_800 } } }
        : sessionAffinity === 'None' || sessionAffinityConfig === undefined
          ? NO_FIELDS
          : { sessionAffinityConfig }),
      sessionAffinity,
      type,
      ...(ports === undefined ? NO_FIELDS : { ports }),
    },
    status: withAddressModes(object.status ?? { loadBalancer: {} }, type),
  };
}

/** An address of a load balancer takes packets itself unless it is said not to. */
function withAddressModes(status: Sent, type: string): Sent {
  const ingress: readonly Sent[] | undefined = status.loadBalancer?.ingress;
  if (type !== 'LoadBalancer' || ingress === undefined) return status;
  const modes = ingress.map((one) => ((one.ip ?? '') === '' || one.ipMode !== undefined ? one : { ...one, ipMode: 'VIP' }));
  return { ...status, loadBalancer: { ...status.loadBalancer, ingress: modes } };
}

/** The default stands in for nothing and for an empty text alike. */
function or<T>(value: T | undefined, fallback: T): T {
  return value === undefined || value === '' ? fallback : value;
}
