/**
 * What the fleet is told of each node: its machine, its labels, and how its kubelet is configured.
 *
 * Defaults are those of pkg/kubelet/apis/config/v1beta1/defaults.go.
 */
import type { ResourceList, StringMap } from '../model/meta.ts';
import type { Taint } from '../model/node.ts';
import type { Pod } from '../model/pod.ts';

export interface KubeletConfiguration {
  readonly maxPods: number;
  readonly serializeImagePulls: boolean;
  /** With parallel pulls: how many at once; 0 for no limit. */
  readonly maxParallelImagePulls: number;
  readonly registryPullQps: number;
  readonly registryBurst: number;
  readonly kubeApiQps: number;
  readonly kubeApiBurst: number;
  readonly nodeStatusUpdateFrequencySeconds: number;
  readonly nodeStatusReportFrequencySeconds: number;
  readonly nodeLeaseDurationSeconds: number;
  /** crashLoopBackOff.maxContainerRestartPeriod. */
  readonly maxContainerRestartPeriodSeconds: number;
  readonly imageGcHighThresholdPercent: number;
  readonly imageGcLowThresholdPercent: number;
  readonly imageMinimumGcAgeSeconds: number;
  /** evictionHard: memory.available in bytes, nodefs.available and imagefs.available in percent of the one disk. */
  readonly evictionMemoryAvailableBytes: number;
  readonly evictionDiskAvailablePercent: number;
  readonly evictionImageFsAvailablePercent: number;
  readonly evictionPressureTransitionPeriodSeconds: number;
  /** 0 turns graceful node shutdown off. */
  readonly shutdownGracePeriodSeconds: number;
  readonly shutdownGracePeriodCriticalPodsSeconds: number;
}

export const DEFAULT_KUBELET_CONFIGURATION: KubeletConfiguration = {
  maxPods: 110,
  serializeImagePulls: true,
  maxParallelImagePulls: 0,
  registryPullQps: 5,
  registryBurst: 10,
  kubeApiQps: 50,
  kubeApiBurst: 100,
  nodeStatusUpdateFrequencySeconds: 10,
  nodeStatusReportFrequencySeconds: 300,
  nodeLeaseDurationSeconds: 40,
  maxContainerRestartPeriodSeconds: 300,
  imageGcHighThresholdPercent: 85,
  imageGcLowThresholdPercent: 80,
  imageMinimumGcAgeSeconds: 120,
  evictionMemoryAvailableBytes: 100 * 1024 * 1024,
  evictionDiskAvailablePercent: 10,
  evictionImageFsAvailablePercent: 15,
  evictionPressureTransitionPeriodSeconds: 300,
  shutdownGracePeriodSeconds: 0,
  shutdownGracePeriodCriticalPodsSeconds: 0,
};

export interface NodeSpec {
  readonly name: string;
  readonly labels?: StringMap;
  readonly annotations?: StringMap;
  readonly taints?: readonly Taint[];
  readonly providerId?: string;
  /** What the machine has: `cpu`, `memory`, `ephemeral-storage`, and any extended resource. `pods` comes from maxPods. */
  readonly capacity: ResourceList;
  readonly kubeReserved?: ResourceList;
  readonly systemReserved?: ResourceList;
  /** Its address; by default one of 172.16.0.0/12 by the node's number. */
  readonly internalIp?: string;
  /** Names of registry images that are on its disk from the start. */
  readonly images?: readonly string[];
  /** Pods of its manifest folder, by the name they have there. */
  readonly staticPods?: readonly Pod[];
  readonly kubelet?: Partial<KubeletConfiguration>;
}
