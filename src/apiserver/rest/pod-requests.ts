/**
 * What is posted to a pod: the node it goes to, and that it has to leave.
 *
 * Models BindingREST and EvictionREST of pkg/registry/core/pod/storage.
 */
import type { KubeObject } from '../../model/meta.ts';
import { ApiError, badRequest } from '../api-error.ts';
import type { ApiServer } from '../api-server.ts';
import { goQuote } from '../schema/go-text.ts';
import type { Answer, Warn } from './answer.ts';
import { BINDING_BODY, EVICTION_BODY, readBody, type YamlReader } from './request-body.ts';
import { completed, type RawDeleteOptions, writeOptionsOf } from './request-options.ts';
import type { RestRequest } from './rest-request.ts';
import type { Route } from './route.ts';
import { infoOf, inNamespace } from './shared.ts';
import { createdStatus } from './status-object.ts';

export function bind(server: ApiServer, request: RestRequest, route: Route, warn: Warn, readYaml: YamlReader): Answer {
  const options = writeOptionsOf(request.query, 'CreateOptions');
  const object = readBody(request, BINDING_BODY, { ...options, warn, readYaml });
  const { metadata, target } = inNamespace(object, route) as KubeObject & {
    readonly target?: { readonly kind?: string; readonly name?: string };
  };
  // The older path names no pod: the body does.
  const pod = route.name ?? metadata.name;
  if (metadata.name !== pod) throw badRequest('name in URL does not match name in Binding object');
  const problems: string[] = [];
  const { kind = '', name = '' } = target ?? {};
  if (kind !== '' && kind !== 'Node') {
    problems.push(`target.kind: Unsupported value: ${goQuote(kind)}: supported values: "Node", "<empty>"`);
  }
  if (name === '') problems.push('target.name: Required value');
  if (problems.length > 0) {
    const message = problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`;
    throw new ApiError({ code: 500, reason: '', message });
  }
  server.bind(route.namespace!, pod, name, infoOf(request, options, warn), metadata);
  return { code: 201, body: createdStatus() };
}

export function evict(server: ApiServer, request: RestRequest, route: Route, warn: Warn, readYaml: YamlReader): Answer {
  const options = writeOptionsOf(request.query, 'CreateOptions');
  const object = readBody(request, EVICTION_BODY, { ...options, warn, readYaml });
  const { metadata, deleteOptions } = inNamespace(object, route) as KubeObject & { readonly deleteOptions?: RawDeleteOptions };
  if (metadata.name !== route.name) throw badRequest('name in URL does not match name in Eviction object');
  const given = completed(deleteOptions ?? {});
  const info = { ...infoOf(request, options, warn), dryRun: options.dryRun || given.dryRun };
  server.evict(route.namespace!, route.name!, given, info);
  return { code: 201, body: createdStatus() };
}
