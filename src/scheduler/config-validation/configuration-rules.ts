/**
 * Which scheduler configurations are refused, and in which words.
 *
 * Models pkg/scheduler/apis/config/validation/validation.go, ValidateLeaderElectionConfiguration of component-base, and what NewFramework
 * of framework/runtime finds wrong with the plugins of a profile. All problems are told at once, where upstream stops at the first.
 */
import { nearestName } from '../../base/errors.ts';
import { ARGS, CONFIGURATION, decoded, foundText, isMap, POINT_TYPES } from './fields.ts';
import { ARGS_CHECKS, DURATION_WANTED, goDurationUs } from './plugin-args.ts';
import { type ConfigurationProblem, ConfigurationProblems, type FieldPath } from './problem.ts';

export const SCHEDULER_API_VERSION = 'kubescheduler.config.k8s.io/v1';
export const SCHEDULER_KIND = 'KubeSchedulerConfiguration';
const GROUP = 'kubescheduler.config.k8s.io';

/** Removed from the scheduler; naming one is an error of its own (invalidPluginsByVersion). */
const REMOVED_PLUGINS = ['AzureDiskLimits', 'CinderLimits', 'EBSLimits', 'GCEPDLimits'];
const WEIGHT_MAX = 2 ** 31 - 1;

/** What the rules need to know of the plugins there are. */
export interface KnownPlugins {
  readonly names: readonly string[];
  /** The scenario's own. */
  readonly custom: ReadonlySet<string>;
  implementsPoint(plugin: string, point: string): boolean;
  /** Names of the defaults at MultiPoint, less what the profile disables. */
  readonly multiPoint: readonly string[];
}

interface PluginEntry {
  readonly name?: string;
  readonly weight?: number;
}

interface PluginSet {
  readonly enabled?: readonly PluginEntry[];
  readonly disabled?: readonly PluginEntry[];
}

interface DecodedProfile {
  readonly schedulerName?: string;
  readonly percentageOfNodesToScore?: number;
  readonly plugins?: { readonly [point: string]: PluginSet };
  readonly pluginConfig?: readonly { readonly name?: string; readonly args?: unknown }[];
}

interface DecodedConfiguration {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly parallelism?: number;
  readonly percentageOfNodesToScore?: number;
  readonly podInitialBackoffSeconds?: number;
  readonly podMaxBackoffSeconds?: number;
  readonly profiles?: readonly DecodedProfile[];
  readonly extenders?: unknown;
  readonly leaderElection?: { readonly [field: string]: unknown };
  readonly clientConnection?: { readonly qps?: number; readonly burst?: number };
}

/** Every problem, or the configuration as it was decoded. */
export function configurationProblems(raw: unknown, known: KnownPlugins): readonly ConfigurationProblem[] {
  if (!isMap(raw)) return [{ path: [], wanted: `a ${SCHEDULER_KIND}`, found: foundText(raw ?? undefined) }];
  const decoding = new ConfigurationProblems();
  const configuration = decoded(raw, CONFIGURATION, [], decoding) as DecodedConfiguration;
  const rules = new ConfigurationProblems();
  new Rules(known, rules).check(configuration);
  // What is missing or empty because it was of a wrong type or misnamed need not be said as well.
  const isToldAlready = ({ path, words = '' }: ConfigurationProblem) =>
    decoding.list.some(
      (one) => startsWith(path, one.path) && (one.key === undefined || words.startsWith('Required')) && one.path.length > 0,
    );
  return [...decoding.list, ...rules.list.filter((one) => !isToldAlready(one))];
}

class Rules {
  readonly #known: KnownPlugins;
  readonly #problems: ConfigurationProblems;

  constructor(known: KnownPlugins, problems: ConfigurationProblems) {
    this.#known = known;
    this.#problems = problems;
  }

  check(configuration: DecodedConfiguration): void {
    const problems = this.#problems;
    this.#type(configuration);
    this.#clientConnection(configuration.clientConnection);
    this.#leaderElection(configuration.leaderElection ?? {});
    const { parallelism = 16, profiles = [], podInitialBackoffSeconds: initial = 1, podMaxBackoffSeconds: max = 10 } = configuration;
    if (parallelism <= 0) problems.invalid(['parallelism'], parallelism, 'should be an integer value greater than zero');
    this.#profiles(profiles.length === 0 ? [{}] : profiles);
    this.#percentage(['percentageOfNodesToScore'], configuration.percentageOfNodesToScore);
    if (initial <= 0) problems.invalid(['podInitialBackoffSeconds'], initial, 'must be greater than 0');
    if (max < initial) problems.invalid(['podMaxBackoffSeconds'], max, 'must be greater than or equal to PodInitialBackoffSeconds');
    const { extenders } = configuration;
    if (extenders !== undefined && !(Array.isArray(extenders) && extenders.length === 0)) {
      problems.expected(
        ['extenders'],
        'no extender: Orrery calls no webhook, and would decide otherwise than your scheduler',
        foundText(extenders),
      );
    }
  }

