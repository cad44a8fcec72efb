/**
 * The requests kubectl sends, each one blocking its verb for as long as it travels.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { ApiServer, Patch } from '../../apiserver/api-server.ts';
import { applyTo } from '../../apiserver/apply/apply-request.ts';
import type { DeleteOptions } from '../../apiserver/deletion.ts';
import type { RequestInfo, Scale } from '../../apiserver/verbs/request-info.ts';
import type { Client } from '../../client/client.ts';
import type { Awaitable, Task } from '../../client/task.ts';
import type { Kind, KindMap } from '../../model/kinds.ts';
import { groupResource, KINDS } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import { requestObject, requestPatched } from './request-object.ts';
import { selectionTest } from './selectors.ts';

export interface WriteOptions {
  /** Everything is checked and answered, nothing is kept. */
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  /** What becomes of unknown fields. */
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
}

export interface Selection {
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly fieldSelector?: string | undefined;
}

export type PatchSubresource = 'status' | 'resize';

export interface Caller {
  /** A user without any rights, as whom every request is made. */
  readonly denied?: string | undefined;
  /** Hears what the server would have the caller know. */
  readonly warn?: (text: string) => void;
}

export class KubectlApi {
  readonly #client: Client;
  readonly #caller: Caller;

  constructor(client: Client, caller: Caller = {}) {
    this.#client = client;
    this.#caller = caller;
  }

