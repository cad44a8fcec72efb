/**
 * Finds the objects a command is about: in files, by name, by selector, or all of a kind.
 *
 * Models k8s.io/cli-runtime/pkg/resource/builder.go: which of these may be combined, and what is said when they are.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { Task } from '../../client/task.ts';
import { KINDS, type Kind } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import { selectorMatches } from '../../model/selector.ts';
import { namespaceIn } from './api.ts';
import type { Flags, ParsedCommand } from './command-line.ts';
import type { KubectlContext } from './context.ts';
import { isNotFound, KubectlError, SeveralErrors } from './errors.ts';
import { resourceArguments } from './resource-arguments.ts';
import { selectorOf } from './selector-flag.ts';

/** One object, or the place where it should be. */
export interface Info {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly name: string;
  /** As the file has it, or as the server has it. */
  readonly object?: KubeObject;
  /** The file it was read from. */
  readonly source?: string;
}

export interface Selected {
  readonly infos: readonly Info[];
  /** What went wrong on the way; the rest was found all the same. */
  readonly errors: readonly unknown[];
  /** The command names one object, and not a list that may happen to have one. */
  readonly isSingle: boolean;
  /** The command names objects one by one: by name, or in files. */
  readonly isByName: boolean;
}

export interface SelectOptions {
  readonly args?: readonly string[];
  /** A kind alone means all of its objects. */
  readonly allowEmptySelector?: boolean;
  /** Take objects from the server also where only names are given; otherwise names are left unread. */
  readonly fetch?: boolean;
  readonly fieldSelector?: string | undefined;
}

