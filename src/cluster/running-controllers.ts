/**
 * The controllers of one process of kube-controller-manager: each with clients and handlers of its own, so that one can stop
 * and be started again while the others work on.
 *
 * A controller that stops sends nothing more and hears nothing more; the one started after it begins with an empty queue and
 * finds its work in the process's caches, as after a restart.
 */
import { fail } from '../base/fail.ts';
import type { Client } from '../client/client.ts';
import type { ControllerContext } from '../controllers/context.ts';
import { CONTROLLERS } from '../controllers/registry.ts';
import type { ControlPlaneProcess } from './control-plane-process.ts';

/** All of a controller's context but what belongs to its process. */
export type SharedContext = Omit<ControllerContext, 'informers' | 'client' | 'recorder' | 'isContinued'>;

interface Running {
  readonly clients: Client[];
  takeBackHandlers: () => void;
}

export class RunningControllers {
  readonly #process: ControlPlaneProcess;
  readonly #shared: SharedContext;
  readonly #running = new Map<string, Running>();

  constructor(process: ControlPlaneProcess, shared: SharedContext) {
    this.#process = process;
    this.#shared = shared;
  }

  /** Starts all but the disabled ones, in the registry's order. */
  start(disabled: ReadonlySet<string>, isContinued: boolean): void {
    for (const name of CONTROLLERS.keys()) if (!disabled.has(name)) this.startOne(name, isContinued);
  }

  startOne(name: string, isContinued = false): void {
    if (this.#running.has(name)) return;
    const construct = CONTROLLERS.get(name) ?? fail(`Cannot start ${name}: no such controller`);
    const { informers } = this.#process;
    const { kubeApiQps, kubeApiBurst } = this.#shared.options;
    const clients: Client[] = [];
    const context: ControllerContext = {
      ...this.#shared,
      informers,
      isContinued,
      client: (author, qps = kubeApiQps, burst = kubeApiBurst) => {
        const client = this.#process.client(author, qps, burst);
        clients.push(client);
        return client;
      },
      recorder: (component, client) => this.#process.recorder(component, client),
    };
    const takeBackHandlers = informers.during(() => construct(context).start());
    this.#running.set(name, { clients, takeBackHandlers });
  }

  stopOne(name: string): void {
    const running = this.#running.get(name);
    if (running === undefined) return;
    this.#running.delete(name);
    running.takeBackHandlers();
    for (const client of running.clients) client.isGone = true;
  }
}
