/**
 * Fields of a pod whose feature is off: what is said of them falls away, unless the object before had them already.
 *
 * Models dropDisabledFields of pkg/api/pod/util.go, with the feature gates of 1.36 at their defaults.
 */
import type { PodSpec } from '../model/pod.ts';
import type { Sent } from './validation/sent.ts';

/** Specs that have been looked at, by the spec each becomes: a million pods of one template cost one look. */
const known = new WeakMap<object, Sent>();

export function withoutDisabledFields<T extends PodSpec | undefined>(spec: T, before?: PodSpec): T {
  if (spec === undefined || spec === null) return spec;
  if (before !== undefined && usesDisabled(before)) return spec;
  let dropped = known.get(spec);
  if (dropped === undefined) {
    dropped = usesDisabled(spec) ? withoutThem(spec) : spec;
    known.set(spec, dropped);
  }
  return dropped as T;
}

function usesDisabled(spec: Sent): boolean {
  return (
    spec.schedulingGroup !== undefined ||
    containersOf(spec).some(({ lifecycle }) => lifecycle?.stopSignal !== undefined) ||
    (spec.volumes ?? []).some(({ projected }: Sent) =>
      (projected?.sources ?? []).some((source: Sent) => source.clusterTrustBundle !== undefined || source.podCertificate !== undefined),
    )
  );
}

function containersOf(spec: Sent): readonly Sent[] {
  return [...(spec.containers ?? []), ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])];
}

function withoutThem({ schedulingGroup: _, ...spec }: Sent): Sent {
  const changed: Record<string, unknown> = { ...spec };
  for (const field of ['containers', 'initContainers', 'ephemeralContainers']) {
    if (spec[field] !== undefined && spec[field] !== null) changed[field] = spec[field].map(withoutStopSignal);
  }
  if (spec.volumes !== undefined) changed.volumes = spec.volumes.map(withoutStrangeSources);
  return changed;
}

function withoutStopSignal(container: Sent): Sent {
  const { lifecycle, ...rest } = container;
  if (lifecycle?.stopSignal === undefined) return container;
  const { stopSignal: _, ...handlers } = lifecycle;
  return Object.keys(handlers).length === 0 ? rest : { ...container, lifecycle: handlers };
}

/** The source stays, with nothing in it. */
function withoutStrangeSources(volume: Sent): Sent {
  const sources = volume.projected?.sources;
  if (sources === undefined || sources === null) return volume;
  const kept = sources.map(({ clusterTrustBundle: _, podCertificate: __, ...source }: Sent) => source);
  return { ...volume, projected: { ...volume.projected, sources: kept } };
}
