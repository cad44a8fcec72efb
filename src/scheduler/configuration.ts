/**
 * Reads a KubeSchedulerConfiguration (kubescheduler.config.k8s.io/v1) into profiles as the scheduler runs them.
 *
 * Models pkg/scheduler/apis/config/v1 (defaults.go, default_plugins.go) and expandMultiPointPlugins of framework/runtime: what
 * a point names explicitly comes before what MultiPoint brings, if MultiPoint knows it too, and after it otherwise.
 */
import type { NodeAffinity, TopologySpreadConstraint } from '../model/pod.ts';
import { configurationProblems } from './config-validation/configuration-rules.ts';
import type { ConfigurationProblem } from './config-validation/problem.ts';
import {
  DEFAULT_ARGS,
  DEFAULT_POINTS,
  DEFAULT_PROFILE,
  type PluginArgs,
  type PluginPoints,
  type ProfileSpec,
  type ResourceWeight,
  type ShapePoint,
  type WeightedName,
} from './profile-spec.ts';

export interface SchedulerConfiguration {
  readonly profiles: readonly ProfileSpec[];
  readonly percentageOfNodesToScore: number;
  readonly podInitialBackoffSeconds: number;
  readonly podMaxBackoffSeconds: number;
  /** Requests a second to the API server, and how many at once: a large cluster that keeps the default waits for it. */
  readonly clientConnection: { readonly qps: number; readonly burst: number };
}

export const DEFAULT_CONFIGURATION: SchedulerConfiguration = {
  profiles: [DEFAULT_PROFILE],
  percentageOfNodesToScore: 0,
  podInitialBackoffSeconds: 1,
  podMaxBackoffSeconds: 10,
  clientConnection: { qps: 50, burst: 100 },
};

/** MultiPoint of getDefaultPlugins, with the score weights. */
const MULTI_POINT: readonly WeightedName[] = [
  'SchedulingGates',
  'PrioritySort',
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
  'DefaultPreemption',
  'NodeResourcesBalancedAllocation',
  'ImageLocality',
  'DefaultBinder',
  'NodeDeclaredFeatures',
].map((name) => ({ name, weight: DEFAULT_POINTS.score.find((one) => one.name === name)?.weight ?? 0 }));

export type Point = keyof PluginPoints;
export const POINTS = Object.keys(DEFAULT_POINTS) as readonly Point[];

interface RawPlugins {
  readonly enabled?: readonly { readonly name: string; readonly weight?: number }[];
  readonly disabled?: readonly { readonly name: string }[];
}

interface RawProfile {
  readonly schedulerName?: string;
  readonly percentageOfNodesToScore?: number;
  readonly plugins?: { readonly [point: string]: RawPlugins };
  readonly pluginConfig?: readonly { readonly name: string; readonly args?: { readonly [field: string]: unknown } }[];
}

interface RawConfiguration {
  readonly profiles?: readonly RawProfile[];
  readonly percentageOfNodesToScore?: number;
  readonly podInitialBackoffSeconds?: number;
  readonly podMaxBackoffSeconds?: number;
  readonly clientConnection?: { readonly qps?: number; readonly burst?: number };
}

/** The scenario's own plugins, and the points each has. */
export type CustomPoints = ReadonlyMap<string, readonly string[]>;

const NO_CUSTOM: CustomPoints = new Map();

/** What is wrong with it; only a configuration with nothing wrong is to be completed. */
export function schedulerConfigurationProblems(raw: unknown, customPlugins: CustomPoints = NO_CUSTOM): readonly ConfigurationProblem[] {
  const implementsPoint = pointsOf(customPlugins);
  return configurationProblems(raw, {
    names: [...MULTI_POINT.map(nameOf), ...customPlugins.keys()],
    custom: new Set(customPlugins.keys()),
    implementsPoint: (plugin, point) => implementsPoint(plugin, point as Point),
    multiPoint: MULTI_POINT.map(nameOf),
  });
}

