/**
 * What a pod gets of its ServiceAccount: the account itself, its pull secrets, and a token in a volume that every container mounts.
 *
 * Models plugin/pkg/admission/serviceaccount/admission.go. Equal pods share their spec here, so all pods of one template get the same five
 * letters in the name of that volume, where upstream draws new ones for each.
 */
import type { Container, Pod, PodSpec, Volume } from '../model/pod.ts';
import type { RandomStream } from '../sim/random.ts';
import { forbidden } from './api-error.ts';
import { generatedName } from './names.ts';
import type { Store } from './store.ts';

const PREFIX = 'kube-api-access-';
const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const DEFAULT_ACCOUNT = 'default';
const MIRROR = 'kubernetes.io/config.mirror';
// WarnOnlyBoundTokenExpirationSeconds: an hour and seven seconds, by which kubelets and auditors tell such tokens.
const TOKEN_SECONDS = 3607;
const DEFAULT_MODE = 0o644;

/** The pod's spec with all that; throws a 403 when there is no such account. */
export function withServiceAccount(store: Store, names: RandomStream, pod: Pod): PodSpec {
  if (isMirror(pod)) return pod.spec;
  const { namespace = '', name, generateName } = pod.metadata;
  const accountName = (pod.spec.serviceAccountName ?? '') === '' ? DEFAULT_ACCOUNT : pod.spec.serviceAccountName!;
  const account = store.get('ServiceAccount', `${namespace}/${accountName}`);
  if (account === undefined) {
    const why = `error looking up service account ${namespace}/${accountName}: serviceaccount "${accountName}" not found`;
    throw forbidden('Pod', (generateName ?? '') === '' ? name : generateName!, why);
  }
  const pullSecrets = (pod.spec.imagePullSecrets ?? []).length > 0 ? pod.spec.imagePullSecrets : account.imagePullSecrets;
  const spec: PodSpec = {
    ...pod.spec,
    serviceAccountName: accountName,
    serviceAccount: accountName,
    ...(pullSecrets === undefined ? {} : { imagePullSecrets: pullSecrets }),
  };
  const isMounted = spec.automountServiceAccountToken ?? account.automountServiceAccountToken ?? true;
  return isMounted ? withToken(spec, names) : spec;
}

/** The image in the API of a static pod, which no account can have. */
export function isMirror(pod: Pod): boolean {
  return pod.metadata.annotations?.[MIRROR] !== undefined;
}

function withToken(spec: PodSpec, names: RandomStream): PodSpec {
  const volumes = spec.volumes ?? [];
  const present = volumes.find((volume) => volume.name.startsWith(PREFIX));
  const volumeName = present?.name ?? generatedName(PREFIX, names);
  const containers = spec.containers.map((one) => withMount(one, volumeName));
  const initContainers = spec.initContainers?.map((one) => withMount(one, volumeName));
  const isNeeded = [...containers, ...(initContainers ?? [])].some(
    (one, index) => one !== [...spec.containers, ...(spec.initContainers ?? [])][index],
  );
  if (!isNeeded) return spec;
  return {
    ...spec,
    containers,
    ...(initContainers === undefined ? {} : { initContainers }),
    volumes: present === undefined ? [...volumes, tokenVolume(volumeName)] : volumes,
  };
}

/** A container that mounts something there itself keeps what it has. */
function withMount(container: Container, volumeName: string): Container {
  const mounts = (container.volumeMounts ?? []) as readonly { readonly mountPath?: string }[];
  if (mounts.some((mount) => mount.mountPath === MOUNT_PATH)) return container;
  return { ...container, volumeMounts: [...mounts, { name: volumeName, readOnly: true, mountPath: MOUNT_PATH }] } as Container;
}

function tokenVolume(name: string): Volume {
  const sources = [
    { serviceAccountToken: { expirationSeconds: TOKEN_SECONDS, path: 'token' } },
    { configMap: { items: [{ key: 'ca.crt', path: 'ca.crt' }], name: 'kube-root-ca.crt' } },
    { downwardAPI: { items: [{ fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' }, path: 'namespace' }] } },
  ];
  return { name, projected: { defaultMode: DEFAULT_MODE, sources } } as unknown as Volume;
}
