/**
 * What a cluster is made of, complete and checked: the value a scenario is read into and everything is wired from.
 *
 * Nothing in here refers to files or to text that is still to be parsed; whoever reads a scenario does that.
 */
import type { RequestLatencies } from '../apiserver/request-latency.ts';
import type { ControllerOptions } from '../controllers/controller-options.ts';
import type { NodeSpec } from '../kubelet/node-spec.ts';
import type { ImageRegistryOptions } from '../kubelet/runtime/image-registry.ts';
import type { RuntimeTimings } from '../kubelet/runtime/timings.ts';
import type { WorkloadBehaviour } from '../model/behaviour.ts';
import type { KubeObject } from '../model/meta.ts';
import type { SchedulerConfiguration } from '../scheduler/configuration.ts';
import type { CostModel } from '../scheduler/cost-model.ts';
import type { DecisionWatcher } from '../scheduler/explain/decision-recorder.ts';
import type { PluginFactory } from '../scheduler/plugin-registry.ts';
import type { Distribution } from '../sim/distribution.ts';
import type { ClusterAutoscalerFactory } from './cluster-autoscaler.ts';

/** One kube-scheduler; several share the cluster by the pods' schedulerName. */
export interface SchedulerSpec {
  /** Of the process and its lease: `kube-scheduler`. */
  readonly name: string;
  readonly configuration: SchedulerConfiguration;
  readonly cost?: CostModel;
  readonly customPlugins?: ReadonlyMap<string, PluginFactory>;
  /** Told of each decision; it cannot change one. */
  readonly watcher?: DecisionWatcher;
  /** Every decision the obvious way: the slow twin, which must come to the same. */
  readonly isSlow?: boolean;
}

export interface ClusterSpec {
  readonly seed: number | string;
  readonly nodes: readonly NodeSpec[];
  readonly registry?: ImageRegistryOptions;
  /** The first that matches a pod is how its processes behave. */
  readonly behaviours?: readonly WorkloadBehaviour[];
  /** Default: one kube-scheduler with the default profile. */
  readonly schedulers?: readonly SchedulerSpec[];
  /** Candidates for the lease of kube-controller-manager and of each scheduler. Default: 1. */
  readonly controlPlaneReplicas?: number;
  readonly controllers?: Partial<ControllerOptions>;
  /** Adds machines and gives them back; default: nobody does. */
  readonly autoscaler?: ClusterAutoscalerFactory;
  /** Does each pod get its service account and a token for it, as upstream by default? */
  readonly serviceAccountAdmission?: boolean;
  /** Names of controllers that are not to run, as in --controllers=-name. */
  readonly disabledControllers?: readonly string[];
  readonly requestLatencies?: Partial<RequestLatencies>;
  /** From the API server's write to a component that watches. */
  readonly watchHop?: Distribution;
  readonly runtimeTimings?: Partial<RuntimeTimings>;
  /** False when nobody makes volumes for claims but who plays a driver from outside. Default: true. */
  readonly storageDrivers?: boolean;
  /** Objects that are there before anything happens: storage classes, add-ons, priority classes. */
  readonly objects?: readonly KubeObject[];
  /** False in runs too large to keep Events; the fidelity note then says so. Default: true. */
  readonly recordEvents?: boolean;
  /**
   * Changes of each kind the API server keeps for watches that start from a revision of the past. Default: 1,024, since nothing within
   * the cluster starts one; whoever lets clients in from outside wants upstream's 102,400.
   */
  readonly watchHistory?: number;
}
