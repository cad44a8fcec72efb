/**
 * The request of a server-side apply made inside the process: creates what is not there, and otherwise lays the configuration over what is
 * stored.
 */
import type { Kind, KindMap } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import { timeText } from '../../model/time.ts';
import type { ApiServer } from '../api-server.ts';
import { apply, withManagers } from '../managed/managed-fields.ts';
import { configurationOf } from '../rest/applied-config.ts';
import { bodyTypeOf, decodeObject } from '../rest/request-body.ts';
import type { RequestInfo } from '../verbs/request-info.ts';

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
  const config = configurationOf(type, applied);
  const writer = { manager, subresource: '', now: timeText(server.nowUs) };
  const after = (live: KubeObject | undefined): KindMap[Kind] => {
    const shown = live === undefined ? undefined : { ...live, kind, apiVersion: type.apiVersion };
    const { object, managers } = apply(type, shown, config, writer, isForced);
    const decoded = decodeObject({ ...object, kind, apiVersion: type.apiVersion }, type, silent);
    return withManagers(decoded, managers) as KindMap[Kind];
  };
  if (server.has(kind, namespace, name)) return { object: server.patchWith(kind, namespace, name, after, info), isCreated: false };
  const object = after(undefined);
  const metadata = namespace === undefined ? object.metadata : { ...object.metadata, namespace };
  return { object: server.create(kind, { ...object, metadata } as KindMap[Kind], info), isCreated: true };
}
