/**
 * A scheduler profile as data: which plugins run at which extension point, in which order, with which weights and arguments.
 *
 * Models pkg/scheduler/apis/config (KubeSchedulerProfile, *Args) after defaulting: every list is final and nothing is left to
 * be filled in. The defaults are those of v1.36 (apis/config/v1/default_plugins.go, defaults.go).
 */
import type { NodeAffinity, TopologySpreadConstraint } from '../model/pod.ts';

export interface WeightedName {
  readonly name: string;
  readonly weight: number;
}

/** Plugin names by extension point, in the order they run. */
export interface PluginPoints {
  readonly preEnqueue: readonly string[];
  readonly queueSort: readonly string[];
  readonly preFilter: readonly string[];
  readonly filter: readonly string[];
  readonly postFilter: readonly string[];
  readonly preScore: readonly string[];
  readonly score: readonly WeightedName[];
  readonly reserve: readonly string[];
  readonly permit: readonly string[];
  readonly preBind: readonly string[];
  readonly bind: readonly string[];
  readonly postBind: readonly string[];
}

export interface ResourceWeight {
  readonly name: string;
  readonly weight: number;
}

/** Utilization 0..100, score 0..10. */
export interface ShapePoint {
  readonly utilization: number;
  readonly score: number;
}

export interface PluginArgs {
  readonly NodeAffinity: { readonly addedAffinity?: NodeAffinity };
  readonly NodeResourcesFit: {
    readonly ignoredResources: readonly string[];
    readonly ignoredResourceGroups: readonly string[];
    readonly scoringStrategy: {
      readonly type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio';
      readonly resources: readonly ResourceWeight[];
      /** For RequestedToCapacityRatio, by rising utilization. */
      readonly shape: readonly ShapePoint[];
    };
  };
  readonly NodeResourcesBalancedAllocation: { readonly resources: readonly ResourceWeight[] };
  readonly InterPodAffinity: { readonly hardPodAffinityWeight: number; readonly ignorePreferredTermsOfExistingPods: boolean };
  readonly PodTopologySpread: {
    readonly defaultingType: 'System' | 'List';
    readonly defaultConstraints: readonly TopologySpreadConstraint[];
  };
  readonly VolumeBinding: { readonly bindTimeoutSeconds: number; readonly shape: readonly ShapePoint[] };
  readonly DefaultPreemption: { readonly minCandidateNodesPercentage: number; readonly minCandidateNodesAbsolute: number };
  /** As they were written, for the scenario's own plugins. */
  readonly custom?: { readonly [plugin: string]: unknown };
}

export interface ProfileSpec {
  readonly schedulerName: string;
  /** Absent: the scheduler's own setting; 0: adaptive. */
  readonly percentageOfNodesToScore?: number;
  readonly points: PluginPoints;
  readonly args: PluginArgs;
}

/** systemDefaultConstraints of plugins/podtopologyspread/plugin.go. */
export const SYSTEM_DEFAULT_CONSTRAINTS: readonly TopologySpreadConstraint[] = [
  { topologyKey: 'kubernetes.io/hostname', maxSkew: 3, whenUnsatisfiable: 'ScheduleAnyway' },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5, whenUnsatisfiable: 'ScheduleAnyway' },
];

const CPU_AND_MEMORY: readonly ResourceWeight[] = [
  { name: 'cpu', weight: 1 },
  { name: 'memory', weight: 1 },
];

export const DEFAULT_ARGS: PluginArgs = {
  NodeAffinity: {},
  NodeResourcesFit: {
    ignoredResources: [],
    ignoredResourceGroups: [],
    scoringStrategy: { type: 'LeastAllocated', resources: CPU_AND_MEMORY, shape: [] },
  },
  NodeResourcesBalancedAllocation: { resources: CPU_AND_MEMORY },
  InterPodAffinity: { hardPodAffinityWeight: 1, ignorePreferredTermsOfExistingPods: false },
  PodTopologySpread: { defaultingType: 'System', defaultConstraints: [] },
  VolumeBinding: { bindTimeoutSeconds: 600, shape: [] },
  DefaultPreemption: { minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 100 },
};

export const DEFAULT_POINTS: PluginPoints = {
  preEnqueue: ['SchedulingGates', 'DynamicResources', 'DefaultPreemption'],
  queueSort: ['PrioritySort'],
  preFilter: [
    'NodeAffinity',
    'NodePorts',
    'NodeResourcesFit',
    'VolumeRestrictions',
    'NodeVolumeLimits',
    'VolumeBinding',
    'VolumeZone',
    'PodTopologySpread',
    'InterPodAffinity',
    'DynamicResources',
    'NodeDeclaredFeatures',
  ],
  filter: [
    'NodeUnschedulable',
    'NodeName',
    'TaintToleration',
    'NodeAffinity',
    'NodePorts',
    'NodeResourcesFit',
    'VolumeRestrictions',
    'NodeVolumeLimits',
    'VolumeBinding',
    'VolumeZone',
    'PodTopologySpread',
    'InterPodAffinity',
    'DynamicResources',
    'NodeDeclaredFeatures',
  ],
  postFilter: ['DynamicResources', 'DefaultPreemption'],
  preScore: [
    'TaintToleration',
    'NodeAffinity',
    'NodeResourcesFit',
    'VolumeBinding',
    'PodTopologySpread',
    'InterPodAffinity',
    'NodeResourcesBalancedAllocation',
  ],
  score: [
    { name: 'TaintToleration', weight: 3 },
    { name: 'NodeAffinity', weight: 2 },
    { name: 'NodeResourcesFit', weight: 1 },
    { name: 'VolumeBinding', weight: 1 },
    { name: 'PodTopologySpread', weight: 2 },
    { name: 'InterPodAffinity', weight: 2 },
    { name: 'DynamicResources', weight: 2 },
    { name: 'NodeResourcesBalancedAllocation', weight: 1 },
    { name: 'ImageLocality', weight: 1 },
  ],
  reserve: ['VolumeBinding', 'DynamicResources'],
  permit: [],
  preBind: ['VolumeBinding', 'DynamicResources'],
  bind: ['DefaultBinder'],
  postBind: [],
};

export const DEFAULT_PROFILE: ProfileSpec = { schedulerName: 'default-scheduler', points: DEFAULT_POINTS, args: DEFAULT_ARGS };
