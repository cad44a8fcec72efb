/**
 * The statuses of a pod's containers, as its kubelet has seen them: their states, whether they are ready, what they were granted.
 *
 * Models convertToAPIContainerStatuses (kubelet_pods.go) and TerminatePod (status/status_manager.go). States that many containers have
 * in common are one object in memory.
 */
import type { ContainerState, ContainerStatus } from '../model/pod.ts';
import { timeText } from '../model/time.ts';
import { type PodWorker, WorkerPhase } from './pod-worker.ts';
import { type ContainerRecord, ContainerRole, Run } from './runtime/container-record.ts';

const NO_STATUSES: readonly ContainerStatus[] = [];

/** The statuses of some of the containers; the previous array when none has changed. */
export function statusesOf(
  worker: PodWorker,
  start: number,
  end: number,
  previous: readonly ContainerStatus[] | undefined,
): readonly ContainerStatus[] {
  const known = previous?.length === end - start ? previous : undefined;
  let statuses: ContainerStatus[] | undefined;
  for (let i = start; i < end; i++) {
    const old = known?.[i - start];
    const status = containerStatus(worker, worker.containers[i]!, old);
    if (status === old) continue;
    // Of exactly the length needed: there is a list for each pod of the cluster.
    statuses ??= known?.slice() ?? new Array<ContainerStatus>(end - start);
    statuses[i - start] = status;
  }
  return statuses ?? known ?? NO_STATUSES;
}

export function isReady(record: ContainerRecord): boolean {
  return record.seen === Run.Running && record.isReady;
}

const CREATING: ContainerState = { waiting: { reason: 'ContainerCreating' } };
const INITIALIZING: ContainerState = { waiting: { reason: 'PodInitializing' } };

function containerStatus(worker: PodWorker, record: ContainerRecord, old: ContainerStatus | undefined): ContainerStatus {
  const { spec } = record;
  let state: ContainerState;
  let lastState = record.last;
  if (record.seen === Run.Running) {
    state = runningSince(timeText(record.startUs));
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
  if (worker.phase === WorkerPhase.Terminated && record.seen !== Run.Exited && isLost(worker, record)) state = LOST;
  const ready = record.role === ContainerRole.Init ? record.seen === Run.Exited && record.exitCode === 0 : isReady(record);
  const started = record.seen === Run.Running && record.isStarted;
  // What does not run has what it was granted; what has never run has nothing yet.
  const resources = record.seen === Run.None ? undefined : record.seen === Run.Running ? record.resources : spec.resources;
  const allocated = resources === undefined ? undefined : spec.resources?.requests;
  if (
    old !== undefined &&
    old.ready === ready &&
    old.started === started &&
    old.restartCount === record.restartCount &&
    (old.containerID ?? '') === record.id &&
    old.resources === resources &&
    old.allocatedResources === allocated &&
    isSameState(old.state, state) &&
    isSameState(old.lastState, lastState)
  ) {
    return old;
  }
  const { restartCount, imageId: imageID, id: containerID } = record;
  const { name, image = '' } = spec;
  // Nearly every container that runs has all of these and no more: written out whole, as the pod's own status is.
  if (containerID !== '' && lastState === undefined && resources !== undefined && allocated !== undefined) {
    const allocatedResources = allocated;
    return { name, state, ready, restartCount, image, imageID, started, containerID, resources, allocatedResources };
  }
  const status: { -readonly [field in keyof ContainerStatus]: ContainerStatus[field] } = {
    name,
    state,
    ready,
    restartCount,
    image,
    imageID,
    started,
  };
  if (lastState !== undefined) status.lastState = lastState;
  if (containerID !== '') status.containerID = containerID;
  if (resources !== undefined) status.resources = resources;
  if (allocated !== undefined) status.allocatedResources = allocated;
  return status;
}

/** What is said of a container that has no end of its own when its pod is over (TerminatePod in status_manager.go). */
const LOST: ContainerState = {
  terminated: {
    exitCode: 137,
    reason: 'ContainerStatusUnknown',
    message: 'The container could not be located when the pod was terminated',
  },
};

/** Every app container once the pod has been initialized; of the init containers those before the last that has left a trace. */
function isLost(worker: PodWorker, record: ContainerRecord): boolean {
  const { containers, initCount } = worker;
  if (record.role === ContainerRole.App) {
    if (initCount === 0 || containers.some((one) => one.role === ContainerRole.App && hasLeftTrace(one))) return true;
    const last = containers[initCount - 1]!;
    return last.seen === Run.Exited && last.exitCode === 0;
  }
  for (let i = record.index; i < initCount; i++) if (hasLeftTrace(containers[i]!)) return true;
  return false;
}

function hasLeftTrace(record: ContainerRecord): boolean {
  return record.seen !== Run.None || record.last !== undefined;
}

let lastRunning: ContainerState = { running: { startedAt: '' } };

/** Containers started in one second share their state. */
function runningSince(startedAt: string): ContainerState {
  if (lastRunning.running!.startedAt !== startedAt) lastRunning = { running: { startedAt } };
  return lastRunning;
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
