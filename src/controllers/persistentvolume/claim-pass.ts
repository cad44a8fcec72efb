/**
 * One pass over a claim: find it a volume, have one made, or see that what it has is still there.
 *
 * Models syncClaim, syncUnboundClaim, syncBoundClaim and provisionClaim of pkg/controller/volume/persistentvolume/pv_controller.go.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { run, type Task } from '../../client/task.ts';
import { isDeleting, objectKey } from '../../model/meta.ts';
import { isPodTerminal, type Pod } from '../../model/pod.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../model/storage.ts';
import { defaultStorageClass } from '../../model/storage-class.ts';
import {
  BETA_STORAGE_PROVISIONER,
  BIND_COMPLETED,
  BOUND_BY_CONTROLLER,
  hasStorageClass,
  isDelayed,
  isVolumeBoundTo,
  misfit,
  SELECTED_NODE,
  STORAGE_PROVISIONER,
  storageClassNameOf,
} from '../../model/volume-matching.ts';
import type { ControllerContext } from '../context.ts';
import type { BindingWrites, Notice } from './binding-writes.ts';
import { OperationBackoff } from './operation-backoff.ts';
import { podsOfClaim } from './pods-of-claims.ts';
import type { VolumeCache } from './volume-cache.ts';
import { provisionerFor } from './volume-plugins.ts';

const LOST_REFERENCE = lost('ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!');
const LOST_VOLUME = lost('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!');
const MISBOUND = lost('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly');

export interface ClaimPassParts {
  readonly context: ControllerContext;
  readonly recorder: EventRecorder;
  readonly writes: BindingWrites;
  readonly volumes: VolumeCache;
}

export class ClaimPass {
  readonly #context: ControllerContext;
  readonly #recorder: EventRecorder;
  readonly #writes: BindingWrites;
  readonly #volumes: VolumeCache;
  /** Telling a claim's provisioner. */
  readonly #provisionings: OperationBackoff;

  constructor({ context, recorder, writes, volumes }: ClaimPassParts) {
    this.#context = context;
    this.#recorder = recorder;
    this.#writes = writes;
    this.#volumes = volumes;
    this.#provisionings = new OperationBackoff(context.sim);
  }

  sync(claim: PersistentVolumeClaim): Task<void> {
    if (claim.metadata.annotations?.[BIND_COMPLETED] !== undefined) return this.#syncBound(claim);
    return (claim.spec.volumeName ?? '') === '' ? this.#syncUnbound(claim) : this.#syncNamed(claim, claim.spec.volumeName!);
  }

  *#syncUnbound(claim: PersistentVolumeClaim): Task<void> {
    const isBindingDelayed = isDelayed(this.#storageClass(claim));
    const volume = this.#volumes.findFor(claim, isBindingDelayed);
    if (volume !== undefined) return yield* this.#writes.bind(volume, claim);

    if (yield* this.#assignDefaultClass(claim)) return;
    if (isBindingDelayed && claim.metadata.annotations?.[SELECTED_NODE] === undefined) this.#tellOfWaiting(claim);
    else if (storageClassNameOf(claim) !== '') return this.#provision(claim);
    else
      this.#recorder.event(claim, 'Normal', 'FailedBinding', 'no persistent volumes available for this claim and no storage class is set');
    yield* this.#writes.setClaimStatus(claim, 'Pending');
  }

  /** The user asked for this volume and no other. */
  *#syncNamed(claim: PersistentVolumeClaim, name: string): Task<void> {
    const volume = this.#volumes.get(name);
    if (volume === undefined) {
      yield* this.#writes.setClaimStatus(claim, 'Pending');
      return;
    }
    const problem = this.#problemWith(volume, claim);
    if (problem === undefined) return yield* this.#writes.bind(volume, claim);
    this.#recorder.event(claim, 'Warning', problem.reason, problem.message);
    yield* this.#writes.setClaimStatus(claim, 'Pending');
  }

  #problemWith(volume: PersistentVolume, claim: PersistentVolumeClaim): Pick<Notice, 'reason' | 'message'> | undefined {
    const { name } = volume.metadata;
    if (volume.spec.claimRef === undefined) {
      const why = misfit(volume, claim);
      return why === undefined ? undefined : { reason: 'VolumeMismatch', message: `Cannot bind to requested volume "${name}": ${why}` };
    }
    if (isVolumeBoundTo(volume, claim)) return undefined;
    if (claim.metadata.annotations?.[BOUND_BY_CONTROLLER] === undefined) {
      return { reason: 'FailedBinding', message: `volume "${name}" already bound to a different claim.` };
    }
    // Somebody took the mark of a completed binding off: upstream gives up with an error, and so the pass ends here.
    const key = objectKey(claim);
    throw new ApiError({ code: 500, reason: 'InternalError', message: `invalid binding of claim "${key}" to volume "${name}"` });
  }

  *#syncBound(claim: PersistentVolumeClaim): Task<void> {
    const { volumeName = '' } = claim.spec;
    if (volumeName === '') return yield* this.#writes.setClaimStatusWithEvent(claim, 'Lost', LOST_REFERENCE);
    const volume = this.#volumes.get(volumeName);
    if (volume === undefined) return yield* this.#writes.setClaimStatusWithEvent(claim, 'Lost', LOST_VOLUME);
    const { claimRef } = volume.spec;
    if (claimRef === undefined || claimRef.uid === claim.metadata.uid) return yield* this.#writes.bind(volume, claim);
    yield* this.#writes.setClaimStatusWithEvent(claim, 'Lost', MISBOUND);
  }

  /** A claim that says nothing about its class gets the default one as soon as there is one. */
  *#assignDefaultClass(claim: PersistentVolumeClaim): Task<boolean> {
    if (hasStorageClass(claim)) return false;
    const fallback = defaultStorageClass(this.#context.informers.informer('StorageClass').values());
    if (fallback === undefined) return false;
    // When that fails, the pass ends: nobody is told that the claim has no class.
    yield* this.#writes.updateClaim({ ...claim, spec: { ...claim.spec, storageClassName: fallback.metadata.name } });
    return true;
  }

  #tellOfWaiting(claim: PersistentVolumeClaim): void {
    const waits = (pod: Pod) => (pod.spec.nodeName ?? '') === '' && !isPodTerminal(pod) && !isDeleting(pod);
    const names = podsOfClaim(this.#context.informers, claim).flatMap((pod) => (waits(pod) ? pod.metadata.name : []));
    if (names.length === 0) {
      const message = 'waiting for first consumer to be created before binding';
      this.#recorder.event(claim, 'Normal', 'WaitForFirstConsumer', message);
      return;
    }
    const message = `waiting for ${names.length === 1 ? 'pod' : 'pods'} ${names.join(',')} to be scheduled`;
    this.#recorder.event(claim, 'Normal', 'WaitForPodScheduled', message);
  }

  #provision(claim: PersistentVolumeClaim): void {
    const provisioning = provisionerFor(storageClassNameOf(claim), this.#storageClass(claim));
    if ('problem' in provisioning) {
      this.#recorder.event(claim, 'Warning', 'ProvisioningFailed', provisioning.problem);
      return;
    }
    const operation = `${objectKey(claim)} ${claim.metadata.uid}`;
    if (!this.#provisionings.mayStart(operation)) return;
    // Beside the worker, which goes on with the next claim. After a failure a pass that comes too early does nothing: a later one tries again.
    run(
      this.#tellProvisioner(claim, provisioning.driver),
      () => this.#provisionings.succeeded(operation),
      (error) => {
        this.#provisionings.failed(operation);
        if (!(error instanceof ApiError)) throw error;
      },
    );
  }

  *#tellProvisioner(claim: PersistentVolumeClaim, driver: string): Task<void> {
    const { annotations } = claim.metadata;
    let told = claim;
    if (annotations?.[STORAGE_PROVISIONER] !== driver) {
      const marks = { ...annotations, [BETA_STORAGE_PROVISIONER]: driver, [STORAGE_PROVISIONER]: driver };
      told = yield* this.#writes.updateClaim({ ...claim, metadata: { ...claim.metadata, annotations: marks } });
    }
    const message = `Waiting for a volume to be created either by the external provisioner '${driver}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`;
    this.#recorder.event(told, 'Normal', 'ExternalProvisioning', message);
  }

  #storageClass(claim: PersistentVolumeClaim): StorageClass | undefined {
    return this.#context.informers.informer('StorageClass').get(storageClassNameOf(claim));
  }
}

function lost(reason: string, message: string): Notice {
  return { type: 'Warning', reason, message };
}
