/**
 * Manifests before a server of their own, in dry runs: what its rules refuse is found before the run, all of it, at its place.
 *
 * What depends on other objects of the cluster is left to the run: only refusals of the object's own fields count here.
 */
import { ApiError, type StatusCause } from '../apiserver/api-error.ts';
import { ApiServer } from '../apiserver/api-server.ts';
import { decode } from '../apiserver/schema/decode.ts';
import { schemaOf } from '../apiserver/schema/struct-schema.ts';
import type { Problem } from '../base/errors.ts';
import { apiVersionOf, KINDS, type Kind, type KindMap } from '../model/kinds.ts';
import type { KubeObject } from '../model/meta.ts';
import { Observers } from '../model/observer.ts';
import { Random } from '../sim/random.ts';
import { Simulation } from '../sim/simulation.ts';
import { valueAt } from './schema-problems.ts';
import { describe, type Path, type SourceDocument } from './source-document.ts';

const AUTHOR = { author: 'manifest' };
const INVALID = 422;

export class ManifestTrial {
  readonly #server = new ApiServer({ sim: new Simulation(), random: new Random(0), observers: new Observers() });

  /** Puts a problem for each rule the object at `path` breaks into `problems`. */
  check(document: SourceDocument, path: Path, kind: Kind, value: unknown, problems: Problem[]): void {
    const decoded = decode(schemaOf(kind), value).value as KubeObject;
    const object = { ...this.#inNamespace(kind, decoded), kind, apiVersion: apiVersionOf(kind) };
    try {
      this.#server.create(kind, object as KindMap[Kind], { ...AUTHOR, dryRun: true });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code !== INVALID) return;
      for (const cause of error.causes) problems.push(problemOf(document, path, cause));
    }
  }

  /** The object in a namespace that is there. */
  #inNamespace(kind: Kind, object: KubeObject): KubeObject {
    if (!KINDS[kind].namespaced) return object;
    return { ...object, metadata: { ...object.metadata, namespace: 'default' } };
  }
}

function problemOf(document: SourceDocument, root: Path, { field = '', reason, message }: StatusCause): Problem {
  const path = [...root, ...pathOf(field, valueAt(document.value, root))];
  return document.problem(path, wantedOf(reason, message), describe(valueAt(document.value, path)));
}

/** The server says what is wrong; a problem says what is wanted, in the server's own words. */
function wantedOf(reason: string, message: string): string {
  const detail =
    /^(?:Required value|Invalid value: .*?|Unsupported value: .*?|Forbidden|Not found: .*?|Too (?:long|many): ?.*?): (.*)$/s.exec(
      message,
    )?.[1];
  switch (reason) {
    case 'FieldValueRequired':
      return detail === undefined ? 'a value' : `a value: ${detail}`;
    case 'FieldValueDuplicate':
      return 'a value that does not stand there already';
    case 'FieldValueNotSupported':
      return `one of ${message.replace(/^.*supported values: /s, '')}`;
    case 'FieldValueNotFound':
      return 'something the object itself has';
    case 'FieldValueForbidden':
      return `nothing: ${detail ?? message}`;
    default:
      return `what the API accepts: ${detail ?? message}`;
  }
}

/** `spec.containers[0].env[1].name`, and keys of maps that stand in brackets, as far as the object has them. */
function pathOf(field: string, value: unknown): Path {
  const path: (string | number)[] = [];
  for (const match of field.matchAll(/([^.[\]]+)|\[([^\]]*)\]/g)) {
    const part = match[1] ?? match[2]!;
    path.push(match[2] !== undefined && /^\d+$/.test(part) ? Number(part) : part);
  }
  // What defaults have put there has no place of its own in the file.
  let length = path.length;
  while (length > 0 && valueAt(value, path.slice(0, length - 1)) === undefined) length--;
  return path.slice(0, length);
}
