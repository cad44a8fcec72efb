/**
 * `kubectl set env`: variables of containers, set, taken away, listed, or taken from a ConfigMap or Secret.
 *
 * Models k8s.io/kubectl/pkg/cmd/set/set_env.go. Left out: `--resolve`.
 */
import type { Task } from '../../../client/task.ts';
import type { KubeObject } from '../../../model/meta.ts';
import type { ParsedCommand } from '../command-line.ts';
import { type KubectlContext, printLine, warnLine } from '../context.ts';
import { KubectlError, throwAll } from '../errors.ts';
import { asMap, isMap, type JsonMap, mapAt, textAt } from '../json.ts';
import { select, selectObjects } from '../select.ts';
import { changePodSpecs, podSpecOf, withContainers } from './pod-spec.ts';

type EnvVar = JsonMap & { readonly name: string };

const ENV_NAME = /^[-._a-zA-Z][-._a-zA-Z0-9]*$/;

export function* setEnv(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags } = command;
  const isEnvironment = (arg: string) => /^[-._a-zA-Z0-9]+=/.test(arg) || (/^[-._a-zA-Z0-9]+-$/.test(arg) && !arg.includes('/'));
  const first = command.args.findIndex(isEnvironment);
  const resources = first < 0 ? command.args : command.args.slice(0, first);
  const specs = [...flags.all('env'), ...(first < 0 ? [] : command.args.slice(first))];
  if (specs.some((spec) => !isEnvironment(spec)))
    throw new KubectlError(`all resources must be specified before environment changes: ${specs.find((spec) => !isEnvironment(spec))}`);
  if (resources.length === 0 && !flags.has('filename'))
    throw new KubectlError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  const isList = flags.isOn('list');
  if (isList && flags.has('output')) throw new KubectlError('--list and --output may not be specified together');
  if (flags.has('keys') && !flags.has('from'))
    throw new KubectlError('when specifying --keys, a configmap or secret must be provided with --from');
  const { set, removed } = parseEnvironment(specs);
  const prefix = flags.text('prefix') ?? '';
  const added = [...set, ...(yield* fromObject(command, context))].map((one) => ({ ...one, name: prefix + one.name }));
  const pattern = flags.text('containers') ?? '*';
  if (isList) return yield* list(command, context, resources, pattern, added, removed);
  if (added.length + removed.length === 0 && specs.length === 0) {
    throwAll((yield* select(command, context, { args: resources })).errors);
    throw new KubectlError('at least one environment variable must be provided');
  }
  yield* changePodSpecs(command, context, {
    resources,
    operation: 'env updated',
    failure: 'failed to patch env update to pod template:',
    change: (spec, object) => {
      const changed = withContainers(spec, pattern, (container) => {
        if (!flags.isOn('overwrite', true)) checkOverwrites((container.env ?? []) as unknown as EnvVar[], added);
        const env = merged((container.env ?? []) as unknown as EnvVar[], added, removed);
        const { env: _, ...rest } = container;
        return env.length === 0 ? rest : { ...rest, env: env as unknown as NonNullable<typeof container.env> };
      });
      if (changed.count > 0) return changed.spec;
      warnLine(context, `Warning: ${object.kind}/${object.metadata.name} does not have any containers matching ${JSON.stringify(pattern)}`);
      return undefined;
    },
  });
}

function parseEnvironment(specs: readonly string[]): { set: EnvVar[]; removed: string[] } {
  const set = new Map<string, EnvVar>();
  const removed: string[] = [];
  for (const spec of specs) {
    const equals = spec.indexOf('=');
    if (equals < 0) {
      removed.push(spec.slice(0, -1));
      continue;
    }
    const name = spec.slice(0, equals);
    if (!ENV_NAME.test(name)) throw new KubectlError(`invalid environment variable format: ${spec}`);
    set.set(name, { name, value: spec.slice(equals + 1) });
  }
  if (removed.some((name) => set.has(name)))
    throw new KubectlError('can not both modify and remove the same environment variable in the same command');
  return { set: [...set.values()], removed };
}

/** `--from=configmap/NAME`: a reference to each of its keys. */
function* fromObject(command: ParsedCommand, context: KubectlContext): Task<EnvVar[]> {
  const from = command.flags.text('from');
  if (from === undefined) return [];
  const keys = command.flags.list('keys');
  const added: EnvVar[] = [];
  for (const object of yield* selectObjects(command, context, { args: [from] })) {
    const field = object.kind === 'Secret' ? 'secretKeyRef' : object.kind === 'ConfigMap' ? 'configMapKeyRef' : undefined;
    if (field === undefined) throw new KubectlError('unsupported resource specified in --from');
    for (const key of Object.keys(mapAt(asMap(object), 'data')).sort()) {
      if (keys.length > 0 && !keys.includes(key)) continue;
      added.push({ name: envName(key, context), valueFrom: { [field]: { name: object.metadata.name, key } } });
    }
  }
  return added;
}

/** `db.host` becomes `DB_HOST`. */
function envName(key: string, context: KubectlContext): string {
  const name = key.replaceAll(/[^a-zA-Z0-9_]/g, '_').toUpperCase();
  if (name !== key) warnLine(context, `Warning: key ${key} transferred to ${name}`);
  return name;
}

function merged(existing: readonly EnvVar[], added: readonly EnvVar[], removed: readonly string[]): EnvVar[] {
  const kept = existing.filter(({ name }) => !removed.includes(name)).map((one) => added.find(({ name }) => name === one.name) ?? one);
  const names = new Set(existing.map(({ name }) => name));
  return [...kept, ...added.filter(({ name }) => !names.has(name) && !removed.includes(name))];
}

function checkOverwrites(existing: readonly EnvVar[], added: readonly EnvVar[]): void {
  for (const { name, value } of added) {
    const present = existing.find((one) => one.name === name);
    if (present !== undefined && present.value !== value)
      throw new KubectlError(`'${name}' already has a value (${String(present.value ?? '')}), and --overwrite is false`);
  }
}

function* list(
  command: ParsedCommand,
  context: KubectlContext,
  resources: readonly string[],
  pattern: string,
  added: readonly EnvVar[],
  removed: readonly string[],
): Task<void> {
  const { infos, errors } = yield* select(command, context, { args: resources, allowEmptySelector: command.flags.isOn('all') });
  throwAll(errors);
  for (const { object } of infos) listOne(object!, pattern, added, removed, context);
}

function listOne(object: KubeObject, pattern: string, added: readonly EnvVar[], removed: readonly string[], context: KubectlContext): void {
  withContainers(podSpecOf(object), pattern, (container) => {
    printLine(context, `# ${object.kind} ${object.metadata.name}, container ${container.name}`);
    for (const { name, value, valueFrom } of merged((container.env ?? []) as unknown as EnvVar[], added, removed)) {
      printLine(context, isMap(valueFrom) ? `# ${name} from ${referenceText(valueFrom)}` : `${name}=${String(value ?? '')}`);
    }
    return container;
  });
}

function referenceText(valueFrom: JsonMap): string {
  const [source] = Object.keys(valueFrom);
  const of = (field: string) => textAt(valueFrom, `${source}.${field}`) ?? '';
  if (source === 'configMapKeyRef') return `configmap ${of('name')}, key ${of('key')}`;
  if (source === 'secretKeyRef') return `secret ${of('name')}, key ${of('key')}`;
  if (source === 'fieldRef') return `field path ${of('fieldPath')}`;
  return `resource field path ${of('containerName') === '' ? '' : `container: ${of('containerName')}, `}${of('resource')}`;
}
