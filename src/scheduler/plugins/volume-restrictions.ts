/**
 * Keeps pods off nodes where a disk they mount directly is in use, and away altogether while somebody holds a claim that only
 * one pod may use. Models plugins/volumerestrictions.
 */
import type { Volume } from '../../model/pod.ts';
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
import type { PodInfo } from '../pod-info.ts';
import type { Snapshot } from '../snapshot.ts';

const NAME = 'VolumeRestrictions';
const SKIP: PreFilterResult = { status: skip(NAME) };
const DISK_IN_USE = unschedulable(NAME, 'node(s) had no available disk');
const CLAIM_IN_USE = unschedulable(
  NAME,
  'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
);
const STATE = 'VolumeRestrictions/filter';

/** Names of the pod's ReadWriteOncePod claims, and how many uses of them stand in its way. */
class FilterState {
  readonly claims: ReadonlySet<string>;
  conflicts: number;

  constructor(claims: ReadonlySet<string>, conflicts: number) {
    this.claims = claims;
    this.conflicts = conflicts;
  }

  clone(): FilterState {
    return new FilterState(this.claims, this.conflicts);
  }
}

export class VolumeRestrictions implements PreFilterPlugin, FilterPlugin {
  readonly name = NAME;
  readonly #handle: PluginHandle;

  constructor(handle: PluginHandle) {
    this.#handle = handle;
  }

  preFilter(state: CycleState, pod: PodInfo, snapshot: Snapshot): PreFilterResult {
    const volumes = pod.pod.spec.volumes ?? [];
    const claims = new Set<string>();
    for (const { persistentVolumeClaim } of volumes) {
      if (persistentVolumeClaim === undefined) continue;
      const { claimName } = persistentVolumeClaim;
      const claim = this.#handle.listers.persistentVolumeClaims.get(`${pod.namespace}/${claimName}`);
      if (claim === undefined) return { status: unresolvable(NAME, `persistentvolumeclaim "${claimName}" not found`) };
      if (claim.spec.accessModes?.includes('ReadWriteOncePod') === true) claims.add(claimName);
    }
    const conflicts = [...claims].filter((name) => snapshot.isClaimUsed(`${pod.namespace}/${name}`)).length;
    if (conflicts === 0 && !volumes.some(isDisk)) return SKIP;
    state.write(STATE, new FilterState(claims, conflicts));
    return PRE_FILTER_SUCCESS;
  }

  addPod(state: CycleState, _pod: PodInfo, added: PodInfo): Status | undefined {
    return adjust(state, added, 1);
  }

  removePod(state: CycleState, _pod: PodInfo, removed: PodInfo): Status | undefined {
    return adjust(state, removed, -1);
  }

  filter(state: CycleState, pod: PodInfo, node: NodeInfo): Status | undefined {
    for (const volume of pod.pod.spec.volumes ?? []) {
      if (isDisk(volume) && node.pods.some(({ pod: other }) => other.spec.volumes?.some((used) => conflicts(volume, used)) === true)) {
        return DISK_IN_USE;
      }
    }
    return (state.read<FilterState>(STATE)?.conflicts ?? 0) > 0 ? CLAIM_IN_USE : undefined;
  }
}

/** By name only: upstream does not compare namespaces here. */
function adjust(state: CycleState, other: PodInfo, amount: number): Status | undefined {
  const counted = state.read<FilterState>(STATE);
  if (counted === undefined) return undefined;
  for (const { persistentVolumeClaim } of other.pod.spec.volumes ?? []) {
    if (persistentVolumeClaim !== undefined && counted.claims.has(persistentVolumeClaim.claimName)) counted.conflicts += amount;
  }
  return undefined;
}

function isDisk({ gcePersistentDisk, awsElasticBlockStore, iscsi, rbd }: Volume): boolean {
  return gcePersistentDisk !== undefined || awsElasticBlockStore !== undefined || iscsi !== undefined || rbd !== undefined;
}

/** Several readers may share a disk, unless it is an EBS volume. */
export function conflicts(a: Volume, b: Volume): boolean {
  if (a.gcePersistentDisk !== undefined && b.gcePersistentDisk !== undefined) {
    return a.gcePersistentDisk.pdName === b.gcePersistentDisk.pdName && !areReaders(a.gcePersistentDisk, b.gcePersistentDisk);
  }
  if (a.awsElasticBlockStore !== undefined && b.awsElasticBlockStore !== undefined) {
    return a.awsElasticBlockStore.volumeID === b.awsElasticBlockStore.volumeID;
  }
  if (a.iscsi !== undefined && b.iscsi !== undefined) return a.iscsi.iqn === b.iscsi.iqn && !areReaders(a.iscsi, b.iscsi);
  if (a.rbd === undefined || b.rbd === undefined) return false;
  const { monitors, image, pool = 'rbd' } = a.rbd;
  const sameImage = image === b.rbd.image && pool === (b.rbd.pool ?? 'rbd') && b.rbd.monitors.some((one) => monitors.includes(one));
  return sameImage && !areReaders(a.rbd, b.rbd);
}

function areReaders(a: { readonly readOnly?: boolean }, b: { readonly readOnly?: boolean }): boolean {
  return a.readOnly === true && b.readOnly === true;
}
