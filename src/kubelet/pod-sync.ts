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
import type { ContainerStart } from './container-start.ts';
import type { FleetContext } from './fleet-context.ts';
import { podIp } from './node-state.ts';
import { type Stage, type VolumeProblem, volumeProblems } from './pod-volumes.ts';
import type { Pass, PassResult, PodWorker } from './pod-worker.ts';
import { restartContainers, shouldRestartAll } from './restart-all.ts';
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
    if (shouldRestartAll(worker)) {
      yield* this.#restartAll(worker);
      acted = true;
    }
    if (!worker.hasSandbox) {
      let waitUs = 0;
      if (!worker.hasVolumes) {
        const problem = yield* this.#mountVolumes(worker);
        if (problem) return { acted: false, retryUs: 0 };
        if (worker.pod.spec.volumes !== undefined && worker.pod.spec.volumes.length > 0) waitUs = drawUs(timings.mountVolumes, runtime);
      }
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
    for (const record of containers) {
      if (record.killMessage === '' || record.run !== Run.Running) continue;
      const message = record.killMessage;
      record.killMessage = '';
      yield* this.#killer.kill(worker, record, record.killGraceSeconds, message);
      acted = true;
    }
    if (initCount > 0 && !worker.isInitialized) {
      const next = nextInit(worker);
      if (next === 'wait') return acted ? ACTED : IDLE;
      if (next !== 'done') {
        const failure = yield* this.#start.start(worker, next);
        return { acted: acted || failure === undefined, retryUs: failure };
      }
      worker.isInitialized = true;
    }
    // Sidecars that have died come back whatever the app containers do.
    let retryUs: number | undefined;
    for (const record of containers) {
      if (record.role === ContainerRole.Init || record.run === Run.Running) continue;
      if (record.run === Run.Exited && !mayRestart(worker, record)) continue;
      const failure = yield* this.#start.start(worker, record);
      if (failure === undefined) acted = true;
      else retryUs = earlier(retryUs, failure);
    }
    if (retryUs !== undefined) return { acted, retryUs };
    return acted ? ACTED : IDLE;
  }

  /**
   * A container has ended in a way that has all of them start again, init containers first, in the same sandbox and without hooks
   * (KEP-5532); while the others go down a condition says so.
   */
  *#restartAll(worker: PodWorker): Generator<number, void, void> {
    worker.isRestartingAll = true;
    this.#report(worker);
    const running = worker.containers.filter((record) => record.run === Run.Running);
    yield* this.#killer.killAll(worker, running, 'Restarting all containers');
    for (const record of worker.containers) record.seen = record.run;
    restartContainers(worker);
    worker.isInitialized = false;
    worker.isRestartingAll = false;
    this.#report(worker);
  }

  /** Waits for what the volumes need; true when the wait took too long and the pass is given up. */
  *#mountVolumes(worker: PodWorker): Generator<number, boolean, void> {
    const { sim, client, events } = this.#context;
    const { volumes } = worker.pod.spec;
    if (volumes === undefined || volumes.length === 0) return false;
    const sinceUs = sim.nowUs;
    let retryUs = MOUNT_RETRY_US;
    for (;;) {
      const problems = volumeProblems(client, worker);
      if (problems.length === 0) return false;
      for (const { stage, message } of problems) if (stage === 'unmounted') events.pod(worker, 'Warning', 'FailedMount', message);
      // What cannot be processed ends the wait as soon as the pod asks; what has been tried and failed is put off for longer each time.
      const unprocessed = problems.filter(({ stage }) => stage === 'unprocessed');
      const deadlineUs = unprocessed.length > 0 ? PROCESS_US : MOUNT_TIMEOUT_US;
      const waitUs = unprocessed.length > 0 ? PROCESS_US : retryUs;
      const leftUs = sinceUs + deadlineUs - sim.nowUs;
      if (waitUs < leftUs || (unprocessed.length > 0 && leftUs > 0)) {
        if (unprocessed.length === 0) retryUs = Math.min(MOUNT_RETRY_MAX_US, retryUs * 2);
        yield waitUs;
        continue;
      }
      yield Math.max(0, leftUs);
      const why = unprocessed.length > 0 ? errorsOf(unprocessed) : 'context deadline exceeded';
      events.pod(worker, 'Warning', 'FailedMount', `Unable to attach or mount volumes: ${listsOf(problems)}: ${why}`);
      return true;
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

const NETWORK_NOT_READY =
  'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';

function earlier(a: number | undefined, b: number): number {
  // 0 stands for the usual pause: an error that names no instant wins over one that does.
  return a === undefined ? b : Math.min(a, b);
}

/** The init container to start now; `wait` while one is under way or has failed for good, `done` when all are through. */
function nextInit(worker: PodWorker): ContainerRecord | 'wait' | 'done' {
  for (let i = 0; i < worker.initCount; i++) {
    const record = worker.containers[i]!;
    if (record.run === Run.Running) {
      // A sidecar opens the way once it has started; an ordinary init container once it has ended.
      if (record.role === ContainerRole.Sidecar && record.isStarted) continue;
      return 'wait';
    }
    if (record.run === Run.Exited) {
      if (record.role === ContainerRole.Init && record.exitCode === 0) continue;
      if (!mayRestart(worker, record)) return 'wait';
    }
    return record;
  }
  return 'done';
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
