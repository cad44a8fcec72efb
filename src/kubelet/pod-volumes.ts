/**
 * What a pod has to wait for before its containers: claims that are bound and attached, secrets and config maps that exist.
 *
 * Models volumemanager/volume_manager.go and the parts of kubelet_pods.go that read environment variables. The objects are
 * looked up when they are needed, as the kubelet's managers fetch them.
 */
import { compareText } from '../base/compare.ts';
import type { FleetClient } from '../client/fleet-client.ts';
import { isDeleting } from '../model/meta.ts';
import type { Container, Volume } from '../model/pod.ts';
import { attachableVolumeName } from '../model/storage.ts';
import type { PodWorker } from './pod-worker.ts';
import { beginUse, isReportedInUse } from './volumes-in-use.ts';

/**
 * How far the kubelet has come with a volume that is not there: it does not know yet what to mount, it waits for it to be attached, or it has
 * tried to mount it and failed. Only the last is an Event.
 */
export type Stage = 'unprocessed' | 'unattached' | 'unmounted';

/** A volume that cannot be mounted now, and why. */
export interface VolumeProblem {
  readonly volume: string;
  readonly stage: Stage;
  readonly message: string;
}

/** The volumes that are not ready, by name; each is attached and mounted on its own. */
export function volumeProblems(client: FleetClient, worker: PodWorker): readonly VolumeProblem[] {
  const problems: VolumeProblem[] = [];
  for (const volume of worker.pod.spec.volumes ?? []) {
    const problem = problemOf(client, worker, volume);
    if (problem !== undefined) problems.push({ volume: volume.name, ...problem });
  }
  return problems.sort((a, b) => compareText(a.volume, b.volume));
}

function problemOf(client: FleetClient, worker: PodWorker, volume: Volume): Omit<VolumeProblem, 'volume'> | undefined {
  const { pod } = worker;
  const { namespace } = pod.metadata;
  const { configMap, secret, persistentVolumeClaim, ephemeral } = volume;
  if (configMap?.name !== undefined && configMap.optional !== true && !client.has('ConfigMap', namespace, configMap.name)) {
    return {
      stage: 'unmounted',
      message: `MountVolume.SetUp failed for volume "${volume.name}" : configmap "${configMap.name}" not found`,
    };
  }
  if (secret?.secretName !== undefined && secret.optional !== true && !client.has('Secret', namespace, secret.secretName)) {
    return {
      stage: 'unmounted',
      message: `MountVolume.SetUp failed for volume "${volume.name}" : secret "${secret.secretName}" not found`,
    };
  }
  const claimName = persistentVolumeClaim?.claimName ?? (ephemeral === undefined ? undefined : `${pod.metadata.name}-${volume.name}`);
  if (claimName === undefined) return undefined;
  const unprocessed = (why: string) => ({
    stage: 'unprocessed' as const,
    message: `error processing PVC ${namespace}/${claimName}: ${why}`,
  });
  if (!client.has('PersistentVolumeClaim', namespace, claimName)) {
    return unprocessed(`failed to fetch PVC from API server: persistentvolumeclaims "${claimName}" not found`);
  }
  const claim = client.get('PersistentVolumeClaim', namespace, claimName);
  if (isDeleting(claim)) return unprocessed('PVC is being deleted');
  const { volumeName } = claim.spec;
  if (claim.status?.phase !== 'Bound' || volumeName === undefined) return unprocessed('PVC is not bound');
  return isAttached(client, worker, volumeName) ? undefined : { stage: 'unattached', message: `volume "${volumeName}" is not attached` };
}

/**
 * Only a driver that says so of itself has its volumes attached before they can be mounted (CSIDriver's attachRequired). Such a volume has to
 * be in the node's status twice: as in use, by the kubelet, and as attached, by kube-controller-manager
 * (GenerateVerifyControllerAttachedVolumeFunc of pkg/volume/util/operationexecutor).
 */
function isAttached(client: FleetClient, worker: PodWorker, volumeName: string): boolean {
  if (!client.has('PersistentVolume', undefined, volumeName)) return true;
  const volume = client.get('PersistentVolume', undefined, volumeName);
  const { csi } = volume.spec;
  if (csi === undefined || !client.has('CSIDriver', undefined, csi.driver)) return true;
  if (client.get('CSIDriver', undefined, csi.driver).spec.attachRequired === false) return true;
  const name = attachableVolumeName(volume);
  beginUse(worker, name);
  const { node } = worker;
  if (!isReportedInUse(node, name) || !client.has('Node', undefined, node.name)) return false;
  return client.get('Node', undefined, node.name).status?.volumesAttached?.some((one) => one.name === name) === true;
}

/** What a container's environment refers to that is not there; undefined when nothing is missing. */
export function missingConfiguration(client: FleetClient, namespace: string, container: Container): string | undefined {
  for (const source of container.envFrom ?? []) {
    const missing =
      missingReference(client, 'ConfigMap', namespace, source.configMapRef) ??
      missingReference(client, 'Secret', namespace, source.secretRef);
    if (missing !== undefined) return missing;
  }
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom === undefined) continue;
    const missing =
      missingReference(client, 'ConfigMap', namespace, valueFrom.configMapKeyRef) ??
      missingReference(client, 'Secret', namespace, valueFrom.secretKeyRef);
    if (missing !== undefined) return missing;
  }
  return undefined;
}

interface Reference {
  readonly name?: string;
  readonly key?: string;
  readonly optional?: boolean;
}

function missingReference(client: FleetClient, kind: 'ConfigMap' | 'Secret', namespace: string, source: unknown): string | undefined {
  const reference = source as Reference | undefined;
  if (reference?.name === undefined || reference.optional === true) return undefined;
  if (!client.has(kind, namespace, reference.name)) return `${kind.toLowerCase()} "${reference.name}" not found`;
  if (reference.key === undefined) return undefined;
  const data = client.get(kind, namespace, reference.name) as { readonly data?: { readonly [key: string]: unknown } };
  if (data.data !== undefined && Object.hasOwn(data.data, reference.key)) return undefined;
  return `couldn't find key ${reference.key} in ${kind} ${namespace}/${reference.name}`;
}
