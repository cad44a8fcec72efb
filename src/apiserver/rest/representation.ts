/**
 * The form an answer takes, by the Accept header: the object itself, its metadata alone, or a Table.
 *
 * Models staging/src/k8s.io/apiserver/pkg/endpoints/handlers/{response.go,negotiation/negotiate.go}. What would be YAML is answered as the value
 * with YAML's content type: a door writes it down.
 */
import type { KubeObject } from '../../model/meta.ts';
import { ApiError, badRequest } from '../api-error.ts';
import { goQuote } from '../schema/go-text.ts';
import type { ObjectList } from './list.ts';
import { type Query, queryValue } from './rest-request.ts';
import type { ServedVersion } from './served-version.ts';
import { completedCondition, tableOf } from './table/table.ts';

type Form = 'object' | 'metadata' | 'metadataList' | 'table';

const MEDIA_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];
const FORMS: { readonly [as: string]: Form } = {
  Table: 'table',
  PartialObjectMetadata: 'metadata',
  PartialObjectMetadataList: 'metadataList',
};
const INCLUDES = ['', 'Metadata', 'Object', 'None'];

export class Representation {
  readonly contentType: string | undefined;
  readonly #form: Form;
  readonly #version: string;
  readonly #include: string;
  readonly #nowUs: number;

  /** Throws 406 when nothing the client accepts can be given, 400 when a Table is to hold what it cannot. */
  constructor(accept: string | undefined, query: Query | undefined, nowUs: number) {
    const { form, version, isYaml } = negotiated(accept ?? 'application/json');
    this.#form = form;
    this.#version = version;
    this.contentType = isYaml ? 'application/yaml' : undefined;
    this.#include = queryValue(query, 'includeObject') ?? '';
    this.#nowUs = nowUs;
    if (form === 'table' && !INCLUDES.includes(this.#include)) {
      const why = `includeObject: Invalid value: ${goQuote(this.#include)}: must be 'Metadata', 'Object', 'None', or empty`;
      throw badRequest(`Unable to convert to Table as requested: ${why}`);
    }
  }

  object(served: ServedVersion, object: KubeObject): unknown {
    if (this.#form === 'metadata') return this.#partial(object);
    if (this.#form === 'table') {
      const { resourceVersion } = object.metadata;
      return this.table(served, [object], resourceVersion === undefined ? {} : { resourceVersion });
    }
    if (this.#form === 'metadataList') throw notAcceptable();
    return served.shown(object);
  }

  list(served: ServedVersion, { items, metadata }: ObjectList): unknown {
    if (this.#form === 'table') return this.table(served, items, metadata);
    if (this.#form === 'metadataList') {
      const partials = items.map((item) => this.#partial(item));
      return { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${this.#version}`, metadata, items: partials };
    }
    if (this.#form === 'metadata') throw notAcceptable();
    const bare = items.map((item) => {
      const { kind: _, apiVersion: __, ...rest } = served.shown(item);
      return rest;
    });
    return { kind: `${served.kind}List`, apiVersion: served.type.apiVersion, metadata, items: bare };
  }

  /** The object of a watch event; only the first Table of a stream says what its columns are. */
  watched(served: ServedVersion, object: KubeObject, isFirst: boolean): unknown {
    const shown = this.object(served, object);
    return this.#form === 'table' && !isFirst ? { ...(shown as object), columnDefinitions: null } : shown;
  }

  table(served: ServedVersion, objects: readonly KubeObject[], metadata: object): unknown {
    const { kind } = served;
    const { columns, rows } = tableOf(served.type.kind, objects, this.#nowUs);
    return {
      kind: 'Table',
      apiVersion: `meta.k8s.io/${this.#version}`,
      metadata,
      columnDefinitions: columns,
      rows: rows.map(({ cells, object }) => ({ cells, ...completedCondition(kind, object), ...this.#rowObject(served, object) })),
    };
  }

  #rowObject(served: ServedVersion, object: KubeObject): object {
    if (this.#include === 'None') return {};
    return {
      object: this.#include === 'Object' ? served.shown(object) : this.#partial(withoutCount(object)),
    };
  }

  #partial({ metadata }: KubeObject): unknown {
    return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${this.#version}`, metadata };
  }
}

const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

/** Tables are made of the objects the server has inside, where a DaemonSet counts its templates in a field of its own. */
function withoutCount(object: KubeObject): KubeObject {
  const { annotations } = object.metadata;
  if (annotations?.[TEMPLATE_GENERATION] === undefined) return object;
  const { [TEMPLATE_GENERATION]: _, ...others } = annotations;
  const { annotations: __, ...metadata } = object.metadata;
  return { ...object, metadata: Object.keys(others).length === 0 ? metadata : { ...metadata, annotations: others } };
}

interface Negotiated {
  readonly form: Form;
  readonly version: string;
  readonly isYaml: boolean;
}

interface Clause {
  readonly media: string;
  readonly parameters: { readonly [name: string]: string | undefined };
}

/** What the client accepts, what it likes best first. */
export function clausesOf(accept: string): readonly Clause[] {
  return accept
    .split(',')
    .map((text, at) => {
      const [media = '', ...rest] = text.split(';').map((part) => part.trim());
      const parameters: Clause['parameters'] = Object.fromEntries(rest.map((one) => one.split('=') as [string, string]));
      return { media, parameters, at, quality: Number(parameters.q ?? 1) };
    })
    .sort((a, b) => b.quality - a.quality || a.at - b.at);
}

function negotiated(accept: string): Negotiated {
  const clauses = clausesOf(accept);
  const isServed = clauses.some(({ media }) => media === '*/*' || MEDIA_TYPES.includes(media));
  if (!isServed) {
    const message = `406: Not Acceptable\n\nAvailable representations: ${MEDIA_TYPES.join(', ')}`;
    throw new ApiError({ code: 406, reason: 'NotAcceptable', message, details: {} });
  }
  for (const { media, parameters } of clauses) {
    if (media !== '*/*' && media !== 'application/json' && media !== 'application/yaml') continue;
    const isYaml = media === 'application/yaml';
    const { as, v = 'v1', g } = parameters;
    if (as === undefined) return { form: 'object', version: 'v1', isYaml };
    const form = FORMS[as];
    if (form !== undefined && g === 'meta.k8s.io' && (v === 'v1' || v === 'v1beta1')) return { form, version: v, isYaml };
  }
  throw notAcceptable();
}

export function notAcceptable(): ApiError {
  const message = `only the following media types are accepted: ${MEDIA_TYPES.join(', ')}`;
  return new ApiError({ code: 406, reason: 'NotAcceptable', message });
}
