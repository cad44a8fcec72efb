/**
 * One process of the control plane: its informers, its clients, and its death. A crashed process sends nothing more and hears
 * nothing more; the one that is started after it begins with empty caches, as a restarted container does.
 */
import type { ApiServer } from '../apiserver/api-server.ts';
import type { PriorityLevelName } from '../apiserver/flow-control/priority-levels.ts';
import { Client } from '../client/client.ts';
import { EventRecorder } from '../client/event-recorder.ts';
import { InformerFactory } from '../client/informer.ts';
import type { RequestPump } from '../client/request-pump.ts';
import type { Observers } from '../model/observer.ts';
import type { Distribution } from '../sim/distribution.ts';
import type { Random } from '../sim/random.ts';
import type { Simulation } from '../sim/simulation.ts';

/** What processes of the control plane share. */
export interface ControlPlane {
  readonly sim: Simulation;
  readonly random: Random;
  readonly observers: Observers;
  readonly api: ApiServer;
  readonly pump: RequestPump;
  readonly watchHop: Distribution;
  readonly recordEvents: boolean;
}

export class ControlPlaneProcess {
  readonly name: string;
  readonly informers: InformerFactory;
  readonly #plane: ControlPlane;
  readonly #clients: Client[] = [];
  #isConnected = true;
  #hasWatches = true;

  constructor(plane: ControlPlane, name: string) {
    this.#plane = plane;
    this.name = name;
    this.informers = new InformerFactory(plane.sim, plane.api.store, plane.random, name, plane.watchHop);
  }

  /** The scheduler and the service accounts of kube-system, which controllers work as, share a level (bootstrap/default.go). */
  client(name: string, qps: number, burst: number, level: PriorityLevelName = 'workload-high'): Client {
    const { sim, api, pump } = this.#plane;
    const client = new Client(sim, api, pump, { name, qps, burst, level });
    client.isConnected = this.#isConnected;
    this.#clients.push(client);
    return client;
  }

  recorder(component: string, client: Client): EventRecorder {
    const { sim, random, recordEvents } = this.#plane;
    return new EventRecorder(client, sim, { component }, { isOn: recordEvents, chance: random.stream('events', component) });
  }

  /** Cut off from the API server, or back. */
  setConnected(isConnected: boolean): void {
    if (this.#isConnected === isConnected) return;
    this.#isConnected = isConnected;
    for (const client of this.#clients) client.isConnected = isConnected;
    this.#connectInformers();
  }

  /** Its watches have broken, or are open again, while its requests find their way or not. */
  setWatching(hasWatches: boolean): void {
    if (this.#hasWatches === hasWatches) return;
    this.#hasWatches = hasWatches;
    this.#connectInformers();
  }

  #connectInformers(): void {
    if (this.#isConnected && this.#hasWatches) this.informers.reconnect();
    else this.informers.disconnect();
  }

  kill(): void {
    for (const client of this.#clients) client.isGone = true;
    this.informers.stop();
  }
}
