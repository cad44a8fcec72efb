/**
 * The writes that tie a claim and a volume together, or apart: each only when it changes something, each answer kept at once.
 *
 * Models bind, unbindVolume, updateClaimStatus and updateVolumePhase of pkg/controller/volume/persistentvolume/pv_controller.go.
 */
import type { Client } from '../../client/client.ts';
import type { EventRecorder, EventType } from '../../client/event-recorder.ts';
import type { Task } from '../../client/task.ts';
import type { StringMap } from '../../model/meta.ts';
import { quantityNanos } from '../../model/quantity.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../model/storage.ts';
import { BIND_COMPLETED, BOUND_BY_CONTROLLER, isVolumeBoundTo } from '../../model/volume-matching.ts';
import type { NewestObjects, VolumeCache } from './volume-cache.ts';

type ClaimPhase = NonNullable<NonNullable<PersistentVolumeClaim['status']>['phase']>;
export type VolumePhase = 'Available' | 'Bound' | 'Released' | 'Failed';

export interface Notice {
  readonly type: EventType;
  readonly reason: string;
  readonly message: string;
}

export class BindingWrites {
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #volumes: VolumeCache;
  readonly #claims: NewestObjects<PersistentVolumeClaim>;

  constructor(client: Client, recorder: EventRecorder, volumes: VolumeCache, claims: NewestObjects<PersistentVolumeClaim>) {
    this.#client = client;
    this.#recorder = recorder;
    this.#volumes = volumes;
    this.#claims = claims;
  }

  /** Four writes at most; what fails on the way is finished by a later pass over either of the two. */
  *bind(volume: PersistentVolume, claim: PersistentVolumeClaim): Task<void> {
    const bound = yield* this.setPhase(yield* this.#bindVolume(volume, claim), 'Bound');
    yield* this.setClaimStatus(yield* this.#bindClaim(claim, bound), 'Bound', bound);
  }

  *unbindVolume(volume: PersistentVolume): Task<void> {
    const { claimRef, ...spec } = volume.spec;
    const isOurs = volume.metadata.annotations?.[BOUND_BY_CONTROLLER] !== undefined;
    const { uid: _, ...promise } = claimRef ?? {};
    const freed: PersistentVolume = isOurs
      ? { ...volume, metadata: { ...volume.metadata, annotations: without(volume.metadata.annotations, BOUND_BY_CONTROLLER) }, spec }
      : { ...volume, spec: { ...spec, claimRef: promise } };
    yield* this.setPhase(yield* this.updateVolume(freed), 'Available');
  }

  *setPhase(volume: PersistentVolume, phase: VolumePhase, message?: string): Task<PersistentVolume> {
    if (volume.status?.phase === phase) return volume;
    const { message: _, reason: _reason, ...status } = volume.status ?? {};
    const changed = { ...volume, status: { ...status, phase, ...(message === undefined ? {} : { message }) } };
    const stored = yield* this.#client.updateStatus('PersistentVolume', changed);
    this.#volumes.store(stored);
    return stored;
  }

  /** With a word about it, unless that was said when it first came to this. */
  *setPhaseWithEvent(volume: PersistentVolume, phase: VolumePhase, { type, reason, message }: Notice): Task<PersistentVolume> {
    if (volume.status?.phase === phase) return volume;
    const stored = yield* this.setPhase(volume, phase, message);
    this.#recorder.event(stored, type, reason, message);
    return stored;
  }

  *setClaimStatus(claim: PersistentVolumeClaim, phase: ClaimPhase, volume?: PersistentVolume): Task<PersistentVolumeClaim> {
    const status = claimStatus(claim, phase, volume);
    if (status === claim.status) return claim;
    const stored = yield* this.#client.updateStatus('PersistentVolumeClaim', { ...claim, status: status! });
    this.#claims.store(stored);
    return stored;
  }

  *setClaimStatusWithEvent(claim: PersistentVolumeClaim, phase: ClaimPhase, { type, reason, message }: Notice): Task<void> {
    if (claim.status?.phase === phase) return;
    const stored = yield* this.setClaimStatus(claim, phase);
    this.#recorder.event(stored, type, reason, message);
  }

  *updateVolume(volume: PersistentVolume): Task<PersistentVolume> {
    const stored = yield* this.#client.update('PersistentVolume', volume);
    this.#volumes.store(stored);
    return stored;
  }

  *updateClaim(claim: PersistentVolumeClaim): Task<PersistentVolumeClaim> {
    const stored = yield* this.#client.update('PersistentVolumeClaim', claim);
    this.#claims.store(stored);
    return stored;
  }

  *#bindVolume(volume: PersistentVolume, claim: PersistentVolumeClaim): Task<PersistentVolume> {
    const bound = volumeBoundTo(volume, claim);
    return bound === volume ? volume : yield* this.updateVolume(bound);
  }

  *#bindClaim(claim: PersistentVolumeClaim, volume: PersistentVolume): Task<PersistentVolumeClaim> {
    const bound = claimBoundTo(claim, volume);
    return bound === claim ? claim : yield* this.updateClaim(bound);
  }
}

