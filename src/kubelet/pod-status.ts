/**
 * The status of a pod as its kubelet sees it: phase, conditions and container statuses, from what runs and what has ended.
 *
 * Models generateAPIPodStatus (kubelet_pods.go) and status/generate.go. Conditions that many pods have in common are one object in
 * memory: a million pods say Ready=True of the same second.
 */
import type { Condition } from '../model/meta.ts';
import type { Pod, PodPhase, PodStatus } from '../model/pod.ts';
import { timeText } from '../model/time.ts';
import { isReady, statusesOf } from './container-status.ts';
import { generatedPhase, isFinal, toldPhase } from './pod-phase.ts';
import { type PodWorker, WorkerPhase } from './pod-worker.ts';
import { qosOf } from './qos.ts';
import { ContainerRole, Run } from './runtime/container-record.ts';

const NO_CONDITIONS: readonly Condition[] = [];

/** Works out the status as of `nowUs`. Returns the previous object when nothing has changed. */
export function podStatus(worker: PodWorker, nowUs: number): PodStatus {
  const { status: previous } = worker;
  // A refused pod gets nothing but its verdict: no container was ever made for it.
  if (worker.verdict !== undefined && !worker.isAdmitted) return previous ?? refusedStatus(worker);

  worker.generatedPhase = generatedPhase(worker);
  const phase = toldPhase(worker);
  const conditions = conditionsOf(worker, phase, timeText(nowUs));
  const { node } = worker;
  // That of its node needs no sandbox.
  const ip = worker.isHostNetwork ? node.ip : worker.seenIp;
  const apps = statusesOf(worker, worker.initCount, worker.containers.length, previous?.containerStatuses);
  const inits = worker.initCount === 0 ? undefined : statusesOf(worker, 0, worker.initCount, previous?.initContainerStatuses);
  if (
    previous !== undefined &&
    previous.conditions === conditions &&
    previous.containerStatuses === apps &&
    previous.initContainerStatuses === inits &&
    previous.phase === phase &&
    (previous.podIP ?? '') === ip &&
    previous.observedGeneration === worker.pod.metadata.generation
  ) {
    return previous;
  }
  const podIPs = ip === '' || worker.isHostNetwork ? node.hostIps : previous?.podIP === ip ? previous.podIPs! : [{ ip }];
  const qosClass = worker.pod.status?.qosClass ?? qosOf(worker.pod);
  const observedGeneration = worker.pod.metadata.generation ?? 1;
  const { hostIps: hostIPs } = node;
  const { startTime } = worker;
  // Written out whole: fields added to a finished object lie in a second one beside it, and there is a status for each pod.
  const status: { -readonly [field in keyof PodStatus]: PodStatus[field] } =
    ip === ''
      ? { observedGeneration, phase, conditions, hostIP: node.ip, hostIPs, startTime, containerStatuses: apps, qosClass }
      : {
          observedGeneration,
          phase,
          conditions,
          hostIP: node.ip,
          hostIPs,
          podIP: ip,
          podIPs,
          startTime,
          containerStatuses: apps,
          qosClass,
        };
  if (inits !== undefined) status.initContainerStatuses = inits;
  if (worker.verdict !== undefined && phase === 'Failed') {
    status.message = worker.verdict.message;
    status.reason = worker.verdict.reason;
  }
  return status;
}

/** Of its conditions not even the scheduler's is left (rejectPod in kubelet.go, mergePodStatus). */
function refusedStatus(worker: PodWorker): PodStatus {
  const { pod, verdict } = worker;
  return {
    observedGeneration: pod.metadata.generation ?? 1,
    phase: 'Failed',
    message: verdict!.message,
    reason: verdict!.reason,
    startTime: worker.startTime,
    qosClass: pod.status?.qosClass ?? qosOf(pod),
  };
}

