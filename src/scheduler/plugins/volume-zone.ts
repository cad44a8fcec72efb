/** Keeps pods in the zones and regions of the volumes they are bound to. Models plugins/volumezone. */
import {
  type CycleState,
  type FilterPlugin,
  PRE_FILTER_SUCCESS,
  type PreFilterPlugin,
  type PreFilterResult,
  type Status,
  skip,
  unresolvable,
} from '../framework.ts';
import type { PluginHandle } from '../handle.ts';
import type { NodeInfo } from '../node-info.ts';
import { storageClassOf } from '../pod-claims.ts';
import type { PodInfo } from '../pod-info.ts';

const NAME = 'VolumeZone';
const SKIP: PreFilterResult = { status: skip(NAME) };
const WRONG_ZONE = unresolvable(NAME, 'node(s) had no available volume zone');
const STATE = 'VolumeZone/filter';

const GENERAL_LABEL: { readonly [label: string]: string } = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
};
const LABELS = [...Object.keys(GENERAL_LABEL), ...Object.values(GENERAL_LABEL)];

interface VolumeTopology {
  readonly key: string;
  readonly values: ReadonlySet<string>;
}

export class VolumeZone implements PreFilterPlugin, FilterPlugin {
  readonly name = NAME;
  readonly #handle: PluginHandle;

  constructor(handle: PluginHandle) {
    this.#handle = handle;
  }

  preFilter(state: CycleState, pod: PodInfo): PreFilterResult {
    const topologies: VolumeTopology[] = [];
    for (const { persistentVolumeClaim } of pod.pod.spec.volumes ?? []) {
      if (persistentVolumeClaim === undefined) continue;
      const problem = this.#collect(`${pod.namespace}/${persistentVolumeClaim.claimName}`, persistentVolumeClaim.claimName, topologies);
      if (problem !== undefined) return { status: unresolvable(NAME, problem) };
    }
    if (topologies.length === 0) return SKIP;
    state.write(STATE, topologies);
    return PRE_FILTER_SUCCESS;
  }

  filter(state: CycleState, _pod: PodInfo, { labels }: NodeInfo): Status | undefined {
    // A node that tells no zone and no region is in a cluster without them.
    if (!LABELS.some((label) => labels[label] !== undefined)) return undefined;
    for (const { key, values } of state.read<VolumeTopology[]>(STATE) ?? []) {
      const value = labels[key] ?? labels[GENERAL_LABEL[key] ?? key];
      if (value === undefined || !values.has(value)) return WRONG_ZONE;
    }
    return undefined;
  }

  /** Adds where the claim's volume can be used; answers what is wrong, if anything. */
  #collect(key: string, claimName: string, topologies: VolumeTopology[]): string | undefined {
    const { persistentVolumeClaims, persistentVolumes, storageClasses } = this.#handle.listers;
    const claim = persistentVolumeClaims.get(key);
    if (claim === undefined) return `persistentvolumeclaim "${claimName}" not found`;
    const volumeName = claim.spec.volumeName ?? '';
    if (volumeName === '') {
      const className = storageClassOf(claim);
      if (className === '') return 'PersistentVolumeClaim had no pv name and storageClass name';
      const storageClass = storageClasses.get(className);
      if (storageClass === undefined) return `storageclass.storage.k8s.io "${className}" not found`;
      return storageClass.volumeBindingMode === 'WaitForFirstConsumer' ? undefined : 'PersistentVolume had no name';
    }
    const volume = persistentVolumes.get(volumeName);
    if (volume === undefined) return `persistentvolume "${volumeName}" not found`;
    for (const label of LABELS) {
      const zones = volume.metadata.labels?.[label];
      if (zones !== undefined && zones !== '') topologies.push({ key: label, values: new Set(zones.split('__')) });
    }
    return undefined;
  }
}
