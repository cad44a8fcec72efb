/**
 * Removes pods nobody else will: finished ones above a limit, those of nodes that are gone or given up, and those deleted before they had a node.
 *
 * Models pkg/controller/podgc/gc_controller.go. What concerns it is kept as sets, so that a pass does not walk over all pods.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { compareText } from '../../base/compare.ts';
import { SECOND_US } from '../../base/units.ts';
import type { Client } from '../../client/client.ts';
import type { Informer } from '../../client/informer.ts';
import { run, type Task } from '../../client/task.ts';
import { type ObjectKey, objectKey } from '../../model/meta.ts';
import { nodeCondition } from '../../model/node.ts';
import { isPodTerminal, type Pod } from '../../model/pod.ts';
import type { HandlerId } from '../../sim/simulation.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { newPodCondition } from '../pod-conditions.ts';

// gcCheckPeriod and quarantineTime.
const PERIOD_US = 20 * SECOND_US;
const QUARANTINE_US = 40 * SECOND_US;
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';

export class PodGarbageCollector implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #pods: Informer<'Pod'>;
  readonly #handler: HandlerId;
  readonly #finished = new Set<ObjectKey>();
  readonly #leaving = new Set<ObjectKey>();
  readonly #podsByNode = new Map<string, number>();
  /** Nodes that pods name and the cache did not have, with the instant each is looked for again: also one that has come back since. */
  readonly #suspectUntilUs = new Map<string, number>();
  #isBusy = false;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#client = context.client('pod-garbage-collector');
    this.#pods = context.informers.informer('Pod');
    this.#handler = context.sim.register({ on: () => this.#onPeriod() });
  }

  start(): void {
    this.#pods.addHandler({
      onAdd: (pod) => this.#file(undefined, pod),
      onUpdate: (before, after) => this.#file(before, after),
      onDelete: (_, before) => this.#file(before, undefined),
    });
    this.#context.informers.informer('Node');
    this.#context.sim.schedule(0, this.#handler, 0);
  }

  #file(before: Pod | undefined, after: Pod | undefined): void {
    const isFinished = after !== undefined && isPodTerminal(after);
    if (isFinished !== (before !== undefined && isPodTerminal(before))) {
      const key = objectKey((after ?? before)!);
      if (isFinished) this.#finished.add(key);
      else this.#finished.delete(key);
    }
    const isLeaving = after?.metadata.deletionTimestamp !== undefined;
    if (isLeaving !== (before?.metadata.deletionTimestamp !== undefined)) {
      const key = objectKey((after ?? before)!);
      if (isLeaving) this.#leaving.add(key);
      else this.#leaving.delete(key);
    }
    const from = before?.spec.nodeName ?? '';
    const to = after?.spec.nodeName ?? '';
    if (from === to) return;
    this.#count(from, -1);
    this.#count(to, 1);
  }

  #count(node: string, change: number): void {
    if (node === '') return;
    const count = (this.#podsByNode.get(node) ?? 0) + change;
    if (count > 0) this.#podsByNode.set(node, count);
    else this.#podsByNode.delete(node);
  }

  #onPeriod(): void {
    this.#context.sim.schedule(PERIOD_US, this.#handler, 0);
    if (this.#isBusy) return;
    this.#isBusy = true;
    run(this.#pass(), () => {
      this.#isBusy = false;
    });
  }

  *#pass(): Task<void> {
    yield* this.#collectFinished();
    yield* this.#collectLeaving((pod) => this.#isGivenUp(pod));
    yield* this.#collectOrphans();
    yield* this.#collectLeaving(({ spec }) => (spec.nodeName ?? '') === '');
  }

  *#collectFinished(): Task<void> {
    const surplus = this.#finished.size - this.#context.options.terminatedPodGcThreshold;
    if (surplus <= 0) return;
    const pods = [...this.#finished].map((key) => this.#pods.get(key)!).sort(compareFinished);
    for (const pod of pods.slice(0, surplus)) yield* this.#remove(pod, undefined);
  }

  /** Evicted pods and the oldest first, as with finished ones. */
  *#collectLeaving(isConcerned: (pod: Pod) => boolean): Task<void> {
    const pods = [...this.#leaving].map((key) => this.#pods.get(key)!).filter(isConcerned);
    for (const pod of pods.sort(compareFinished)) yield* this.#remove(pod, undefined);
  }

  /** On a node somebody has taken out of service, and that is not ready. */
  #isGivenUp({ spec: { nodeName = '' } }: Pod): boolean {
    const node = this.#context.informers.informer('Node').get(nodeName as ObjectKey);
    if (node?.spec?.taints?.some((taint) => taint.key === OUT_OF_SERVICE) !== true) return false;
    return nodeCondition(node, 'Ready')?.status !== 'True';
  }

  *#collectOrphans(): Task<void> {
    const nodes = this.#context.informers.informer('Node');
    const { nowUs } = this.#context.sim;
    const due = [...this.#suspectUntilUs].filter(([, untilUs]) => untilUs <= nowUs).map(([name]) => name);
    for (const name of due) this.#suspectUntilUs.delete(name);
    for (const name of this.#podsByNode.keys()) {
      if (!this.#suspectUntilUs.has(name) && nodes.get(name) === undefined) this.#suspectUntilUs.set(name, nowUs + QUARANTINE_US);
    }
    for (const name of due) {
      if (nodes.get(name) !== undefined || (yield* this.#exists(name))) continue;
      for (const pod of this.#pods.byIndex('nodeName', name)) yield* this.#remove(pod, 'PodGC: node no longer exists');
    }
  }

  *#exists(node: string): Task<boolean> {
    try {
      yield* this.#client.get('Node', undefined, node);
      return true;
    } catch (error) {
      if (error instanceof ApiError) return error.code !== 404;
      throw error;
    }
  }

  /** Failed first, if it has not come to an end by itself, then gone at once. */
  *#remove(pod: Pod, why: string | undefined): Task<void> {
    const { namespace, name, uid } = pod.metadata;
    try {
      if (!isPodTerminal(pod)) {
        const mark = { type: 'DisruptionTarget', status: 'True', reason: 'DeletionByPodGC', message: why ?? '' } as const;
        const condition = why === undefined ? undefined : newPodCondition(pod, mark, this.#context.sim.nowUs);
        const generation = { observedGeneration: pod.metadata.generation ?? 0 };
        const status = { phase: 'Failed', ...generation, ...(condition === undefined ? {} : { conditions: [condition] }) };
        const body = { metadata: { uid }, status };
        yield* this.#client.patch('Pod', namespace, name, { type: 'strategic', body, isComparison: true }, 'status');
      }
      yield* this.#client.delete('Pod', namespace, name, { gracePeriodSeconds: 0 });
    } catch (error) {
      // The next pass tries again.
      if (!(error instanceof ApiError)) throw error;
    }
  }
}

/** Evicted pods first, then the oldest (byEvictionAndCreationTimestamp). */
function compareFinished(a: Pod, b: Pod): number {
  const evicted = Number(b.status?.reason === 'Evicted') - Number(a.status?.reason === 'Evicted');
  return (
    evicted ||
    compareText(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
    compareText(a.metadata.name, b.metadata.name)
  );
}
