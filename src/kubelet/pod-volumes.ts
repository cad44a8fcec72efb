/**
 * What a pod has to wait for before its containers: claims that are bound and attached, secrets and config maps that exist.
 *
 * Models volumemanager/volume_manager.go and the parts of kubelet_pods.go that read environment variables. The objects are
 * looked up when they are needed, as the kubelet's managers fetch them.
 */
import type { FleetClient } from '../client/fleet-client.ts';
import type { Container, Pod, Volume } from '../model/pod.ts';
import { attachmentName } from '../model/storage.ts';

/** A volume that cannot be mounted now, and why. */
export interface VolumeProblem {
  readonly volume: string;
  readonly message: string;
  /** The kubelet does not know yet what to mount: nothing has been tried that could fail. */
  readonly isUnprocessed: boolean;
}

/** The first volume that is not ready, in the order of the spec. */
export function volumeProblem(client: FleetClient, pod: Pod, nodeName: string): VolumeProblem | undefined {
  for (const volume of pod.spec.volumes ?? []) {
    const message = problemOf(client, pod, nodeName, volume);
    if (message !== undefined)
      return {
        volume: volume.name,
        message,
        isUnprocessed: message.startsWith('error processing PVC') || message.startsWith(NOT_ATTACHED),
      };
  }
  return undefined;
}

function problemOf(client: FleetClient, pod: Pod, nodeName: string, volume: Volume): string | undefined {
  const namespace = pod.metadata.namespace;
  const { configMap, secret, persistentVolumeClaim, ephemeral } = volume;
  if (configMap?.name !== undefined && configMap.optional !== true && !client.has('ConfigMap', namespace, configMap.name)) {
    return `MountVolume.SetUp failed for volume "${volume.name}" : configmap "${configMap.name}" not found`;
  }
  if (secret?.secretName !== undefined && secret.optional !== true && !client.has('Secret', namespace, secret.secretName)) {
    return `MountVolume.SetUp failed for volume "${volume.name}" : secret "${secret.secretName}" not found`;
  }
  const claimName = persistentVolumeClaim?.claimName ?? (ephemeral === undefined ? undefined : `${pod.metadata.name}-${volume.name}`);
  if (claimName === undefined) return undefined;
  if (!client.has('PersistentVolumeClaim', namespace, claimName)) {
    return `error processing PVC ${namespace}/${claimName}: failed to fetch PVC from API server: persistentvolumeclaims "${claimName}" not found`;
  }
  const claim = client.get('PersistentVolumeClaim', namespace, claimName);
  const volumeName = claim.spec.volumeName;
  if (claim.status?.phase !== 'Bound' || volumeName === undefined)
    return `error processing PVC ${namespace}/${claimName}: PVC is not bound`;
  return isAttached(client, nodeName, volumeName) ? undefined : `${NOT_ATTACHED} "${volumeName}"`;
}

const NOT_ATTACHED = 'volume not attached according to node status for volume';

/** Only a driver that says so of itself has its volumes attached before they can be mounted (CSIDriver's attachRequired). */
function isAttached(client: FleetClient, nodeName: string, volumeName: string): boolean {
  if (!client.has('PersistentVolume', undefined, volumeName)) return true;
  const { csi } = client.get('PersistentVolume', undefined, volumeName).spec;
  if (csi === undefined || !client.has('CSIDriver', undefined, csi.driver)) return true;
  if (client.get('CSIDriver', undefined, csi.driver).spec.attachRequired === false) return true;
  const name = attachmentName(volumeName, nodeName);
  return client.has('VolumeAttachment', undefined, name) && client.get('VolumeAttachment', undefined, name).status?.attached === true;
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
