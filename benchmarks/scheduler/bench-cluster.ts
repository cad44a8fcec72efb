/**
 * A scheduler with nothing around it but what it must be told: the cycle alone is measured, from the pop to the assumed pod.
 */
import { type KubeObject, objectKey } from '../../src/model/meta.ts';
import type { Pod } from '../../src/model/pod.ts';
import { DEFAULT_CONFIGURATION } from '../../src/scheduler/configuration.ts';
import type { Listers } from '../../src/scheduler/handle.ts';
import { type Attempt, SchedulerCore } from '../../src/scheduler/scheduler-core.ts';
import { Stopwatch } from '../measure.ts';
import { node, type Workload } from './workloads.ts';

class Objects {
  readonly #byKey = new Map<string, KubeObject>();
  readonly #byNamespace = new Map<string, KubeObject[]>();
  get = (key: string) => this.#byKey.get(key);
  values = () => this.#byKey.values();
  byIndex = (_index: string, value: string): readonly KubeObject[] => this.#byNamespace.get(value) ?? [];
  add(object: KubeObject): void {
    this.#byKey.set(objectKey(object), object);
    const namespace = object.metadata.namespace ?? '';
    this.#byNamespace.set(namespace, [...this.byIndex('', namespace), object]);
  }
}

export interface CycleResult {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly pods: number;
  readonly bound: number;
  /** Of the choices, in order. */
  readonly checksum: number;
}

// Pods that wait in the queue at once; their confirmations follow when all have been tried.
const BATCH = 500;

/** A scheduler that knows the workload's nodes, objects and standing pods. */
export function standingCluster(workload: Workload, nodeCount: number, isSlow = false): SchedulerCore {
  const stores = new Map<string, Objects>();
  const storeOf = (kind: string) => stores.get(kind) ?? stores.set(kind, new Objects()).get(kind)!;
  const listers = new Proxy({}, { get: (_, lister: string) => storeOf(lister[0]!.toUpperCase() + lister.slice(1, -1)) }) as Listers;
  // Later than any pod has started.
  let nowUs = 1_800_000_000_000_000;
  const core = new SchedulerCore({ configuration: DEFAULT_CONFIGURATION, listers, isSlow, nowUs: () => ++nowUs });
  for (const object of workload.objects ?? []) storeOf(object.kind).add(object);
  const { standing } = workload;
  for (let i = 0; i < nodeCount; i++) {
    const one = (workload.node ?? node)(i);
    core.onNode(undefined, one);
    for (let k = 0; k < (standing?.perNode ?? 0); k++) core.onPod(undefined, standing!.pod(i * standing!.perNode + k, one.metadata.name));
  }
  // The first snapshot deals all rows; it belongs to the start of a scheduler, and not to its first cycle.
  core.cache.updateSnapshot(core.snapshot);
  return core;
}

export function runCycles(workload: Workload, nodeCount: number, podCount: number, isSlow: boolean): CycleResult {
  const core = standingCluster(workload, nodeCount, isSlow);
  const bound: Pod[] = [];
  let checksum = 0;
  const watch = new Stopwatch();
  let boundCount = 0;
  for (let next = 0; next < podCount; ) {
    const end = Math.min(podCount, next + BATCH);
    for (; next < end; next++) core.onPod(undefined, workload.pod(next));
    const chosen: Attempt[] = [];
    for (let round = 0; round <= (workload.retries ?? 0); round++) {
      watch.start();
      const failed: Attempt[] = [];
      for (let attempt = core.attempt(); attempt !== undefined; attempt = core.attempt()) {
        checksum = (checksum * 31 + textSum(attempt.node ?? attempt.nominatedNode)) % 1_000_000_007;
        if (attempt.result === 'chosen') chosen.push(attempt);
        else {
          core.giveBack(attempt, attempt.entry.pod);
          for (const { pod } of attempt.preemption?.chosen?.victims ?? []) core.onPod(pod, undefined);
          failed.push(attempt);
        }
      }
      if (round < (workload.retries ?? 0)) for (const { entry } of failed) core.queue.activate(entry.info.uid);
      watch.stop();
    }
    for (const { entry, node: nodeName } of chosen) {
      const pod = { ...entry.pod, spec: { ...entry.pod.spec, nodeName: nodeName! } };
      core.onPod(entry.pod, pod);
      bound.push(pod);
    }
    boundCount += chosen.length;
    while (workload.churnsFrom !== undefined && bound.length > workload.churnsFrom) core.onPod(bound.shift(), undefined);
  }
  const { seconds, cpuSeconds } = watch;
  return { seconds, cpuSeconds, pods: podCount, bound: boundCount, checksum };
}

function textSum(text: string): number {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) % 1_000_003;
  return sum;
}
