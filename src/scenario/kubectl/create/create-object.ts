/**
 * What every `kubectl create NAME` does once it has its object: send it, and say that it was created.
 *
 * Models k8s.io/kubectl/pkg/cmd/create/create.go.
 */
import { ApiError } from '../../../apiserver/api-error.ts';
import type { Task } from '../../../client/task.ts';
import { apiVersionOf, KINDS, type Kind } from '../../../model/kinds.ts';
import type { KubeObject } from '../../../model/meta.ts';
import type { ParsedCommand } from '../command-line.ts';
import type { KubectlContext } from '../context.ts';
import { KubectlError, usageError } from '../errors.ts';
import type { Json, JsonMap } from '../json.ts';
import { withLastApplied } from '../last-applied.ts';
import { answerPrinter } from '../print-answer.ts';
import { namespaceOf } from '../select.ts';
import { dryRunOf, writeOptionsOf } from '../write-options.ts';

export interface NewObject {
  readonly kind: Kind;
  readonly name: string;
  readonly labels?: { readonly [key: string]: string };
  readonly annotations?: { readonly [key: string]: string };
  readonly owners?: readonly Json[];
  /** Everything behind metadata, in the order of the Go type. */
  readonly fields: JsonMap;
}

/** The one NAME the command takes. */
export function nameOf({ args, verb }: ParsedCommand): string {
  if (args.length !== 1) throw usageError(verb.words, `exactly one NAME is required, got ${args.length}`);
  return args[0]!;
}

/** `act` is what failed when it fails: `failed to create quota: …`; without it the server's words stand alone. */
export function* createObject(command: ParsedCommand, context: KubectlContext, given: NewObject, act?: string): Task<KubeObject> {
  const { flags } = command;
  const answer = answerPrinter(command, context, { isTyped: true });
  const isDryRun = dryRunOf(flags) === 'client';
  const options = writeOptionsOf(flags, `kubectl-${command.verb.words.split(' ')[0]}`);
  const object = newObject(given, command);
  if (isDryRun) {
    answer(object, 'created');
    return object;
  }
  try {
    const created = yield* context.api.create(inNamespace(object, command, context), options);
    answer(created, 'created');
    return created;
  } catch (error) {
    if (act !== undefined && error instanceof ApiError) throw new KubectlError(`${act}: ${error.message}`);
    throw error;
  }
}

/** As it is printed by a dry run: its namespace stands in it only when it was asked for. */
export function newObject({ kind, name, labels, annotations, owners, fields }: NewObject, { flags }: ParsedCommand): KubeObject {
  const namespace = KINDS[kind].namespaced ? flags.text('namespace') : undefined;
  const metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(labels === undefined ? {} : { labels }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(owners === undefined ? {} : { ownerReferences: owners }),
  };
  const object = { kind, apiVersion: apiVersionOf(kind), metadata, ...fields } as unknown as KubeObject;
  return flags.isOn('save-config') ? withLastApplied(object) : object;
}

export function inNamespace(object: KubeObject, { flags }: ParsedCommand, context: KubectlContext): KubeObject {
  if (!KINDS[object.kind as Kind].namespaced) return object;
  return { ...object, metadata: { ...object.metadata, namespace: object.metadata.namespace ?? namespaceOf(flags, context) } };
}
