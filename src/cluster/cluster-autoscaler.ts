/**
 * The seam for a cluster autoscaler: what it sees of the cluster, and the two things it can do to it.
 *
 * There is no autoscaler yet. One that is written against this works as kubernetes/autoscaler does: it watches pods and nodes with a
 * delay, through a client of its own, decides on its own clock (`sim`, every --scan-interval), and asks a provider for machines. A machine
 * it asks for takes as long to come as it says; from then on its kubelet registers it like any other. One that it gives back is switched
 * off and its Node is deleted, as a cloud's node controller does; to drain it first is the autoscaler's affair.
 */
import type { Client } from '../client/client.ts';
import type { InformerFactory } from '../client/informer.ts';
import type { NodeSpec } from '../kubelet/node-spec.ts';
import type { Observers } from '../model/observer.ts';
import type { Random } from '../sim/random.ts';
import type { Simulation } from '../sim/simulation.ts';

/** The machines of the cluster, as a cloud provider lends them. */
export interface MachineProvider {
  /** A machine of that kind, under a name that no node has; it boots after `bootUs`. */
  lend(spec: NodeSpec, bootUs: number): void;
  /** Switched off at once, and its Node taken from the API. */
  giveBack(nodeName: string): void;
}

export interface AutoscalerContext {
  readonly sim: Simulation;
  readonly random: Random;
  readonly observers: Observers;
  /** What it knows of pods and nodes: a cache of its own, a little behind. */
  readonly informers: InformerFactory;
  readonly client: Client;
  readonly machines: MachineProvider;
}

export interface ClusterAutoscaler {
  /** Begins to watch and to decide; called once, when the cluster starts. */
  start(): void;
}

export type ClusterAutoscalerFactory = (context: AutoscalerContext) => ClusterAutoscaler;
