/**
 * How kubectl names an object in its answers: `deployment.apps/web`, `pods "web"`.
 */
import type { KubeObject } from '../../model/meta.ts';

/** `deployment.apps`, `service`: from the object's own words, so that kinds of any group have a name. */
export function singular({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? kind.toLowerCase() : `${kind.toLowerCase()}.${apiVersion.slice(0, slash)}`;
}

/** `deployment.apps/web`. */
export function resourceName(object: KubeObject): string {
  return `${singular(object)}/${object.metadata.name === undefined || object.metadata.name === '' ? '<unknown>' : object.metadata.name}`;
}