/** The configuration with every default filled in; each plugin of the scenario's own that no profile names is enabled in all of them. */
export function completeConfiguration(config: unknown, customPlugins: CustomPoints = NO_CUSTOM): SchedulerConfiguration {
  const raw = withoutNulls(config ?? {}) as RawConfiguration;
  const profiles = raw.profiles === undefined || raw.profiles.length === 0 ? [{}] : raw.profiles;
  const named = new Set(
    profiles.flatMap(({ plugins = {} }: RawProfile) => Object.values(plugins).flatMap(({ enabled = [] }) => enabled.map(nameOf))),
  );
  const newcomers = [...customPlugins.keys()].filter((name) => !named.has(name)).map((name) => ({ name }));
  return {
    profiles: profiles.map((profile) => profileOf(profile, newcomers, pointsOf(customPlugins))),
    percentageOfNodesToScore: raw.percentageOfNodesToScore ?? 0,
    podInitialBackoffSeconds: raw.podInitialBackoffSeconds ?? DEFAULT_CONFIGURATION.podInitialBackoffSeconds,
    podMaxBackoffSeconds: raw.podMaxBackoffSeconds ?? DEFAULT_CONFIGURATION.podMaxBackoffSeconds,
    // SetDefaults_KubeSchedulerConfiguration fills in what is 0.
    clientConnection: {
      qps: raw.clientConnection?.qps || DEFAULT_CONFIGURATION.clientConnection.qps,
      burst: raw.clientConnection?.burst || DEFAULT_CONFIGURATION.clientConnection.burst,
    },
  };
}

/** The configuration with one more plugin at the end of each of its points, in every profile, with a weight of 1. */
export function withCustomPlugin(configuration: SchedulerConfiguration, name: string, points: readonly string[]): SchedulerConfiguration {
  const profiles = configuration.profiles.map((profile): ProfileSpec => {
    const added = Object.entries(profile.points).map(([point, plugins]) => {
      if (!points.includes(point)) return [point, plugins];
      return [point, [...plugins, point === 'score' ? { name, weight: 1 } : name]];
    });
    return { ...profile, points: Object.fromEntries(added) as PluginPoints };
  });
  return { ...configuration, profiles };
}

function pointsOf(customPlugins: CustomPoints): (name: string, point: Point) => boolean {
  return (name, point) => DEFAULT_POINTS[point].some((one) => nameOf(one) === name) || customPlugins.get(name)?.includes(point) === true;
}

function profileOf(
  raw: RawProfile,
  newcomers: readonly { readonly name: string }[],
  implementsPoint: (name: string, point: Point) => boolean,
): ProfileSpec {
  const given = raw.plugins?.multiPoint;
  const multiPoint = mergedMultiPoint({ ...given, enabled: [...(given?.enabled ?? []), ...newcomers] });
  const points = Object.fromEntries(
    POINTS.map((point) => {
      const expanded = expand(
        multiPoint.filter(({ name }) => implementsPoint(name, point)),
        raw.plugins?.[point],
      );
      const final = expanded.map(({ name, weight }) => ({ name, weight: weight === 0 ? 1 : weight }));
      return [point, point === 'score' ? final : final.map(nameOf)];
    }),
  ) as unknown as PluginPoints;
  const { percentageOfNodesToScore } = raw;
  return {
    schedulerName: raw.schedulerName ?? DEFAULT_PROFILE.schedulerName,
    ...(percentageOfNodesToScore === undefined ? {} : { percentageOfNodesToScore }),
    points,
    args: argsOf(raw),
  };
}

/** Defaults less what is disabled, each replaced in place where it is enabled anew, then the newcomers. */
function mergedMultiPoint(raw: RawPlugins | undefined): WeightedName[] {
  const disabled = namesOf(raw?.disabled);
  const enabled = (raw?.enabled ?? []).map(({ name, weight = 0 }) => ({ name, weight }));
  const kept = MULTI_POINT.filter(({ name }) => !disabled.has('*') && !disabled.has(name));
  const replaced = kept.map((one) => enabled.find(({ name }) => name === one.name) ?? one);
  return [...replaced, ...enabled.filter(({ name }) => !kept.some((one) => one.name === name))];
}

