/**
 * Which arguments of a plugin are refused, and in which words.
 *
 * Models pkg/scheduler/apis/config/validation/validation_pluginargs.go, after the defaults of apis/config/v1/defaults.go.
 */
import { isQualifiedName } from '../../apiserver/validation/names.ts';
import type { ConfigurationProblems, FieldPath } from './problem.ts';

/** Decoded: every field is of its type or not there. */
type Args = { readonly [field: string]: unknown };
type Check = (args: Args, path: FieldPath, problems: ConfigurationProblems) => void;

interface Requirement {
  readonly key?: string;
  readonly operator?: string;
  readonly values?: readonly string[];
}

interface NodeTerm {
  readonly matchExpressions?: readonly Requirement[];
  readonly matchFields?: readonly Requirement[];
}

const STRATEGIES = ['LeastAllocated', 'MostAllocated', 'RequestedToCapacityRatio'];
const LABEL_OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'];
const FIELD_OPERATORS = ['In', 'NotIn'];

export const ARGS_CHECKS: { readonly [plugin: string]: Check } = {
  DefaultPreemption: checkDefaultPreemption,
  DynamicResources: checkDynamicResources,
  InterPodAffinity: checkInterPodAffinity,
  NodeAffinity: checkNodeAffinity,
  NodeResourcesBalancedAllocation: checkBalancedAllocation,
  NodeResourcesFit: checkFit,
  PodTopologySpread: checkTopologySpread,
  VolumeBinding: checkVolumeBinding,
};

function checkDefaultPreemption(args: Args, path: FieldPath, problems: ConfigurationProblems): void {
  const percentage = (args.minCandidateNodesPercentage as number | undefined) ?? 10;
  const absolute = (args.minCandidateNodesAbsolute as number | undefined) ?? 100;
  const percentagePath = [...path, 'minCandidateNodesPercentage'];
  const absolutePath = [...path, 'minCandidateNodesAbsolute'];
  if (percentage < 0 || percentage > 100) problems.invalid(percentagePath, percentage, 'not in valid range [0, 100]');
  if (absolute < 0) problems.invalid(absolutePath, absolute, 'not in valid range [0, inf)');
  if (percentage !== 0 || absolute !== 0) return;
  problems.invalid(percentagePath, percentage, 'cannot be zero at the same time as minCandidateNodesAbsolute');
  problems.invalid(absolutePath, absolute, 'cannot be zero at the same time as minCandidateNodesPercentage');
}

function checkDynamicResources(args: Args, path: FieldPath, problems: ConfigurationProblems): void {
  const { filterTimeout, bindingTimeout } = args as { readonly filterTimeout?: string; readonly bindingTimeout?: string };
  const filterUs = filterTimeout === undefined ? 0 : goDurationUs(filterTimeout);
  const bindingUs = bindingTimeout === undefined ? 1e6 : goDurationUs(bindingTimeout);
  if (filterUs === undefined) problems.expected([...path, 'filterTimeout'], DURATION_WANTED, JSON.stringify(filterTimeout));
  else if (filterUs < 0) problems.invalid([...path, 'filterTimeout'], filterTimeout, 'must be zero or positive');
  if (bindingUs === undefined) problems.expected([...path, 'bindingTimeout'], DURATION_WANTED, JSON.stringify(bindingTimeout));
  else if (bindingUs < 1e6) problems.invalid([...path, 'bindingTimeout'], bindingTimeout, 'must be at least 1 second');
}

function checkInterPodAffinity(args: Args, path: FieldPath, problems: ConfigurationProblems): void {
  const weight = (args.hardPodAffinityWeight as number | undefined) ?? 1;
  if (weight < 0 || weight > 100) problems.invalid([...path, 'hardPodAffinityWeight'], weight, 'not in valid range [0, 100]');
}