const MISSING = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`;

/** The namespace the command works in. */
export function namespaceOf(flags: Flags, context: KubectlContext): string {
  return flags.text('namespace') ?? context.session.namespace;
}

/** Throws what stops the whole command; what concerns single objects stands in `errors`. */
export function* select(command: ParsedCommand, context: KubectlContext, options: SelectOptions = {}): Task<Selected> {
  const { flags } = command;
  const args = options.args ?? command.args;
  const named = resourceArguments(args);
  const files = flags.all('filename');
  if (files.length > 0) {
    if (named.targets.length > 0 && named.isCombined)
      throw new KubectlError('resource/name arguments cannot be provided when a path is specified');
    if (args.length > 0)
      throw new KubectlError('when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well');
    return yield* fromFiles(files, command, context, options);
  }
  const isAllNamespaces = flags.isOn('all-namespaces');
  const labelSelector = flags.text('selector');
  const fieldSelector = options.fieldSelector ?? flags.text('field-selector');
  const isAll = flags.isOn('all');
  if (isAll && labelSelector !== undefined && labelSelector !== '')
    throw new KubectlError("setting 'all' parameter but found a non empty selector. ");
  const isBare = args.length === 1 && named.targets.length === 0 && options.allowEmptySelector === true;
  if (labelSelector || fieldSelector || isAll || isBare) {
    if (named.isCombined) throw new KubectlError('selectors and the all flag cannot be used when passing resource/name arguments');
    if (named.targets.length > 0) throw new KubectlError('name cannot be provided when a selector is specified');
    if (named.kinds.length === 0) throw new KubectlError('at least one resource must be specified to use a selector');
    const namespace = isAllNamespaces ? undefined : namespaceOf(flags, context);
    return yield* bySelector(named.kinds, { namespace, labelSelector, fieldSelector }, context);
  }
  if (named.targets.length > 0) {
    if (isAllNamespaces && named.targets.some(({ kind }) => KINDS[kind].namespaced))
      throw new KubectlError('a resource cannot be retrieved by name across all namespaces');
    const infos = named.targets.map(({ kind, name }) => ({ kind, name, namespace: namespaceIn(kind, namespaceOf(flags, context)) }));
    const found = options.fetch === false ? { infos, errors: [] } : yield* fetched(infos, context);
    return { ...found, isSingle: infos.length === 1, isByName: true };
  }
  if (named.kinds.length > 0) throw new KubectlError('resource(s) were provided, but no name was specified');
  throw new KubectlError(MISSING);
}

/** The objects, or the errors all together. */
export function* selectObjects(command: ParsedCommand, context: KubectlContext, options: SelectOptions = {}): Task<readonly KubeObject[]> {
  const { infos, errors } = yield* select(command, context, options);
  if (errors.length > 0) throw errors.length === 1 ? errors[0] : new SeveralErrors(errors);
  return infos.map(({ object }) => object!);
}

function* bySelector(
  kinds: readonly Kind[],
  selection: {
    readonly namespace: string | undefined;
    readonly labelSelector?: string | undefined;
    readonly fieldSelector?: string | undefined;
  },
  context: KubectlContext,
): Task<Selected> {
  const infos: Info[] = [];
  const errors: unknown[] = [];
  for (const kind of kinds) {
    try {
      for (const object of yield* context.api.list(kind, selection)) {
        infos.push({ kind, namespace: object.metadata.namespace, name: object.metadata.name, object });
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      errors.push(error);
    }
  }
  return { infos, errors, isSingle: false, isByName: false };
}

function* fetched(infos: readonly Info[], context: KubectlContext): Task<{ infos: Info[]; errors: unknown[] }> {
  const found: Info[] = [];
  const errors: unknown[] = [];
  for (const info of infos) {
    try {
      found.push({ ...info, object: yield* context.api.get(info.kind, info.namespace, info.name) });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      errors.push(isNotFound(error) ? yield* missingOf(info, error, context) : error);
    }
  }
  return { infos: found, errors };
}

/** What is missing: the object, or the whole namespace. */
function* missingOf({ namespace }: Info, error: ApiError, { api }: KubectlContext): Task<unknown> {
  if (namespace === undefined || namespace === 'default') return error;
  try {
    yield* api.get('Namespace', undefined, namespace);
  } catch (missing) {
    if (isNotFound(missing)) return missing;
  }
  return error;
}

/** The objects of the files as they stand there, or with `fetch` as the server has them. */
function* fromFiles(files: readonly string[], command: ParsedCommand, context: KubectlContext, options: SelectOptions): Task<Selected> {
  const local = localObjects(files, command, context);
  const isSingle = files.length === 1 && local.infos.length === 1 && local.errors.length === 0;
  if (options.fetch === false) return { ...local, isSingle, isByName: true };
  const remote = yield* fetched(local.infos, context);
  return { infos: remote.infos, errors: [...local.errors, ...remote.errors], isSingle, isByName: true };
}

/** The documents of the files, each in the namespace it goes to. */
export function localObjects(
  files: readonly string[],
  { flags }: ParsedCommand,
  context: KubectlContext,
  labelSelector?: string,
): { readonly infos: readonly Info[]; readonly errors: readonly unknown[] } {
  const infos: Info[] = [];
  const errors: unknown[] = [];
  const explicit = flags.text('namespace');
  for (const item of files.flatMap((file) => context.files.manifest(file))) {
    if ('error' in item) {
      errors.push(item.error);
      continue;
    }
    const { object, source } = item;
    const kind = object.kind as Kind;
    const given = object.metadata?.namespace;
    if (explicit !== undefined && given !== undefined && given !== explicit && KINDS[kind].namespaced) {
      errors.push(
        new KubectlError(
          `the namespace from the provided object "${given}" does not match the namespace "${explicit}". You must pass '--namespace=${given}' to perform this operation.`,
        ),
      );
      continue;
    }
    if (labelSelector && !selectorMatches(selectorOf(labelSelector), object.metadata?.labels)) continue;
    const namespace = namespaceIn(kind, given ?? namespaceOf(flags, context));
    const metadata = { ...object.metadata, ...(namespace === undefined ? {} : { namespace }) };
    infos.push({ kind, namespace, name: object.metadata?.name ?? '', object: { ...object, metadata }, source });
  }
  return { infos, errors };
}
