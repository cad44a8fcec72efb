/**
 * An object has one controller at most: of two that adopt it at the same time, the second is refused.
 *
 * Models ValidateOwnerReferences of staging/src/k8s.io/apimachinery/pkg/api/validation/objectmeta.go.
 */
import type { Kind } from '../model/kinds.ts';
import type { KubeObject } from '../model/meta.ts';
import { invalid } from './api-error.ts';

export function checkOwners(kind: Kind, { metadata }: KubeObject): void {
  const owners = metadata.ownerReferences;
  if (owners === undefined || owners.length < 2) return;
  const [first, second] = owners.filter((owner) => owner.controller === true);
  if (first === undefined || second === undefined) return;
  const shown = owners.map(({ apiVersion, kind: ownerKind, name, uid, controller, blockOwnerDeletion }) => ({
    apiVersion,
    kind: ownerKind,
    name,
    uid,
    ...(controller === undefined ? {} : { controller }),
    ...(blockOwnerDeletion === undefined ? {} : { blockOwnerDeletion }),
  }));
  const message = `Invalid value: ${JSON.stringify(shown)}: Only one reference can have Controller set to true. Found "true" in references for ${first.kind}/${first.name} and ${second.kind}/${second.name}`;
  throw invalid(kind, metadata.name, [{ reason: 'FieldValueInvalid', message, field: 'metadata.ownerReferences' }]);
}
