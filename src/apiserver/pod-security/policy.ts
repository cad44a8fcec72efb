/**
 * Which pod security standard a namespace asks for, by its labels: what is refused, and what is only warned of.
 *
 * Models staging/src/k8s.io/pod-security-admission/api/helpers.go (PolicyToEvaluate), with the defaults of an API server that was given no
 * configuration: privileged, latest. What the audit mode finds goes to an audit log, which nothing here reads.
 */
import type { StringMap } from '../../model/meta.ts';
import type { StatusCause } from '../api-error.ts';

export type Level = 'privileged' | 'baseline' | 'restricted';

/** From the laxest to the strictest. */
const LEVELS: readonly Level[] = ['privileged', 'baseline', 'restricted'];

export interface LevelVersion {
  readonly level: Level;
  /** The minor version of the standard; undefined for the latest. */
  readonly minor: number | undefined;
}

export interface Policy {
  readonly enforce: LevelVersion;
  readonly warn: LevelVersion;
  /** What is wrong with the labels, in the words of the API server. */
  readonly problems: readonly StatusCause[];
}

const PREFIX = 'pod-security.kubernetes.io/';
const LATEST_PRIVILEGED: LevelVersion = { level: 'privileged', minor: undefined };
const DEFAULT_POLICY: Policy = { enforce: LATEST_PRIVILEGED, warn: LATEST_PRIVILEGED, problems: [] };
const known = new WeakMap<StringMap, Policy>();

export function policyOf(labels: StringMap | undefined): Policy {
  if (labels === undefined) return DEFAULT_POLICY;
  let policy = known.get(labels);
  if (policy === undefined) {
    policy = Object.keys(labels).some((key) => key.startsWith(PREFIX)) ? parsed(labels) : DEFAULT_POLICY;
    known.set(labels, policy);
  }
  return policy;
}

/** `restricted:latest`, `baseline:v1.24`. */
export function levelText({ level, minor }: LevelVersion): string {
  return `${level}:${minor === undefined ? 'latest' : `v1.${minor}`}`;
}

/** Below 0 when `a` is laxer than `b`, above 0 when it is stricter. */
export function compareLevels(a: Level, b: Level): number {
  return LEVELS.indexOf(a) - LEVELS.indexOf(b);
}

export function isSameLevel(a: LevelVersion, b: LevelVersion): boolean {
  return a.level === b.level && a.minor === b.minor;
}

/** What cannot be read is enforced as the strictest, and warned of not at all. */
function parsed(labels: StringMap): Policy {
  const problems: StatusCause[] = [];
  const enforce = mode(labels, 'enforce', 'restricted', problems);
  mode(labels, 'audit', 'privileged', problems);
  const warn = mode(labels, 'warn', 'privileged', problems);
  return { enforce: withoutGiven(enforce), warn: warnFrom(enforce, warn), problems };
}

interface Mode extends LevelVersion {
  readonly hasLevel: boolean;
  readonly hasVersion: boolean;
  readonly isLevelGood: boolean;
}

function mode(labels: StringMap, name: 'enforce' | 'audit' | 'warn', fallback: Level, problems: StatusCause[]): Mode {
  const label = `${PREFIX}${name}`;
  const given = labels[label];
  const isLevelGood = given !== undefined && (LEVELS as readonly string[]).includes(given);
  if (given !== undefined && !isLevelGood) problems.push(invalid(label, given, `must be one of ${LEVELS.join(', ')}`));
  const version = labels[`${label}-version`];
  const minor = version === undefined ? undefined : /^v1\.(0|[1-9][0-9]*)$/.exec(version)?.[1];
  if (version !== undefined && version !== 'latest' && minor === undefined) {
    problems.push(invalid(`${label}-version`, version, 'must be "latest" or "v1.x"'));
  }
  return {
    level: given === undefined ? 'privileged' : isLevelGood ? (given as Level) : fallback,
    minor: minor === undefined ? undefined : Number(minor),
    hasLevel: given !== undefined,
    hasVersion: version !== undefined,
    isLevelGood,
  };
}

/** Who enforces a level and says nothing of warnings is warned by it too: of a Deployment whose pods will be refused. */
function warnFrom(enforce: Mode, warn: Mode): LevelVersion {
  const follows = !warn.hasLevel && enforce.isLevelGood && compareLevels(enforce.level, warn.level) > 0;
  if (!follows) return withoutGiven(warn);
  return { level: enforce.level, minor: warn.hasVersion ? warn.minor : enforce.minor };
}

function withoutGiven({ level, minor }: Mode): LevelVersion {
  return { level, minor };
}

function invalid(label: string, value: string, why: string): StatusCause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: "${value}": ${why}`, field: `metadata.labels[${label}]` };
}
