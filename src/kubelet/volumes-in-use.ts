/**
 * The attachable volumes of a node's pods: its status lists them, and no kubelet mounts what it has not listed yet, so that nobody detaches
 * a volume that is being mounted.
 *
 * Models GetVolumesInUse and MarkVolumesAsReportedInUse of pkg/kubelet/volumemanager/volume_manager.go, and the setter VolumesInUse of
 * pkg/kubelet/nodestatus/setters.go.
 */
import { compareText } from '../base/compare.ts';
import type { NodeState } from './node-state.ts';
import type { PodWorker } from './pod-worker.ts';

const NONE: readonly string[] = [];

/** The pod is to mount the volume: the node's next status says so. */
export function beginUse(worker: PodWorker, volume: string): void {
  const { volumesInUse } = worker;
  if (volumesInUse?.includes(volume) === true) return;
  worker.volumesInUse = [...(volumesInUse ?? NONE), volume];
  worker.node.isStatusDirty = true;
}

/** The pod's volumes are unmounted. */
export function endUse(worker: PodWorker): void {
  if (worker.volumesInUse === undefined) return;
  worker.volumesInUse = undefined;
  worker.node.isStatusDirty = true;
}

/** What the node's status is to list. */
export function volumesInUse(node: NodeState): readonly string[] {
  let found: Set<string> | undefined;
  for (const worker of node.workers) {
    if (worker.volumesInUse === undefined) continue;
    found ??= new Set();
    for (const volume of worker.volumesInUse) found.add(volume);
  }
  return found === undefined ? NONE : [...found].sort(compareText);
}

/** Has the API server heard of it? */
export function isReportedInUse({ node }: NodeState, volume: string): boolean {
  return node?.status?.volumesInUse?.includes(volume) === true;
}
