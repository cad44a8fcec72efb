/**
 * What one node knows of one of its pods: how far its life has come, its containers, and the status last worked out.
 *
 * Models the state of pkg/kubelet/pod_workers.go. There is one for each pod of the cluster, so it is kept small; what it
 * does is decided in pod-workers.ts.
 */

import type { Slot } from '../apiserver/store.ts';
import type { ObjectKey } from '../model/meta.ts';
import type { Container, Pod, PodPhase, PodStatus } from '../model/pod.ts';
import type { ContainerProcess, PodRuntime } from '../model/runtime-view.ts';
import type { EventId } from '../sim/event-queue.ts';
import type { BackOffEntry } from './back-off.ts';
import type { NodeState } from './node-state.ts';
import type { PendingResize } from './pod-resize.ts';
import { ContainerRecord, ContainerRole, Run } from './runtime/container-record.ts';

/** The life of a pod on its node (PodWorkType), with its end. */
export const WorkerPhase = { Syncing: 0, Terminating: 1, Terminated: 2, Gone: 3 } as const;
export type WorkerPhase = (typeof WorkerPhase)[keyof typeof WorkerPhase];

/** A phase and reason that do not follow from the containers: a refused, evicted or shut-down pod. */
export interface Verdict {
  readonly reason: string;
  readonly message: string;
  /** With this reason on a DisruptionTarget condition. */
  readonly disruption?: { readonly reason: string; readonly message: string };
  /** It holds from the next look at the pod on, and not only when all containers have gone (ShouldEvict of a PodSyncHandler). */
  readonly isImmediate?: true;
}

/** Why the pod is to go down, for which it may have to wait. */
export interface StopRequest {
  graceSeconds: number;
  verdict: Verdict | undefined;
}

/** Failed mounts are put off for longer each time (nestedpendingoperations). */
export interface MountRetry {
  dueUs: number;
  pauseUs: number;
}

/** A pass over a pod: yields microseconds to wait, or BLOCKED until something resumes it. Returns when to try again. */
export type Pass = Generator<number, PassResult, void>;
export const BLOCKED = -1;

export interface PassResult {
  /** Something was started: the runtime is relisted at once, and another pass follows. */
  readonly acted: boolean;
  /** Undefined when all went well; the end of a back-off, or 0 when only the usual pause applies. */
  readonly retryUs: number | undefined;
}

export class PodWorker implements PodRuntime {
  readonly slot: number;
  /** Never used twice: events carry it, so that those of an earlier pod in the same slot are known. */
  readonly serial: number;
  readonly node: NodeState;
  /** A static pod takes that of its mirror, which may be replaced. */
  uid: string;
  /** `namespace/name`, as the API server files the pod. */
  readonly key: ObjectKey;
  /** Where it is stored there, once that has been looked up. */
  stored: Slot<Pod> | undefined = undefined;
  /** The latest version that has reached the node. */
  pod: Pod;
  phase: WorkerPhase = WorkerPhase.Syncing;
  containers: readonly ContainerRecord[];
  readonly initCount: number;
  /** Some container's end may have all of them start again. */
  readonly mayRestartAll: boolean;
  verdict: Verdict | undefined = undefined;
  /** It is to go down as soon as the pass under way lets it. */
  stop: StopRequest | undefined = undefined;
  /** All containers have ended for good: it goes down with the next relist. */
  isEnding = false;
  /** As it follows from what is seen; what is told of it may lag behind (pod-phase.ts). */
  generatedPhase: PodPhase = 'Pending';
  /** The node has taken it; one it has refused has a verdict and nothing else. */
  isAdmitted = false;
  /** A critical pod for which others are being killed. */
  isAwaitingRoom = false;
  /** What it takes of the node's room, until its containers are gone. */
  cpuMilli = 0;
  memoryBytes = 0;
  ephemeralBytes = 0;
  isCounted = false;
  /** A change of its resources that the node has not granted yet. */
  resize: PendingResize | undefined = undefined;
  /** The generation of the pod that asks for it. */
  resizeGeneration: number | undefined = undefined;
  /** Since when it is put off, for the order in which such changes are looked at again. */
  resizeDeferredUs = 0;
  /** A change that was granted has not come into force in the runtime yet. */
  isResizing = false;
  startTime = '';

