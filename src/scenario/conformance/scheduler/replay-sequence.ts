/**
 * Replays recorded scripts: steps of creations, deletions and patches, and what the scheduler did after each.
 *
 * The scheduler is the one scenarios run with (scheduler/scheduler-core.ts); around it stands the recorder's small cluster: a map of
 * objects, a clock that moves one microsecond with each reading, and bindings and evictions that take effect between cycles.
 */
import { SECOND_US } from '../../../base/units.ts';
import { type KubeObject, objectKey } from '../../../model/meta.ts';
import { type Pod, podCondition } from '../../../model/pod.ts';
import { timeText, timeUsOf } from '../../../model/time.ts';
import type { SchedulerConfiguration } from '../../../scheduler/configuration.ts';
import type { EventResource } from '../../../scheduler/events.ts';
import { type Attempt, SchedulerCore } from '../../../scheduler/scheduler-core.ts';
import { type ObjectMap, ReplayWorld, stored } from './replay-world.ts';

export type RecordedAction =
  | { readonly create: KubeObject }
  | { readonly delete: { readonly kind: string; readonly namespace?: string; readonly name: string } }
  | { readonly patch: { readonly kind: string; readonly namespace?: string; readonly name: string; readonly merge: object } };

export interface SeenAttempt {
  readonly pod: string;
  readonly at: number;
  readonly result: 'bound' | 'unschedulable' | 'error';
  readonly node?: string;
  readonly message?: string;
  readonly nominated?: string;
}

interface Change {
  readonly before: KubeObject | undefined;
  readonly after: KubeObject | undefined;
}

const START_US = timeUsOf('2026-01-01T00:00:00Z');
const OBSERVED: ReadonlySet<string> = new Set([
  'PersistentVolume',
  'PersistentVolumeClaim',
  'StorageClass',
  'CSINode',
  'CSIDriver',
  'CSIStorageCapacity',
  'VolumeAttachment',
]);

export class SequenceWorld {
  readonly #world = new ReplayWorld([]);
  readonly #core: SchedulerCore;
  readonly #isGraceful: boolean;
  readonly #around: (attempt: () => Attempt | undefined) => Attempt | undefined;
  /** Whole seconds of the script; each reading of the clock adds a microsecond for good. */
  #secondUs = START_US;
  #readings = 0;
  #bindings = 0;
  #revision = 0;
  #flushedUntil = START_US;
  attempts: SeenAttempt[] = [];
  bindings: { readonly pod: string; readonly node: string }[] = [];
  preempted: string[] = [];

  /** `around`: runs each attempt, for whoever wants to know how long they take. */
  constructor(
    configuration: SchedulerConfiguration,
    isGraceful: boolean,
    around: (attempt: () => Attempt | undefined) => Attempt | undefined = (attempt) => attempt(),
  ) {
    this.#isGraceful = isGraceful;
    this.#around = around;
    this.#core = new SchedulerCore({ configuration, listers: this.#world.handle.listers, nowUs: () => this.#secondUs + ++this.#readings });
  }

  get pods(): Iterable<Pod> {
    return this.#map<Pod>('Pod').values();
  }

  act(action: RecordedAction): void {
    if ('create' in action) this.#put(stored(gated(action.create)));
    else if ('delete' in action) this.#remove(action.delete.kind, keyOf(action.delete));
    else {
      const { kind, merge } = action.patch;
      this.#put(merged(this.#map(kind).get(keyOf(action.patch))!, merge) as KubeObject);
    }
  }

