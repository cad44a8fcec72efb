/**
 * The binder's own view of volumes and claims: what the watches told, overtaken by what the binder itself has written since.
 *
 * Models storeObjectUpdate in pkg/controller/volume/persistentvolume/pv_controller_base.go and the index of index.go. Volumes that are
 * taken by others are never looked at again by a claim that seeks one, so they are kept out of the way.
 * Always true: `findFor` answers what a walk over all volumes in the order they came would.
 */
import { type KubeObject, type ObjectKey, objectKey, revisionOf } from '../../model/meta.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../model/storage.ts';
import { accessModesText, claimKeyOf, findMatchingVolume, matchingAccessModes } from '../../model/volume-matching.ts';

/** Objects by key, none older than the one before it. */
export class NewestObjects<T extends KubeObject> {
  protected readonly objects = new Map<ObjectKey, T>();

  get(key: ObjectKey): T | undefined {
    return this.objects.get(key);
  }

  get size(): number {
    return this.objects.size;
  }

  /** False when a newer version is known already. */
  store(object: T): boolean {
    const key = objectKey(object);
    const known = this.objects.get(key);
    if (known !== undefined && revisionOf(known) > revisionOf(object)) return false;
    this.objects.set(key, object);
    return true;
  }

  delete(key: ObjectKey): void {
    this.objects.delete(key);
  }
}

type Group = Map<string, PersistentVolume>;

export class VolumeCache extends NewestObjects<PersistentVolume> {
  /** Volumes nobody has claimed, by their access modes. */
  readonly #unclaimed = new Map<string, Group>();
  /** Volumes promised or bound, by the key of the claim. */
  readonly #claimed = new Map<ObjectKey, Group>();

  override store(volume: PersistentVolume): boolean {
    const before = this.objects.get(volume.metadata.name);
    if (!super.store(volume)) return false;
    if (before !== undefined) this.#forget(before);
    const claimKey = claimKeyOf(volume);
    if (claimKey === undefined) groupIn(this.#unclaimed, accessModesText(volume.spec.accessModes)).set(volume.metadata.name, volume);
    else groupIn(this.#claimed, claimKey).set(volume.metadata.name, volume);
    return true;
  }

  override delete(name: string): void {
    const before = this.objects.get(name);
    if (before !== undefined) this.#forget(before);
    super.delete(name);
  }

  /** The best volume for the claim: of the fewest access modes that suffice, then promised to it, then the smallest. */
  findFor(claim: PersistentVolumeClaim, isBindingDelayed: boolean): PersistentVolume | undefined {
    const promised = [...(this.#claimed.get(objectKey(claim))?.values() ?? [])];
    const groups = new Set([...this.#unclaimed.keys(), ...promised.map((volume) => accessModesText(volume.spec.accessModes))]);
    for (const modes of matchingAccessModes(groups, claim.spec.accessModes)) {
      const ours = promised.filter((volume) => accessModesText(volume.spec.accessModes) === modes);
      const found = findMatchingVolume(claim, [...ours, ...(this.#unclaimed.get(modes)?.values() ?? [])], isBindingDelayed);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #forget(volume: PersistentVolume): void {
    const claimKey = claimKeyOf(volume);
    const groups = claimKey === undefined ? this.#unclaimed : this.#claimed;
    const name = claimKey ?? accessModesText(volume.spec.accessModes);
    const group = groups.get(name);
    group?.delete(volume.metadata.name);
    if (group?.size === 0) groups.delete(name);
  }
}

function groupIn(groups: Map<string, Group>, name: string): Group {
  let group = groups.get(name);
  if (group === undefined) {
    group = new Map();
    groups.set(name, group);
  }
  return group;
}
