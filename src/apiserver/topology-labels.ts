/**
 * A pod that has a node carries the node's zone and region as labels of its own.
 *
 * Models plugin/pkg/admission/podtopologylabels (PodTopologyLabelsAdmission, on since 1.35): at creation with a node name, and at binding.
 */
import type { StringMap } from '../model/meta.ts';
import type { Node } from '../model/node.ts';
import type { Pod } from '../model/pod.ts';
import { withLabels } from './new-metadata.ts';

const COPIED = ['topology.kubernetes.io/region', 'topology.kubernetes.io/zone'] as const;
const NO_LABELS: StringMap = {};
/** Pods of one template in one zone share one label object. */
const SHARED = new WeakMap<StringMap, Map<string, StringMap>>();

export function withTopologyLabels(pod: Pod, node: Node | undefined): Pod {
  const [region, zone] = COPIED.map((key) => node?.metadata.labels?.[key]);
  if (region === undefined && zone === undefined) return pod;
  const before = pod.metadata.labels ?? NO_LABELS;
  const labels = shared(before, region, zone);
  return labels === before ? pod : { ...pod, metadata: withLabels(pod.metadata, labels) };
}

function shared(before: StringMap, region: string | undefined, zone: string | undefined): StringMap {
  let known = SHARED.get(before);
  if (known === undefined) {
    known = new Map();
    SHARED.set(before, known);
  }
  const key = `${region}\u0000${zone}`;
  let labels = known.get(key);
  if (labels === undefined) {
    const isThere = (region === undefined || before[COPIED[0]] === region) && (zone === undefined || before[COPIED[1]] === zone);
    labels = isThere
      ? before
      : { ...before, ...(region === undefined ? {} : { [COPIED[0]]: region }), ...(zone === undefined ? {} : { [COPIED[1]]: zone }) };
    known.set(key, labels);
  }
  return labels;
}
