/**
 * Requests to `/scale`: the number of replicas of a workload, read and changed through an object of its own.
 *
 * Models scaleUpdatedObjectInfo in pkg/registry/apps/<workload>/storage/storage.go.
 */
import { apiVersionOf, type Kind, type KindMap } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import { timeText } from '../../model/time.ts';
import { invalidOf } from '../api-error.ts';
import type { ApiServer } from '../api-server.ts';
import { apply, entriesOf, managersAfterUpdate, withManagers } from '../managed/managed-fields.ts';
import { managersOfScale, managersWithScale } from '../managed/scale-managers.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import type { Answer, Warn } from './answer.ts';
import { appliedConfig } from './applied-config.ts';
import { patchedObject, patchTypeOf } from './patch-request.ts';
import { Representation } from './representation.ts';
import { readBody, SCALE_BODY, type YamlReader } from './request-body.ts';
import { type WriteOptions, writeOptionsOf } from './request-options.ts';
import type { RestRequest } from './rest-request.ts';
import type { Route } from './route.ts';
import { type ScaleObject, scaleObjectOf } from './scale-object.ts';
import type { ServedVersion } from './served-version.ts';
import { checkName, infoOf, inNamespace, writerOf } from './shared.ts';

export function readScale(server: ApiServer, request: RestRequest, { kind, namespace, name }: Route): Answer {
  const representation = new Representation(request.accept, request.query, server.nowUs);
  const { contentType } = representation;
  const body = representation.object(asScale(kind), scaleObjectOf(server.get(kind, namespace, name!)));
  return { code: 200, body, ...(contentType === undefined ? {} : { contentType }) };
}

export function changeScale(server: ApiServer, request: RestRequest, route: Route, warn: Warn, readYaml: YamlReader): Answer {
  const { kind, namespace, name } = route;
  const isPut = request.method === 'PUT';
  const patchType = isPut ? undefined : patchTypeOf(request);
  const options = writeOptionsOf(request.query, isPut ? 'UpdateOptions' : 'PatchOptions', patchType === 'apply');
  const writer = writerOf(request, options, 'scale', timeText(server.nowUs));
  const info = infoOf(request, options, warn);
  const put = isPut ? readBody(request, SCALE_BODY, { ...options, warn, readYaml }) : undefined;
  if (put !== undefined) checkName(inNamespace(put, route), name!);
  const config = patchType === 'apply' ? appliedConfig(request, SCALE_BODY, options, warn, readYaml) : undefined;
  const change = (stored: KubeObject): KindMap[Kind] => {
    const entries = entriesOf(stored);
    const before = withManagers(scaleObjectOf(stored), managersOfScale(entries)) as ScaleObject;
    let scale: ScaleObject;
    if (config !== undefined) {
      const { object, managers } = apply(SCALE_BODY, before, config, writer, options.force === true);
      scale = withManagers(object, managers) as ScaleObject;
    } else {
      scale = put ?? patched(request, patchType as Exclude<typeof patchType, 'apply' | undefined>, before, options, warn);
      scale = withManagers(scale, managersAfterUpdate(SCALE_BODY, before, scale, writer)) as ScaleObject;
    }
    checkName(inNamespace(scale, route), name!);
    return rescaled(stored, scale, managersWithScale(entries, entriesOf(scale), apiVersionOf(kind)));
  };
  const isUpdate = put !== undefined;
  const changed = isUpdate
    ? server.updateWith(kind, namespace, name!, change, info, 'scale')
    : server.patchWith(kind, namespace, name!, change, info, 'scale');
  return { code: 200, body: scaleObjectOf(changed) };
}

function patched(
  request: RestRequest,
  type: Parameters<typeof patchedObject>[1],
  before: ScaleObject,
  options: WriteOptions,
  warn: Warn,
): ScaleObject {
  return patchedObject(request, type, SCALE_BODY, before, options, warn);
}

/** The workload with the number the Scale says; the Scale's own version and uid are what the change was made from. */
function rescaled(stored: KubeObject, scale: ScaleObject, managers: Parameters<typeof withManagers>[1]): KindMap[Kind] {
  const replicas = scale.spec?.replicas ?? 0;
  const { uid = stored.metadata.uid, resourceVersion = stored.metadata.resourceVersion, name } = scale.metadata;
  const isOther = uid !== stored.metadata.uid || resourceVersion !== stored.metadata.resourceVersion;
  if (replicas < 0 && !isOther) {
    const errors = new FieldErrors();
    errors.invalid('spec.replicas', replicas, 'must be greater than or equal to 0');
    throw invalidOf({ kind: 'Scale', group: 'autoscaling' }, name, errors.causes);
  }
  const spec = { ...(stored as KindMap['Deployment']).spec, replicas };
  const metadata = { ...stored.metadata, uid, resourceVersion };
  return withManagers({ ...stored, metadata, spec } as KubeObject, managers) as KindMap[Kind];
}

function asScale(kind: Kind): ServedVersion {
  return { kind, type: SCALE_BODY, shown: (object) => object, stored: (object) => object };
}