function checkNodeAffinity({ addedAffinity }: Args, path: FieldPath, problems: ConfigurationProblems): void {
  if (addedAffinity === undefined) return;
  const { requiredDuringSchedulingIgnoredDuringExecution: required, preferredDuringSchedulingIgnoredDuringExecution: preferred } =
    addedAffinity as {
      readonly requiredDuringSchedulingIgnoredDuringExecution?: { readonly nodeSelectorTerms?: readonly NodeTerm[] };
      readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly { readonly weight?: number; readonly preference?: NodeTerm }[];
    };
  const at = [...path, 'addedAffinity'];
  const requiredPath = [...at, 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms'];
  required?.nodeSelectorTerms?.forEach((term, i) => {
    checkNodeTerm(term, [...requiredPath, i], problems);
  });
  preferred?.forEach(({ weight = 0, preference = {} }, i) => {
    // A term of no weight or without content is passed over, whatever is in it.
    if (weight !== 0) checkNodeTerm(preference, [...at, 'preferredDuringSchedulingIgnoredDuringExecution', i], problems);
  });
}

function checkNodeTerm({ matchExpressions = [], matchFields = [] }: NodeTerm, path: FieldPath, problems: ConfigurationProblems): void {
  matchExpressions.forEach((requirement, i) => {
    checkLabelRequirement(requirement, [...path, 'matchExpressions', i], problems);
  });
  matchFields.forEach(({ key = '', operator = '', values = [] }, i) => {
    const at = [...path, 'matchFields', i];
    if (key !== 'metadata.name') problems.unsupported([...at, 'key'], key, ['metadata.name']);
    if (!FIELD_OPERATORS.includes(operator)) problems.unsupported([...at, 'operator'], operator, FIELD_OPERATORS);
    else if (values.length !== 1) problems.invalid([...at, 'values'], values, 'must have one element');
  });
}

/** Models NewRequirement of apimachinery/pkg/labels. */
function checkLabelRequirement(
  { key = '', operator = '', values = [] }: Requirement,
  path: FieldPath,
  problems: ConfigurationProblems,
): void {
  if (!LABEL_OPERATORS.includes(operator)) return problems.unsupported([...path, 'operator'], operator, LABEL_OPERATORS);
  for (const words of isQualifiedName(key)) problems.invalid([...path, 'key'], key, words);
  const at = [...path, 'values'];
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) problems.invalid(at, values, "for 'in', 'notin' operators, values set can't be empty");
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) problems.invalid(at, values, 'values set must be empty for exists and does not exist');
  } else {
    if (values.length !== 1) problems.invalid(at, values, "for 'Gt', 'Lt' operators, exactly one value is required");
    values.forEach((value, i) => {
      if (!/^[-+]?\d+$/.test(value)) problems.invalid([...at, i], value, "for 'Gt', 'Lt' operators, the value must be an integer");
    });
  }
}

interface NamedWeight {
  readonly name?: string;
  readonly weight?: number;
}

function checkBalancedAllocation({ resources = [] }: Args, path: FieldPath, problems: ConfigurationProblems): void {
  const seen = new Set<string>();
  (resources as readonly NamedWeight[]).forEach(({ name = '', weight = 1 }, i) => {
    const at = [...path, 'resources', i];
    if (seen.has(name)) problems.duplicate([...at, 'name'], JSON.stringify(name));
    seen.add(name);
    // A weight of 0 is filled in with 1 before it is looked at.
    if (weight !== 0 && weight !== 1) problems.invalid([...at, 'weight'], weight, 'must be 1');
  });
}

function checkFit(args: Args, path: FieldPath, problems: ConfigurationProblems): void {
  const {
    ignoredResources = [],
    ignoredResourceGroups = [],
    scoringStrategy: strategy,
  } = args as {
    readonly ignoredResources?: readonly string[];
    readonly ignoredResourceGroups?: readonly string[];
    readonly scoringStrategy?: {
      readonly type?: string;
      readonly resources?: readonly NamedWeight[];
      readonly requestedToCapacityRatio?: { readonly shape?: readonly Point[] };
    };
  };
  ignoredResources.forEach((name, i) => {
    for (const words of isQualifiedName(name)) problems.invalid([...path, 'ignoredResources', i], name, words);
  });
  ignoredResourceGroups.forEach((group, i) => {
    const at = [...path, 'ignoredResourceGroups', i];
    if (group.includes('/')) problems.invalid(at, group, "resource group name can't contain '/'");
    for (const words of isQualifiedName(group)) problems.invalid(at, group, words);
  });
  if (strategy === undefined) return;
  const at = [...path, 'scoringStrategy'];
  const { type = '', resources = [], requestedToCapacityRatio: ratio } = strategy;
  if (!STRATEGIES.includes(type)) problems.unsupported([...at, 'type'], type, STRATEGIES);
  resources.forEach(({ name = '', weight = 0 }, i) => {
    // A weight of 0 is filled in with 1 before it is looked at.
    if (weight < 0 || weight > 100)
      problems.invalid([...at, 'resources', i, 'weight'], weight, `resource weight of ${name} not in valid range (0, 100]`);
  });
  const ratioPath = [...at, 'requestedToCapacityRatio'];
  if (type === 'RequestedToCapacityRatio') {
    if (ratio === undefined) problems.required(ratioPath, 'must be specified when type is RequestedToCapacityRatio');
    else checkShape(ratio.shape ?? [], [...ratioPath, 'shape'], problems);
  } else if (ratio !== undefined) problems.forbidden(ratioPath, 'must be nil when type is not RequestedToCapacityRatio');
}