/** The conditions in upstream's order: what is said of few pods, the five, and last whether all containers restart. The previous array when nothing has changed. */
function conditionsOf(worker: PodWorker, told: PodPhase, now: string): readonly Condition[] {
  const { pod, generatedPhase: phase } = worker;
  const previous = worker.status?.conditions;
  const before = previous ?? pod.status?.conditions ?? NO_CONDITIONS;
  const generation = pod.metadata.generation;
  const isOver = isFinal(phase);

  const hasSandbox = condition(before, Type.Sandbox, worker.hasSandbox && worker.phase < WorkerPhase.Terminated, '', '', generation, now);
  // Once initialized, for good: not even a new sandbox takes it back.
  const wasInitialized = find(before, Type.Initialized)?.status === 'True';
  const incomplete = phase === 'Succeeded' || wasInitialized ? '' : incompleteInits(worker);
  const initialized =
    incomplete === ''
      ? condition(before, Type.Initialized, true, phase === 'Succeeded' ? 'PodCompleted' : '', '', generation, now)
      : condition(
          before,
          Type.Initialized,
          false,
          'ContainersNotInitialized',
          `containers with incomplete status: [${incomplete}]`,
          generation,
          now,
        );
  const unready = isOver ? '' : unreadyContainers(worker);
  const areReady = unready === '' && !isOver;
  const reason = areReady ? '' : phase === 'Succeeded' ? 'PodCompleted' : phase === 'Failed' ? 'PodFailed' : 'ContainersNotReady';
  const message = unready === '' ? '' : `containers with unready status: [${unready}]`;
  const gate = areReady && pod.spec.readinessGates !== undefined ? unmetReadinessGates(pod) : '';
  const ready =
    gate === ''
      ? condition(before, Type.Ready, areReady, reason, message, generation, now)
      : condition(before, Type.Ready, false, 'ReadinessGatesNotReady', gate, generation, now);
  const containersReady = condition(before, Type.ContainersReady, areReady, reason, message, generation, now);
  const scheduled = condition(before, Type.Scheduled, true, '', '', generation, now);
  const rare = rareConditions(worker, before, isFinal(told), generation, now);
  const restarting = worker.mayRestartAll ? restartingCondition(worker, before, now) : undefined;
  const at = rare.length;
  if (
    previous !== undefined &&
    previous.length === at + 5 + (restarting === undefined ? 0 : 1) &&
    previous[at + Type.Sandbox] === hasSandbox &&
    previous[at + Type.Initialized] === initialized &&
    previous[at + Type.Ready] === ready &&
    previous[at + Type.ContainersReady] === containersReady &&
    previous[at + Type.Scheduled] === scheduled &&
    previous[at + 5] === restarting &&
    rare.every((one, i) => previous[i] === one)
  ) {
    return previous;
  }
  if (at === 0 && restarting === undefined) return sharedConditions(hasSandbox, initialized, ready, containersReady, scheduled);
  const all = [...rare, hasSandbox, initialized, ready, containersReady, scheduled];
  if (restarting !== undefined) all.push(restarting);
  return all;
}

/** What is said of few pods: how a change of their resources stands, and, with a final phase, why they were ended. */
function rareConditions(
  worker: PodWorker,
  before: readonly Condition[],
  isOver: boolean,
  generation: number | undefined,
  now: string,
): readonly Condition[] {
  const disruption = isOver ? worker.verdict?.disruption : undefined;
  const pending = worker.resize;
  if (disruption === undefined && pending === undefined && !worker.isResizing) return NO_CONDITIONS;
  const rare: Condition[] = [];
  const say = (type: Type, reason: string, message: string) => rare.push(condition(before, type, true, reason, message, generation, now));
  if (pending !== undefined) say(Type.ResizePending, pending.reason, pending.message);
  if (worker.isResizing) say(Type.ResizeInProgress, '', '');
  if (disruption !== undefined) say(Type.Disruption, disruption.reason, disruption.message);
  return rare;
}

/** GenerateAllContainersRestartingCondition: the only one that names no generation. */
function restartingCondition(worker: PodWorker, before: readonly Condition[], now: string): Condition {
  const { generatedPhase: phase, isRestartingAll: isTrue } = worker;
  const reason = isTrue ? 'RestartAllContainersStarted' : phase === 'Succeeded' ? 'PodCompleted' : phase === 'Failed' ? 'PodFailed' : '';
  const message = isTrue ? 'container exited with restart policy rule' : '';
  return condition(before, Type.RestartingAll, isTrue, reason, message, NO_GENERATION, now);
}

/** The last lists made, of pods that are ready and of others: pods that change in one second mostly say the same. */
const lastConditions: (readonly Condition[])[] = [NO_CONDITIONS, NO_CONDITIONS];

