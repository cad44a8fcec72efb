/**
 * The status of a pod as its kubelet sees it: phase, conditions and container statuses, from what runs and what has ended.
 *
 * Models generateAPIPodStatus and getPhase (kubelet_pods.go) and status/generate.go. Conditions and container statuses that
 * many pods have in common are one object in memory: a million pods say Ready=True of the same second.
 */
import type { Condition } from '../model/meta.ts';
import type { ContainerState, ContainerStatus, Pod, PodPhase, PodStatus } from '../model/pod.ts';
import { timeText } from '../model/time.ts';
import { mayRestart, type PodWorker, WorkerPhase } from './pod-worker.ts';
import { type ContainerRecord, ContainerRole, Run } from './runtime/container-record.ts';

const NO_CONDITIONS: readonly Condition[] = [];

/** Works out the status as of `nowUs`. Returns the previous object when nothing has changed. */
export function podStatus(worker: PodWorker, nowUs: number): PodStatus {
  const { pod, status: previous } = worker;
  const phase = phaseOf(worker);
  const isOver = phase === 'Succeeded' || phase === 'Failed';
  const generation = pod.metadata.generation;
  const before = previous?.conditions ?? pod.status?.conditions ?? NO_CONDITIONS;
  const now = timeText(nowUs);
  const conditions: Condition[] = [];
  const add = (type: string, isTrue: boolean, reason: string, message: string) => {
    conditions.push(condition(before, type, isTrue, reason, message, generation, now));
  };

  // A refused pod gets nothing but its verdict: no container was ever made for it.
  if (worker.verdict !== undefined && !worker.isAdmitted) {
    const scheduled = before.filter((one) => one.type === 'PodScheduled');
    return same(previous, {
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      phase: 'Failed',
      conditions: scheduled,
      message: worker.verdict.message,
      reason: worker.verdict.reason,
      startTime: worker.startTime,
    });
  }

  add('PodReadyToStartContainers', worker.hasSandbox && worker.phase < WorkerPhase.Terminated, '', '');
  const incomplete = isOver && phase === 'Succeeded' ? '' : incompleteInits(worker);
  add(
    'Initialized',
    incomplete === '',
    phase === 'Succeeded' ? 'PodCompleted' : incomplete === '' ? '' : 'ContainersNotInitialized',
    incomplete === '' ? '' : `containers with incomplete status: [${incomplete}]`,
  );
  const unready = unreadyContainers(worker);
  const overReason = phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed';
  const unreadyReason = isOver ? overReason : 'ContainersNotReady';
  const unreadyMessage = isOver || unready === '' ? '' : `containers with unready status: [${unready}]`;
  const areReady = unready === '' && !isOver;
  const gate = areReady ? unmetReadinessGates(pod) : '';
  if (areReady && gate !== '') add('Ready', false, 'ReadinessGatesNotReady', gate);
  else add('Ready', areReady, areReady ? '' : unreadyReason, unreadyMessage);
  add('ContainersReady', areReady, areReady ? '' : unreadyReason, unreadyMessage);
  add('PodScheduled', true, '', '');
  const disruption = worker.verdict?.disruption;
  if (disruption !== undefined) add('DisruptionTarget', true, disruption.reason, disruption.message);

  const inits: ContainerStatus[] = [];
  const apps: ContainerStatus[] = [];
  for (const record of worker.containers) {
    const old = record.role === ContainerRole.App ? previous?.containerStatuses : previous?.initContainerStatuses;
    (record.role === ContainerRole.App ? apps : inits).push(containerStatus(worker, record, old));
  }
  const verdict = isOver ? worker.verdict : undefined;
  return same(previous, {
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    phase,
    conditions,
    ...(verdict === undefined ? {} : { message: verdict.message, reason: verdict.reason }),
    hostIP: worker.node.ip,
    hostIPs: worker.node.hostIps,
    ...(worker.ip === '' ? {} : { podIP: worker.ip, podIPs: worker.isHostNetwork ? worker.node.hostIps : [{ ip: worker.ip }] }),
    startTime: worker.startTime,
    ...(inits.length === 0 ? {} : { initContainerStatuses: inits }),
    containerStatuses: apps,
  });
}