  /** The same requests, made by that caller. */
  by(caller: Caller): KubectlApi {
    return new KubectlApi(this.#client, caller);
  }

  *get(kind: Kind, namespace: string | undefined, name: string): Task<KubeObject> {
    return yield this.#call({ verb: 'get', kind, namespace, name }, (server) => server.get(kind, namespaceIn(kind, namespace), name));
  }

  /** The objects the selectors take, by namespace and name. */
  *list(kind: Kind, selection: Selection = {}): Task<readonly KubeObject[]> {
    return (yield* this.listed(kind, selection)).items;
  }

  /** The same, with the revision they are of. */
  *listed(
    kind: Kind,
    { namespace, labelSelector = '', fieldSelector = '' }: Selection = {},
  ): Task<{ readonly items: readonly KubeObject[]; readonly revision: number }> {
    return yield this.#call({ verb: 'list', kind, namespace }, (server) => {
      const isTaken = selectionTest(kind, labelSelector, fieldSelector);
      const inNamespace = namespaceIn(kind, namespace);
      const { items, revision } = server.list(kind, inNamespace === undefined ? {} : { namespace: inNamespace });
      return { items: items.filter(isTaken).sort(byKey), revision };
    });
  }

  *create(object: KubeObject, options: WriteOptions = {}): Task<KubeObject> {
    const kind = object.kind as Kind;
    return yield this.#call({ verb: 'create', kind, namespace: object.metadata.namespace }, (server, request) =>
      server.create(kind, this.#decoded(object, options), { ...request, ...options }),
    );
  }

  *update(object: KubeObject, options: WriteOptions = {}, subresource?: PatchSubresource): Task<KubeObject> {
    const kind = object.kind as Kind;
    return yield this.#call({ verb: 'update', kind, namespace: object.metadata.namespace, name: object.metadata.name }, (server, request) =>
      server.update(kind, this.#decoded(object, options), { ...request, ...options }, subresource),
    );
  }

  *patch(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    patch: Patch,
    options: WriteOptions = {},
    subresource?: PatchSubresource,
  ): Task<KubeObject> {
    return yield this.#call({ verb: 'patch', kind, namespace, name }, (server, request) =>
      server.patchWith(
        kind,
        namespaceIn(kind, namespace),
        name,
        (stored) => requestPatched(stored, patch, options.fieldValidation ?? 'Warn', this.#warn) as KindMap[Kind],
        { ...request, ...options },
        subresource,
      ),
    );
  }

  /** Server-side apply. */
  *apply(object: KubeObject, options: WriteOptions, isForced: boolean): Task<KubeObject> {
    const kind = object.kind as Kind;
    const { name, namespace } = object.metadata;
    const apply = { manager: options.fieldManager ?? 'kubectl', isForced };
    return yield this.#call(
      { verb: 'patch', kind, namespace, name },
      (server, request) => applyTo(server, kind, namespaceIn(kind, namespace), name, object, apply, { ...request, ...options }).object,
    );
  }

  *delete(
    kind: Kind,
    namespace: string | undefined,
    name: string,
    options: DeleteOptions = {},
    write: WriteOptions = {},
  ): Task<KubeObject> {
    return yield this.#call({ verb: 'delete', kind, namespace, name }, (server, request) =>
      server.delete(kind, namespaceIn(kind, namespace), name, options, { ...request, ...write }),
    );
  }

  *evict(namespace: string, name: string, options: DeleteOptions, write: WriteOptions = {}): Task<void> {
    yield this.#call({ verb: 'create', kind: 'Pod', namespace, name, subresource: 'eviction' }, (server, request) =>
      server.evict(namespace, name, options, { ...request, ...write }),
    );
  }

  *scale(kind: Kind, namespace: string, name: string): Task<Scale> {
    return yield this.#call({ verb: 'get', kind, namespace, name, subresource: 'scale' }, (server) => server.scale(kind, namespace, name));
  }

  *updateScale(kind: Kind, namespace: string, name: string, replicas: number, options: WriteOptions = {}): Task<Scale> {
    return yield this.#call({ verb: 'update', kind, namespace, name, subresource: 'scale' }, (server, request) =>
      server.updateScale(kind, namespace, name, replicas, { ...request, ...options }),
    );
  }

  *patchScale(kind: Kind, namespace: string, name: string, replicas: number, options: WriteOptions = {}): Task<Scale> {
    return yield this.#call({ verb: 'patch', kind, namespace, name, subresource: 'scale' }, (server, request) =>
      server.patchScale(kind, namespace, name, replicas, { ...request, ...options }),
    );
  }

  #call<T>(access: Access, operation: (server: ApiServer, request: RequestInfo) => T): Awaitable<T> {
    const isWrite = access.verb !== 'get' && access.verb !== 'list';
    const { denied, warn } = this.#caller;
    const asked: typeof operation = (server, request) => {
      if (denied !== undefined) throw forbidden(access, denied);
      return operation(server, warn === undefined ? request : { ...request, warn });
    };
    return { start: (done, failed) => this.#client.send(isWrite, asked, done, failed) };
  }

  #decoded(object: KubeObject, { fieldValidation = 'Warn' }: WriteOptions): KindMap[Kind] {
    return requestObject(object, fieldValidation, this.#warn) as KindMap[Kind];
  }

  readonly #warn = (text: string): void => this.#caller.warn?.(text);
}

interface Access {
  readonly verb: 'get' | 'list' | 'create' | 'update' | 'patch' | 'delete';
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly name?: string;
  readonly subresource?: string;
}

function forbidden({ verb, kind, namespace, name, subresource }: Access, user: string): ApiError {
  const { group, resource, namespaced } = KINDS[kind];
  const subject = `${groupResource(kind)}${name === undefined ? '' : ` ${JSON.stringify(name)}`}`;
  const what = subresource === undefined ? resource : `${resource}/${subresource}`;
  const where = namespaced && namespace !== undefined ? `in the namespace ${JSON.stringify(namespace)}` : 'at the cluster scope';
  const message = `${subject} is forbidden: User ${JSON.stringify(user)} cannot ${verb} resource "${what}" in API group "${group}" ${where}`;
  return new ApiError({ code: 403, reason: 'Forbidden', message });
}

/** The namespace a request for that kind carries. */
export function namespaceIn(kind: Kind, namespace: string | undefined): string | undefined {
  return KINDS[kind].namespaced ? namespace : undefined;
}

function byKey(a: KubeObject, b: KubeObject): number {
  const first = `${a.metadata.namespace ?? ''}/${a.metadata.name}`;
  const second = `${b.metadata.namespace ?? ''}/${b.metadata.name}`;
  return first < second ? -1 : first > second ? 1 : 0;
}
