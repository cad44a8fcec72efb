/**
 * Every pod on every node: what wakes its worker, and how it comes from its first pass to its removal.
 *
 * Models pod_workers.go and the sync loop of kubelet.go. A worker does one thing at a time; what happens meanwhile makes one
 * more pass follow. A plain pod costs six kernel events from its arrival on the node until it is Ready.
 */
import { unreachable } from '../base/fail.ts';
import type { ObjectKey } from '../model/meta.ts';
import { isPodTerminal, type Pod } from '../model/pod.ts';
import type { ContainerProcess } from '../model/runtime-view.ts';
import { timeText } from '../model/time.ts';
import { drawUs } from '../sim/distribution.ts';
import type { EventHandler, HandlerId } from '../sim/simulation.ts';
import { activeLeftUs, DEADLINE_EXCEEDED } from './active-deadline.ts';
import { ContainerKill } from './container-kill.ts';
import { ContainerStart } from './container-start.ts';
import { type FleetContext, toNextTickUs } from './fleet-context.ts';
import { ImagePuller } from './image-puller.ts';
import { LifecycleHooks } from './lifecycle-hooks.ts';
import { NodePressure } from './node-pressure.ts';
import type { NodeState } from './node-state.ts';
import { PodGate } from './pod-gate.ts';
import { beginAnew, loseMemory, loseSandbox } from './pod-outage.ts';
import { PodPasses } from './pod-passes.ts';
import { isFinal, isOver } from './pod-phase.ts';
import { PodResizer } from './pod-resizer.ts';
import { podStatus } from './pod-status.ts';
import { PodSync, releaseAddress } from './pod-sync.ts';
import { graceOf, PodTermination } from './pod-termination.ts';
import { type PodWorker, type StopRequest, type Verdict, WorkerPhase } from './pod-worker.ts';
import { PodWorkerTable } from './pod-worker-table.ts';
import { condemn } from './probe-kill.ts';
import type { ProbeKind } from './probe-state.ts';
import { Prober } from './prober.ts';
import { EXIT_KILLED, Processes } from './processes.ts';
import { type ContainerRecord, Run } from './runtime/container-record.ts';
import { isStaticPod, StaticPods } from './static-pods.ts';
import { StatusManager } from './status-manager.ts';
import { endUse } from './volumes-in-use.ts';

/** What can happen to a pod on its node; the number of the container or probe stands above the four low bits. */
const PodEvent = {
  Resume: 0,
  Retry: 1,
  Exit: 2,
  Relist: 3,
  Signal: 4,
  Probe: 5,
  SandboxStopped: 6,
  CleanedUp: 7,
  Deadline: 8,
  Resized: 9,
} as const;
type PodEvent = (typeof PodEvent)[keyof typeof PodEvent];

export class PodWorkers implements EventHandler {
  readonly #context: FleetContext;
  readonly #handler: HandlerId;
  readonly table = new PodWorkerTable();
  readonly status: StatusManager;
  readonly processes: Processes;
  readonly pressure: NodePressure;
  readonly staticPods: StaticPods;
  /** Told when the containers of a pod on its way down have all gone. */
  onStopped: (worker: PodWorker) => void = () => undefined;
  readonly #gate: PodGate;
  readonly #resizer: PodResizer;
  readonly #puller: ImagePuller;
  readonly #passes: PodPasses;
  readonly #termination: PodTermination;
  readonly #prober: Prober;

