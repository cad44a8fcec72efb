/**
 * What every controller is handed when kube-controller-manager starts it: virtual time, the process's shared informers, a
 * client of its own, and a recorder for its Events.
 *
 * Models cmd/kube-controller-manager/app/controllermanager.go (ControllerContext) and its client builder, which gives each controller
 * its own token bucket.
 */
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import type { InformerFactory } from '../client/informer.ts';
import type { Observers } from '../model/observer.ts';
import type { Random } from '../sim/random.ts';
import type { Simulation } from '../sim/simulation.ts';
import type { ControllerOptions } from './controller-options.ts';
import type { MetricsSource } from './horizontal-pod-autoscaler/metrics-source.ts';

export interface ControllerContext {
  readonly sim: Simulation;
  readonly random: Random;
  readonly observers: Observers;
  readonly informers: InformerFactory;
  readonly options: ControllerOptions;
  /** The controller was at work before the run began, and what it finds is no news to it; false for one that starts during the run. */
  readonly isContinued: boolean;
  /** What the metrics APIs answer; absent in a cluster without metrics-server. */
  readonly metrics?: MetricsSource | undefined;
  /** A client of that name; its limits are those of `options` unless given. Ask once per controller: each has its own bucket. */
  client(name: string, qps?: number, burst?: number): Client;
  /** Events of that component go out through `client`. */
  recorder(component: string, client: Client): EventRecorder;
}

export interface Controller {
  /** Registers with the informers and begins to work; called once, when the process leads. */
  start(): void;
}
