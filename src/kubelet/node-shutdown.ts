/**
 * Graceful shutdown of a node: no new pods, then ordinary pods go, then critical ones, then the power.
 *
 * Models nodeshutdown/nodeshutdown_manager.go. With no grace period configured, which is the default, the machine just goes.
 */
import { SECOND_US } from '../base/units.ts';
import type { Pod } from '../model/pod.ts';
import type { EventHandler, HandlerId } from '../sim/simulation.ts';
import type { FleetContext } from './fleet-context.ts';
import type { NodeState } from './node-state.ts';
import { type PodWorker, type Verdict, WorkerPhase } from './pod-worker.ts';

const ShutdownEvent = { GroupOver: 0, PowerOff: 1 } as const;
// From the release of systemd's inhibitor lock until the machine is off: other services stop, and last words get out.
const POWER_OFF_US = 2 * SECOND_US;

/** Pods go in two groups; the second has its own part of the time. */
const Group = { Ordinary: 0, Critical: 1 } as const;

const MESSAGE = 'Pod was terminated in response to imminent node shutdown.';
const VERDICT: Verdict = { reason: 'Terminated', message: MESSAGE, disruption: { reason: 'TerminationByKubelet', message: MESSAGE } };

export interface ShutdownSink {
  /** The node says so in its status, at once. */
  announce(node: NodeState): void;
  terminate(worker: PodWorker, graceSeconds: number, verdict: Verdict): void;
  powerOff(node: NodeState): void;
}

export class NodeShutdown implements EventHandler {
  readonly #context: FleetContext;
  readonly #nodes: readonly NodeState[];
  readonly #handler: HandlerId;
  readonly #sink: ShutdownSink;

  constructor(context: FleetContext, nodes: readonly NodeState[], sink: ShutdownSink) {
    this.#context = context;
    this.#nodes = nodes;
    this.#handler = context.sim.register(this);
    this.#sink = sink;
  }

  begin(node: NodeState): void {
    const { shutdownGracePeriodSeconds: total, shutdownGracePeriodCriticalPodsSeconds: critical } = node.config;
    if (total <= 0 || !node.isRunning) return this.#sink.powerOff(node);
    const { events } = this.#context;
    node.isShuttingDown = true;
    events.node(node, 'Normal', 'Shutdown', 'Shutdown manager detected shutdown event');
    this.#sink.announce(node);
    node.shutdownGroup = Group.Ordinary;
    this.#killGroup(node, total - critical);
  }

  on(event: number, nodeIndex: number, stamp: number): void {
    const node = this.#nodes[nodeIndex]!;
    if (event === ShutdownEvent.PowerOff) {
      if (stamp === node.epoch) this.#sink.powerOff(node);
    } else if (stamp === stampOf(node)) this.#nextGroup(node);
  }

  /** A pod has gone: with the last of its group it is the next group's turn, however much time is left. */
  podStopped(node: NodeState): void {
    if (node.shutdownGroup !== undefined && !hasPods(node, node.shutdownGroup)) this.#nextGroup(node);
  }

  #nextGroup(node: NodeState): void {
    if (node.shutdownGroup === Group.Ordinary) {
      node.shutdownGroup = Group.Critical;
      return this.#killGroup(node, node.config.shutdownGracePeriodCriticalPodsSeconds);
    }
    node.shutdownGroup = undefined;
    this.#context.sim.schedule(POWER_OFF_US, this.#handler, ShutdownEvent.PowerOff, node.index, node.epoch);
  }

  #killGroup(node: NodeState, seconds: number): void {
    const group = node.shutdownGroup!;
    if (!hasPods(node, group)) return this.#nextGroup(node);
    this.#context.sim.schedule(seconds * SECOND_US, this.#handler, ShutdownEvent.GroupOver, node.index, stampOf(node));
    for (const worker of [...node.workers]) {
      if (isCritical(worker.pod) !== (group === Group.Critical)) continue;
      this.#sink.terminate(worker, Math.min(worker.pod.spec.terminationGracePeriodSeconds ?? 30, seconds), VERDICT);
    }
  }
}

/** SystemCriticalPriority of pkg/apis/scheduling; that a pod is static has no say here. */
function isCritical({ spec }: Pod): boolean {
  return (spec.priority ?? 0) >= 2_000_000_000;
}

/** Names one group's time on one node. */
function stampOf({ epoch, shutdownGroup = 0 }: NodeState): number {
  return epoch * 2 + shutdownGroup;
}

function hasPods(node: NodeState, group: number): boolean {
  for (const worker of node.workers) {
    if (worker.phase < WorkerPhase.Terminated && isCritical(worker.pod) === (group === Group.Critical)) return true;
  }
  return false;
}