/** The volume with a reference to the claim; itself when it has one. Annotated when it was nobody's wish but the binder's. */
export function volumeBoundTo(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { claimRef } = volume.spec;
  const { name, namespace, uid, resourceVersion } = claim.metadata;
  const isOurChoice = !isVolumeBoundTo(volume, claim) && volume.metadata.annotations?.[BOUND_BY_CONTROLLER] === undefined;
  const isReferred = claimRef?.name === name && claimRef.namespace === namespace && claimRef.uid === uid;
  if (isReferred && !isOurChoice) return volume;
  const reference = {
    kind: 'PersistentVolumeClaim',
    apiVersion: 'v1',
    ...(namespace === undefined ? {} : { namespace }),
    name,
    ...(uid === undefined ? {} : { uid }),
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  const annotations = isOurChoice ? { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' } : volume.metadata.annotations;
  const metadata = annotations === undefined ? volume.metadata : { ...volume.metadata, annotations };
  return { ...volume, metadata, spec: { ...volume.spec, claimRef: isReferred ? claimRef : reference } };
}

/** The claim with the volume's name and the mark of a completed binding; itself when it has both. */
export function claimBoundTo(claim: PersistentVolumeClaim, { metadata: { name } }: PersistentVolume): PersistentVolumeClaim {
  const isNamed = claim.spec.volumeName === name;
  const { annotations } = claim.metadata;
  if (isNamed && annotations?.[BIND_COMPLETED] !== undefined) return claim;
  const marks: StringMap = {
    ...(annotations?.[BIND_COMPLETED] === undefined ? { [BIND_COMPLETED]: 'yes' } : {}),
    ...(isNamed || annotations?.[BOUND_BY_CONTROLLER] !== undefined ? {} : { [BOUND_BY_CONTROLLER]: 'yes' }),
  };
  return {
    ...claim,
    metadata: { ...claim.metadata, annotations: { ...annotations, ...marks } },
    spec: { ...claim.spec, volumeName: name },
  };
}

/** What the status is to say; the very status of the claim when it says so already. */
export function claimStatus(
  { status }: PersistentVolumeClaim,
  phase: ClaimPhase,
  volume: PersistentVolume | undefined,
): PersistentVolumeClaim['status'] {
  const isNewPhase = status?.phase !== phase;
  if (volume === undefined) {
    if (!isNewPhase && status?.accessModes === undefined && status?.capacity === undefined) return status;
    const { accessModes: _, capacity: _capacity, ...rest } = status ?? {};
    return { ...rest, phase };
  }
  const modes = volume.spec.accessModes ?? [];
  const areSameModes = modes.join() === (status?.accessModes ?? []).join();
  // Of a claim that is bound already, the size is what its file system has, which may lag behind the volume's.
  const isNewCapacity = isNewPhase && amount(status?.capacity?.storage) !== amount(volume.spec.capacity?.storage);
  if (!isNewPhase && areSameModes) return status;
  const { volumeAttributesClassName } = volume.spec;
  return {
    ...status,
    phase,
    ...(areSameModes ? {} : { accessModes: modes }),
    ...(isNewCapacity ? { capacity: volume.spec.capacity! } : {}),
    ...(isNewPhase && volumeAttributesClassName !== undefined ? { currentVolumeAttributesClassName: volumeAttributesClassName } : {}),
  };
}

function amount(quantity: string | number | undefined): bigint | undefined {
  return quantity === undefined ? undefined : quantityNanos(quantity);
}

function without(annotations: StringMap | undefined, key: string): StringMap {
  const { [key]: _, ...rest } = annotations ?? {};
  return rest;
}
