/**
 * The language of `expect`: `<figure> <comparison> <value> [<when>]`, as in `requests.visitors.failed == 0 between 0s and 10m`.
 *
 * Here is what can be said; what it means in a run stands in expectations.ts.
 */
import { nearestName } from '../base/errors.ts';
import { KIND_NAMES } from '../model/kinds.ts';
import type { LabelSelector } from '../model/meta.ts';
import { parseDurationUs } from './duration.ts';
import { parseSelector, SelectorTextError } from './selector-text.ts';

/** A `state` has a value at every instant; a `count` and a `time` gather over a stretch of the run. */
export type FigureKind = 'state' | 'count' | 'ratio' | 'time' | 'truth';

export interface FigureFamily {
  /** What stands between the family and the field: the name of a traffic, of an object, a selector, or nothing. */
  readonly subject: 'traffic' | 'object' | 'selector' | 'reason' | 'kind' | 'none';
  readonly about: string;
  readonly fields: { readonly [field: string]: readonly [FigureKind, string] };
}

export const FAMILIES = {
  requests: {
    subject: 'traffic',
    about: 'Requests of one traffic, counted when they end.',
    fields: {
      total: ['count', 'requests that have ended'],
      answered: ['count', 'those that were answered'],
      failed: ['count', 'those that were not'],
      failedRatio: ['ratio', 'failed of total'],
      p50: ['time', 'median time to an answer'],
      p90: ['time', '90th percentile'],
      p95: ['time', '95th percentile'],
      p99: ['time', '99th percentile'],
      p999: ['time', '99.9th percentile'],
      max: ['time', 'the longest'],
      mean: ['time', 'the mean'],
    },
  },
  rollout: {
    subject: 'object',
    about: 'The status of one Deployment.',
    fields: {
      revision: ['state', 'its revision, as `rollout history` counts'],
      desired: ['state', 'spec.replicas'],
      replicas: ['state', 'status.replicas'],
      updated: ['state', 'pods of the newest template'],
      ready: ['state', 'ready pods'],
      available: ['state', 'available pods'],
      unavailable: ['state', 'pods still missing'],
      complete: ['truth', 'every pod is updated and available, none is left over'],
      progressing: ['truth', 'the condition Progressing'],
    },
  },
  statefulset: {
    subject: 'object',
    about: 'The status of one StatefulSet.',
    fields: {
      desired: ['state', 'spec.replicas'],
      replicas: ['state', 'pods'],
      ready: ['state', 'ready pods'],
      available: ['state', 'available pods'],
      updated: ['state', 'pods of the newest revision'],
    },
  },
  daemonset: {
    subject: 'object',
    about: 'The status of one DaemonSet.',
    fields: {
      desired: ['state', 'nodes that should run it'],
      ready: ['state', 'nodes where it is ready'],
      available: ['state', 'nodes where it is available'],
      updated: ['state', 'nodes with the newest template'],
    },
  },
  job: {
    subject: 'object',
    about: 'The status of one Job.',
    fields: {
      active: ['state', 'pods at work'],
      succeeded: ['state', 'pods that succeeded'],
      failed: ['state', 'pods that failed'],
      complete: ['truth', 'the condition Complete'],
      givenUp: ['truth', 'the condition Failed'],
    },
  },
  hpa: {
    subject: 'object',
    about: 'One HorizontalPodAutoscaler.',
    fields: { current: ['state', 'replicas it sees'], desired: ['state', 'replicas it wants'] },
  },
  pdb: {
    subject: 'object',
    about: 'The status of one PodDisruptionBudget.',
    fields: {
      allowed: ['state', 'disruptionsAllowed: how many pods may be evicted now'],
      healthy: ['state', 'currentHealthy: its healthy pods'],
      desired: ['state', 'desiredHealthy: how many of them have to stay'],
    },
  },
  service: {
    subject: 'object',
    about: 'One Service.',
    fields: { endpoints: ['state', 'ready endpoints in its slices'] },
  },
  pods: {
    subject: 'selector',
    about: 'All pods, or those of `pods[app=web]`, `pods[shop/app=web]`.',
    fields: {
      total: ['state', 'pods in the API'],
      pending: ['state', 'of phase Pending'],
      running: ['state', 'of phase Running'],
      succeeded: ['state', 'of phase Succeeded'],
      failed: ['state', 'of phase Failed'],
      ready: ['state', 'with the condition Ready'],
      unscheduled: ['state', 'without a node'],
      terminating: ['state', 'being deleted'],
      restarts: ['state', 'restarts of the containers of the pods there are'],
      failing: ['state', 'with a container that ended, or whose image did not come, and that is to be started again'],
      evicted: ['state', 'that failed because a node ran short of something'],
      oomKills: ['count', 'containers killed for their use of memory'],
      created: ['count', 'pods created'],
      deleted: ['count', 'pods removed from the API'],
    },
  },
  nodes: {
    subject: 'none',
    about: 'The nodes.',
    fields: { total: ['state', 'nodes in the API'], ready: ['state', 'with the condition Ready'], unschedulable: ['state', 'cordoned'] },
  },
  events: {
    subject: 'reason',
    about: 'Events of one reason, such as `events.BackOff.count`.',
    fields: { count: ['count', 'how often it was recorded'] },
  },
  objects: {
    subject: 'kind',
    about: 'Objects of one kind, such as `objects.ReplicaSet.count`.',
    fields: { count: ['state', 'objects in the API'] },
  },
} as const satisfies { readonly [family: string]: FigureFamily };

