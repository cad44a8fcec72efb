/**
 * Which objects the arguments of a command name: `deployment/web`, `deploy web api`, `rs,pods`, `deployments.apps web`.
 *
 * Models k8s.io/cli-runtime/pkg/resource/builder.go (ResourceTypeOrNameArgs) and client-go's shortcut expander.
 */
import { nearestName } from '../../base/errors.ts';
import { KINDS, type Kind } from '../../model/kinds.ts';
import { CommandLineError } from './command-line-error.ts';

export interface NamedTarget {
  readonly kind: Kind;
  readonly name: string;
}

export interface ResourceArguments {
  readonly kinds: readonly Kind[];
  /** Empty when only kinds are named: all objects, or those a selector takes. */
  readonly targets: readonly NamedTarget[];
  /** The objects are named as `type/name`, each by itself. */
  readonly isCombined: boolean;
}

const BY_NAME = new Map<string, Kind>();
for (const { kind, resource, shortNames, group, version } of Object.values(KINDS)) {
  for (const name of [kind.toLowerCase(), resource, ...shortNames]) {
    if (!BY_NAME.has(name)) BY_NAME.set(name, kind);
    if (group === '') continue;
    BY_NAME.set(`${name}.${group}`, kind);
    BY_NAME.set(`${name}.${version}.${group}`, kind);
  }
}
/** What `all` stands for, in the order the server lists them. */
export const ALL_KINDS: readonly Kind[] = [
  'Pod',
  'ReplicationController',
  'Service',
  'DaemonSet',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'HorizontalPodAutoscaler',
  'CronJob',
  'Job',
];

/** Undefined when there is no such type. */
export function findKind(name: string): Kind | undefined {
  return BY_NAME.get(name.toLowerCase());
}

export function kindNamed(name: string): Kind {
  const kind = findKind(name);
  if (kind !== undefined) return kind;
  throw new CommandLineError({
    wanted: 'a resource type such as "deployment"',
    found: JSON.stringify(name),
    suggestion: nearestName(name, BY_NAME.keys()),
    words: `the server doesn't have a resource type "${name}"`,
  });
}

/** The kinds, or the one list of kinds, that a word such as `deploy,rs` or `all` stands for. */
export function kindsNamed(word: string): Kind[] {
  const kinds = word.split(',').flatMap((name) => (name === 'all' ? [...ALL_KINDS] : [kindNamed(name)]));
  return [...new Set(kinds)];
}

export function resourceArguments(args: readonly string[]): ResourceArguments {
  const withSlash = args.filter((arg) => arg.includes('/'));
  if (withSlash.length > 0 && withSlash.length < args.length) throw mixed(args);
  if (withSlash.length > 0) {
    const targets = args.map(targetNamed);
    return { kinds: [...new Set(targets.map(({ kind }) => kind))], targets, isCombined: true };
  }
  const [first, ...names] = args;
  if (first === undefined) return { kinds: [], targets: [], isCombined: false };
  const kinds = kindsNamed(first);
  const targets = kinds.flatMap((kind) => names.map((name) => ({ kind, name })));
  return { kinds, targets, isCombined: first.includes(',') && names.length > 0 };
}

function targetNamed(arg: string): NamedTarget {
  const parts = arg.split('/');
  const [type = '', name = ''] = parts;
  if (parts.length > 2) throw malformed(arg, 'arguments in resource/name form may not have more than one slash');
  if (type === '' || name === '' || type.includes(','))
    throw malformed(arg, 'arguments in resource/name form must have a single resource and name');
  return { kind: kindNamed(type), name };
}

function malformed(arg: string, words: string): CommandLineError {
  return new CommandLineError({ wanted: '"type/name"', found: JSON.stringify(arg), words });
}

function mixed(args: readonly string[]): CommandLineError {
  const arg = args.find((one) => !one.includes('/'))!;
  return new CommandLineError({
    wanted: '"type/name", as in the other arguments',
    found: JSON.stringify(arg),
    words:
      "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. 'kubectl get resource/<resource_name>' instead of 'kubectl get resource resource/<resource_name>'",
  });
}