/** First match of the rules of cluster.md 5.3. */
export function phaseOf(worker: PodWorker): PodPhase {
  const last = worker.status?.phase;
  if (last === 'Succeeded' || last === 'Failed') return last;
  const { containers } = worker;
  const phase =
    worker.verdict !== undefined && (!worker.isAdmitted || worker.phase >= WorkerPhase.Terminated) ? 'Failed' : computedPhase(worker);
  // A phase that is final is not told before the last container has gone (status_manager.go, mergePodStatus).
  if ((phase === 'Succeeded' || phase === 'Failed') && containers.some((record) => record.run === Run.Running)) {
    return last ?? 'Pending';
  }
  return phase;
}

function computedPhase(worker: PodWorker): PodPhase {
  const { containers } = worker;
  let hasAppStarted = false;
  let running = 0;
  let waiting = 0;
  let stopped = 0;
  let failed = 0;
  let restartable = 0;
  let pendingInit = 0;
  for (const record of containers) {
    if (record.role !== ContainerRole.App) continue;
    if (record.seen === Run.None) {
      // One that waits after having run counts as stopped.
      if (record.last === undefined) waiting++;
      else stopped++;
    } else if (record.seen === Run.Running) running++;
    else {
      stopped++;
      if (record.exitCode !== 0) failed++;
      if (mayRestart(worker, record)) restartable++;
    }
    if (record.seen !== Run.None || record.last !== undefined) hasAppStarted = true;
  }
  for (const record of containers) {
    if (record.role === ContainerRole.App || hasAppStarted) continue;
    if (record.role === ContainerRole.Sidecar) {
      if (!(record.seen === Run.Running && record.isStarted)) pendingInit++;
    } else if (record.seen === Run.Exited && record.exitCode !== 0 && !mayRestart(worker, record)) return 'Failed';
    else if (!(record.seen === Run.Exited && record.exitCode === 0)) pendingInit++;
  }
  if (worker.phase === WorkerPhase.Terminated) return failed > 0 || waiting > 0 || pendingInit > 0 ? 'Failed' : 'Succeeded';
  if (pendingInit > 0) return 'Pending';
  if (waiting > 0) return 'Pending';
  if (running > 0) return 'Running';
  if (stopped > 0) {
    if (worker.phase === WorkerPhase.Terminating) return 'Running';
    if (restartable > 0) return 'Running';
    return failed > 0 ? 'Failed' : 'Succeeded';
  }
  return 'Pending';
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

function isReady(record: ContainerRecord): boolean {
  return record.seen === Run.Running && record.isReady;
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

const shared = new Map<string, Condition>();
const SHARED_LIMIT = 20_000;

/** The condition as before when it says the same, else with `now` as the instant of its change; one object for all pods. */
function condition(
  before: readonly Condition[],
  type: string,
  isTrue: boolean,
  reason: string,
  message: string,
  generation: number | undefined,
  now: string,
): Condition {
  const status = isTrue ? 'True' : 'False';
  let old: Condition | undefined;
  for (const one of before) if (one.type === type) old = one;
  if (
    old !== undefined &&
    old.status === status &&
    (old.reason ?? '') === reason &&
    (old.message ?? '') === message &&
    old.observedGeneration === generation
  ) {
    return old;
  }
  const since = old !== undefined && old.status === status ? (old.lastTransitionTime ?? now) : now;
  const key = `${type}|${status}|${reason}|${message}|${generation}|${since}`;
  let made = shared.get(key);
  if (made === undefined) {
    if (shared.size >= SHARED_LIMIT) shared.clear();
    made = {
      type,
      ...(generation === undefined ? {} : { observedGeneration: generation }),
      status,
      lastProbeTime: null,
      lastTransitionTime: since,
      ...(reason === '' ? {} : { reason }),
      ...(message === '' ? {} : { message }),
    };
    shared.set(key, made);
  }
  return made;
}

const CREATING: ContainerState = { waiting: { reason: 'ContainerCreating' } };
const INITIALIZING: ContainerState = { waiting: { reason: 'PodInitializing' } };

function containerStatus(worker: PodWorker, record: ContainerRecord, before: readonly ContainerStatus[] | undefined): ContainerStatus {
  const { spec } = record;
  let state: ContainerState;
  let lastState = record.last;
  if (record.seen === Run.Running) {
    state = { running: { startedAt: timeText(record.startUs) } };
  } else if (record.seen === Run.Exited) {
    state = terminatedState(record);
    // A container that is to be started again, and waits, shows its end as the last state.
    if (record.waiting !== undefined && worker.phase === WorkerPhase.Syncing) {
      lastState = state;
      state = { waiting: record.waiting };
    }
  } else if (record.waiting !== undefined) {
    state = { waiting: record.waiting };
  } else {
    state = worker.initCount > 0 ? INITIALIZING : CREATING;
  }
  const ready = record.role === ContainerRole.Init ? record.seen === Run.Exited && record.exitCode === 0 : isReady(record);
  const started = record.seen === Run.Running && record.isStarted;
  const resources = record.seen === Run.Running ? spec.resources : undefined;
  const status: ContainerStatus = {
    name: spec.name,
    state,
    ...(lastState === undefined ? {} : { lastState }),
    ready,
    restartCount: record.restartCount,
    image: spec.image ?? '',
    imageID: record.imageId,
    ...(record.id === '' ? {} : { containerID: record.id }),
    started,
    ...(resources?.requests === undefined ? {} : { allocatedResources: resources.requests }),
    ...(resources === undefined ? {} : { resources }),
  };
  const old = before?.find((one) => one.name === spec.name);
  return old !== undefined && isSameContainer(old, status) ? old : status;
}

export function terminatedState(record: ContainerRecord): ContainerState {
  return {
    terminated: {
      exitCode: record.exitCode,
      reason: record.exitReason,
      startedAt: timeText(record.startUs),
      finishedAt: timeText(record.finishUs),
      containerID: record.id,
    },
  };
}

function isSameContainer(a: ContainerStatus, b: ContainerStatus): boolean {
  return (
    a.ready === b.ready &&
    a.started === b.started &&
    a.restartCount === b.restartCount &&
    a.containerID === b.containerID &&
    a.imageID === b.imageID &&
    a.image === b.image &&
    a.resources === b.resources &&
    isSameState(a.state, b.state) &&
    isSameState(a.lastState, b.lastState)
  );
}

function isSameState(a: ContainerState | undefined, b: ContainerState | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined) return false;
  return (
    a.running?.startedAt === b.running?.startedAt &&
    a.waiting?.reason === b.waiting?.reason &&
    a.waiting?.message === b.waiting?.message &&
    a.terminated?.finishedAt === b.terminated?.finishedAt &&
    a.terminated?.containerID === b.terminated?.containerID &&
    a.terminated?.reason === b.terminated?.reason
  );
}

/** The previous status if the new one says nothing else: conditions and containers are compared by identity. */
function same(previous: PodStatus | undefined, next: PodStatus): PodStatus {
  if (previous === undefined) return next;
  const isSame =
    previous.phase === next.phase &&
    previous.reason === next.reason &&
    previous.message === next.message &&
    previous.podIP === next.podIP &&
    previous.startTime === next.startTime &&
    previous.observedGeneration === next.observedGeneration &&
    areSame(previous.conditions, next.conditions) &&
    areSame(previous.containerStatuses, next.containerStatuses) &&
    areSame(previous.initContainerStatuses, next.initContainerStatuses);
  return isSame ? previous : next;
}

function areSame(a: readonly unknown[] | undefined, b: readonly unknown[] | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Have all app containers, or an init container that must not be started again, ended for good? */
export function isOver(worker: PodWorker): boolean {
  const phase = computedPhase(worker);
  return phase === 'Succeeded' || phase === 'Failed';
}