export type Family = keyof typeof FAMILIES;
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

export type When =
  | { readonly kind: 'end' }
  | { readonly kind: 'at'; readonly atUs: number }
  /** Of a state: at every instant. Of a count: what was gathered in it. `toUs` may be infinite: the end. */
  | { readonly kind: 'between'; readonly fromUs: number; readonly toUs: number }
  /** Of a state: at some instant of it. */
  | { readonly kind: 'sometime'; readonly fromUs: number; readonly toUs: number };

export interface Expectation {
  readonly text: string;
  readonly family: Family;
  /** `namespace/name` of an object, a traffic's name, a reason, a kind. */
  readonly subject: string;
  readonly selector: LabelSelector | undefined;
  readonly namespace: string | undefined;
  readonly field: string;
  readonly figure: FigureKind;
  readonly comparison: Comparison;
  /** Of a time in microseconds, of a ratio from 0 to 1, of a truth 0 or 1. */
  readonly value: number;
  readonly when: When;
}

/** Why an expectation cannot be read. */
export class ExpectationError extends Error {
  override readonly name = 'ExpectationError';
  readonly wanted: string;
  readonly found: string;
  readonly suggestion: string | undefined;

  constructor(wanted: string, found: string, suggestion?: string) {
    super(`expected ${wanted}, got ${found}`);
    this.wanted = wanted;
    this.found = found;
    this.suggestion = suggestion;
  }
}

const FORM = /^(\S+?(?:\[[^\]]*\]\S*)?)\s*(==|!=|<=|>=|<|>)\s*(\S+)(?:\s+(.+))?$/;
const FORM_WANTED = 'an expectation such as "requests.visitors.failed == 0 between 0s and 10m"';

export function parseExpectation(text: string): Expectation {
  const match = FORM.exec(text.trim());
  if (match === null) throw new ExpectationError(FORM_WANTED, JSON.stringify(text));
  const [, path, comparison, value, when] = match as unknown as [string, string, Comparison, string, string | undefined];
  const figure = figureOf(path);
  return { text: text.trim(), ...figure, comparison, value: comparedValue(value, figure.figure), when: whenOf(when, figure.figure) };
}

function figureOf(path: string): Pick<Expectation, 'family' | 'subject' | 'selector' | 'namespace' | 'field' | 'figure'> {
  const family = /^\w*/.exec(path)![0] as Family;
  if (!Object.hasOwn(FAMILIES, family)) {
    const names = Object.keys(FAMILIES);
    throw new ExpectationError(`a figure of ${names.join(', ')}`, JSON.stringify(path), nearestName(family, names));
  }
  const { subject: subjectKind, fields }: FigureFamily = FAMILIES[family];
  const dot = path.lastIndexOf('.');
  const field = dot < path.indexOf(']') ? '' : path.slice(dot + 1);
  const between = path.slice(family.length, field === '' ? undefined : dot);
  if (!Object.hasOwn(fields, field)) {
    const names = Object.keys(fields);
    throw new ExpectationError(
      `${names.length === 1 ? names[0] : `one of ${names.join(', ')}`} at the end of ${JSON.stringify(path)}`,
      JSON.stringify(field),
      nearestName(field, names),
    );
  }
  const [figure] = fields[field]!;
  const base = { family, field, figure, selector: undefined, namespace: undefined };
  if (subjectKind === 'none') {
    if (between !== '') throw new ExpectationError(`"${family}.${field}"`, JSON.stringify(path));
    return { ...base, subject: '' };
  }
  if (subjectKind === 'selector') return { ...base, ...selectorOf(between, path, family, field) };
  if (!between.startsWith('.') || between.length < 2) throw new ExpectationError(`"${family}.NAME.${field}"`, JSON.stringify(path));
  const subject = between.slice(1);
  if (subjectKind === 'kind' && !(KIND_NAMES as readonly string[]).includes(subject))
    throw new ExpectationError('a kind that Orrery knows', JSON.stringify(subject), nearestName(subject, KIND_NAMES));
  return { ...base, subject: subjectKind === 'object' && !subject.includes('/') ? `default/${subject}` : subject };
}