function expand(multiPoint: readonly WeightedName[], raw: RawPlugins | undefined): WeightedName[] {
  const disabled = namesOf(raw?.disabled);
  const explicit = (raw?.enabled ?? []).map(({ name, weight = 0 }) => ({ name, weight }));
  const brought = disabled.has('*') ? [] : multiPoint.filter(({ name }) => !disabled.has(name));
  const overrides = explicit.filter(({ name }) => brought.some((one) => one.name === name));
  const others = explicit.filter((one) => !overrides.includes(one));
  return [...overrides, ...brought.filter(({ name }) => !overrides.some((one) => one.name === name)), ...others];
}

function argsOf(raw: RawProfile): PluginArgs {
  const given = (plugin: string) => raw.pluginConfig?.find(({ name }) => name === plugin)?.args ?? {};
  const fit = given('NodeResourcesFit');
  const strategy = fit.scoringStrategy as
    | {
        readonly type?: PluginArgs['NodeResourcesFit']['scoringStrategy']['type'];
        readonly resources?: readonly Partial<ResourceWeight>[];
        readonly requestedToCapacityRatio?: { readonly shape?: readonly ShapePoint[] };
      }
    | undefined;
  const spread = given('PodTopologySpread');
  return {
    NodeAffinity: { addedAffinity: given('NodeAffinity').addedAffinity as NodeAffinity | undefined },
    NodeResourcesFit: {
      ignoredResources: (fit.ignoredResources as readonly string[] | undefined) ?? [],
      ignoredResourceGroups: (fit.ignoredResourceGroups as readonly string[] | undefined) ?? [],
      scoringStrategy: {
        type: strategy?.type ?? 'LeastAllocated',
        resources: resourcesOf(strategy?.resources),
        shape: (strategy?.requestedToCapacityRatio?.shape ?? []).map(({ utilization = 0, score = 0 }) => ({ utilization, score })),
      },
    },
    NodeResourcesBalancedAllocation: {
      resources: resourcesOf(given('NodeResourcesBalancedAllocation').resources as readonly Partial<ResourceWeight>[] | undefined),
    },
    InterPodAffinity: { ...DEFAULT_ARGS.InterPodAffinity, ...given('InterPodAffinity') },
    PodTopologySpread: {
      defaultingType: (spread.defaultingType as 'System' | 'List' | undefined) ?? 'System',
      defaultConstraints: (spread.defaultConstraints as readonly TopologySpreadConstraint[] | undefined) ?? [],
    },
    VolumeBinding: { ...DEFAULT_ARGS.VolumeBinding, ...given('VolumeBinding') },
    DefaultPreemption: { ...DEFAULT_ARGS.DefaultPreemption, ...given('DefaultPreemption') },
    custom: Object.fromEntries((raw.pluginConfig ?? []).map(({ name, args }) => [name, args])),
  };
}

function resourcesOf(raw: readonly Partial<ResourceWeight>[] | undefined): readonly ResourceWeight[] {
  if (raw === undefined || raw.length === 0) return DEFAULT_ARGS.NodeResourcesBalancedAllocation.resources;
  return raw.map(({ name = '', weight }) => ({ name, weight: weight === undefined || weight === 0 ? 1 : weight }));
}

/** An empty value is one that is not there, as in Go; an empty item of a list is an empty map. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item ?? {}));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, one]) => (one === null ? [] : [[key, withoutNulls(one)]])));
}

function namesOf(list: readonly { readonly name: string }[] | undefined): ReadonlySet<string> {
  return new Set(list?.map(nameOf));
}

function nameOf(one: string | { readonly name: string }): string {
  return typeof one === 'string' ? one : one.name;
}