  #type({ apiVersion, kind }: DecodedConfiguration): void {
    if (apiVersion !== SCHEDULER_API_VERSION) {
      const suggestion = apiVersion === undefined ? undefined : SCHEDULER_API_VERSION;
      this.#problems.expected(['apiVersion'], JSON.stringify(SCHEDULER_API_VERSION), foundText(apiVersion), suggestion);
    }
    if (kind !== SCHEDULER_KIND) {
      const suggestion = kind === undefined ? undefined : nearestName(kind, [SCHEDULER_KIND]);
      this.#problems.expected(['kind'], JSON.stringify(SCHEDULER_KIND), foundText(kind), suggestion);
    }
  }

  #clientConnection({ burst = 100 }: { readonly burst?: number } = {}): void {
    if (burst < 0) this.#problems.invalid(['clientConnection', 'burst'], burst, 'must be non-negative');
  }

  /** Accepted, though the lease of a modelled scheduler has Orrery's own times. */
  #leaderElection(election: { readonly [field: string]: unknown }): void {
    if (election.leaderElect === false) return;
    const problems = this.#problems;
    const at = (field: string) => ['leaderElection', field];
    const us = (field: string, byDefault: string) => {
      const text = (election[field] as string | undefined) ?? byDefault;
      const value = goDurationUs(text);
      if (value === undefined) problems.expected(at(field), DURATION_WANTED, JSON.stringify(text));
      else if (value <= 0) problems.invalid(at(field), text, 'must be greater than zero');
      return value ?? Number.NaN;
    };
    // RecommendedDefaultLeaderElectionConfiguration of component-base/config/v1alpha1.
    const leaseUs = us('leaseDuration', '15s');
    const renewUs = us('renewDeadline', '10s');
    us('retryPeriod', '2s');
    if (leaseUs < renewUs)
      problems.invalid(at('leaseDuration'), election.leaseDuration ?? '15s', 'LeaseDuration must be greater than RenewDeadline');
    const { resourceLock = 'leases' } = election;
    if (resourceLock !== 'leases') problems.invalid(at('resourceLock'), resourceLock, 'resourceLock value must be "leases"');
  }

  #percentage(path: FieldPath, value: number | undefined): void {
    if (value !== undefined && (value < 0 || value > 100)) this.#problems.invalid(path, value, 'not in valid range [0-100]');
  }

  #profiles(profiles: readonly DecodedProfile[]): void {
    const seen = new Map<string, number>();
    profiles.forEach((profile, i) => {
      const path = ['profiles', i];
      // Only a single profile is given a name of its own.
      const name = profile.schedulerName ?? (profiles.length === 1 ? 'default-scheduler' : '');
      if (name === '') this.#problems.required([...path, 'schedulerName']);
      this.#percentage([...path, 'percentageOfNodesToScore'], profile.percentageOfNodesToScore);
      this.#plugins(profile, name, path);
      this.#pluginConfig(profile, path);
      const first = seen.get(name);
      if (first !== undefined) this.#problems.duplicate([...path, 'schedulerName'], `profiles[${first}].schedulerName`);
      seen.set(name, i);
    });
    this.#commonQueueSort(profiles);
  }

  #plugins({ plugins = {} }: DecodedProfile, schedulerName: string, path: FieldPath): void {
    for (const [point, { enabled = [], disabled = [] }] of Object.entries(plugins)) {
      const at = [...path, 'plugins', point];
      const seen = new Set<string>();
      enabled.forEach((entry, i) => {
        this.#enabled(entry, point, seen, [...at, 'enabled', i]);
      });
      disabled.forEach(({ name = '' }, i) => {
        if (name !== '*') this.#isKnown(name, 'the name of a plugin, or *', [...at, 'disabled', i, 'name']);
      });
    }
    const sorts = this.#pluginsAt('queueSort', plugins);
    const binds = this.#pluginsAt('bind', plugins);
    const at = [...path, 'plugins'];
    if (sorts.length !== 1) {
      const words = `only one queue sort plugin required for profile with scheduler name "${schedulerName}", but got ${sorts.length}`;
      this.#problems.words(at, words);
    }
    if (binds.length === 0)
      this.#problems.words(at, `at least one bind plugin is needed for profile with scheduler name "${schedulerName}"`);
  }

  #enabled({ name = '', weight = 0 }: PluginEntry, point: string, seen: Set<string>, path: FieldPath): void {
    const type = this.#typeAt(point, name);
    if (REMOVED_PLUGINS.includes(name)) {
      const words = `was invalid in version "v1" (KubeSchedulerConfiguration is version "${SCHEDULER_API_VERSION}")`;
      this.#problems.invalid(path, name, words);
    } else if (!this.#known.names.includes(name)) {
      this.#problems.words([...path, 'name'], `${type} ${JSON.stringify(name)} does not exist`, nearestName(name, this.#known.names));
    } else if (point !== 'multiPoint' && !this.#known.implementsPoint(name, point)) {
      this.#problems.words([...path, 'name'], `plugin ${JSON.stringify(name)} does not extend ${type} plugin`);
    }
    if (seen.has(name)) this.#problems.words([...path, 'name'], `plugin ${JSON.stringify(name)} already registered as "${type}"`);
    seen.add(name);
    // Upstream lets a negative weight through and then fails when it adds the scores.
    if (weight < 0) this.#problems.expected([...path, 'weight'], `a whole number from 0 to ${WEIGHT_MAX}`, String(weight));
  }

  /** The type upstream names: of the point, or of the first point a MultiPoint plugin comes to. */
  #typeAt(point: string, plugin: string): string {
    if (point !== 'multiPoint') return POINT_TYPES[point as keyof typeof POINT_TYPES];
    const first = Object.entries(POINT_TYPES).find(([one]) => this.#known.implementsPoint(plugin, one));
    return first?.[1] ?? POINT_TYPES.preEnqueue;
  }

  #isKnown(name: string, wanted: string, path: FieldPath): void {
    if (this.#known.names.includes(name)) return;
    this.#problems.expected(path, wanted, JSON.stringify(name), nearestName(name, this.#known.names));
  }

  #pluginsAt(point: string, plugins: { readonly [point: string]: PluginSet }): readonly string[] {
    const { multiPoint = {}, [point]: own = {} } = plugins;
    const gone = new Set(multiPoint.disabled?.map(({ name }) => name));
    const brought = gone.has('*') ? [] : this.#known.multiPoint.filter((name) => !gone.has(name));
    const isOff = new Set(own.disabled?.map(({ name }) => name));
    const names = [...brought, ...(multiPoint.enabled ?? []).map(({ name = '' }) => name)].filter(
      (name) => this.#known.implementsPoint(name, point) && !isOff.has('*') && !isOff.has(name),
    );
    return [...new Set([...names, ...(own.enabled ?? []).map(({ name = '' }) => name)])];
  }

  #pluginConfig({ pluginConfig = [] }: DecodedProfile, path: FieldPath): void {
    const seen = new Set<string>();
    pluginConfig.forEach(({ name = '', args }, i) => {
      const at = [...path, 'pluginConfig', i];
      if (seen.has(name)) this.#problems.duplicate(at, JSON.stringify(name));
      seen.add(name);
      if (REMOVED_PLUGINS.includes(name)) {
        const words = `was invalid in version "v1" (KubeSchedulerConfiguration is version "${SCHEDULER_API_VERSION}")`;
        this.#problems.invalid(at, name, words);
      } else this.#isKnown(name, 'the name of a plugin', [...at, 'name']);
      if (args !== undefined && !this.#known.custom.has(name)) this.#args(name, args, [...at, 'args']);
    });
  }

  #args(plugin: string, args: unknown, path: FieldPath): void {
    const shape = ARGS[plugin];
    if (shape === undefined) return;
    const before = this.#problems.list.length;
    const known = decoded(args, shape, path, this.#problems) as { readonly [field: string]: unknown } | undefined;
    if (known === undefined) return;
    const { apiVersion = SCHEDULER_API_VERSION, kind = `${plugin}Args` } = known as {
      readonly apiVersion?: string;
      readonly kind?: string;
    };
    const group = apiVersion.split('/')[0];
    if (group !== GROUP || kind !== `${plugin}Args`) {
      this.#problems.words(path, `args for plugin ${plugin} were not of type ${plugin}Args.${GROUP}, got ${kind}.${group}`);
    } else if (apiVersion !== SCHEDULER_API_VERSION) {
      this.#problems.expected([...path, 'apiVersion'], JSON.stringify(SCHEDULER_API_VERSION), JSON.stringify(apiVersion));
    }
    if (this.#problems.list.length === before) ARGS_CHECKS[plugin]?.(known, path, this.#problems);
  }

  #commonQueueSort(profiles: readonly DecodedProfile[]): void {
    const [first, ...others] = profiles;
    const canon = JSON.stringify(setOf(first?.plugins?.queueSort));
    const count = first?.plugins?.queueSort?.enabled?.length ?? 0;
    if (count > 1) {
      this.#problems.invalid(['profiles', 0, 'plugins', 'queueSort', 'enabled'], count, 'only one queue sort plugin can be enabled');
    }
    others.forEach(({ plugins }, i) => {
      const set = setOf(plugins?.queueSort);
      if (JSON.stringify(set) === canon) return;
      this.#problems.invalid(['profiles', i + 1, 'plugins', 'queueSort'], set, 'must be the same for all profiles');
    });
  }
}

function setOf({ enabled = [], disabled = [] }: PluginSet = {}): PluginSet {
  return { enabled, disabled };
}

function startsWith(path: FieldPath, prefix: FieldPath): boolean {
  return prefix.length <= path.length && prefix.every((part, i) => path[i] === part);
}
