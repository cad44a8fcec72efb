/** Paths inside one volume that get in each other's way. Models warningsForOverlappingVirtualPaths in pkg/api/pod/warnings.go. */
import { goQuote } from '../schema/go-text.ts';
import type { Sent } from '../validation/sent.ts';

interface PathAndSource {
  readonly path: string;
  readonly source: string;
}

export function volumePathWarnings(volumes: readonly Sent[]): readonly string[] {
  return volumes.flatMap((volume) => {
    const { name, configMap, secret, downwardAPI, projected } = volume;
    const said = (what: string, overlaps: readonly string[]) =>
      overlaps.map((overlap) => `volume ${goQuote(name)} (${what}): overlapping paths: ${overlap}`);
    return [
      ...said(`ConfigMap ${goQuote(configMap?.name ?? '')}`, overlapsOf(pathsOf(configMap?.items, ''))),
      ...said(`Secret ${goQuote(secret?.secretName ?? '')}`, overlapsOf(pathsOf(secret?.items, ''))),
      ...said('DownwardAPI', overlapsOf(pathsOf(downwardAPI?.items, ''))),
      ...(projected?.sources ?? [])
        .filter((source: Sent) => Object.keys(source).length === 0)
        .map(() => `volume ${goQuote(name)} (Projected) has no sources provided`),
      ...said('Projected', overlapsOf((projected?.sources ?? []).flatMap(pathsOfSource))),
    ];
  });
}

function pathsOf(items: readonly Sent[] | undefined, source: string): readonly PathAndSource[] {
  return (items ?? []).map(({ path }) => ({ path, source }));
}

function pathsOfSource({ configMap, secret, downwardAPI, serviceAccountToken, clusterTrustBundle }: Sent): readonly PathAndSource[] {
  if (configMap !== undefined) return pathsOf(configMap.items, `ConfigMap ${goQuote(configMap.name ?? '')}`);
  if (secret !== undefined) return pathsOf(secret.items, `Secret ${goQuote(secret.name ?? '')}`);
  if (downwardAPI !== undefined) return pathsOf(downwardAPI.items, 'DownwardAPI');
  if (serviceAccountToken !== undefined) return [{ path: serviceAccountToken.path, source: 'ServiceAccountToken' }];
  if (clusterTrustBundle === undefined) return [];
  const name = clusterTrustBundle.name ?? clusterTrustBundle.signerName ?? '';
  return [{ path: clusterTrustBundle.path, source: `ClusterTrustBundle ${goQuote(name)}` }];
}

function overlapsOf(paths: readonly PathAndSource[]): readonly string[] {
  const seen: PathAndSource[] = [];
  const overlaps: string[] = [];
  for (const { path, source } of paths) {
    const one = { path: path.replace(/\/+$/, ''), source };
    for (const other of seen) if (collide(one.path, other.path)) overlaps.push(`${shown(one)} with ${shown(other)}`);
    seen.push(one);
  }
  return overlaps;
}

function collide(path: string, other: string): boolean {
  if (path === '' || other === '') return false;
  return path === other || path.startsWith(`${other}/`) || other.startsWith(`${path}/`);
}

function shown({ path, source }: PathAndSource): string {
  return source === '' ? goQuote(path) : `${goQuote(path)} (${source})`;
}
