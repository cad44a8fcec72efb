/**
 * What a plugin is given when it is made: the snapshot, the listers, and who is nominated where.
 *
 * Models framework.Handle of staging/src/k8s.io/kube-scheduler/framework/interface.go.
 */
import type { Namespace } from '../model/configuration.ts';
import type { KubeObject } from '../model/meta.ts';
import type { Pod } from '../model/pod.ts';
import type { PodDisruptionBudget } from '../model/policy.ts';
import type { Service } from '../model/service.ts';
import type {
  CSIDriver,
  CSINode,
  CSIStorageCapacity,
  PersistentVolume,
  PersistentVolumeClaim,
  StorageClass,
  VolumeAttachment,
} from '../model/storage.ts';
import type { ReplicaSet, StatefulSet } from '../model/workloads.ts';
import type { Lister } from './framework.ts';
import type { PodInfo } from './pod-info.ts';
import type { Snapshot } from './snapshot.ts';

export interface Listers {
  readonly pods: Lister<Pod>;
  readonly namespaces: Lister<Namespace>;
  readonly services: Lister<Service>;
  readonly replicationControllers: Lister<KubeObject>;
  readonly replicaSets: Lister<ReplicaSet>;
  readonly statefulSets: Lister<StatefulSet>;
  readonly podDisruptionBudgets: Lister<PodDisruptionBudget>;
  readonly persistentVolumes: Lister<PersistentVolume>;
  readonly persistentVolumeClaims: Lister<PersistentVolumeClaim>;
  readonly storageClasses: Lister<StorageClass>;
  readonly csiNodes: Lister<CSINode>;
  readonly csiDrivers: Lister<CSIDriver>;
  readonly csiStorageCapacities: Lister<CSIStorageCapacity>;
  readonly volumeAttachments: Lister<VolumeAttachment>;
}

/** Who has been promised which node (the queue's nominator, queue/nominator.ts). */
export interface NominatedPods {
  /** In the order they were nominated. */
  onNode(nodeName: string): readonly PodInfo[];
  /** Whether any node is promised to anybody. */
  readonly isEmpty: boolean;
  /** The node the pod of that uid is promised. */
  nodeOf(uid: string): string | undefined;
  /** Names of nodes with at least one nominated pod. */
  nodeNames(): Iterable<string>;
}

/** What a plugin may do to the cluster while a pod is being bound. */
export interface BindingApi {
  updateVolume(volume: PersistentVolume): BindingWait;
  updateClaim(claim: PersistentVolumeClaim): BindingWait;
  sleep(durationUs: number): BindingWait;
}

/** A procedure of client/task.ts; what it answers is not looked at. */
export type BindingWait = Generator<unknown, unknown, unknown>;

export interface PluginHandle {
  readonly snapshot: Snapshot;
  readonly listers: Listers;
  readonly nominated: NominatedPods;
  /** Absent where decisions are made without a cluster to carry them out in. */
  readonly api?: BindingApi | undefined;
  /** Simulated time. */
  nowUs(): number;
}
