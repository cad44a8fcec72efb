/**
 * What of a pod its parts change: `/ephemeralcontainers` the debuggers beside its containers, `/resize` their resources, and nothing else.
 *
 * Models dropNonEphemeralContainerUpdates and dropNonResizeUpdates of pkg/registry/core/pod/strategy.go, and
 * plugin/pkg/admission/podresize/admission.go.
 */

import { type Amount, amountOf } from '../model/amount.ts';
import type { Pod } from '../model/pod.ts';
import { podTotals } from '../model/pod-totals.ts';
import { forbidden } from './api-error.ts';
import type { Store } from './store.ts';
import type { Sent } from './validation/sent.ts';

export function withEphemeralOf(stored: Pod, given: Pod): Pod {
  const { ephemeralContainers: _, ...spec }: Sent = stored.spec;
  const { ephemeralContainers }: Sent = given.spec;
  return withSpec(stored, given, ephemeralContainers === undefined ? spec : { ...spec, ephemeralContainers });
}

export function withResourcesOf(stored: Pod, given: Pod): Pod {
  const { spec }: { spec: Sent } = given;
  const former: Sent = stored.spec;
  const lists = ['containers', 'initContainers'];
  if (lists.some((list) => (spec[list] ?? []).length !== (former[list] ?? []).length)) return given;
  const { resources: _, ...kept } = former;
  const changed: Record<string, unknown> = { ...kept, ...(spec.resources === undefined ? {} : { resources: spec.resources }) };
  for (const list of lists) if (spec[list] !== undefined) changed[list] = resized(spec[list], former[list] ?? []);
  return withSpec(stored, given, changed);
}

/** Containers of other names are left for validation to refuse. */
function resized(containers: readonly Sent[], former: readonly Sent[]): readonly Sent[] {
  if (containers.some(({ name }, at) => name !== former[at].name)) return containers;
  return former.map((container, at) => {
    const { resources, resizePolicy } = containers[at];
    const { resources: _, resizePolicy: __, ...kept } = container;
    return { ...kept, ...(resources === undefined ? {} : { resources }), ...(resizePolicy === undefined ? {} : { resizePolicy }) };
  });
}

/** Of the metadata given, only who manages what counts. */
function withSpec(stored: Pod, given: Pod, spec: Sent): Pod {
  const { managedFields } = given.metadata as { readonly managedFields?: unknown };
  const { managedFields: _, ...metadata } = stored.metadata as Pod['metadata'] & { readonly managedFields?: unknown };
  return { ...stored, metadata: managedFields === undefined ? metadata : ({ ...metadata, managedFields } as Pod['metadata']), spec };
}

/** Throws 403 when the node of a resized pod is not there, or has not got what it asks for. */
export function checkResizeOnNode(store: Store, pod: Pod, before: Pod): void {
  const { nodeName = '' } = pod.spec;
  if (nodeName === '' || pod.metadata.generation === before.metadata.generation) return;
  const { name } = pod.metadata;
  const node = store.get('Node', nodeName as never);
  if (node === undefined) throw forbidden('Pod', name, `node ${JSON.stringify(nodeName)} not found`);
  const system = node.metadata.labels?.['kubernetes.io/os'] ?? 'linux';
  if (system !== 'linux') {
    const why = `pod resize is only supported on linux nodes, node ${JSON.stringify(nodeName)} is ${JSON.stringify(system)}`;
    throw forbidden('Pod', name, why, [{ reason: 'UnsupportedPlatform', message: '' }]);
  }
  const requests = podTotals(pod, 'requests');
  const allocatable = node.status?.allocatable ?? {};
  const short = (['cpu', 'memory'] as const).flatMap((resource) => {
    const asked = requests.get(resource);
    const there = amountOf(allocatable[resource] ?? '0');
    if (asked === undefined || asked.nanos <= there.nanos) return [];
    const shown = (amount: Amount) => roundedUp(amount.nanos, resource === 'cpu' ? 1_000_000n : 1_000_000_000n);
    return [`${resource}, requested: ${shown(asked)}, allocatable: ${shown(there)}`];
  });
  if (short.length === 0) return;
  const why = `node didn't have enough allocatable resources: ${short.join('; ')}`;
  throw forbidden('Pod', name, why, [{ reason: 'NodeCapacity', message: '' }]);
}

function roundedUp(nanos: bigint, unit: bigint): bigint {
  return (nanos + unit - 1n) / unit;
}
