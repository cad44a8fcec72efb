/**
 * Which volumes kube-controller-manager itself can make or delete, and which it leaves to drivers outside.
 *
 * Models findProvisionablePlugin, findDeletablePlugin and doDeleteVolume of pkg/controller/volume/persistentvolume/pv_controller.go, the
 * plugins of cmd/kube-controller-manager/app/plugins.go and hostPath's deleter (pkg/volume/hostpath/host_path.go).
 * Left out: recycling, which runs a pod (docs/fidelity.md).
 */
import type { PersistentVolume, StorageClass } from '../../model/storage.ts';
import { PROVISIONED_BY } from '../../model/volume-matching.ts';

/** In-tree names that translate to a CSI driver (staging/src/k8s.io/csi-translation-lib). */
const MIGRATED: { readonly [provisioner: string]: string } = {
  'kubernetes.io/aws-ebs': 'ebs.csi.aws.com',
  'kubernetes.io/gce-pd': 'pd.csi.storage.gke.io',
  'kubernetes.io/cinder': 'cinder.csi.openstack.org',
  'kubernetes.io/azure-disk': 'disk.csi.azure.com',
  'kubernetes.io/azure-file': 'file.csi.azure.com',
  'kubernetes.io/vsphere-volume': 'csi.vsphere.vmware.com',
  'kubernetes.io/portworx-volume': 'pxd.portworx.com',
};
const IN_TREE = 'kubernetes.io/';
const NOT_DELETABLE = 'no deletable volume plugin matched';
// host_path.go deletes nothing outside of /tmp.
const DELETABLE_PATH = /\/tmp\/.+/;

export type Provisioning = { readonly driver: string } | { readonly problem: string };

/** Who is to make a volume of this class, or why nobody can. */
export function provisionerFor(name: string, storageClass: StorageClass | undefined): Provisioning {
  if (storageClass === undefined) return { problem: `storageclass.storage.k8s.io "${name}" not found` };
  const { provisioner } = storageClass;
  const driver = MIGRATED[provisioner];
  if (driver !== undefined) return { driver };
  if (!provisioner.startsWith(IN_TREE)) return { driver: provisioner };
  return { problem: `no volume plugin matched name: ${provisioner}` };
}

export type Deletion = 'deleted' | 'external' | { readonly problem: string };

/** What comes of having the controller delete what stands behind a volume. */
export function deleteVolume(volume: PersistentVolume): Deletion {
  const provisioner = volume.metadata.annotations?.[PROVISIONED_BY] ?? '';
  if (provisioner !== '' && !provisioner.startsWith(IN_TREE)) return 'external';
  const { hostPath } = volume.spec;
  if (hostPath === undefined) {
    return { problem: `error getting deleter volume plugin for volume "${volume.metadata.name}": ${NOT_DELETABLE}` };
  }
  if (DELETABLE_PATH.test(hostPath.path)) return 'deleted';
  return { problem: `host_path deleter only supports /tmp/.+ but received provided ${hostPath.path}` };
}