function selectorOf(between: string, path: string, family: string, field: string): Pick<Expectation, 'subject' | 'selector' | 'namespace'> {
  if (between === '') return { subject: '', selector: undefined, namespace: undefined };
  const match = /^\[(?:([a-z0-9-]+)\/(?=[^/=]*(?:=|$|,|\s|!)))?([^\]]*)\]$/.exec(between);
  if (match === null) throw new ExpectationError(`"${family}.${field}" or "${family}[app=web].${field}"`, JSON.stringify(path));
  const [, namespace, selector] = match;
  try {
    return { subject: between.slice(1, -1), selector: selector === '' ? undefined : parseSelector(selector!), namespace };
  } catch (error) {
    if (!(error instanceof SelectorTextError)) throw error;
    throw new ExpectationError('a label selector such as "app=web,tier!=db"', JSON.stringify(selector));
  }
}

function comparedValue(text: string, figure: FigureKind): number {
  switch (figure) {
    case 'time': {
      const durationUs = parseDurationUs(text);
      if (durationUs === undefined) throw new ExpectationError('a duration such as "250ms" to compare with', JSON.stringify(text));
      return durationUs;
    }
    case 'truth':
      if (text !== 'true' && text !== 'false') throw new ExpectationError('true or false to compare with', JSON.stringify(text));
      return text === 'true' ? 1 : 0;
    case 'ratio': {
      const percent = /^(\d+(?:\.\d+)?)%$/.exec(text);
      if (percent !== null) return Number(percent[1]) / 100;
      if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
      throw new ExpectationError('a percentage such as "1%" to compare with', JSON.stringify(text));
    }
    default:
      if (/^\d+$/.test(text)) return Number(text);
      throw new ExpectationError('a whole number to compare with', JSON.stringify(text));
  }
}

const WHEN_WANTED = '"at end", "at 5m", "between 0s and 10m", "always", "after 2m", "before 5m", "by 5m" or "within 30s of 5m"';

function whenOf(text: string | undefined, figure: FigureKind): When {
  const isState = figure === 'state' || figure === 'truth';
  const wholeRun: When = { kind: 'between', fromUs: 0, toUs: Number.POSITIVE_INFINITY };
  if (text === undefined) return isState ? { kind: 'end' } : wholeRun;
  const words = text.trim().split(/\s+/);
  const [first, second, third, fourth] = words;
  if (text.trim() === 'always') return wholeRun;
  if (text.trim() === 'at end') return isState ? { kind: 'end' } : wholeRun;
  if (words.length === 2) {
    const us = instantOf(second!);
    if (first === 'at') return isState ? { kind: 'at', atUs: us } : { kind: 'between', fromUs: 0, toUs: us };
    if (first === 'after') return { kind: 'between', fromUs: us, toUs: Number.POSITIVE_INFINITY };
    if (first === 'before') return { kind: 'between', fromUs: 0, toUs: us };
    if (first === 'by') return { kind: isState ? 'sometime' : 'between', fromUs: 0, toUs: us };
  }
  if (words.length === 4 && first === 'between' && third === 'and') {
    const fromUs = instantOf(second!);
    const toUs = fourth === 'end' ? Number.POSITIVE_INFINITY : instantOf(fourth!);
    if (toUs < fromUs) throw new ExpectationError('an end that is not before the beginning', JSON.stringify(text));
    return { kind: 'between', fromUs, toUs };
  }
  if (words.length === 4 && first === 'within' && third === 'of') {
    const fromUs = instantOf(fourth!);
    return { kind: isState ? 'sometime' : 'between', fromUs, toUs: fromUs + instantOf(second!) };
  }
  throw new ExpectationError(WHEN_WANTED, JSON.stringify(text));
}

function instantOf(text: string): number {
  const us = parseDurationUs(text);
  if (us === undefined) throw new ExpectationError('a time such as "5m"', JSON.stringify(text));
  return us;
}
