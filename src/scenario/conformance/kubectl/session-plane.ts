/**
 * The cluster a recorded session is replayed against: our API server, controllers and scheduler, and the script that stood in for
 * the kubelets.
 */
import type { ApiServer } from '../../../apiserver/api-server.ts';
import { MILLISECOND_US, SECOND_US } from '../../../base/units.ts';
import type { Client } from '../../../client/client.ts';
import { InformerFactory } from '../../../client/informer.ts';
import { run, type Task } from '../../../client/task.ts';
import { Cluster } from '../../../cluster/cluster.ts';
import { KINDS, type Kind, type KindMap } from '../../../model/kinds.ts';
import type { KubeObject } from '../../../model/meta.ts';
import type { Simulation } from '../../../sim/simulation.ts';
import { ScriptedKubelet } from './scripted-kubelet.ts';

const RECORDER = { author: 'recorder' };
/** Nothing has changed for so long: it has settled. */
const QUIET_US = 1 * SECOND_US;
const LONGEST_SETTLE_US = 30 * SECOND_US;
const LONGEST_COMMAND_US = 120 * SECOND_US;
/** What starting kubectl takes. */
const START_US = 200 * MILLISECOND_US;
/** Kinds that are written while everything is at rest. */
const RESTLESS: ReadonlySet<Kind> = new Set<Kind>(['Lease', 'Event', 'Node']);

export class SessionPlane {
  readonly client: Client;
  readonly #cluster: Cluster;
  #lastWriteUs = 0;

  constructor(nodes: readonly string[]) {
    const cluster = new Cluster({ seed: 1, nodes: [], serviceAccountAdmission: false });
    this.#cluster = cluster;
    const { sim, api, observers } = cluster;
    this.client = cluster.client('kubectl');
    const informers = new InformerFactory(sim, api.store, cluster.random, 'scripted-kubelet');
    const kubelet = new ScriptedKubelet(sim, api, cluster.client('kubelet'), informers, nodes);
    cluster.start();
    kubelet.start();
    observers.add({
      wrote: ({ kind, timeUs }) => {
        if (!RESTLESS.has(kind)) this.#lastWriteUs = timeUs;
      },
    });
    this.settle();
  }

  get sim(): Simulation {
    return this.#cluster.sim;
  }

  get api(): ApiServer {
    return this.#cluster.api;
  }

  create(object: KubeObject): void {
    const { api } = this;
    const kind = object.kind as Kind;
    const { status, ...rest } = object as KubeObject & { readonly status?: unknown };
    const metadata = KINDS[kind].namespaced ? { namespace: 'default', ...rest.metadata } : rest.metadata;
    const created = api.create(kind, { ...rest, metadata } as KindMap[Kind], RECORDER);
    this.sleep(20 * MILLISECOND_US);
    if (status !== undefined) api.update(kind, { ...created, status } as KindMap[Kind], RECORDER, 'status');
  }

  sleep(us: number): void {
    this.sim.runUntil(this.sim.nowUs + us);
  }

  settle(): void {
    const { sim } = this;
    const fromUs = sim.nowUs;
    do this.sleep(50 * MILLISECOND_US);
    while (sim.nowUs - Math.max(this.#lastWriteUs, fromUs) < QUIET_US && sim.nowUs - fromUs < LONGEST_SETTLE_US);
  }

  /** Carries a command out; undefined when it does not end. */
  run(task: () => Task<number>): number | undefined {
    const { sim } = this;
    this.sleep(START_US);
    let exit: number | undefined;
    run(task(), (code) => {
      exit = code;
    });
    for (const endUs = sim.nowUs + LONGEST_COMMAND_US; exit === undefined && sim.nowUs < endUs; ) sim.step();
    return exit;
  }
}
