/**
 * Two schedulers told the same: one decides the fast way, the other the obvious way, and every attempt is held against its twin.
 *
 * Around them stands a small cluster: a map of objects, a clock that moves a microsecond with each reading, bindings and evictions that
 * take effect at once.
 */
import { expect } from 'vitest';
import { SECOND_US } from '../../src/base/units.ts';
import { type KubeObject, objectKey } from '../../src/model/meta.ts';
import type { Node } from '../../src/model/node.ts';
import type { Pod } from '../../src/model/pod.ts';
import { timeText } from '../../src/model/time.ts';
import { completeConfiguration } from '../../src/scheduler/configuration.ts';
import type { MemoryLimits } from '../../src/scheduler/fast/pod-counts.ts';
import type { Listers } from '../../src/scheduler/handle.ts';
import { type Attempt, SchedulerCore } from '../../src/scheduler/scheduler-core.ts';

class Store<T extends KubeObject> {
  readonly objects = new Map<string, T>();
  get = (key: string): T | undefined => this.objects.get(key);
  values = (): Iterable<T> => this.objects.values();
  byIndex = (_index: string, value: string): readonly T[] =>
    [...this.objects.values()].filter(({ metadata }) => (metadata.namespace ?? '') === value);
}

export class SchedulerTwins {
  readonly #stores = new Map<string, Store<KubeObject>>();
  readonly fast: SchedulerCore;
  readonly slow: SchedulerCore;
  /** Each twin reads its own clock, equally often. */
  readonly #readings = { fast: 0, slow: 0 };
  readonly #offsets = { fast: 0, slow: 0 };
  #secondUs = 1_000_000 * SECOND_US;
  #revision = 0;
  attempts = 0;
  preemptions = 0;
  /** Victims stay, on their way out, until somebody deletes them. */
  isGraceful = false;

  constructor(config: unknown, memory?: MemoryLimits) {
    const listers = new Proxy({}, { get: (_, kind: string) => this.store(kindOf(kind)) }) as unknown as Listers;
    const core = (twin: 'fast' | 'slow'): SchedulerCore =>
      new SchedulerCore({
        configuration: completeConfiguration(config),
        listers,
        ...(memory === undefined ? {} : { memory }),
        isSlow: twin === 'slow',
        nowUs: () => this.#secondUs + ++this.#readings[twin],
        drawOffset: (count) => (7 * ++this.#offsets[twin]) % count,
      });
    this.fast = core('fast');
    this.slow = core('slow');
  }

  store<T extends KubeObject>(kind: string): Store<T> {
    let store = this.#stores.get(kind);
    if (store === undefined) {
      store = new Store();
      this.#stores.set(kind, store);
    }
    return store as unknown as Store<T>;
  }

  get pods(): readonly Pod[] {
    return [...this.store<Pod>('Pod').values()];
  }

  get nodes(): readonly Node[] {
    return [...this.store<Node>('Node').values()];
  }

  put(object: KubeObject): void {
    const store = this.store(object.kind);
    const before = store.get(objectKey(object));
    const after = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#revision) } };
    store.objects.set(objectKey(object), after);
    this.#tell(before, after);
  }

  remove(object: KubeObject): void {
    if (this.store(object.kind).objects.delete(objectKey(object))) this.#tell(object, undefined);
  }

  /** Lets back-offs and the timeout of the unschedulable pool pass. */
  advance(seconds: number): void {
    this.#secondUs += seconds * SECOND_US;
    for (const core of [this.fast, this.slow]) {
      core.queue.flushBackOff();
      core.queue.flushUnschedulable();
    }
  }

  /** Somebody takes a snapshot between two cycles, as one does who wants to explain what is waiting. */
  look(): void {
    for (const core of [this.fast, this.slow]) core.cache.updateSnapshot(core.snapshot);
  }

  /** Tries pods until none is left to try, or `limit` were tried: preemptors may go round in circles. */
  settle(limit: number): void {
    for (let i = 0; i < limit; i++) {
      const fast = this.fast.attempt();
      const slow = this.slow.attempt();
      expect(fast === undefined ? undefined : summaryOf(fast)).toEqual(slow === undefined ? undefined : summaryOf(slow));
      if (fast === undefined || slow === undefined) return;
      this.attempts++;
      this.#carryOut(fast, slow);
    }
  }

  #carryOut(fast: Attempt, slow: Attempt): void {
    const pod = this.store<Pod>('Pod').get(objectKey(fast.entry.pod))!;
    if (fast.result === 'chosen') {
      const status = { ...pod.status, nominatedNodeName: '', startTime: timeText(this.#secondUs) };
      this.put({ ...pod, spec: { ...pod.spec, nodeName: fast.node! }, status } as Pod);
      return;
    }
    const victims = slow.preemption?.chosen?.victims ?? [];
    this.fast.giveBack(fast, pod);
    this.slow.giveBack(slow, pod);
    const nominatedNodeName = fast.nomination === 'keep' ? (pod.status?.nominatedNodeName ?? '') : fast.nominatedNode;
    this.put({ ...pod, status: { ...pod.status, nominatedNodeName } } as Pod);
    if (victims.length > 0) this.preemptions++;
    for (const { key } of victims) {
      const victim = this.store<Pod>('Pod').get(key);
      if (victim === undefined || victim.metadata.deletionTimestamp !== undefined) continue;
      const deletionTimestamp = timeText(this.#secondUs);
      if (this.isGraceful) this.put({ ...victim, metadata: { ...victim.metadata, deletionTimestamp } });
      else this.remove(victim);
    }
  }

  #tell(before: KubeObject | undefined, after: KubeObject | undefined): void {
    for (const core of [this.fast, this.slow]) {
      const { kind } = (after ?? before)!;
      if (kind === 'Pod') core.onPod(before as Pod | undefined, after as Pod | undefined);
      else if (kind === 'Node') core.onNode(before as Node | undefined, after as Node | undefined);
    }
  }
}

/** Everything an attempt decided. */
function summaryOf({ entry, result, node, message, nomination, nominatedNode, evaluated, feasible, ...rest }: Attempt): unknown {
  return {
    pod: entry.pod.metadata.name,
    result,
    node,
    message,
    nomination,
    nominatedNode,
    evaluated,
    feasible,
    unschedulable: [...rest.unschedulablePlugins].sort(),
    pending: [...rest.pendingPlugins].sort(),
    victims: rest.preemption?.chosen?.victims.map(({ key }) => key),
    pdbViolations: rest.preemption?.chosen?.pdbViolations,
  };
}

/** `replicaSets` lists ReplicaSets. */
function kindOf(lister: string): string {
  return lister[0]!.toUpperCase() + lister.slice(1, -1);
}
