/**
 * The server's health checks, and the paths it has beside its groups, as data.
 *
 * Facts about what kube-apiserver 1.36 answers to `/`.
 */
export interface HealthCheck {
  readonly name: string;
  /** Where it is asked for; everywhere when this is missing. */
  readonly only?: readonly string[];
}

export const HEALTH_CHECKS: readonly HealthCheck[] = [
  { name: 'autoregister-completion' },
  { name: 'etcd' },
  { name: 'etcd-readiness', only: ['readyz'] },
  { name: 'informer-sync', only: ['readyz'] },
  { name: 'log' },
  { name: 'loopback-serving-certificate', only: ['healthz', 'livez'] },
  { name: 'ping' },
  { name: 'poststarthook/apiservice-discovery-controller' },
  { name: 'poststarthook/apiservice-openapi-controller' },
  { name: 'poststarthook/apiservice-openapiv3-controller' },
  { name: 'poststarthook/apiservice-registration-controller' },
  { name: 'poststarthook/apiservice-status-local-available-controller' },
  { name: 'poststarthook/apiservice-status-remote-available-controller' },
  { name: 'poststarthook/bootstrap-controller' },
  { name: 'poststarthook/crd-informer-synced' },
  { name: 'poststarthook/generic-apiserver-start-informers' },
  { name: 'poststarthook/kube-apiserver-autoregistration' },
  { name: 'poststarthook/peer-endpoint-reconciler-controller' },
  { name: 'poststarthook/priority-and-fairness-config-consumer' },
  { name: 'poststarthook/priority-and-fairness-config-producer' },
  { name: 'poststarthook/priority-and-fairness-filter' },
  { name: 'poststarthook/rbac/bootstrap-roles' },
  { name: 'poststarthook/scheduling/bootstrap-system-priority-classes' },
  { name: 'poststarthook/start-apiextensions-controllers' },
  { name: 'poststarthook/start-apiextensions-informers' },
  { name: 'poststarthook/start-apiserver-admission-initializer' },
  { name: 'poststarthook/start-cluster-authentication-info-controller' },
  { name: 'poststarthook/start-kube-aggregator-informers' },
  { name: 'poststarthook/start-kube-apiserver-identity-lease-controller' },
  { name: 'poststarthook/start-kube-apiserver-identity-lease-garbage-collector' },
  { name: 'poststarthook/start-kubernetes-service-cidr-controller' },
  { name: 'poststarthook/start-legacy-token-tracking-controller' },
  { name: 'poststarthook/start-service-ip-repair-controllers' },
  { name: 'poststarthook/start-system-namespaces-controller' },
  { name: 'poststarthook/storage-object-count-tracker-hook' },
  { name: 'poststarthook/storage-readiness' },
  { name: 'shutdown', only: ['readyz'] },
];

export const PLAIN_PATHS: readonly string[] = [
  '.well-known/openid-configuration',
  'flagz',
  'metrics',
  'metrics/slis',
  'openapi/v2',
  'openapi/v3',
  'openapi/v3/',
  'openid/v1/jwks',
  'statusz',
  'version',
  'apis/',
];
