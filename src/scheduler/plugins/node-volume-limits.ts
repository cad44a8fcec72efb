/** Keeps pods off nodes to which a CSI driver can attach no more volumes. Models plugins/nodevolumelimits/csi.go. */
import type { PersistentVolume } from '../../model/storage.ts';
import {
  type CycleState,
  type FilterPlugin,
  PRE_FILTER_SUCCESS,
  type PreFilterPlugin,
  type PreFilterResult,
  type Status,
  skip,
  unresolvable,
  unschedulable,
} from '../framework.ts';
import type { PluginHandle } from '../handle.ts';
import type { NodeInfo } from '../node-info.ts';
import { claimOf, storageClassOf } from '../pod-claims.ts';
import type { PodInfo } from '../pod-info.ts';

const NAME = 'NodeVolumeLimits';
const SKIP: PreFilterResult = { status: skip(NAME) };
const FULL = unschedulable(NAME, 'node(s) exceed max volume count');

/** Unique volume (`driver/handle`) to its driver. */
type Volumes = Map<string, string>;

export class NodeVolumeLimits implements PreFilterPlugin, FilterPlugin {
  readonly name = NAME;
  readonly #handle: PluginHandle;

  constructor(handle: PluginHandle) {
    this.#handle = handle;
  }

  preFilter(_state: CycleState, { pod }: PodInfo): PreFilterResult {
    return pod.spec.volumes?.some((volume) => claimOf(pod, volume) !== undefined || isMigratable(volume)) === true
      ? PRE_FILTER_SUCCESS
      : SKIP;
  }

  filter(_state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    const wanted: Volumes = new Map();
    const missing = this.#collect(pod, wanted);
    if (missing !== undefined) return unresolvable(NAME, `persistentvolumeclaim "${missing}" not found`);
    if (wanted.size === 0) return undefined;
    const limits = this.#limitsOf(node.name);
    if (limits.size === 0) return undefined;

    const attached: Volumes = new Map();
    for (const other of node.pods) this.#collect(other, attached);
    for (const volume of attached.keys()) wanted.delete(volume);
    // A wanted volume that is attached already, but used by no pod here, counts twice: so does upstream (spec 4.8).
    this.#collectAttachments(node.name, attached);
    for (const [driver, limit] of limits) {
      const more = countOf(wanted, driver);
      if (more > 0 && countOf(attached, driver) + more > limit) return FULL;
    }
    return undefined;
  }

  /** Adds the CSI volumes of a pod; answers the first claim that does not exist. */
  #collect(pod: PodInfo, volumes: Volumes): string | undefined {
    const { persistentVolumeClaims, persistentVolumes } = this.#handle.listers;
    let missing: string | undefined;
    for (const volume of pod.pod.spec.volumes ?? []) {
      const reference = claimOf(pod.pod, volume);
      if (reference === undefined) continue;
      const claim = persistentVolumeClaims.get(`${pod.namespace}/${reference.name}`);
      if (claim === undefined) {
        missing ??= reference.name;
        continue;
      }
      const bound = persistentVolumes.get(claim.spec.volumeName ?? '');
      if (bound !== undefined) {
        addVolume(bound, volumes);
        continue;
      }
      // Not bound yet: the driver is the provisioner, and the claim itself stands for the volume to come.
      const driver = this.#handle.listers.storageClasses.get(storageClassOf(claim))?.provisioner;
      if (driver !== undefined) volumes.set(`${driver}/${pod.namespace}-${reference.name}`, driver);
    }
    return missing;
  }

  #collectAttachments(nodeName: string, volumes: Volumes): void {
    const { volumeAttachments, persistentVolumes } = this.#handle.listers;
    for (const { spec } of volumeAttachments.values()) {
      if (spec.nodeName !== nodeName || spec.source.persistentVolumeName === undefined) continue;
      const volume = persistentVolumes.get(spec.source.persistentVolumeName);
      if (volume !== undefined) addVolume(volume, volumes);
    }
  }

  #limitsOf(nodeName: string): ReadonlyMap<string, number> {
    const limits = new Map<string, number>();
    for (const { name, allocatable } of this.#handle.listers.csiNodes.get(nodeName)?.spec.drivers ?? []) {
      if (allocatable?.count !== undefined) limits.set(name, allocatable.count);
    }
    return limits;
  }
}

function addVolume({ spec: { csi } }: PersistentVolume, volumes: Volumes): void {
  if (csi !== undefined) volumes.set(`${csi.driver}/${csi.volumeHandle}`, csi.driver);
}

function countOf(volumes: Volumes, driver: string): number {
  let count = 0;
  for (const one of volumes.values()) if (one === driver) count++;
  return count;
}

type AnyVolume = NonNullable<PodInfo['pod']['spec']['volumes']>[number];

/** In-tree volumes that a CSI driver serves behind the scenes. */
function isMigratable(volume: AnyVolume): boolean {
  const { gcePersistentDisk, awsElasticBlockStore, azureDisk, azureFile, cinder, vsphereVolume, portworxVolume } = volume;
  return [gcePersistentDisk, awsElasticBlockStore, azureDisk, azureFile, cinder, vsphereVolume, portworxVolume].some(
    (source) => source !== undefined,
  );
}
