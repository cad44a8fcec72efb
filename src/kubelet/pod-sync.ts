/**
 * One pass over a pod: what there is to do for it now, in order: volumes, sandbox, init containers, containers.
 *
 * Models SyncPod (kubelet.go) and computePodActions (kuberuntime_manager.go). A pass waits where the kubelet's goroutine
 * waits, and is abandoned when the pod is to be taken down.
 */
import { compareText } from '../base/compare.ts';
import { fail } from '../base/fail.ts';
import { MILLISECOND_US, SECOND_US } from '../base/units.ts';
import { drawUs } from '../sim/distribution.ts';
import type { ContainerKill } from './container-kill.ts';
import type { ContainerStart, KilledContainer } from './container-start.ts';
import type { FleetContext } from './fleet-context.ts';
import { podIp } from './node-state.ts';
import { type Stage, type VolumeProblem, volumeProblems } from './pod-volumes.ts';
import type { Pass, PassResult, PodWorker } from './pod-worker.ts';
import { removeContainers, shouldRestartAll } from './restart-all.ts';
import { mayRestart } from './restart-policy.ts';
import { type ContainerRecord, ContainerRole, Run } from './runtime/container-record.ts';

const IDLE: PassResult = { acted: false, retryUs: undefined };
const ACTED: PassResult = { acted: true, retryUs: undefined };

// volumemanager: nestedpendingoperations' back-off, and podAttachAndMountTimeout.
const MOUNT_RETRY_US = SECOND_US / 2;
const MOUNT_RETRY_MAX_US = 122 * SECOND_US;
const MOUNT_TIMEOUT_US = 123 * SECOND_US;
// podAttachAndMountRetryInterval: the populator has looked by then, and its errors are what the wait ends with (PopPodErrors).
const PROCESS_US = 300 * MILLISECOND_US;
// network not ready: backOffOnTransientErrorPeriod of pod_workers.go.
const NETWORK_RETRY_US = SECOND_US;

export class PodSync {
  readonly #context: FleetContext;
  readonly #start: ContainerStart;
  readonly #killer: ContainerKill;
  readonly #report: (worker: PodWorker) => void;

  constructor(context: FleetContext, start: ContainerStart, killer: ContainerKill, report: (worker: PodWorker) => void) {
    this.#context = context;
    this.#start = start;
    this.#killer = killer;
    this.#report = report;
  }

  *pass(worker: PodWorker): Pass {
    const { sim, runtime, timings, events } = this.#context;
    const { node } = worker;
    if (!node.isNetworkReady && !worker.isHostNetwork) {
      events.pod(worker, 'Warning', 'NetworkNotReady', NETWORK_NOT_READY);
      return { acted: false, retryUs: sim.nowUs + NETWORK_RETRY_US };
    }
    let acted = false;
    worker.isPassCancellable = false;
    if (shouldRestartAll(worker)) {
      yield* this.#removeAll(worker);
      return ACTED;
    }
    if (!worker.hasSandbox) {
      let waitUs = 0;
      if (!worker.hasVolumes) {
        worker.isPassCancellable = true;
        const problem = yield* this.#mountVolumes(worker);
        if (problem) return { acted: false, retryUs: 0 };
        if (worker.pod.spec.volumes !== undefined && worker.pod.spec.volumes.length > 0) waitUs = drawUs(timings.mountVolumes, runtime);
      }
      worker.isPassCancellable = false;
      if (worker.sandboxCount > 0) events.pod(worker, 'Normal', 'SandboxChanged', SANDBOX_CHANGED);
      worker.probesBaseUs = sim.nowUs + waitUs;
      yield waitUs + drawUs(timings.sandbox, runtime);
      worker.hasVolumes = true;
      worker.hasSandbox = true;
      worker.sandboxCount++;
      assignAddress(worker);
      // OnPodSandboxReady: the condition is written before the first image is pulled.
      this.#report(worker);
      acted = true;
    }

    const { containers, initCount } = worker;
    const killed = new Map<ContainerRecord, KilledContainer>();
    for (const record of containers) {
      if (record.killMessage === '' || record.run !== Run.Running) continue;
      const message = record.killMessage;
      record.killMessage = '';
      // Whoever is killed to be started again is, whatever it exits with.
      if (record.isKilledToRestart) killed.set(record, { formerFinishUs: record.restartCount > 0 ? record.finishUs : undefined });
      yield* this.#killer.kill(worker, record, record.killGraceSeconds, message);
      acted = true;
    }
    let retryUs: number | undefined;
    if (initCount > 0 && !worker.isInitialized) {
      const { toStart, isInitialized } = initActions(worker);
      for (const record of toStart) {
        const failure = yield* this.#start.start(worker, record, killed.get(record));
        if (failure === undefined) acted = true;
        else retryUs = earlier(retryUs, failure);
        // A sidecar that has to wait holds up nobody.
        if (failure !== undefined && record.role === ContainerRole.Init) return { acted, retryUs };
      }
      if (!isInitialized) return { acted, retryUs };
      worker.isInitialized = true;
    }
    // Sidecars that have died come back whatever the app containers do.
    for (const record of containers) {
      if (record.role === ContainerRole.Init || record.run === Run.Running) continue;
      if (record.run === Run.Exited && !killed.has(record) && !mayRestart(worker, record)) continue;
      const failure = yield* this.#start.start(worker, record, killed.get(record));
      if (failure === undefined) acted = true;
      else retryUs = earlier(retryUs, failure);
    }
    if (retryUs !== undefined) return { acted, retryUs };
    return acted ? ACTED : IDLE;
  }