interface Point {
  readonly utilization?: number;
  readonly score?: number;
}

function checkShape(shape: readonly Point[], path: FieldPath, problems: ConfigurationProblems): void {
  if (shape.length === 0) return problems.required(path, 'at least one point must be specified');
  const unsorted = shape.findIndex(({ utilization = 0 }, i) => i > 0 && (shape[i - 1]!.utilization ?? 0) >= utilization);
  if (unsorted > 0)
    problems.invalid([...path, unsorted, 'utilization'], shape[unsorted]!.utilization ?? 0, 'values must be sorted in increasing order');
  shape.forEach(({ utilization = 0, score = 0 }, i) => {
    if (utilization < 0 || utilization > 100) problems.invalid([...path, i, 'utilization'], utilization, 'not in valid range [0, 100]');
    if (score < 0 || score > 10) problems.invalid([...path, i, 'score'], score, 'not in valid range [0, 10]');
  });
}

interface Constraint {
  readonly maxSkew?: number;
  readonly topologyKey?: string;
  readonly whenUnsatisfiable?: string;
  readonly labelSelector?: unknown;
}

function checkTopologySpread(args: Args, path: FieldPath, problems: ConfigurationProblems): void {
  const constraints = (args.defaultConstraints ?? []) as readonly Constraint[];
  const type = (args.defaultingType as string | undefined) ?? 'System';
  if (type !== 'System' && type !== 'List') problems.unsupported([...path, 'defaultingType'], type, ['System', 'List']);
  else if (type === 'System' && constraints.length > 0)
    problems.invalid([...path, 'defaultingType'], type, 'when .defaultConstraints are not empty');
  constraints.forEach(({ maxSkew = 0, topologyKey = '', whenUnsatisfiable = '', labelSelector }, i) => {
    const at = [...path, 'defaultConstraints', i];
    if (maxSkew <= 0) problems.invalid([...at, 'maxSkew'], maxSkew, 'not in valid range (0, inf)');
    if (topologyKey === '') problems.required([...at, 'topologyKey'], 'can not be empty');
    else for (const words of isQualifiedName(topologyKey)) problems.invalid([...at, 'topologyKey'], topologyKey, words);
    if (whenUnsatisfiable === '') problems.required([...at, 'whenUnsatisfiable'], 'can not be empty');
    else if (whenUnsatisfiable !== 'DoNotSchedule' && whenUnsatisfiable !== 'ScheduleAnyway')
      problems.unsupported([...at, 'whenUnsatisfiable'], whenUnsatisfiable, ['DoNotSchedule', 'ScheduleAnyway']);
    if (labelSelector !== undefined)
      problems.forbidden([...at, 'labelSelector'], 'constraint must not define a selector, as they deduced for each pod');
    const isRepeated = constraints
      .slice(0, i)
      .some((other) => (other.topologyKey ?? '') === topologyKey && (other.whenUnsatisfiable ?? '') === whenUnsatisfiable);
    if (isRepeated) problems.duplicate(at, JSON.stringify(`{${topologyKey}, ${whenUnsatisfiable}}`));
  });
}

function checkVolumeBinding(args: Args, path: FieldPath, problems: ConfigurationProblems): void {
  const seconds = (args.bindTimeoutSeconds as number | undefined) ?? 600;
  if (seconds < 0) problems.invalid([...path, 'bindTimeoutSeconds'], seconds, 'invalid BindTimeoutSeconds, should not be a negative value');
  if (args.shape === undefined) return;
  const words = 'unexpected field `shape`, remove it or turn on the feature gate StorageCapacityScoring';
  problems.invalid([...path, 'shape'], args.shape, words);
}

export const DURATION_WANTED = 'a duration of Go such as "15s" or "1m30s"';
const UNIT_US: { readonly [unit: string]: number } = { ns: 1e-3, us: 1, µs: 1, ms: 1e3, s: 1e6, m: 60e6, h: 3600e6 };

/** Models time.ParseDuration; undefined when it is none. */
export function goDurationUs(text: string): number | undefined {
  const match = /^([-+]?)((?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/.exec(text);
  if (match === null) return text === '0' ? 0 : undefined;
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g)) sum += Number(amount) * UNIT_US[unit!]!;
  return match[1] === '-' ? -sum : sum;
}
