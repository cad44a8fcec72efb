/**
 * Which objects the arguments of a command name: `deployment/web`, `deploy web api`, `rs,pods`, `deployments.apps web`.
 *
 * Models k8s.io/cli-runtime/pkg/resource/builder.go (ResourceTypeOrNameArgs).
 */
import { nearestName } from '../../base/errors.ts';
import { KINDS, type Kind } from '../../model/kinds.ts';
import { CommandLineError } from './command-line.ts';

export interface ResourceArguments {
  readonly kinds: readonly Kind[];
  /** Empty when only kinds are named: all objects, or those a selector takes. */
  readonly targets: readonly { readonly kind: Kind; readonly name: string }[];
}

const BY_NAME = new Map<string, Kind>();
for (const { kind, resource, shortNames, group } of Object.values(KINDS)) {
  for (const name of [kind.toLowerCase(), resource, ...shortNames]) {
    BY_NAME.set(name, kind);
    if (group !== '') BY_NAME.set(`${name}.${group}`, kind);
  }
}
/** What `all` stands for, in kubectl's order. */
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

export function kindNamed(name: string): Kind {
  const kind = BY_NAME.get(name.toLowerCase());
  if (kind === undefined)
    throw new CommandLineError('a resource type such as "deployment"', JSON.stringify(name), nearestName(name, BY_NAME.keys()));
  return kind;
}

/** The kinds, or the one list of kinds, that a word such as `deploy,rs` or `all` stands for. */
export function kindsNamed(word: string): Kind[] {
  return word.split(',').flatMap((name) => (name === 'all' ? [...ALL_KINDS] : [kindNamed(name)]));
}

export function resourceArguments(args: readonly string[]): ResourceArguments {
  const [first, ...names] = args;
  if (first === undefined) return { kinds: [], targets: [] };
  if (first.includes('/')) {
    const targets = args.map((arg) => {
      const slash = arg.indexOf('/');
      if (slash < 0) throw new CommandLineError('"type/name", as in the other arguments', JSON.stringify(arg));
      return { kind: kindNamed(arg.slice(0, slash)), name: arg.slice(slash + 1) };
    });
    return { kinds: [...new Set(targets.map(({ kind }) => kind))], targets };
  }
  const kinds = kindsNamed(first);
  return { kinds, targets: kinds.flatMap((kind) => names.map((name) => ({ kind, name }))) };
}