  /** Tries pods until none can be tried. */
  settle(): void {
    const next = () => this.#core.attempt();
    for (let attempt = this.#around(next); attempt !== undefined; attempt = this.#around(next)) this.#carryOut(attempt);
  }

  /** Lets the queue's timers run up to and including second `at` of the sequence. */
  advanceTo(at: number): void {
    const endUs = START_US + at * SECOND_US;
    while (this.#flushedUntil < endUs) {
      this.#flushedUntil += SECOND_US;
      this.#secondUs = this.#flushedUntil;
      this.#core.queue.flushBackOff();
      if ((this.#flushedUntil - START_US) % (30 * SECOND_US) === 0) this.#core.queue.flushUnschedulable();
      this.settle();
    }
  }

  #carryOut(attempt: Attempt): void {
    const { pod } = attempt.entry;
    const current = this.#map<Pod>('Pod').get(objectKey(pod));
    const at = (this.#secondUs - START_US) / SECOND_US;
    const seen = { pod: pod.metadata.name, at, result: attempt.result === 'chosen' ? ('bound' as const) : attempt.result };
    if (attempt.result === 'chosen') {
      this.attempts.push({ ...seen, node: attempt.node! });
      this.bindings.push({ pod: pod.metadata.name, node: attempt.node! });
      this.#put(bound(current!, attempt.node!, ++this.#bindings));
      return;
    }
    const { nominatedNodeName = '' } = current?.status ?? {};
    const nominated = attempt.nomination === 'keep' ? nominatedNodeName : attempt.nominatedNode;
    this.attempts.push({ ...seen, message: attempt.message, ...(nominated === nominatedNodeName ? {} : { nominated }) });
    this.#core.giveBack(attempt, current);
    const changes: Change[] = [];
    if (current !== undefined) {
      const reason = attempt.result === 'error' ? 'SchedulerError' : 'Unschedulable';
      const old = podCondition(current, 'PodScheduled');
      const isNew = old?.reason !== reason || old.message !== attempt.message || nominated !== nominatedNodeName;
      if (isNew) changes.push(this.#store(unscheduled(current, reason, attempt.message, nominated)));
    }
    changes.push(...this.#evictions(attempt));
    for (const change of changes) this.#show(change);
  }

  #evictions({ preemption, nominatedNode, entry }: Attempt): Change[] {
    const changes: Change[] = [];
    // Where every victim is on its way already nothing is started, and lesser nominations stay.
    if (preemption?.chosen === undefined || preemption.chosen.victims.every((victim) => victim.isTerminating)) return changes;
    const pods = this.#map<Pod>('Pod');
    for (const lesser of this.#core.nominator.onNode(nominatedNode)) {
      const pod = pods.get(lesser.key);
      if (lesser.priority >= entry.info.priority || pod === undefined) continue;
      changes.push(this.#store({ ...pod, status: { ...pod.status, nominatedNodeName: '' } } as Pod));
    }
    for (const victim of preemption.chosen.victims) {
      const pod = pods.get(victim.key);
      if (pod === undefined || victim.isTerminating) continue;
      this.preempted.push(pod.metadata.name);
      changes.push(this.#store(disrupted(pod)));
      const marked = pods.get(victim.key)!;
      if (this.#isGraceful) {
        const deletionTimestamp = timeText(this.#secondUs);
        changes.push(this.#store({ ...marked, metadata: { ...marked.metadata, deletionTimestamp } }));
      } else {
        pods.delete(victim.key);
        changes.push({ before: marked, after: undefined });
      }
    }
    return changes;
  }

  #map<T extends KubeObject>(kind: string): ObjectMap<T> {
    return this.#world.map<T>(kind);
  }

  #put(object: KubeObject): void {
    this.#show(this.#store(object));
  }

  #store(object: KubeObject): Change {
    const map = this.#map(object.kind);
    const before = map.get(objectKey(object));
    const after = { ...object, metadata: { ...object.metadata, resourceVersion: String(++this.#revision) } };
    map.set(after);
    return { before, after };
  }

  #remove(kind: string, key: string): void {
    const before = this.#map(kind).get(key);
    if (before === undefined) return;
    this.#map(kind).delete(key);
    this.#show({ before, after: undefined });
  }

  #show({ before, after }: Change): void {
    const kind = (after ?? before)!.kind;
    if (kind === 'Pod') this.#core.onPod(before as Pod | undefined, after as Pod | undefined);
    else if (kind === 'Node') this.#core.onNode(before as never, after as never);
    else if (OBSERVED.has(kind)) this.#core.onObject(kind as EventResource, before, after);
  }
}

function keyOf({ namespace, name }: { readonly namespace?: string; readonly name: string }): string {
  return objectKey({ metadata: { name, ...(namespace === undefined ? {} : { namespace }) } } as KubeObject);
}

/** JSON merge patch (RFC 7386). */
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const result: Record<string, unknown> = typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = merged(result[key], value);
  }
  return result;
}

function withCondition(pod: Pod, condition: { type: string; status: 'True' | 'False'; reason?: string; message?: string }): Pod {
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== condition.type);
  return { ...pod, status: { ...pod.status, conditions: [...others, condition] } } as Pod;
}

function gated(manifest: KubeObject): KubeObject {
  const pod = manifest as Pod;
  if (manifest.kind !== 'Pod' || (pod.spec.schedulingGates ?? []).length === 0) return manifest;
  const message = 'Scheduling is blocked due to non-empty scheduling gates';
  return withCondition(pod, { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message });
}

function bound(pod: Pod, nodeName: string, ordinal: number): Pod {
  const placed = withCondition({ ...pod, spec: { ...pod.spec, nodeName } }, { type: 'PodScheduled', status: 'True' });
  const startTime = timeText(START_US + ordinal * SECOND_US);
  return { ...placed, status: { ...placed.status, phase: 'Running', nominatedNodeName: '', startTime } } as Pod;
}

function unscheduled(pod: Pod, reason: string, message: string, nominatedNodeName: string): Pod {
  const told = withCondition(pod, { type: 'PodScheduled', status: 'False', reason, message });
  return { ...told, status: { ...told.status, nominatedNodeName } } as Pod;
}

function disrupted(pod: Pod): Pod {
  return withCondition(pod, { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler' });
}
