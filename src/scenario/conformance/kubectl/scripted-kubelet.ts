/**
 * The script that stood in for the kubelets when the sessions were recorded.
 */
import type { ApiServer } from '../../../apiserver/api-server.ts';
import { MILLISECOND_US, SECOND_US } from '../../../base/units.ts';
import type { Client } from '../../../client/client.ts';
import { EventRecorder } from '../../../client/event-recorder.ts';
import type { InformerFactory } from '../../../client/informer.ts';
import { keyOf } from '../../../model/meta.ts';
import type { Lease } from '../../../model/node.ts';
import type { Pod } from '../../../model/pod.ts';
import { microTimeText } from '../../../model/time.ts';
import type { Simulation } from '../../../sim/simulation.ts';
import { nodeAddress, scriptedNode } from './scripted-node.ts';
import { endedStatus, endOf, fateOf, startedStatus } from './scripted-status.ts';

const AUTHOR = { author: 'kubelet' };
const START_US = 200 * MILLISECOND_US;
const END_US = 500 * MILLISECOND_US;
const REMOVE_US = 300 * MILLISECOND_US;
const BEAT_US = 10 * SECOND_US;

export class ScriptedKubelet {
  readonly #sim: Simulation;
  readonly #api: ApiServer;
  readonly #nodes: readonly string[];
  readonly #recorder: EventRecorder;
  readonly #seen = new Set<string>();
  readonly #dying = new Set<string>();
  #addresses = 0;

  constructor(sim: Simulation, api: ApiServer, client: Client, informers: InformerFactory, nodes: readonly string[]) {
    this.#sim = sim;
    this.#api = api;
    this.#nodes = nodes;
    this.#recorder = new EventRecorder(client, sim, { component: 'kubelet', host: nodes[0] ?? '' });
    informers.informer('Pod').addHandler({ onAdd: (pod) => this.#look(pod), onUpdate: (_, pod) => this.#look(pod) });
  }

  start(): void {
    // The first was there in all sessions, the others joined for one.
    for (const [i, name] of this.#nodes.entries()) {
      if (i === 0) this.#join(name, i);
      else this.#sim.after(SECOND_US, () => this.#join(name, i));
    }
  }

  #join(name: string, index: number): void {
    this.#api.create('Node', scriptedNode(name, index + 1, this.#sim.nowUs) as never, AUTHOR);
    this.#beat(name);
  }

  #look(pod: Pod): void {
    const { uid = '', deletionTimestamp } = pod.metadata;
    const node = pod.spec.nodeName ?? '';
    if (node === '') return;
    if (deletionTimestamp !== undefined && !this.#dying.has(uid)) {
      this.#dying.add(uid);
      this.#sim.after(REMOVE_US, () => this.#remove(pod));
    }
    if (this.#seen.has(uid)) return;
    this.#seen.add(uid);
    this.#sim.after(START_US, () => this.#startPod(pod));
  }

  #startPod({ metadata: { namespace, name, uid } }: Pod): void {
    const pod = this.#current(namespace, name, uid);
    if (pod === undefined || pod.metadata.deletionTimestamp !== undefined) return;
    const fate = fateOf(pod);
    const node = this.#nodes.indexOf(pod.spec.nodeName ?? '') + 1;
    const addresses = { host: nodeAddress(node), pod: `10.244.${node}.${++this.#addresses}` };
    this.#write(pod, startedStatus(pod, fate, addresses, this.#sim.nowUs));
    for (const { name: container, image } of pod.spec.containers) {
      if (fate === 'no image') {
        this.#recorder.event(pod, 'Normal', 'Pulling', `Pulling image "${image}"`);
        this.#recorder.event(pod, 'Warning', 'Failed', 'Error: ErrImagePull');
      } else if (fate === 'crashes') {
        this.#recorder.event(pod, 'Warning', 'BackOff', `Back-off restarting failed container ${container} in pod ${pod.metadata.name}`);
      } else {
        this.#recorder.event(pod, 'Normal', 'Pulled', `Container image "${image}" already present on machine`);
        this.#recorder.event(pod, 'Normal', 'Created', 'Container created');
        this.#recorder.event(pod, 'Normal', 'Started', 'Container started');
      }
    }
    const exitCode = endOf(pod);
    if (fate === 'runs' && exitCode !== undefined) this.#sim.after(END_US, () => this.#endPod(pod, exitCode));
  }

  #endPod({ metadata: { namespace, name, uid } }: Pod, exitCode: number): void {
    const pod = this.#current(namespace, name, uid);
    if (pod !== undefined) this.#write(pod, endedStatus(pod, exitCode, this.#sim.nowUs));
  }

  #remove({ metadata: { namespace, name, uid } }: Pod): void {
    const pod = this.#current(namespace, name, uid);
    if (pod !== undefined) this.#api.delete('Pod', namespace, name, { gracePeriodSeconds: 0 }, AUTHOR);
  }

  #current(namespace: string | undefined, name: string, uid: string | undefined): Pod | undefined {
    const pod = this.#api.store.get('Pod', keyOf(namespace, name));
    return pod?.metadata.uid === uid ? pod : undefined;
  }

  #write(pod: Pod, status: NonNullable<Pod['status']>): void {
    this.#api.update('Pod', { ...pod, status }, AUTHOR, 'status');
  }

  #beat(node: string): void {
    const spec = { holderIdentity: node, leaseDurationSeconds: 40, renewTime: microTimeText(this.#sim.nowUs) };
    const stored = this.#api.store.get('Lease', `kube-node-lease/${node}`);
    if (stored === undefined) {
      const metadata = { name: node, namespace: 'kube-node-lease' };
      this.#api.create('Lease', { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec } as Lease, AUTHOR);
    } else this.#api.update('Lease', { ...stored, spec: { ...stored.spec, ...spec } }, AUTHOR);
    this.#sim.after(BEAT_US, () => this.#beat(node));
  }
}
