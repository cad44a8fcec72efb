/**
 * Which pods use a claim: an index over the pods of the process, made when it is first asked for.
 *
 * Models pkg/controller/volume/common/common.go (PodPVCIndexFunc), the claims of ephemeral volumes among them.
 */
import type { InformerFactory } from '../../client/informer.ts';
import { type ObjectKey, objectKey } from '../../model/meta.ts';
import type { Pod, Volume } from '../../model/pod.ts';
import type { PersistentVolumeClaim } from '../../model/storage.ts';

const INDEX = 'claim';
const NONE: readonly never[] = [];

/** The claim behind a volume of the pod, by name; the claim of an ephemeral volume is named for pod and volume. */
export function claimNameOf(pod: Pod, volume: Volume): string | undefined {
  if (volume.persistentVolumeClaim !== undefined) return volume.persistentVolumeClaim.claimName;
  return volume.ephemeral === undefined ? undefined : `${pod.metadata.name}-${volume.name}`;
}

export function claimKeysOf(pod: Pod): readonly ObjectKey[] {
  const { volumes } = pod.spec;
  if (volumes === undefined || volumes.length === 0) return NONE;
  const keys = volumes.flatMap((volume) => claimNameOf(pod, volume) ?? NONE).map((name) => `${pod.metadata.namespace}/${name}`);
  return keys.length === 0 ? NONE : keys;
}

export function podsOfClaim(informers: InformerFactory, claim: PersistentVolumeClaim): readonly Pod[] {
  const pods = informers.informer('Pod');
  pods.addIndex(INDEX, claimKeysOf);
  return pods.byIndex(INDEX, objectKey(claim));
}