  constructor(context: FleetContext, nodes: readonly NodeState[]) {
    this.#context = context;
    this.#handler = context.sim.register(this);
    this.staticPods = new StaticPods(context, this);
    this.status = new StatusManager(context.sim, context.client, nodes, (worker) => this.#remove(worker));
    this.pressure = new NodePressure(context, nodes, {
      evict: (worker, graceSeconds, verdict) => this.terminate(worker, graceSeconds, verdict),
      kill: (worker, record) => this.killContainer(worker, record, EXIT_KILLED, 'OOMKilled'),
    });
    this.processes = new Processes(context, this.pressure, (worker, record, delayUs) =>
      this.#schedule(PodEvent.Exit, worker, record.epoch, delayUs, record.index),
    );
    this.#puller = new ImagePuller(
      context,
      (worker) => this.#passes.advance(worker),
      (node) => this.pressure.pulled(node),
    );
    this.#gate = new PodGate(context, this.table, {
      kill: (victim, graceSeconds, verdict) => this.terminate(victim, graceSeconds, verdict),
      refused: (worker) => {
        this.#report(worker);
        worker.isFinished = true;
        this.status.changed(worker);
      },
    });
    this.#resizer = new PodResizer(context, this.table, this.processes, {
      scheduleSettled: (worker, delayUs) => this.#schedule(PodEvent.Resized, worker, 0, delayUs),
      wake: (worker) => this.#passes.wake(worker),
    });
    const hooks = new LifecycleHooks(context);
    const killer = new ContainerKill(context, hooks, this.processes);
    const start = new ContainerStart(context, this.#puller, this.processes, hooks, killer);
    const sync = new PodSync(context, start, killer, (worker) => this.#report(worker));
    this.#passes = new PodPasses(context, sync, this.#puller, {
      leaves: (worker) => this.#leaves(worker),
      resumeAfter: (worker, delayUs) => void this.#schedule(PodEvent.Resume, worker, worker.taskEpoch, delayUs),
      retryAfter: (worker, delayUs) => this.#schedule(PodEvent.Retry, worker, 0, delayUs),
      relistAfter: (worker, delayUs) => void this.#schedule(PodEvent.Relist, worker, 0, delayUs),
    });
    this.#termination = new PodTermination(context, hooks, this.processes, (worker, record, delayUs) =>
      this.#schedule(PodEvent.Signal, worker, record.epoch, delayUs, record.index),
    );
    this.#prober = new Prober(context, {
      schedule: (worker, record, kind, delayUs) => {
        const probe = record.probes!.find((one) => one.kind === kind)!;
        this.#schedule(PodEvent.Probe, worker, probe.epoch, delayUs, record.index * 4 + kind);
      },
      resultChanged: (worker) => this.#onProbeResult(worker),
      foundGone: (worker) => this.#passes.wake(worker),
      unhealthy: (worker, record, probe) => {
        condemn(worker, record, probe);
        this.#passes.wake(worker);
      },
    });
  }

  /** A pod has arrived on its node (HandlePodAdditions). */
  add(node: NodeState, pod: Pod, key: ObjectKey): void {
    // One that is over has nothing left to do here, unless it is being deleted and nobody but us can end it.
    const isDeleting = pod.metadata.deletionTimestamp !== undefined;
    if (isPodTerminal(pod) && !isDeleting) return;
    const worker = this.table.add(node, pod, key);
    const { sim } = this.#context;
    worker.startTime = pod.status?.startTime ?? timeText(sim.nowUs);
    if (isPodTerminal(pod)) {
      worker.isAdmitted = true;
      worker.status = pod.status;
      worker.written = pod.status;
      worker.generatedPhase = pod.status!.phase!;
      worker.phase = WorkerPhase.Terminated;
      return this.#cleanUpLater(worker);
    }
    if (isDeleting) {
      worker.isAdmitted = true;
      return this.terminate(worker, graceOf(pod));
    }
    if (this.#gate.admit(worker)) this.#begin(worker);
  }

  /** A newer version of the pod has arrived. */
  update(worker: PodWorker, pod: Pod): void {
    const isNewlyDeleting = pod.metadata.deletionTimestamp !== undefined;
    if (isNewlyDeleting && isStaticPod(pod) && worker.phase === WorkerPhase.Syncing) return this.staticPods.replace(worker);
    const hasNewSpec = pod.metadata.generation !== worker.pod.metadata.generation;
    worker.pod = pod;
    if (worker.phase === WorkerPhase.Terminated || worker.phase === WorkerPhase.Gone) {
      if (worker.isFinished) this.status.changed(worker);
      return;
    }
    if (isNewlyDeleting) return this.terminate(worker, graceOf(pod));
    // A gate may have opened or shut (NeedToReconcilePodReadiness).
    if (pod.spec.readinessGates !== undefined) this.#passes.wake(worker);
    if (!hasNewSpec) return;
    this.#resizer.changed(worker);
    this.#passes.wake(worker);
  }

  /** The pod has vanished from the API server without the kubelet's having removed it: what runs is killed. */
  orphan(worker: PodWorker): void {
    this.terminate(worker, 1);
  }

  /** Leaves syncing for good, once what is under way lets it: everything is stopped within the grace. */
  terminate(worker: PodWorker, graceSeconds: number, verdict?: Verdict): void {
    if (worker.phase === WorkerPhase.Terminating) {
      // Nothing but a kubelet that begins again takes up the shorter grace: the kill under way goes on with its own.
      worker.graceSeconds = Math.min(worker.graceSeconds, Math.max(1, graceSeconds));
      return this.#report(worker);
    }
    if (worker.phase !== WorkerPhase.Syncing) return;
    const { stop } = worker;
    if (stop === undefined) worker.stop = { graceSeconds, verdict };
    else worker.stop = { graceSeconds: Math.min(stop.graceSeconds, graceSeconds), verdict: stop.verdict ?? verdict };
    if (worker.isAdmitted) this.#passes.yield(worker);
    else this.#beginTermination(worker, worker.stop);
  }

  #beginTermination(worker: PodWorker, { graceSeconds, verdict }: StopRequest): void {
    this.#passes.abandon(worker);
    worker.verdict ??= verdict;
    worker.phase = WorkerPhase.Terminating;
    worker.graceSeconds = Math.max(1, graceSeconds);
    this.#report(worker);
    if (this.#termination.begin(worker)) this.#stopSandbox(worker);
  }

  /** A request found no place in the process. */
  turnedAway(process: ContainerProcess): void {
    const worker = this.table.byUid(process.pod.uid);
    const record = worker?.containers.find((one) => one.process === process);
    if (worker !== undefined && record !== undefined) this.#prober.turnedAway(worker, record);
  }

  /** Kills one container, as the kernel does when memory runs out. */
  killContainer(worker: PodWorker, record: ContainerRecord, exitCode: number, reason: string): void {
    if (record.run !== Run.Running) return;
    record.exitCode = exitCode;
    record.exitReason = reason;
    this.#exit(worker, record, 'killed');
  }

  /** The node has lost power: processes are gone, and nobody is there to say so. */
  loseNode(node: NodeState): void {
    this.#puller.reset(node);
    this.status.reset(node);
    for (const worker of node.workers) {
      this.#passes.abandon(worker);
      loseSandbox(worker, this.processes);
    }
  }

  /** The node is gone for good, and with it all that was known of its pods there. */
  forget(node: NodeState): void {
    for (const worker of [...node.workers]) this.#remove(worker);
  }

  /** The kubelet has ended; what it had in hand is lost, the containers run on. */
  loseKubelet(node: NodeState): void {
    this.#puller.reset(node);
    this.status.reset(node);
    for (const worker of node.workers) {
      this.#passes.abandon(worker);
      loseMemory(worker);
    }
  }

  /** A kubelet that starts asks the runtime first: whatever it says of its pods from now on is what it finds there. */
  relist(node: NodeState): void {
    for (const worker of node.workers) {
      if (worker.status === undefined || !worker.isAdmitted) continue;
      worker.see();
      worker.status = podStatus(worker, this.#context.sim.nowUs);
    }
  }

  /** A kubelet is back, after `isBoot` with nothing of the pods left but their directories. */
  resumeNode(node: NodeState, isBoot: boolean): void {
    for (const worker of [...node.workers]) {
      if (worker.phase === WorkerPhase.Terminated) this.#cleanUpLater(worker);
      else if (worker.phase === WorkerPhase.Terminating) {
        // A new kubelet knows nothing of hooks that ran and signals that were sent: it begins again, with the whole grace.
        if (this.#termination.begin(worker)) this.#stopSandbox(worker);
      } else {
        if (!isBoot) {
          for (const record of worker.containers) this.#prober.resumed(worker, record);
        } else {
          if (this.#gate.refuseWithoutDevices(worker)) continue;
          beginAnew(worker);
        }
        // Its timer was lost with the kubelet that had set it.
        this.#begin(worker);
      }
      // The kubelet cannot know what its last words were.
      if (worker.status !== undefined) this.status.reconcile(worker);
    }
  }

  on(event: number, slot: number, stamp: number): void {
    const worker = this.table.at(slot, stamp);
    // A pod that has gone leaves timers behind. Ignoring them here is cheaper than digging them out of the queue.
    if (worker === undefined) return;
    const index = event >> 4;
    const kind = (event & 15) as PodEvent;
    switch (kind) {
      case PodEvent.Resume:
        if (this.table.isCurrent(stamp, worker.taskEpoch)) this.#passes.advance(worker);
        return;
      case PodEvent.Retry:
        return this.#passes.retry(worker);
      case PodEvent.Exit: {
        const record = worker.containers[index]!;
        if (this.table.isCurrent(stamp, record.epoch))
          this.#exit(worker, record, worker.phase === WorkerPhase.Syncing ? 'exited' : 'killed');
        return;
      }
      case PodEvent.Relist:
        return this.#passes.relisted(worker);
      case PodEvent.Signal: {
        const record = worker.containers[index]!;
        if (this.table.isCurrent(stamp, record.epoch) && worker.node.isRunning) this.#termination.signal(worker, record);
        return;
      }
      case PodEvent.Probe: {
        const record = worker.containers[index >> 2]!;
        const probe = record.probes?.find((one) => one.kind === (index & 3));
        if (probe !== undefined && this.table.isCurrent(stamp, probe.epoch)) {
          this.#prober.due(worker, record, (index & 3) as ProbeKind);
        }
        return;
      }
      case PodEvent.SandboxStopped:
        if (this.table.isCurrent(stamp, worker.node.epoch)) this.#onSandboxStopped(worker);
        return;
      case PodEvent.CleanedUp:
        if (this.table.isCurrent(stamp, worker.node.epoch)) this.#onCleanedUp(worker);
        return;
      case PodEvent.Deadline:
        return this.#onDeadline(worker);
      case PodEvent.Resized:
        return this.#resizer.settled(worker);
      default:
        unreachable(kind);
    }
  }

  #begin(worker: PodWorker): void {
    this.#armDeadline(worker);
    this.#passes.wake(worker);
  }

  /** Reports what is seen; a pod that is to go down, or whose containers have all ended for good, leaves syncing. */
  #leaves(worker: PodWorker): boolean {
    if (worker.stop !== undefined) {
      worker.see();
      this.#beginTermination(worker, worker.stop);
      return true;
    }
    worker.see();
    this.#report(worker);
    for (const record of worker.containers) this.#prober.observed(worker, record);
    if (!isOver(worker)) return false;
    // What has ended is taken down by the next pass, for which the runtime has to be looked at once more.
    if (worker.isEnding || !isFinal(worker.generatedPhase))
      this.#beginTermination(worker, { graceSeconds: graceOf(worker.pod), verdict: undefined });
    else {
      worker.isEnding = true;
      worker.syncedUs = this.#context.sim.nowUs;
      this.#passes.relist(worker);
    }
    return true;
  }

  #exit(worker: PodWorker, record: ContainerRecord, why: 'exited' | 'killed'): void {
    this.processes.end(worker, record, why);
    if (!worker.node.isRunning) return;
    if (worker.phase === WorkerPhase.Syncing) {
      this.#passes.relist(worker);
    } else if (worker.phase === WorkerPhase.Terminating && this.#termination.ended(worker)) {
      this.#stopSandbox(worker);
    }
  }

  #stopSandbox(worker: PodWorker): void {
    const { runtime, timings } = this.#context;
    if (!worker.hasSandbox) return this.#onSandboxStopped(worker);
    this.#schedule(PodEvent.SandboxStopped, worker, worker.node.epoch, drawUs(timings.stopSandbox, runtime));
  }

  #onSandboxStopped(worker: PodWorker): void {
    if (worker.phase !== WorkerPhase.Terminating) return;
    worker.hasSandbox = false;
    releaseAddress(worker);
    this.table.uncount(worker);
    for (const one of this.#gate.admitWaiting(worker.node)) this.#begin(one);
    this.#resizer.roomFreed(worker.node);
    worker.see();
    worker.phase = WorkerPhase.Terminated;
    this.#report(worker);
    this.#cleanUpLater(worker);
    this.onStopped(worker);
  }

  #cleanUpLater(worker: PodWorker): void {
    const { sim, runtime, timings } = this.#context;
    // It begins with the next relist, like every pass.
    const waitUs = toNextTickUs(worker.node, sim.nowUs, 1);
    this.#schedule(PodEvent.CleanedUp, worker, worker.node.epoch, waitUs + drawUs(timings.cleanUp, runtime));
  }

  #onCleanedUp(worker: PodWorker): void {
    if (!worker.node.isRunning) return;
    endUse(worker);
    worker.isFinished = true;
    this.status.changed(worker);
  }

  /** Nothing more is owed to the pod. */
  #remove(worker: PodWorker): void {
    endUse(worker);
    this.table.uncount(worker);
    this.table.remove(worker);
  }

  #report(worker: PodWorker): void {
    worker.status = podStatus(worker, this.#context.sim.nowUs);
    this.status.changed(worker);
  }

  #onProbeResult(worker: PodWorker): void {
    this.#report(worker);
    // A sidecar that has started opens the way; a container that has started may now be asked whether it is ready.
    for (const record of worker.containers) this.#prober.observed(worker, record);
    if (worker.initCount > 0) this.#passes.wake(worker);
  }

  #armDeadline(worker: PodWorker): void {
    const { nowUs } = this.#context.sim;
    const leftUs = activeLeftUs(worker, nowUs);
    if (leftUs !== undefined) this.#schedule(PodEvent.Deadline, worker, 0, toNextTickUs(worker.node, nowUs, leftUs));
  }

  #onDeadline(worker: PodWorker): void {
    if (worker.phase !== WorkerPhase.Syncing || !worker.node.isRunning) return;
    this.#context.events.pod(worker, 'Normal', DEADLINE_EXCEEDED.reason, DEADLINE_EXCEEDED.message);
    worker.verdict ??= DEADLINE_EXCEEDED;
    this.#passes.wake(worker);
  }

  #schedule(kind: PodEvent, worker: PodWorker, epoch: number, delayUs: number, index = 0) {
    return this.#context.sim.schedule(delayUs, this.#handler, kind | (index << 4), worker.slot, this.table.stamp(worker, epoch));
  }
}
