/**
 * Image pulls of each node: one after another or side by side, at most so many a second, from the registry to the disk.
 *
 * Models images/puller.go and image_manager.go. Pulls that wait for their turn cost no event. Parallel pulls share the
 * node's link as it is shared when they begin.
 */
import { TokenBucket } from '../client/token-bucket.ts';
import type { EventHandler, HandlerId } from '../sim/simulation.ts';
import type { FleetContext } from './fleet-context.ts';
import type { NodeState } from './node-state.ts';
import type { PodWorker } from './pod-worker.ts';
import type { Image } from './runtime/image-registry.ts';

export interface PullOutcome {
  image: Image | undefined;
  error: string;
  /** Of the pull itself, and with the wait for its turn. */
  pullUs: number;
  totalUs: number;
}

interface Pull {
  readonly worker: PodWorker;
  readonly name: string;
  readonly outcome: PullOutcome;
  readonly askedUs: number;
  startedUs: number;
}

interface NodePulls {
  readonly waiting: Pull[];
  readonly limiter: TokenBucket;
  running: number;
}

export class ImagePuller implements EventHandler {
  readonly #context: FleetContext;
  readonly #handler: HandlerId;
  readonly #byNode = new Map<NodeState, NodePulls>();
  readonly #pulls = new Map<number, Pull>();
  #nextPull = 0;
  readonly #resume: (worker: PodWorker) => void;
  readonly #pulled: (node: NodeState) => void;

  /** `resume` is told when a worker's pull has come to its end, `pulled` when an image is new on a node's disk. */
  constructor(context: FleetContext, resume: (worker: PodWorker) => void, pulled: (node: NodeState) => void) {
    this.#context = context;
    this.#handler = context.sim.register(this);
    this.#resume = resume;
    this.#pulled = pulled;
  }

  /** Starts a pull, or puts it in line. The outcome is filled in before the worker is resumed. */
  pull(worker: PodWorker, name: string): PullOutcome {
    const { node } = worker;
    const nowUs = this.#context.sim.nowUs;
    let pulls = this.#byNode.get(node);
    if (pulls === undefined) {
      pulls = { waiting: [], limiter: new TokenBucket(node.config.registryPullQps, node.config.registryBurst), running: 0 };
      this.#byNode.set(node, pulls);
    }
    const outcome: PullOutcome = { image: undefined, error: '', pullUs: 0, totalUs: 0 };
    pulls.waiting.push({ worker, name, outcome, askedUs: nowUs, startedUs: 0 });
    this.#startNext(node, pulls);
    return outcome;
  }

  /** The pod's pull is no longer wanted. */
  cancel(worker: PodWorker): void {
    const pulls = this.#byNode.get(worker.node);
    if (pulls === undefined) return;
    const index = pulls.waiting.findIndex((pull) => pull.worker === worker);
    if (index >= 0) pulls.waiting.splice(index, 1);
    for (const [id, pull] of this.#pulls) {
      if (pull.worker !== worker) continue;
      this.#pulls.delete(id);
      pulls.running--;
      this.#startNext(worker.node, pulls);
    }
  }

  /** The node has lost power, or its kubelet has ended. */
  reset(node: NodeState): void {
    this.#byNode.delete(node);
    for (const [id, pull] of this.#pulls) if (pull.worker.node === node) this.#pulls.delete(id);
  }

  on(_event: number, id: number): void {
    const pull = this.#pulls.get(id);
    if (pull === undefined) return;
    this.#pulls.delete(id);
    const { worker, outcome } = pull;
    const { node } = worker;
    const { registry, sim } = this.#context;
    const pulls = this.#byNode.get(node)!;
    pulls.running--;
    outcome.pullUs = sim.nowUs - pull.startedUs;
    outcome.totalUs = sim.nowUs - pull.askedUs;
    outcome.error ||= registry.failure(pull.name) ?? '';
    if (outcome.error === '') {
      const image = registry.find(pull.name)!;
      outcome.image = image;
      if (node.images.get(image.reference) === undefined) {
        node.images.add(image, sim.nowUs);
        node.isStatusDirty = true;
        this.#pulled(node);
      }
    }
    this.#context.observers.spanEnded({
      track: `kubelet/${node.name}`,
      name: `pull ${pull.name}`,
      startUs: pull.startedUs,
      endUs: sim.nowUs,
      detail: outcome.error,
    });
    this.#startNext(node, pulls);
    this.#resume(worker);
  }

  #startNext(node: NodeState, pulls: NodePulls): void {
    const { sim, registry, runtime } = this.#context;
    const limit = node.config.serializeImagePulls ? 1 : node.config.maxParallelImagePulls || Number.POSITIVE_INFINITY;
    while (pulls.running < limit && pulls.waiting.length > 0) {
      const pull = pulls.waiting.shift()!;
      pull.startedUs = sim.nowUs;
      pulls.running++;
      // The limiter refuses rather than waits (throttledImageService in images/helpers.go).
      if (!pulls.limiter.tryTake(sim.nowUs)) {
        pull.outcome.error = 'pull QPS exceeded';
        this.#scheduleEnd(pull, 0);
        continue;
      }
      const resolveUs = registry.resolveUs(runtime);
      const image = registry.failure(pull.name) === undefined ? registry.find(pull.name) : undefined;
      const missing = image === undefined ? 0 : node.images.missingBytes(image);
      this.#scheduleEnd(pull, resolveUs + registry.transferUs(missing, pulls.running));
    }
  }

  #scheduleEnd(pull: Pull, delayUs: number): void {
    const id = this.#nextPull++;
    this.#pulls.set(id, pull);
    this.#context.sim.schedule(delayUs, this.#handler, 0, id);
  }
}
