/**
 * A kind in the version a path serves it in: how its bodies are read, and how an object goes from the form it is stored in to that and back.
 *
 * Only two kinds are served in a version that is not the one they are stored in: autoscalers and events (other-versions.ts).
 */
import { apiVersionOf, type Kind } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import { OTHER_VERSIONS } from './other-versions.ts';
import { type BodyType, bodyTypeOf } from './request-body.ts';

export interface ServedVersion {
  readonly kind: Kind;
  readonly type: BodyType;
  /** The object as an answer shows it. */
  shown(object: KubeObject): KubeObject;
  /** The object as it is stored. */
  stored(object: KubeObject): KubeObject;
}

const known = new Map<string, ServedVersion>();

export function servedVersion(kind: Kind, apiVersion: string = apiVersionOf(kind)): ServedVersion {
  const key = `${apiVersion} ${kind}`;
  let version = known.get(key);
  if (version === undefined) {
    version = newVersion(kind, apiVersion);
    known.set(key, version);
  }
  return version;
}

function newVersion(kind: Kind, apiVersion: string): ServedVersion {
  const other = OTHER_VERSIONS[`${apiVersion} ${kind}`];
  const own = bodyTypeOf(kind);
  if (other === undefined) return { kind, type: own, shown: (object) => ({ ...object, kind, apiVersion }), stored: (object) => object };
  return {
    kind,
    type: { ...own, apiVersion, struct: other.struct },
    shown: (object) => ({ ...other.shown(object), kind, apiVersion }),
    stored: (object) => ({ ...other.stored(object), kind, apiVersion: own.apiVersion }),
  };
}
