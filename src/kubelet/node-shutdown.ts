/**
 * Graceful shutdown of a node: no new pods, then ordinary pods go, then critical ones, then the power.
 *
 * Models nodeshutdown/nodeshutdown_manager.go. With no grace period configured, which is the default, the machine just goes.
 */
import { SECOND_US } from '../base/units.ts';
import type { EventHandler, HandlerId } from '../sim/simulation.ts';
import type { FleetContext } from './fleet-context.ts';
import type { NodeState } from './node-state.ts';
import { isCritical } from './pod-admission.ts';
import type { PodWorker, Verdict } from './pod-worker.ts';

const ShutdownEvent = { KillCritical: 0, PowerOff: 1 } as const;

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
    const { sim, events } = this.#context;
    node.isShuttingDown = true;
    events.node(node, 'Normal', 'NodeShutdown', 'Shutdown manager detected shutdown event');
    this.#sink.announce(node);
    this.#killAll(node, false, total - critical);
    sim.schedule((total - critical) * SECOND_US, this.#handler, ShutdownEvent.KillCritical, node.index, node.epoch);
    sim.schedule(total * SECOND_US, this.#handler, ShutdownEvent.PowerOff, node.index, node.epoch);
  }

  on(event: number, nodeIndex: number, epoch: number): void {
    const node = this.#nodes[nodeIndex]!;
    if (epoch !== node.epoch) return;
    if (event === ShutdownEvent.KillCritical) this.#killAll(node, true, node.config.shutdownGracePeriodCriticalPodsSeconds);
    else this.#sink.powerOff(node);
  }

  #killAll(node: NodeState, critical: boolean, seconds: number): void {
    for (const worker of [...node.workers]) {
      if (isCritical(worker.pod) !== critical) continue;
      this.#sink.terminate(worker, Math.min(worker.pod.spec.terminationGracePeriodSeconds ?? 30, seconds), VERDICT);
    }
  }
}
