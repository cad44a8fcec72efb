/**
 * Volumes in a description, by what they come from.
 *
 * Models describeVolumes of k8s.io/kubectl/pkg/describe/describe.go. Left out: the sources of single vendors, which are shown by their name.
 */
import { compareText } from '../../../base/compare.ts';
import { isMap, type JsonMap, mapAt, mapsAt, textAt } from '../json.ts';
import type { Page } from './page.ts';

type Describe = (source: JsonMap, page: Page) => void;

export function describeVolumes(page: Page, volumes: readonly JsonMap[], indent: string): void {
  if (volumes.length === 0) return page.line(0, `${indent}Volumes:\t<none>`);
  page.line(0, `${indent}Volumes:`);
  for (const volume of volumes) {
    page.line(1, `${indent === '' ? '' : ' '}${String(volume.name)}:`);
    describeSource(page, volume);
  }
}

/** What a volume or a PersistentVolume is made of. */
export function describeSource(page: Page, volume: JsonMap): void {
  const name = Object.keys(SOURCES).find((source) => isMap(volume[source]));
  if (name === undefined) page.line(1, '<unknown>');
  else SOURCES[name]!(mapAt(volume, name), page);
}

/** The kind of the source, then its fields. */
function fields(type: string, about: string, ...names: readonly (readonly [title: string, field: string, none?: string])[]): Describe {
  return (source, page) => {
    page.line(2, `Type:\t${type} (${about})`);
    for (const [title, field, none = ''] of names) page.line(2, `${title}:\t${textAt(source, field) ?? none}`);
  };
}

const SOURCES: { readonly [source: string]: Describe } = {
  hostPath: fields('HostPath', 'bare host directory volume', ['Path', 'path'], ['HostPathType', 'type', '<none>']),
  emptyDir: (source, page) => {
    page.line(2, "Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)");
    page.line(2, `Medium:\t${textAt(source, 'medium') ?? ''}`);
    const limit = textAt(source, 'sizeLimit') ?? '0';
    page.line(2, `SizeLimit:\t${limit === '0' ? '<unset>' : limit}`);
  },
  secret: fields('Secret', 'a volume populated by a Secret', ['SecretName', 'secretName'], ['Optional', 'optional', 'false']),
  configMap: fields('ConfigMap', 'a volume populated by a ConfigMap', ['Name', 'name'], ['Optional', 'optional', 'false']),
  nfs: fields(
    'NFS',
    'an NFS mount that lasts the lifetime of a pod',
    ['Server', 'server'],
    ['Path', 'path'],
    ['ReadOnly', 'readOnly', 'false'],
  ),
  persistentVolumeClaim: fields(
    'PersistentVolumeClaim',
    'a reference to a PersistentVolumeClaim in the same namespace',
    ['ClaimName', 'claimName'],
    ['ReadOnly', 'readOnly', 'false'],
  ),
  local: fields('LocalVolume', 'a persistent volume backed by local storage on a node', ['Path', 'path']),
  ephemeral: (source, page) => {
    page.line(2, 'Type:\tEphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)');
    const spec = mapAt(source, 'volumeClaimTemplate.spec');
    page.line(2, `StorageClass:\t${textAt(spec, 'storageClassName') ?? ''}`);
    page.line(2, `Volume:\t${textAt(spec, 'volumeName') ?? ''}`);
    page.labels('    Labels', mapAt(source, 'volumeClaimTemplate.metadata.labels') as Record<string, string>);
    page.annotations('    Annotations', mapAt(source, 'volumeClaimTemplate.metadata.annotations') as Record<string, string>);
    page.line(2, `Capacity:\t${textAt(spec, 'resources.requests.storage') ?? ''}`);
    page.line(2, `VolumeMode:\t${textAt(spec, 'volumeMode') ?? 'Filesystem'}`);
  },
  projected: (source, page) => {
    page.line(2, 'Type:\tProjected (a volume that contains injected data from multiple sources)');
    for (const one of mapsAt(source, 'sources')) {
      const optional = (field: string) => textAt(one, `${field}.optional`) ?? 'false';
      if (isMap(one.secret)) page.line(2, `SecretName:\t${textAt(one, 'secret.name') ?? ''}\n    Optional:\t${optional('secret')}`);
      else if (isMap(one.downwardAPI)) page.line(2, 'DownwardAPI:\ttrue');
      else if (isMap(one.configMap))
        page.line(2, `ConfigMapName:\t${textAt(one, 'configMap.name') ?? ''}\n    Optional:\t${optional('configMap')}`);
      else if (isMap(one.serviceAccountToken))
        page.line(2, `TokenExpirationSeconds:\t${textAt(one, 'serviceAccountToken.expirationSeconds') ?? '3600'}`);
    }
  },
  downwardAPI: (source, page) => {
    page.line(2, 'Type:\tDownwardAPI (a volume populated by information about the pod)\n    Items:');
    for (const item of mapsAt(source, 'items')) {
      const from = textAt(item, 'fieldRef.fieldPath') ?? textAt(item, 'resourceFieldRef.resource');
      if (from !== undefined) page.line(3, `${from} -> ${String(item.path)}`);
    }
  },
  csi: (source, page) => {
    page.line(2, 'Type:\tCSI (a Container Storage Interface (CSI) volume source)');
    page.line(2, `Driver:\t${textAt(source, 'driver') ?? ''}`);
    page.line(2, `FSType:\t${textAt(source, 'fsType') ?? ''}`);
    if (source.volumeHandle !== undefined) page.line(2, `VolumeHandle:\t${String(source.volumeHandle)}`);
    page.line(2, `ReadOnly:\t${textAt(source, 'readOnly') ?? 'false'}`);
    const attributes = Object.entries(mapAt(source, 'volumeAttributes')).sort(([a], [b]) => compareText(a, b));
    page.list(
      '    VolumeAttributes',
      attributes.map(([key, value]) => `${key}=${String(value)}`),
    );
  },
};
