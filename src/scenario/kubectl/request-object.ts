/**
 * An object on its way to the API server: brought to the version the server stores, and its fields checked as the server does on decoding.
 */
import type { Patch } from '../../apiserver/patch.ts';
import { patchedObject } from '../../apiserver/rest/patch-request.ts';
import { bodyTypeOf, decodeObject, type FieldValidation } from '../../apiserver/rest/request-body.ts';
import { shown } from '../../apiserver/rest/rest-server.ts';
import type { Kind } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import { asMap, isMap } from './json.ts';

/** Throws 400 for a field of a wrong type, and with `Strict` for an unknown one; with `Warn`, `warn` hears of it. */
export function requestObject(object: KubeObject, fieldValidation: FieldValidation, warn: (text: string) => void): KubeObject {
  const kind = object.kind as Kind;
  return decodeObject(inStoredVersion(object), bodyTypeOf(kind), { fieldValidation, warn });
}

/** What the patch makes of the object as it is stored; refuses and warns alike. */
export function requestPatched(
  stored: KubeObject,
  { type, body }: Patch,
  fieldValidation: FieldValidation,
  warn: (text: string) => void,
): KubeObject {
  const kind = stored.kind as Kind;
  const request = { method: 'PATCH', path: '', body };
  return patchedObject(
    request,
    type,
    bodyTypeOf(kind),
    shown(kind, stored) as KubeObject,
    { fieldValidation, dryRun: false, fieldManager: '', force: undefined },
    warn,
  );
}

/** Models ConvertTo of autoscaling/v1: the one target it knows is a metric of v2. */
function inStoredVersion(object: KubeObject): KubeObject {
  if (object.kind !== 'HorizontalPodAutoscaler' || object.apiVersion !== 'autoscaling/v1') return object;
  const { spec } = asMap(object);
  if (!isMap(spec)) return { ...object, apiVersion: 'autoscaling/v2' };
  const { targetCPUUtilizationPercentage: percent, ...others } = spec;
  const metric = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: percent } } };
  return { ...object, apiVersion: 'autoscaling/v2', spec: percent === undefined ? others : { ...others, metrics: [metric] } } as KubeObject;
}
