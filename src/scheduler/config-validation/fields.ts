/**
 * Which fields a KubeSchedulerConfiguration has and of which type each is: the strict decoding that comes before validation.
 *
 * Models staging/src/k8s.io/kube-scheduler/config/v1/types.go and types_pluginargs.go. What is misnamed or of a wrong type is told and
 * left out of what is decoded, so that the rules behind it see only values of the right type.
 */
import { nearestName } from '../../base/errors.ts';
import type { ConfigurationProblems, FieldPath } from './problem.ts';

export type Shape =
  | { readonly kind: 'text' | 'flag' | 'number' | 'any' }
  | { readonly kind: 'whole'; readonly bits: 32 | 64 }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'texts' }
  | { readonly kind: 'map'; readonly fields: { readonly [name: string]: Shape } };

const text: Shape = { kind: 'text' };
const flag: Shape = { kind: 'flag' };
const number: Shape = { kind: 'number' };
const int32: Shape = { kind: 'whole', bits: 32 };
const int64: Shape = { kind: 'whole', bits: 64 };
const any: Shape = { kind: 'any' };
const list = (of: Shape): Shape => ({ kind: 'list', of });
const map = (fields: { readonly [name: string]: Shape }): Shape => ({ kind: 'map', fields });

const plugins = map({ enabled: list(map({ name: text, weight: int32 })), disabled: list(map({ name: text, weight: int32 })) });

export const POINT_TYPES = {
  preEnqueue: 'PreEnqueuePlugin',
  preFilter: 'PreFilterPlugin',
  filter: 'FilterPlugin',
  postFilter: 'PostFilterPlugin',
  reserve: 'ReservePlugin',
  preScore: 'PreScorePlugin',
  score: 'ScorePlugin',
  preBind: 'PreBindPlugin',
  bind: 'BindPlugin',
  postBind: 'PostBindPlugin',
  permit: 'PermitPlugin',
  queueSort: 'QueueSortPlugin',
} as const;

const profile = map({
  schedulerName: text,
  percentageOfNodesToScore: int32,
  plugins: map(Object.fromEntries(['multiPoint', ...Object.keys(POINT_TYPES)].map((point) => [point, plugins]))),
  pluginConfig: list(map({ name: text, args: any })),
});

export const CONFIGURATION = map({
  apiVersion: text,
  kind: text,
  parallelism: int32,
  leaderElection: map({
    leaderElect: flag,
    leaseDuration: text,
    renewDeadline: text,
    retryPeriod: text,
    resourceLock: text,
    resourceName: text,
    resourceNamespace: text,
  }),
  clientConnection: map({ kubeconfig: text, acceptContentTypes: text, contentType: text, qps: number, burst: int32 }),
  enableProfiling: flag,
  enableContentionProfiling: flag,
  percentageOfNodesToScore: int32,
  podInitialBackoffSeconds: int64,
  podMaxBackoffSeconds: int64,
  profiles: list(profile),
  extenders: any,
  delayCacheUntilActive: flag,
});

const resources = list(map({ name: text, weight: int64 }));
const shape = list(map({ utilization: int32, score: int32 }));
const requirement = map({ key: text, operator: text, values: list(text) });
const nodeTerm = map({ matchExpressions: list(requirement), matchFields: list(requirement) });
const selector = map({ matchLabels: { kind: 'texts' }, matchExpressions: list(requirement) });

/** By plugin. Those not listed take no arguments of their own. */
export const ARGS: { readonly [plugin: string]: Shape } = {
  DefaultPreemption: map({ apiVersion: text, kind: text, minCandidateNodesPercentage: int32, minCandidateNodesAbsolute: int32 }),
  DynamicResources: map({ apiVersion: text, kind: text, filterTimeout: text, bindingTimeout: text }),
  InterPodAffinity: map({ apiVersion: text, kind: text, hardPodAffinityWeight: int32, ignorePreferredTermsOfExistingPods: flag }),
  NodeAffinity: map({
    apiVersion: text,
    kind: text,
    addedAffinity: map({
      requiredDuringSchedulingIgnoredDuringExecution: map({ nodeSelectorTerms: list(nodeTerm) }),
      preferredDuringSchedulingIgnoredDuringExecution: list(map({ weight: int32, preference: nodeTerm })),
    }),
  }),
  NodeResourcesBalancedAllocation: map({ apiVersion: text, kind: text, resources }),
  NodeResourcesFit: map({
    apiVersion: text,
    kind: text,
    ignoredResources: list(text),
    ignoredResourceGroups: list(text),
    scoringStrategy: map({ type: text, resources, requestedToCapacityRatio: map({ shape }) }),
  }),
  PodTopologySpread: map({
    apiVersion: text,
    kind: text,
    defaultConstraints: list(
      map({
        maxSkew: int32,
        topologyKey: text,
        whenUnsatisfiable: text,
        labelSelector: selector,
        minDomains: int32,
        nodeAffinityPolicy: text,
        nodeTaintsPolicy: text,
        matchLabelKeys: list(text),
      }),
    ),
    defaultingType: text,
  }),
  VolumeBinding: map({ apiVersion: text, kind: text, bindTimeoutSeconds: int64, shape }),
};

/** `value` without what does not fit `shape`; undefined when nothing is left. An empty value counts as one that is not there. */
export function decoded(value: unknown, shape: Shape, path: FieldPath, problems: ConfigurationProblems): unknown {
  if (value === undefined || value === null) return undefined;
  switch (shape.kind) {
    case 'any':
      return value;
    case 'list':
      if (!Array.isArray(value)) return wrong('a list');
      // A wrong item keeps its place, so that those behind it keep theirs.
      return value.map((item, at) => decoded(item, shape.of, [...path, at], problems) ?? (shape.of.kind === 'map' ? {} : ''));
    case 'map':
      return isMap(value) ? decodedMap(value, shape.fields, path, problems) : wrong(`a map with ${Object.keys(shape.fields).join(', ')}`);
    case 'texts':
      return isMap(value) ? value : wrong('a map of texts');
    case 'text':
      return typeof value === 'string' ? value : wrong('a text');
    case 'flag':
      return typeof value === 'boolean' ? value : wrong('true or false');
    case 'number':
      return typeof value === 'number' ? value : wrong('a number');
    case 'whole': {
      const limit = shape.bits === 32 ? 2 ** 31 : Number.MAX_SAFE_INTEGER;
      if (typeof value === 'number' && Number.isInteger(value) && value >= -limit && value < limit) return value;
      return wrong(typeof value === 'number' && Number.isInteger(value) ? `a whole number of ${shape.bits} bits` : 'a whole number');
    }
  }

  function wrong(wanted: string): undefined {
    problems.expected(path, wanted, foundText(value));
    return undefined;
  }
}

function decodedMap(
  value: { readonly [key: string]: unknown },
  fields: { readonly [name: string]: Shape },
  path: FieldPath,
  problems: ConfigurationProblems,
): { readonly [key: string]: unknown } {
  const result: { [key: string]: unknown } = {};
  const known = Object.keys(fields);
  for (const [key, one] of Object.entries(value)) {
    const shape = fields[key];
    if (shape === undefined) problems.unknownField(path, key, `one of ${known.join(', ')}`, nearestName(key, known));
    else {
      const field = decoded(one, shape, [...path, key], problems);
      if (field !== undefined) result[key] = field;
    }
  }
  return result;
}

export function isMap(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function foundText(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (isMap(value)) return Object.keys(value).length === 0 ? 'an empty map' : `a map of ${Object.keys(value).join(', ')}`;
  return JSON.stringify(value);
}