  ip = '';
  /** As its kubelet has seen it: after the pass that made the sandbox. */
  seenIp = '';
  hasSandbox = false;
  sandboxCount = 0;
  hasVolumes = false;
  /** When a mount that has failed is tried again, whatever becomes of the passes that wait for it. */
  mountRetry: MountRetry | undefined = undefined;
  /** Those of its volumes that have to be attached, by the name nodes know them under. */
  volumesInUse: readonly string[] | undefined = undefined;
  /** All init containers are through in this sandbox. */
  isInitialized = false;
  /** One of its containers has had all of them taken down, to be started again. */
  isRestartingAll = false;
  /** When the probe workers were started: their tickers count from here. */
  probesBaseUs = 0;

  task: Pass | undefined = undefined;
  /** The pass under way can be given up for a stop: it has asked nothing of the runtime yet. */
  isPassCancellable = false;
  /** When the last pass ended: another needs a relist that is newer (GetNewerThan). */
  syncedUs = -1;
  /** Something happened while a pass was under way: another follows it. */
  isDirty = false;
  /** Makes events for an abandoned pass stale. */
  taskEpoch = 0;
  /** The relist that will wake it has been scheduled. */
  isRelistPending = false;
  retryEvent: EventId | undefined = undefined;

  /** As last worked out, and as last written; the same object once written. */
  status: PodStatus | undefined = undefined;
  isStatusQueued = false;
  isStatusInFlight = false;
  written: PodStatus | undefined = undefined;
  /** The next write may find that the API server has it all already. */
  isReconciling = false;
  /** To be removed from the API server once its last status is there. */
  isFinished = false;

  imageBackOff: Map<string, BackOffEntry> | undefined = undefined;
  graceSeconds = 0;

  constructor(slot: number, serial: number, node: NodeState, pod: Pod, key: ObjectKey) {
    this.slot = slot;
    this.serial = serial;
    this.node = node;
    this.pod = pod;
    this.uid = pod.metadata.uid ?? '';
    this.key = key;
    const init = pod.spec.initContainers ?? NO_CONTAINERS;
    this.initCount = init.length;
    this.containers = newRecords(pod);
    this.mayRestartAll = [...init, ...pod.spec.containers].some(({ restartPolicyRules }) =>
      restartPolicyRules?.some(({ action }) => action === 'RestartAllContainers'),
    );
  }

  get namespace(): string {
    return this.pod.metadata.namespace ?? '';
  }

  get name(): string {
    return this.pod.metadata.name;
  }

  get nodeName(): string {
    return this.node.name;
  }

  /** It goes down, or is about to. */
  get isLeaving(): boolean {
    return this.phase !== WorkerPhase.Syncing || this.stop !== undefined || this.isEnding;
  }

  get isTerminating(): boolean {
    return this.phase !== WorkerPhase.Syncing;
  }

  get isHostNetwork(): boolean {
    return this.pod.spec.hostNetwork === true;
  }

  processFor(port: number): ContainerProcess | undefined {
    let first: ContainerProcess | undefined;
    for (const record of this.containers) {
      if (record.role === ContainerRole.Init || record.run !== Run.Running) continue;
      if (record.spec.ports?.some((one) => one.containerPort === port)) return record.process;
      if (first === undefined && record.role === ContainerRole.App) first = record.process;
    }
    return first;
  }

  /** The kubelet takes in what its runtime has come to. */
  see(): void {
    for (const record of this.containers) record.seen = record.run;
    this.seenIp = this.ip;
  }

  processes(): readonly ContainerProcess[] {
    const running: ContainerProcess[] = [];
    for (const record of this.containers) if (record.run === Run.Running) running.push(record.process!);
    return running;
  }
}

const NO_CONTAINERS: readonly Container[] = [];

/** Containers as before their first start. */
export function newRecords(pod: Pod): ContainerRecord[] {
  const { containers, initContainers = NO_CONTAINERS } = pod.spec;
  if (initContainers.length === 0 && containers.length === 1) return [new ContainerRecord(0, ContainerRole.App, containers[0]!)];
  const records: ContainerRecord[] = [];
  for (const spec of initContainers) {
    const role = spec.restartPolicy === 'Always' ? ContainerRole.Sidecar : ContainerRole.Init;
    records.push(new ContainerRecord(records.length, role, spec));
  }
  for (const spec of containers) records.push(new ContainerRecord(records.length, ContainerRole.App, spec));
  return records;
}