function sharedConditions(
  hasSandbox: Condition,
  initialized: Condition,
  ready: Condition,
  containersReady: Condition,
  scheduled: Condition,
): readonly Condition[] {
  const slot = ready.status === 'True' ? 1 : 0;
  const last = lastConditions[slot]!;
  if (
    last[Type.Scheduled] === scheduled &&
    last[Type.Ready] === ready &&
    last[Type.ContainersReady] === containersReady &&
    last[Type.Initialized] === initialized &&
    last[Type.Sandbox] === hasSandbox
  ) {
    return last;
  }
  const made = [hasSandbox, initialized, ready, containersReady, scheduled];
  lastConditions[slot] = made;
  return made;
}

function incompleteInits(worker: PodWorker): string {
  if (worker.initCount === 0) return '';
  let names = '';
  for (const record of worker.containers) {
    // Once an app container has run the pod is initialized for good.
    if (record.role === ContainerRole.App) {
      if (record.seen !== Run.None || record.last !== undefined) return '';
      continue;
    }
    const isComplete =
      record.role === ContainerRole.Sidecar
        ? record.seen === Run.Running && record.isStarted
        : record.seen === Run.Exited && record.exitCode === 0;
    if (!isComplete) names += names === '' ? record.spec.name : ` ${record.spec.name}`;
  }
  return names;
}

function unreadyContainers(worker: PodWorker): string {
  let names = '';
  for (const record of worker.containers) {
    if (record.role === ContainerRole.Init) continue;
    if (!isReady(record)) names += names === '' ? record.spec.name : ` ${record.spec.name}`;
  }
  return names;
}

function unmetReadinessGates(pod: Pod): string {
  const messages: string[] = [];
  for (const { conditionType } of pod.spec.readinessGates ?? []) {
    const found = pod.status?.conditions?.find((one) => one.type === conditionType);
    if (found === undefined) messages.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`);
    else if (found.status !== 'True') {
      messages.push(`the status of pod readiness gate "${conditionType}" is not "True", but ${found.status}`);
    }
  }
  return messages.join(', ');
}

/** The conditions by their place in the status. */
const Type = {
  Sandbox: 0,
  Initialized: 1,
  Ready: 2,
  ContainersReady: 3,
  Scheduled: 4,
  Disruption: 5,
  ResizePending: 6,
  ResizeInProgress: 7,
  RestartingAll: 8,
} as const;
type Type = (typeof Type)[keyof typeof Type];
const TYPES = [
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
  'DisruptionTarget',
  'PodResizePending',
  'PodResizeInProgress',
  'AllContainersRestarting',
] as const;

const NO_GENERATION = 0;

/** The last condition made of each type, true and false: pods that change in one second mostly say the same. */
const latest: (Condition | undefined)[] = new Array(TYPES.length * 2).fill(undefined);

/** The condition as before when it says the same, else with `now` as the instant of its change; one object for many pods. */
function condition(
  before: readonly Condition[],
  type: Type,
  isTrue: boolean,
  reason: string,
  message: string,
  generation: number | undefined,
  now: string,
): Condition {
  const status = isTrue ? 'True' : 'False';
  const old = find(before, type);
  if (old !== undefined && saysSame(old, status, reason, message, generation)) return old;
  const since = old !== undefined && old.status === status ? (old.lastTransitionTime ?? now) : now;
  const slot = type * 2 + (isTrue ? 1 : 0);
  const last = latest[slot];
  if (last !== undefined && last.lastTransitionTime === since && saysSame(last, status, reason, message, generation)) return last;
  const made: { -readonly [field in keyof Condition]: Condition[field] } =
    generation === NO_GENERATION
      ? { type: TYPES[type], status, lastProbeTime: null, lastTransitionTime: since }
      : { type: TYPES[type], observedGeneration: generation ?? 1, status, lastProbeTime: null, lastTransitionTime: since };
  if (reason !== '') made.reason = reason;
  if (message !== '') made.message = message;
  latest[slot] = made;
  return made;
}

/** Our own conditions stand in their places; those of a pod that has just arrived may stand anywhere. */
function find(before: readonly Condition[], type: Type): Condition | undefined {
  const name = TYPES[type];
  const expected = before[type];
  if (expected !== undefined && expected.type === name) return expected;
  for (const one of before) if (one.type === name) return one;
  return undefined;
}

function saysSame(one: Condition, status: string, reason: string, message: string, generation: number | undefined): boolean {
  return (
    one.status === status &&
    (one.observedGeneration ?? NO_GENERATION) === (generation ?? 1) &&
    (one.reason ?? '') === reason &&
    (one.message ?? '') === message
  );
}
