/**
 * Prefers nodes that hold the pod's images already, an image counting the more the more nodes have it, so that one warm node
 * does not draw everything. Models plugins/imagelocality.
 */
import type { CycleState, ScorePlugin } from '../framework.ts';
import type { PluginHandle } from '../handle.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import { MAX_NODE_SCORE } from './default-normalize.ts';

const MEBIBYTE = 1024 * 1024;
// minThreshold and maxContainerThreshold of image_locality.go.
const LOW_BYTES = 23 * MEBIBYTE;
const HIGH_BYTES_PER_CONTAINER = 1000 * MEBIBYTE;

export class ImageLocality implements ScorePlugin {
  readonly name = 'ImageLocality';
  readonly #handle: PluginHandle;

  constructor(handle: PluginHandle) {
    this.#handle = handle;
  }

  score(_state: CycleState, pod: PodInfo, node: NodeInfo): number {
    if (node.images.size === 0) return 0;
    const { containers, initContainers = [], volumes = [] } = pod.pod.spec;
    const nodeCount = this.#handle.snapshot.nodes.length;
    let sum = 0;
    for (const { image } of initContainers) sum += imageBytes(node, image, nodeCount);
    for (const { image } of containers) sum += imageBytes(node, image, nodeCount);
    for (const { image } of volumes) if (image !== undefined) sum += imageBytes(node, image.reference, nodeCount);
    return priority(sum, containers.length + initContainers.length);
  }
}

function imageBytes(node: NodeInfo, image: string | undefined, nodeCount: number): number {
  const summary = node.images.get(normalizedName(image ?? ''));
  return summary === undefined ? 0 : Math.trunc(summary.sizeBytes * (summary.nodeCount / nodeCount));
}

function priority(sum: number, containerCount: number): number {
  const high = HIGH_BYTES_PER_CONTAINER * containerCount;
  const clamped = Math.max(LOW_BYTES, Math.min(high, sum));
  return Math.trunc((MAX_NODE_SCORE * (clamped - LOW_BYTES)) / (high - LOW_BYTES));
}

/** `:latest` is meant where no tag is given; a colon before the last slash belongs to the registry's port. */
function normalizedName(image: string): string {
  return image.lastIndexOf(':') <= image.lastIndexOf('/') ? `${image}:latest` : image;
}
