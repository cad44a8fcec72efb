/**
 * One pass over a volume: free, promised, bound, or left behind by its claim and to be reclaimed.
 *
 * Models syncVolume, reclaimVolume and deleteVolumeOperation of pkg/controller/volume/persistentvolume/pv_controller.go.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { run, type Task } from '../../client/task.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../model/storage.ts';
import { areModesDifferent, claimKeyOf, PROVISIONED_BY } from '../../model/volume-matching.ts';
import type { ControllerContext } from '../context.ts';
import type { BindingWrites } from './binding-writes.ts';
import { OperationBackoff } from './operation-backoff.ts';
import type { NewestObjects } from './volume-cache.ts';
import { deleteVolume } from './volume-plugins.ts';

export interface VolumePassParts {
  readonly context: ControllerContext;
  readonly client: Client;
  readonly recorder: EventRecorder;
  readonly writes: BindingWrites;
  readonly claims: NewestObjects<PersistentVolumeClaim>;
  readonly enqueueClaim: (key: string) => void;
}

export class VolumePass {
  readonly #parts: VolumePassParts;
  readonly #deletions: OperationBackoff;

  constructor(parts: VolumePassParts) {
    this.#parts = parts;
    this.#deletions = new OperationBackoff(parts.context.sim);
  }

  *sync(volume: PersistentVolume): Task<void> {
    const { writes, claims } = this.#parts;
    const { claimRef } = volume.spec;
    // Unused, or promised to a claim that has not been bound yet: that claim's pass will see to it.
    if (claimRef === undefined || (claimRef.uid ?? '') === '') {
      yield* writes.setPhase(volume, 'Available');
      return;
    }
    const claim = yield* this.#claimOf(volume, claims.get(claimKeyOf(volume)!));
    if (claim === undefined) return yield* this.#release(volume);
    const { volumeName = '' } = claim.spec;
    if (volumeName === '') return this.#leaveToClaim(volume, claim);
    if (volumeName === volume.metadata.name) {
      yield* writes.setPhase(volume, 'Bound');
      return;
    }
    // The claim is bound elsewhere. What was made for it is of no use to anybody; all else is free again.
    const isMadeForIt = volume.metadata.annotations?.[PROVISIONED_BY] !== undefined;
    if (isMadeForIt && volume.spec.persistentVolumeReclaimPolicy === 'Delete') return yield* this.#release(volume);
    yield* writes.unbindVolume(volume);
  }

  /** The claim the volume refers to. Before it is believed gone, the informer and the server itself are asked. */
  *#claimOf(volume: PersistentVolume, known: PersistentVolumeClaim | undefined): Task<PersistentVolumeClaim | undefined> {
    const { claimRef, phase } = { claimRef: volume.spec.claimRef!, phase: volume.status?.phase };
    let claim = known;
    if (claim === undefined && phase !== 'Released' && phase !== 'Failed') {
      claim = this.#parts.context.informers.informer('PersistentVolumeClaim').get(claimKeyOf(volume)!);
      claim ??= yield* this.#liveClaim(volume);
    }
    // Another one of the same name, or the cache is behind.
    if (claim !== undefined && claim.metadata.uid !== claimRef.uid) claim = yield* this.#liveClaim(volume);
    return claim?.metadata.uid === claimRef.uid ? claim : undefined;
  }

  *#liveClaim(volume: PersistentVolume): Task<PersistentVolumeClaim | undefined> {
    const { namespace, name = '' } = volume.spec.claimRef!;
    try {
      return yield* this.#parts.client.get('PersistentVolumeClaim', namespace, name);
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    }
  }

  #leaveToClaim(volume: PersistentVolume, claim: PersistentVolumeClaim): void {
    const { recorder, enqueueClaim } = this.#parts;
    if (!areModesDifferent(volume, claim)) return enqueueClaim(claimKeyOf(volume)!);
    const names = { volume: volume.metadata.name, claim: claim.metadata.name };
    const why = 'due to incompatible volumeMode.';
    const toVolume = `Cannot bind PersistentVolume to requested PersistentVolumeClaim "${names.claim}" ${why}`;
    const toClaim = `Cannot bind PersistentVolume "${names.volume}" to requested PersistentVolumeClaim ${why}`;
    recorder.event(volume, 'Warning', 'VolumeMismatch', toVolume);
    recorder.event(claim, 'Warning', 'VolumeMismatch', toClaim);
  }

  /** Released, unless it has failed already and people should see that; then whatever its policy says. */
  *#release(volume: PersistentVolume): Task<void> {
    const isTold = volume.status?.phase === 'Released' || volume.status?.phase === 'Failed';
    const released = isTold ? volume : yield* this.#parts.writes.setPhase(volume, 'Released');
    if (released.spec.persistentVolumeReclaimPolicy !== 'Delete') return;
    const operation = `${released.metadata.name} ${released.metadata.uid}`;
    if (!this.#deletions.mayStart(operation)) return;
    run(
      this.#delete(released),
      () => this.#deletions.succeeded(operation),
      (error) => {
        this.#deletions.failed(operation);
        if (!(error instanceof ApiError)) throw error;
      },
    );
  }

  *#delete({ metadata: { name } }: PersistentVolume): Task<void> {
    const { client, writes, claims } = this.#parts;
    const volume = yield* client.get('PersistentVolume', undefined, name);
    const claimKey = claimKeyOf(volume);
    if (claimKey === undefined || (volume.spec.claimRef?.uid ?? '') === '') return;
    const claim = claims.get(claimKey);
    const isElsewhere = (claim?.spec.volumeName ?? '') !== '' && claim?.spec.volumeName !== name;
    if (claim !== undefined && claim.metadata.uid === volume.spec.claimRef?.uid && !isElsewhere) return;
    const deletion = deleteVolume(volume);
    if (deletion === 'external') return;
    if (deletion === 'deleted') {
      yield* client.delete('PersistentVolume', undefined, name);
      return;
    }
    yield* writes.setPhaseWithEvent(volume, 'Failed', { type: 'Warning', reason: 'VolumeFailedDelete', message: deletion.problem });
    throw new ApiError({ code: 500, reason: 'InternalError', message: deletion.problem });
  }
}
