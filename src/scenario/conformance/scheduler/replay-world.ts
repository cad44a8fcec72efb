/**
 * The cluster a recorded decision was made in: its objects, the scheduler's cache of them, and who is nominated where.
 *
 * The same Cache, Profile and plugins a scenario runs with; only the informers are replaced by plain maps.
 */

import { type KubeObject, objectKey } from '../../../model/meta.ts';
import type { Node } from '../../../model/node.ts';
import { isPodTerminal, type Pod } from '../../../model/pod.ts';
import { withSchedulingDefaults } from '../../../model/pod-defaults.ts';
import type { StorageClass } from '../../../model/storage.ts';
import { Cache } from '../../../scheduler/cache.ts';
import { FastPath } from '../../../scheduler/fast/fast-path.ts';
import { PodCounts } from '../../../scheduler/fast/pod-counts.ts';
import type { Lister } from '../../../scheduler/framework.ts';
import type { Listers, PluginHandle } from '../../../scheduler/handle.ts';
import { PodInfo } from '../../../scheduler/pod-info.ts';
import type { Profile } from '../../../scheduler/profile.ts';
import { Snapshot } from '../../../scheduler/snapshot.ts';

/** The objects of one kind, in the order they were put in. */
export class ObjectMap<T extends KubeObject> implements Lister<T> {
  readonly #objects = new Map<string, T>();

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  values(): Iterable<T> {
    return this.#objects.values();
  }

  byIndex(index: 'namespace' | 'nodeName', value: string): readonly T[] {
    return [...this.#objects.values()].filter((object) =>
      index === 'namespace' ? (object.metadata.namespace ?? '') === value : (object as unknown as Pod).spec.nodeName === value,
    );
  }

  set(object: T): void {
    this.#objects.set(objectKey(object), object);
  }

  delete(key: string): void {
    this.#objects.delete(key);
  }
}

/** As the API server would have stored it: the uid the recordings give, and the defaults that placing depends on. */
export function stored<T extends KubeObject>(manifest: T): T {
  const { kind, metadata } = manifest;
  const named = { ...manifest, metadata: { ...metadata, uid: `uid-${kind}-${metadata.namespace ?? ''}-${metadata.name}` } };
  if (kind === 'Pod') return withSchedulingDefaults(named as unknown as Pod) as unknown as T;
  if (kind === 'StorageClass') return { ...named, volumeBindingMode: (named as unknown as StorageClass).volumeBindingMode ?? 'Immediate' };
  return named;
}

export class ReplayWorld {
  readonly maps = new Map<string, ObjectMap<KubeObject>>();
  readonly cache = new Cache();
  readonly snapshot = new Snapshot();
  /** From the first object on, so that the fast path's counts are whole. */
  readonly #counts = new PodCounts(this.cache, this.snapshot);
  readonly nominated = new Map<string, PodInfo[]>();
  readonly handle: PluginHandle;

  constructor(manifests: Iterable<KubeObject>) {
    this.handle = {
      snapshot: this.snapshot,
      listers: this.#listers(),
      nominated: {
        isEmpty: false,
        onNode: (name) => this.nominated.get(name) ?? [],
        nodeNames: () => this.nominated.keys(),
        nodeOf: (uid) => [...this.nominated].find(([, pods]) => pods.some((pod) => pod.uid === uid))?.[0],
      },
      // The recorder ran later than any start time in the recordings.
      nowUs: () => Number.MAX_SAFE_INTEGER,
    };
    for (const manifest of manifests) this.#put(stored(manifest));
    this.cache.updateSnapshot(this.snapshot);
  }

  /** The fast path of a profile made with this world's handle. */
  fastPath(profile: Profile): FastPath {
    return new FastPath(profile, this.#counts);
  }

  map<T extends KubeObject>(kind: string): ObjectMap<T> {
    let map = this.maps.get(kind);
    if (map === undefined) {
      map = new ObjectMap();
      this.maps.set(kind, map);
    }
    return map as unknown as ObjectMap<T>;
  }

  #put(object: KubeObject): void {
    this.map(object.kind).set(object);
    if (object.kind === 'Node') this.cache.addNode(object as Node);
    if (object.kind === 'Pod') this.#putPod(object as Pod);
  }

  #putPod(pod: Pod): void {
    if (isPodTerminal(pod)) return;
    if (pod.spec.nodeName !== undefined && pod.spec.nodeName !== '') {
      this.cache.addPod(pod);
      return;
    }
    const nominee = new PodInfo(pod);
    if (nominee.nominatedNodeName === '') return;
    const present = this.nominated.get(nominee.nominatedNodeName) ?? [];
    this.nominated.set(nominee.nominatedNodeName, [...present, nominee]);
  }

  #listers(): Listers {
    return {
      pods: this.map('Pod'),
      namespaces: this.map('Namespace'),
      services: this.map('Service'),
      replicationControllers: this.map('ReplicationController'),
      replicaSets: this.map('ReplicaSet'),
      statefulSets: this.map('StatefulSet'),
      podDisruptionBudgets: this.map('PodDisruptionBudget'),
      persistentVolumes: this.map('PersistentVolume'),
      persistentVolumeClaims: this.map('PersistentVolumeClaim'),
      storageClasses: this.map('StorageClass'),
      csiNodes: this.map('CSINode'),
      csiDrivers: this.map('CSIDriver'),
      csiStorageCapacities: this.map('CSIStorageCapacity'),
      volumeAttachments: this.map('VolumeAttachment'),
    };
  }
}
