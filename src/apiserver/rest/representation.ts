/**
 * The form an answer takes, by the Accept header: the object itself, its metadata alone, or a Table.
 *
 * Models staging/src/k8s.io/apiserver/pkg/endpoints/handlers/{response.go,negotiation/negotiate.go}. What would be YAML is answered as the value
 * with YAML's content type: a door writes it down.
 */
import { apiVersionOf, type Kind } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import { ApiError, badRequest } from '../api-error.ts';
import { goQuote } from '../schema/go-text.ts';
import type { ObjectList } from './list.ts';
import { type Query, queryValue } from './rest-request.ts';
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

  object(kind: Kind, object: KubeObject): unknown {
    if (this.#form === 'metadata') return this.#partial(object);
    if (this.#form === 'table') {
      const { resourceVersion } = object.metadata;
      return this.table(kind, [object], resourceVersion === undefined ? {} : { resourceVersion });
    }
    if (this.#form === 'metadataList') throw notAcceptable();
    return { ...object, kind, apiVersion: apiVersionOf(kind) };
  }

  list(kind: Kind, { items, metadata }: ObjectList): unknown {
    if (this.#form === 'table') return this.table(kind, items, metadata);
    if (this.#form === 'metadataList') {
      const partials = items.map((item) => this.#partial(item));
      return { kind: 'PartialObjectMetadataList', apiVersion: `meta.k8s.io/${this.#version}`, metadata, items: partials };
    }
    if (this.#form === 'metadata') throw notAcceptable();
    const bare = items.map(({ kind: _, apiVersion: __, ...rest }: KubeObject) => rest);
    return { kind: `${kind}List`, apiVersion: apiVersionOf(kind), metadata, items: bare };
  }

  /** The object of a watch event; only the first Table of a stream says what its columns are. */
  watched(kind: Kind, object: KubeObject, isFirst: boolean): unknown {
    const shown = this.object(kind, object);
    return this.#form === 'table' && !isFirst ? { ...(shown as object), columnDefinitions: null } : shown;
  }

  table(kind: Kind, objects: readonly KubeObject[], metadata: object): unknown {
    const { columns, rows } = tableOf(kind, objects, this.#nowUs);
    return {
      kind: 'Table',
      apiVersion: `meta.k8s.io/${this.#version}`,
      metadata,
      columnDefinitions: columns,
      rows: rows.map(({ cells, object }) => ({ cells, ...completedCondition(kind, object), ...this.#rowObject(kind, object) })),
    };
  }

  #rowObject(kind: Kind, object: KubeObject): object {
    if (this.#include === 'None') return {};
    return {
      object: this.#include === 'Object' ? { ...object, kind, apiVersion: apiVersionOf(kind) } : this.#partial(withoutCount(object)),
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

function negotiated(accept: string): Negotiated {
  const clauses = accept.split(',').map((text) => {
    const [media = '', ...parameters] = text.split(';').map((part) => part.trim());
    return { media, parameters: Object.fromEntries(parameters.map((one) => one.split('=') as [string, string])) };
  });
  const isServed = clauses.some(({ media }) => media === '*/*' || MEDIA_TYPES.includes(media));
  if (!isServed) {
    const message = `406: Not Acceptable\n\nAvailable representations: ${MEDIA_TYPES.join(', ')}`;
    throw new ApiError({ code: 406, reason: 'NotAcceptable', message, details: {} });
  }
  const byQuality = clauses
    .map((clause, at) => ({ ...clause, at, quality: Number(clause.parameters.q ?? 1) }))
    .sort((a, b) => b.quality - a.quality || a.at - b.at);
  for (const { media, parameters } of byQuality) {
    if (media !== '*/*' && media !== 'application/json' && media !== 'application/yaml') continue;
    const isYaml = media === 'application/yaml';
    const { as, v = 'v1', g } = parameters as { readonly as?: string; readonly v?: string; readonly g?: string };
    if (as === undefined) return { form: 'object', version: 'v1', isYaml };
    const form = FORMS[as];
    if (form !== undefined && g === 'meta.k8s.io' && (v === 'v1' || v === 'v1beta1')) return { form, version: v, isYaml };
  }
  throw notAcceptable();
}

function notAcceptable(): ApiError {
  const message = `only the following media types are accepted: ${MEDIA_TYPES.join(', ')}`;
  return new ApiError({ code: 406, reason: 'NotAcceptable', message });
}
