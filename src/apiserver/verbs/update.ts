/**
 * What an update does, a PUT or a PATCH, of an object or of a part of it: preconditions, what the server keeps, defaults, the strategy's
 * preparation, validation, admission, and the write; one that changes nothing takes no revision.
 *
 * Models Update of staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go and BeforeUpdate of rest/update.go.
 */
import { KINDS, type Kind, type KindMap } from '../../model/kinds.ts';
import { type KubeObject, objectKey } from '../../model/meta.ts';
import type { WriteVerb } from '../../model/observer.ts';
import type { Pod } from '../../model/pod.ts';
import type { Service } from '../../model/service.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../model/storage.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { Admission } from '../admission.ts';
import { invalidOf, notFound } from '../api-error.ts';
import { checkResize } from '../claim-resize-admission.ts';
import { withDefaults } from '../defaults.ts';
import { CONDITIONAL_KINDS, GENERATION_KINDS, hasSliceChanged, STATUS_KINDS } from '../kind-strategy.ts';
import { checkLimits } from '../limit-range.ts';
import { checkPodSecurity } from '../pod-security/pod-security-admission.ts';
import { checkResizeOnNode, withEphemeralOf, withResourcesOf } from '../pod-subresources.ts';
import { mayUseMore } from '../quota-admission.ts';
import { isSameValue } from '../same-value.ts';
import { rawTextOf } from '../schema/raw-text.ts';
import type { ServiceAddresses } from '../service-addresses.ts';
import type { Store } from '../store.ts';
import { checkVersion, keptMetadata, otherUid, withGeneration, withStatusOf } from '../stored-metadata.ts';
import { checkUpdate } from '../validation/validate.ts';
import { withPhaseTime } from '../volume-strategy.ts';
import { warningsFor } from '../warnings/warnings.ts';
import { preparedForUpdate } from '../workload-strategy.ts';
import { looked } from './looked.ts';
import type { RequestInfo, Subresource } from './request-info.ts';
import type { VerbParts } from './verb-parts.ts';
import type { Writer } from './writer.ts';

/** The parts of a pod that change what its processes may do. */
const POD_SPEC_PARTS: ReadonlySet<Subresource> = new Set(['ephemeralcontainers', 'resize']);

type Fields = { readonly [field: string]: unknown };

export class UpdateVerb {
  readonly #store: Store;
  readonly #sim: Simulation;
  readonly #writer: Writer;
  readonly #admission: Admission;
  readonly #addresses: ServiceAddresses;
  readonly #unwritten: WeakSet<KubeObject>;

  constructor(options: VerbParts) {
    this.#store = options.store;
    this.#sim = options.sim;
    this.#writer = options.writer;
    this.#admission = options.admission;
    this.#addresses = options.addresses;
    this.#unwritten = options.unwritten;
  }

  update<K extends Kind>(kind: K, object: KindMap[K], request: RequestInfo, verb: WriteVerb, subresource: Subresource): KindMap[K] {
    const key = objectKey(object);
    const stored = this.#store.get(kind, key);
    if (stored === undefined) throw notFound(kind, object.metadata.name);
    const { resourceVersion, uid } = object.metadata;
    // A patch has no preconditions: another uid is a field that may not change.
    if (uid !== undefined && uid !== stored.metadata.uid && verb === 'update') throw otherUid(kind, stored, uid);
    if (resourceVersion !== undefined) checkVersion(kind, stored.metadata, resourceVersion);
    else if (CONDITIONAL_KINDS.has(kind)) {
      const message = 'Invalid value: 0: must be specified for an update';
      const { group, resource } = KINDS[kind];
      const cause = { reason: 'FieldValueInvalid', message, field: 'metadata.resourceVersion' };
      throw invalidOf({ kind: resource, group }, object.metadata.name, [cause]);
    }
    let changed = subresource === 'status' ? withStatusOf(stored, object) : withSpecOf(kind, stored, partOf(object, stored, subresource));
    if (kind === 'PersistentVolume')
      changed = withPhaseTime(changed as PersistentVolume, stored as PersistentVolume, this.#sim.nowUs) as KindMap[K];
    if (isSameValue(changed, stored) && !this.#unwritten.has(stored) && hasSameText(changed, stored)) return stored;
    const isService = kind === 'Service' && subresource === '';
    if (isService) changed = this.#addresses.reallocate(changed as Service, stored as Service, request.dryRun) as KindMap[K];
    this.#addresses.orUndo(kind, () => {
      checkUpdate(kind, looked(kind, changed, request), stored, subresource);
      if (request.warn !== undefined && subresource === '') warningsFor(kind, changed, stored).forEach(request.warn);
      if (kind === 'PersistentVolumeClaim' && subresource === '') {
        checkLimits(this.#store, kind, changed);
        checkResize(this.#store, changed as PersistentVolumeClaim, stored as PersistentVolumeClaim);
      }
      if (subresource === '' || POD_SPEC_PARTS.has(subresource)) checkPodSecurity(this.#store, kind, changed, stored, request.warn);
      if (subresource === '') this.#admission.checkUpdate(kind, changed);
      if (subresource === 'resize') checkResizeOnNode(this.#store, changed as Pod, stored as Pod);
      if (request.dryRun !== true && mayUseMore(kind, changed, stored, subresource)) this.#writer.charge(kind, changed, stored);
    });
    if (isService && request.dryRun !== true) this.#addresses.releaseUnused(changed as Service, stored as Service);
    return this.#writer.putOrRemove(kind, request.settled?.(kind, changed) ?? changed, stored, verb, subresource, request, key);
  }
}

/** The whole of the object: what the server keeps of the one that is stored, and whether the change makes another generation. */
function withSpecOf<K extends Kind>(kind: K, stored: KindMap[K], object: KindMap[K]): KindMap[K] {
  const before = stored as unknown as { readonly spec?: Fields; readonly status?: unknown };
  const filled = preparedForUpdate(kind, withDefaults(kind, object), stored);
  const after = filled as unknown as { readonly spec?: Fields };
  const isChanged =
    (kind === 'EndpointSlice' ? hasSliceChanged(stored, filled) : !isSameValue(before.spec, after.spec)) ||
    (kind === 'Deployment' && !isSameValue(stored.metadata.annotations, object.metadata.annotations));
  const counts = GENERATION_KINDS.has(kind) || kind === 'CSIDriver';
  const generation = counts && isChanged ? (stored.metadata.generation ?? 0) + 1 : stored.metadata.generation;
  return {
    ...filled,
    metadata: withGeneration(keptMetadata(stored.metadata, filled.metadata), generation),
    ...(STATUS_KINDS.has(kind) ? { status: before.status } : {}),
    ...(after.spec !== undefined && isSameValue(before.spec, after.spec) ? { spec: before.spec } : {}),
  } as unknown as KindMap[K];
}

/** Raw data is more than its value. */
function hasSameText(changed: KubeObject, stored: KubeObject): boolean {
  if (changed.kind !== 'ControllerRevision') return true;
  const { data } = changed as KindMap['ControllerRevision'];
  return rawTextOf(data) === rawTextOf((stored as KindMap['ControllerRevision']).data);
}

/** Of a request to a part of a pod, that part. */
function partOf<T extends KubeObject>(object: T, stored: T, subresource: Subresource): T {
  const [given, before] = [object as unknown as Pod, stored as unknown as Pod];
  if (subresource === 'ephemeralcontainers') return withEphemeralOf(before, given) as unknown as T;
  return subresource === 'resize' ? (withResourcesOf(before, given) as unknown as T) : object;
}
