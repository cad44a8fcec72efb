/**
 * Reads a KubeSchedulerConfiguration (kubescheduler.config.k8s.io/v1) into profiles as the scheduler runs them.
 *
 * Models pkg/scheduler/apis/config/v1 (defaults.go, default_plugins.go) and expandMultiPointPlugins of framework/runtime: what
 * a point names explicitly comes before what MultiPoint brings, if MultiPoint knows it too, and after it otherwise.
 */
import { InputError, nearestName, type Problem } from '../base/errors.ts';
import type { NodeAffinity, TopologySpreadConstraint } from '../model/pod.ts';
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

type Point = keyof PluginPoints;
const POINTS = Object.keys(DEFAULT_POINTS) as readonly Point[];

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

/** Throws an InputError that names every problem found. `customPlugins` are the scenario's own, and the points each has. */
export function readSchedulerConfiguration(
  config: unknown,
  file: string,
  customPlugins: ReadonlyMap<string, readonly string[]> = new Map(),
): SchedulerConfiguration {
  const raw = (config ?? {}) as RawConfiguration;
  const problems = problemsOf(raw, file, customPlugins);
  if (problems.length > 0) throw new InputError(problems);
  const implementsPoint = (name: string, point: Point) =>
    DEFAULT_POINTS[point].some((one) => nameOf(one) === name) || customPlugins.get(name)?.includes(point) === true;
  return {
    profiles: (raw.profiles ?? [{}]).map((profile) => profileOf(profile, implementsPoint)),
    percentageOfNodesToScore: raw.percentageOfNodesToScore ?? 0,
    podInitialBackoffSeconds: raw.podInitialBackoffSeconds ?? DEFAULT_CONFIGURATION.podInitialBackoffSeconds,
    podMaxBackoffSeconds: raw.podMaxBackoffSeconds ?? DEFAULT_CONFIGURATION.podMaxBackoffSeconds,
    clientConnection: {
      qps: raw.clientConnection?.qps ?? DEFAULT_CONFIGURATION.clientConnection.qps,
      burst: raw.clientConnection?.burst ?? DEFAULT_CONFIGURATION.clientConnection.burst,
    },
  };
}

function profileOf(raw: RawProfile, implementsPoint: (name: string, point: Point) => boolean): ProfileSpec {
  const multiPoint = mergedMultiPoint(raw.plugins?.multiPoint);
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
  };
}

function resourcesOf(raw: readonly Partial<ResourceWeight>[] | undefined): readonly ResourceWeight[] {
  if (raw === undefined || raw.length === 0) return DEFAULT_ARGS.NodeResourcesBalancedAllocation.resources;
  return raw.map(({ name = '', weight }) => ({ name, weight: weight === undefined || weight === 0 ? 1 : weight }));
}

function problemsOf(raw: RawConfiguration, file: string, customPlugins: ReadonlyMap<string, readonly string[]>): Problem[] {
  const problems: Problem[] = [];
  const add = (path: string, found: unknown, wanted: string, suggestion?: string) =>
    problems.push({ file, line: 0, column: 0, path, found: JSON.stringify(found) ?? 'nothing', wanted, suggestion });
  const known = new Set([...MULTI_POINT.map(nameOf), ...customPlugins.keys()]);
  const percentage = (path: string, value: number | undefined) => {
    if (value !== undefined && !(value >= 0 && value <= 100)) add(path, value, 'a percentage from 0 to 100');
  };
  percentage('percentageOfNodesToScore', raw.percentageOfNodesToScore);
  const names = new Set<string>();
  (raw.profiles ?? []).forEach((profile, i) => {
    const path = `profiles[${i}]`;
    const name = profile.schedulerName ?? DEFAULT_PROFILE.schedulerName;
    if (names.has(name)) add(`${path}.schedulerName`, name, 'a name no other profile has');
    names.add(name);
    percentage(`${path}.percentageOfNodesToScore`, profile.percentageOfNodesToScore);
    for (const [point, { enabled = [], disabled = [] }] of Object.entries(profile.plugins ?? {})) {
      if (point !== 'multiPoint' && !POINTS.includes(point as Point)) {
        add(`${path}.plugins.${point}`, point, 'an extension point', nearestName(point, POINTS));
      }
      enabled.forEach(({ name: plugin, weight }, j) => {
        const at = `${path}.plugins.${point}.enabled[${j}]`;
        if (!known.has(plugin)) add(`${at}.name`, plugin, 'the name of a plugin', nearestName(plugin, known));
        if (weight !== undefined && !(Number.isInteger(weight) && weight >= 0)) add(`${at}.weight`, weight, 'a whole number from 0');
      });
      disabled.forEach(({ name: plugin }, j) => {
        const at = `${path}.plugins.${point}.disabled[${j}].name`;
        if (plugin !== '*' && !known.has(plugin)) add(at, plugin, 'the name of a plugin, or *', nearestName(plugin, known));
      });
    }
  });
  return problems;
}

function namesOf(list: readonly { readonly name: string }[] | undefined): ReadonlySet<string> {
  return new Set(list?.map(nameOf));
}

function nameOf(one: string | { readonly name: string }): string {
  return typeof one === 'string' ? one : one.name;
}