  /**
   * A container has ended in a way that has all of them start again, init containers first, in the same sandbox and without hooks
   * (KEP-5532): they are killed one after the other, and a condition says so until they are gone.
   */
  *#removeAll(worker: PodWorker): Generator<number, void, void> {
    worker.isRestartingAll = true;
    this.#report(worker);
    // App containers before init containers.
    for (const role of [ContainerRole.App, ContainerRole.Sidecar]) {
      for (const record of worker.containers) if (record.role === role) yield* this.#killer.killWithoutHook(worker, record, 'killing');
    }
    removeContainers(worker);
    worker.isInitialized = false;
    worker.isRestartingAll = false;
  }

  /** Waits for what the volumes need; true when the wait took too long and the pass is given up. */
  *#mountVolumes(worker: PodWorker): Generator<number, boolean, void> {
    const { sim, client, events } = this.#context;
    const { volumes } = worker.pod.spec;
    if (volumes === undefined || volumes.length === 0) return false;
    const sinceUs = sim.nowUs;
    for (;;) {
      const problems = volumeProblems(client, worker);
      if (problems.length === 0) {
        worker.mountRetry = undefined;
        return false;
      }
      // What cannot be processed is looked at once in each pass, and ends it as soon as the pod asks.
      const unprocessed = problems.filter(({ stage }) => stage === 'unprocessed');
      if (unprocessed.length > 0) {
        if (sim.nowUs < sinceUs + PROCESS_US) {
          yield sinceUs + PROCESS_US - sim.nowUs;
          continue;
        }
        const message = `Unable to attach or mount volumes: ${listsOf(problems)}: ${errorsOf(unprocessed)}`;
        events.pod(worker, 'Warning', 'FailedMount', message);
        return true;
      }
      worker.mountRetry ??= { dueUs: sim.nowUs, pauseUs: MOUNT_RETRY_US };
      const retry = worker.mountRetry;
      if (sim.nowUs >= retry.dueUs) {
        for (const { stage, message } of problems) if (stage === 'unmounted') events.pod(worker, 'Warning', 'FailedMount', message);
        retry.dueUs = sim.nowUs + retry.pauseUs;
        retry.pauseUs = Math.min(MOUNT_RETRY_MAX_US, retry.pauseUs * 2);
      }
      const leftUs = sinceUs + MOUNT_TIMEOUT_US - sim.nowUs;
      // That a wait has taken too long is in no Event: the kubelet takes its own deadline for an interruption.
      if (leftUs <= 0) return true;
      yield Math.min(leftUs, retry.dueUs - sim.nowUs);
    }
  }
}

function listsOf(problems: readonly VolumeProblem[]): string {
  const named = (at?: Stage) => problems.flatMap(({ volume, stage }) => (at === undefined || stage === at ? volume : [])).join(' ');
  return `unmounted volumes=[${named()}], unattached volumes=[${named('unattached')}], failed to process volumes=[${named('unprocessed')}]`;
}

/** Each once, sorted: upstream keeps them as a set. */
function errorsOf(problems: readonly VolumeProblem[]): string {
  return [...new Set(problems.map(({ message }) => message))].sort(compareText).join('; ');
}

const SANDBOX_CHANGED = 'Pod sandbox changed, it will be killed and re-created.';
const NETWORK_NOT_READY =
  'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

function earlier(a: number | undefined, b: number): number {
  // 0 stands for the usual pause: an error that names no instant wins over one that does.
  return a === undefined ? b : Math.min(a, b);
}

interface InitActions {
  readonly toStart: readonly ContainerRecord[];
  /** All of them are through, and the app containers may start. */
  readonly isInitialized: boolean;
}

/**
 * Which init containers to start, from the last that has run (computeInitContainerActions): of those before it sidecars alone are kept
 * running, and whether they do has no say in what comes next.
 */
function initActions(worker: PodWorker): InitActions {
  const { containers, initCount } = worker;
  const toStart: ContainerRecord[] = [];
  let isInitialized = false;
  let isPast = false;
  for (let i = initCount - 1; i >= 0; i--) {
    const record = containers[i]!;
    const isSidecar = record.role === ContainerRole.Sidecar;
    if (record.run === Run.None) continue;
    if (isPast && !isSidecar) continue;
    const isThrough = isSidecar ? record.run === Run.Running && record.isStarted : record.run === Run.Exited && record.exitCode === 0;
    if (isThrough) {
      if (i === initCount - 1) isInitialized = true;
      else if (!isPast) toStart.unshift(containers[i + 1]!);
    } else if (record.run === Run.Exited) {
      // Of one that has failed for good the pod is over.
      if (!mayRestart(worker, record)) return { toStart: [], isInitialized: false };
      toStart.unshift(record);
    }
    isPast = true;
  }
  if (!isPast) toStart.push(containers[0]!);
  return { toStart, isInitialized };
}

/** The pod's address: the next free one of its node's network, round and round. */
function assignAddress(worker: PodWorker): void {
  const { node } = worker;
  if (worker.isHostNetwork) {
    worker.ip = node.ip;
    return;
  }
  node.addresses ??= [];
  for (let tries = 0; tries < 253; tries++) {
    const host = node.nextAddress;
    node.nextAddress = host === 254 ? 2 : host + 1;
    if (node.addresses[host] !== undefined) continue;
    node.addresses[host] = worker;
    worker.ip = podIp(node.index, host);
    return;
  }
  fail(`Cannot give ${worker.name} an address: all of ${node.name}'s are taken`);
}

export function releaseAddress(worker: PodWorker): void {
  const { node } = worker;
  if (worker.ip === '' || worker.isHostNetwork) return;
  const host = Number(worker.ip.slice(worker.ip.lastIndexOf('.') + 1));
  if (node.addresses?.[host] === worker) node.addresses[host] = undefined;
}
