/**
 * The request of a server-side apply: creates what is not there, and otherwise lays the configuration over what is stored.
 */
import type { Kind, KindMap } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import { timeText } from '../../model/time.ts';
import { ApiError } from '../api-error.ts';
import type { ApiServer, RequestInfo } from '../api-server.ts';
import { bodyTypeOf, decodeObject } from '../rest/request-body.ts';
import { decode, strictProblems } from '../schema/decode.ts';
import { schemaOf } from '../schema/struct-schema.ts';
import { appliedObject } from './server-side-apply.ts';

export interface ApplyOptions {
  readonly manager: string;
  readonly isForced: boolean;
}

export interface Applied {
  readonly object: KubeObject;
  readonly isCreated: boolean;
}

export function applyTo(
  server: ApiServer,
  kind: Kind,
  namespace: string | undefined,
  name: string,
  applied: KubeObject,
  { manager, isForced }: ApplyOptions,
  info: RequestInfo,
): Applied {
  const type = bodyTypeOf(kind);
  const silent = { fieldValidation: 'Ignore', warn: () => undefined } as const;
  checkDeclared(kind, namespace, name, applied);
  const decoded = decodeObject(applied, type, silent);
  const time = timeText(server.nowUs);
  const after = (live: KubeObject | undefined): KindMap[Kind] => {
    const shown = live === undefined ? undefined : { ...live, kind, apiVersion: type.apiVersion };
    const object = appliedObject(schemaOf(kind), shown, applied, decoded, { manager, isForced, time });
    return decodeObject(object, type, silent) as KindMap[Kind];
  };
  if (server.has(kind, namespace, name)) return { object: server.patchWith(kind, namespace, name, after, info), isCreated: false };
  const object = after(undefined);
  const metadata = namespace === undefined ? object.metadata : { ...object.metadata, namespace };
  return { object: server.create(kind, { ...object, metadata } as KindMap[Kind], info), isCreated: true };
}

function checkDeclared(kind: Kind, namespace: string | undefined, name: string, applied: KubeObject): void {
  const [problem] = strictProblems(decode(schemaOf(kind), applied).problems);
  const field = /^unknown field "(.*)"$/.exec(problem ?? '')?.[1];
  if (field === undefined) return;
  const { apiVersion } = bodyTypeOf(kind);
  const version = apiVersion.includes('/') ? apiVersion : `/${apiVersion}`;
  const about = `${namespace === undefined ? '' : `${namespace}/`}${name}; ${version}, Kind=${kind}`;
  const message = `failed to create typed patch object (${about}): .${field}: field not declared in schema`;
  throw new ApiError({ code: 500, reason: '', message });
}
