/**
 * What a kubectl verb works with, and how it says that something went wrong.
 *
 * Models k8s.io/kubectl/pkg/cmd/util/helpers.go (the wording of server errors) and cli-runtime's printers for one-line answers.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { Store } from '../../apiserver/store.ts';
import type { Client } from '../../client/client.ts';
import { type Awaitable, type Task, wait } from '../../client/task.ts';
import { KINDS, type Kind, type KindMap } from '../../model/kinds.ts';
import { type KubeObject, keyOf, type LabelSelector } from '../../model/meta.ts';
import type { Simulation } from '../../sim/simulation.ts';
import { parseSelector } from '../selector-text.ts';
import type { Flags, ParsedCommand } from './command-line.ts';
import { type ResourceArguments, resourceArguments } from './resource-arguments.ts';

export interface KubectlContext {
  readonly sim: Simulation;
  readonly client: Client;
  /** For what kubectl watches; reads and writes go through the client. */
  readonly store: Store;
  /** One line, or several at once, of what kubectl prints. */
  print(text: string): void;
  /** The objects of a manifest file, by the name it is called on the command line. */
  manifest(file: string): readonly KubeObject[];
}

/** What kubectl prints to stderr before it leaves with 1. */
export class KubectlError extends Error {
  override readonly name = 'KubectlError';
}

/** From the server to kubectl's watch: the median of client/informer.ts; kubectl draws nothing of its own. */
const WATCH_HOP_US = 3_000;

export const DEFAULT_NAMESPACE = 'default';

export function namespaceOf(flags: Flags): string {
  return flags.text('namespace') ?? DEFAULT_NAMESPACE;
}

/** `deployment.apps/web`, as kubectl names an object in its answers. */
export function resourceName(kind: Kind, name: string): string {
  return `${singular(kind)}/${name}`;
}

/** `deployment.apps`, `service`. */
export function singular(kind: Kind): string {
  const { group } = KINDS[kind];
  return group === '' ? kind.toLowerCase() : `${kind.toLowerCase()}.${group}`;
}

/** What kubectl prints of an error; `act` is what it was doing, such as `error when creating "web.yaml"`. */
export function errorText(error: unknown, act = ''): string {
  if (error instanceof KubectlError) return error.message;
  if (!(error instanceof ApiError)) throw error;
  const before = act === '' ? '' : `${act}: `;
  if (error.reason !== 'Invalid' || error.causes.length === 0) return `Error from server (${error.reason}): ${before}${error.message}`;
  const subject = /^(\w+)[\w.-]* ("[^"]*") is invalid/.exec(error.message);
  const causes = error.causes.map(({ field, message }) => `${field}: ${message}`);
  const what = subject === null ? 'The request is invalid' : `The ${subject[1]} ${subject[2]} is invalid`;
  return causes.length === 1 ? `${what}: ${causes[0]}` : `${what}: \n${causes.map((cause) => `* ${cause}`).join('\n')}`;
}

/** The objects the arguments name, read from the server; with a selector, those it takes. */
export function* selectObjects(
  command: ParsedCommand,
  context: KubectlContext,
  args: readonly string[] = command.args,
): Task<readonly KubeObject[]> {
  const found: KubeObject[] = [];
  for (const file of command.flags.all('filename')) {
    for (const { kind, metadata } of context.manifest(file)) {
      found.push(
        yield* context.client.get(kind as Kind, namespaceIn(kind as Kind, metadata.namespace ?? namespaceOf(command.flags)), metadata.name),
      );
    }
  }
  const { kinds, targets }: ResourceArguments = resourceArguments(args);
  const namespace = namespaceOf(command.flags);
  for (const { kind, name } of targets) found.push(yield* context.client.get(kind, namespaceIn(kind, namespace), name));
  if (targets.length > 0) return found;
  const selector: LabelSelector | undefined = command.flags.has('selector') ? parseSelector(command.flags.text('selector')!) : undefined;
  for (const kind of kinds) {
    const options = { ...(KINDS[kind].namespaced ? { namespace } : {}), ...(selector === undefined ? {} : { labelSelector: selector }) };
    found.push(...(yield* context.client.list(kind, options)).items);
  }
  return found;
}

/** The namespace a request for that kind carries. */
export function namespaceIn(kind: Kind, namespace: string): string | undefined {
  return KINDS[kind].namespaced ? namespace : undefined;
}

/**
 * Watches one object until `isDone` of it, or of its absence, and answers what it then was; 'timeout' when that takes
 * longer than `timeoutUs`. `isDone` is asked again at each change, so it may print on the way.
 */
export function* waitForObject<K extends Kind>(
  context: KubectlContext,
  kind: K,
  namespace: string | undefined,
  name: string,
  isDone: (object: KindMap[K] | undefined) => boolean,
  timeoutUs?: number,
): Task<KindMap[K] | undefined | 'timeout'> {
  const { sim, store } = context;
  const key = keyOf(namespace, name);
  const ended: Awaitable<KindMap[K] | undefined | 'timeout'> = {
    start: (done, failed) => {
      let isOver = false;
      const end = (value: KindMap[K] | undefined | 'timeout') => {
        isOver = true;
        watch.stop();
        done(value);
      };
      const look = (object: KindMap[K] | undefined) => {
        if (isOver) return;
        try {
          if (isDone(object)) end(object);
        } catch (error) {
          isOver = true;
          watch.stop();
          failed(error);
        }
      };
      const watch = store.watch(kind, store.revision, ({ type, object }) => {
        if (keyOf(object.metadata.namespace, object.metadata.name) !== key) return;
        sim.after(WATCH_HOP_US, () => look(type === 'DELETED' ? undefined : object));
      });
      sim.after(WATCH_HOP_US, () => look(store.get(kind, key)));
      if (timeoutUs !== undefined) {
        sim.after(timeoutUs, () => {
          if (!isOver) end('timeout');
        });
      }
    },
  };
  return yield* wait(ended);
}
