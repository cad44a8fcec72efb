/**
 * The Events of every kubelet. A node gets its recorder with its first Event: most of a large fleet never needs one.
 */
import type { ApiServer } from '../apiserver/api-server.ts';
import { Client } from '../client/client.ts';
import { EventRecorder, type EventType } from '../client/event-recorder.ts';
import type { RequestPump } from '../client/request-pump.ts';
import type { KubeObject } from '../model/meta.ts';
import type { Simulation } from '../sim/simulation.ts';
import type { NodeState } from './node-state.ts';
import type { PodWorker } from './pod-worker.ts';
import { type ContainerRecord, ContainerRole } from './runtime/container-record.ts';

export class KubeletEvents {
  readonly #sim: Simulation;
  readonly #server: ApiServer;
  readonly #pump: RequestPump;
  /** False in runs too large to keep several Events a pod; then building their texts is saved as well. */
  readonly isOn: boolean;

  constructor(sim: Simulation, server: ApiServer, pump: RequestPump, isOn: boolean) {
    this.#sim = sim;
    this.#server = server;
    this.#pump = pump;
    this.isOn = isOn;
  }

  pod(worker: PodWorker, type: EventType, reason: string, message: string): void {
    if (this.isOn) this.#recorder(worker.node).event(worker.pod, type, reason, message);
  }

  container(worker: PodWorker, record: ContainerRecord, type: EventType, reason: string, message: string): void {
    if (!this.isOn) return;
    const list = record.role === ContainerRole.App ? 'containers' : 'initContainers';
    this.#recorder(worker.node).event(worker.pod, type, reason, message, `spec.${list}{${record.spec.name}}`);
  }

  node(node: NodeState, type: EventType, reason: string, message: string): void {
    if (!this.isOn) return;
    // The kubelet refers to its node by name alone; the uid it puts there is the name too.
    const about: KubeObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: node.name, uid: node.name } };
    this.#recorder(node).event(about, type, reason, message);
  }

  #recorder(node: NodeState): EventRecorder {
    if (node.recorder === undefined) {
      // eventRecordQPS and eventBurst of pkg/kubelet/apis/config.
      node.client = new Client(this.#sim, this.#server, this.#pump, { name: node.author.author, qps: 50, burst: 100, level: 'system' });
      node.client.isConnected = node.isConnected;
      node.recorder = new EventRecorder(node.client, this.#sim, { component: 'kubelet', host: node.name });
    }
    return node.recorder;
  }
}
