/**
 * The settings of kube-controller-manager that change what its controllers do, with the defaults of v1.36.
 *
 * Models the flags of cmd/kube-controller-manager/app/options and the defaults of pkg/controller (every config/v1alpha1/defaults.go).
 */
export interface ControllerOptions {
  /** --kube-api-qps and --kube-api-burst: of each controller's client. */
  readonly kubeApiQps: number;
  readonly kubeApiBurst: number;
  /** --concurrent-{deployment,replicaset,statefulset,daemonset,job,cron-job,endpoint,service-endpoint,…}-syncs. */
  readonly concurrentSyncs: number;
  readonly nodeMonitorPeriodSeconds: number;
  readonly nodeMonitorGracePeriodSeconds: number;
  readonly nodeStartupGracePeriodSeconds: number;
  /** Nodes a second whose pods may be evicted in one zone, and the rate of a large zone in partial disruption. */
  readonly nodeEvictionRate: number;
  readonly secondaryNodeEvictionRate: number;
  readonly unhealthyZoneThreshold: number;
  readonly largeClusterSizeThreshold: number;
  readonly terminatedPodGcThreshold: number;
  readonly maxEndpointsPerSlice: number;
  readonly endpointUpdatesBatchPeriodSeconds: number;
  readonly resourceQuotaSyncPeriodSeconds: number;
  readonly pvClaimBinderSyncPeriodSeconds: number;
  readonly hpaSyncPeriodSeconds: number;
  readonly hpaDownscaleStabilizationSeconds: number;
  readonly hpaTolerance: number;
  readonly hpaCpuInitializationPeriodSeconds: number;
  readonly hpaInitialReadinessDelaySeconds: number;
}

export const DEFAULT_CONTROLLER_OPTIONS: ControllerOptions = {
  kubeApiQps: 20,
  kubeApiBurst: 30,
  concurrentSyncs: 5,
  nodeMonitorPeriodSeconds: 5,
  nodeMonitorGracePeriodSeconds: 50,
  nodeStartupGracePeriodSeconds: 60,
  nodeEvictionRate: 0.1,
  secondaryNodeEvictionRate: 0.01,
  unhealthyZoneThreshold: 0.55,
  largeClusterSizeThreshold: 50,
  terminatedPodGcThreshold: 12_500,
  maxEndpointsPerSlice: 100,
  endpointUpdatesBatchPeriodSeconds: 0,
  resourceQuotaSyncPeriodSeconds: 300,
  pvClaimBinderSyncPeriodSeconds: 15,
  hpaSyncPeriodSeconds: 15,
  hpaDownscaleStabilizationSeconds: 300,
  hpaTolerance: 0.1,
  hpaCpuInitializationPeriodSeconds: 300,
  hpaInitialReadinessDelaySeconds: 30,
};
