/**
 * Tells kubelets by an annotation how long to keep what they have read, longer in larger clusters. Models pkg/controller/ttl/ttl_controller.go.
 */
import type { Client } from '../../client/client.ts';
import type { Informer } from '../../client/informer.ts';
import type { Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { startWorkers } from '../../client/workers.ts';
import type { Controller, ControllerContext } from '../context.ts';

const ANNOTATION = 'node.alpha.kubernetes.io/ttl';
/** ttlBoundaries: sizes overlap, so that a cluster at a border does not go back and forth. */
const BOUNDARIES = [
  { least: 0, most: 100, seconds: 0 },
  { least: 90, most: 500, seconds: 15 },
  { least: 450, most: 1000, seconds: 30 },
  { least: 900, most: 2000, seconds: 60 },
  { least: 1800, most: Number.POSITIVE_INFINITY, seconds: 300 },
] as const;

export class TtlController implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #nodes: Informer<'Node'>;
  readonly #queue: WorkQueue;
  #step = 0;
  #count = 0;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#client = context.client('ttl-controller');
    this.#nodes = context.informers.informer('Node');
    this.#queue = new WorkQueue(context.sim);
  }

  start(): void {
    this.#nodes.addHandler({
      onAdd: (node) => {
        this.#count++;
        if (this.#count > BOUNDARIES[this.#step]!.most) this.#step++;
        this.#queue.add(node.metadata.name);
      },
      onUpdate: (_before, node) => void (this.#isRight(node.metadata.annotations) || this.#queue.add(node.metadata.name)),
      onDelete: () => {
        this.#count--;
        if (this.#count < BOUNDARIES[this.#step]!.least) this.#step--;
      },
    });
    startWorkers(this.#context.sim, this.#queue, 5, (name) => this.#sync(name));
  }

  *#sync(name: string): Task<void> {
    const node = this.#nodes.get(name);
    if (node === undefined || this.#isRight(node.metadata.annotations)) return;
    const body = { metadata: { annotations: { [ANNOTATION]: this.#wanted() } } };
    yield* this.#client.patch('Node', undefined, name, { type: 'strategic', body });
  }

  /** The number counts, however somebody wrote it. */
  #isRight(annotations: { readonly [key: string]: string } | undefined): boolean {
    const written = annotations?.[ANNOTATION];
    return written === this.#wanted() || (/^[+-]?\d+$/.test(written ?? '') && Number(written) === BOUNDARIES[this.#step]!.seconds);
  }

  #wanted(): string {
    return String(BOUNDARIES[this.#step]!.seconds);
  }
}
