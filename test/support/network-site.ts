/**
 * A network on its own: two Services with a pod each, a stand-in for the kubelets behind them, and the ends of its requests.
 */
import { MILLISECOND_US, SECOND_US } from '../../src/base/units.ts';
import type { InformerFactory } from '../../src/client/informer.ts';
import { DEFAULT_BEHAVIOUR, type WorkloadBehaviour } from '../../src/model/behaviour.ts';
import { Observers, type RequestEnd } from '../../src/model/observer.ts';
import type { ContainerProcess, PodRuntime, PodRuntimeView, ProcessListener } from '../../src/model/runtime-view.ts';
import { Network } from '../../src/network/network.ts';
import { constantUs } from '../../src/sim/distribution.ts';
import { Random } from '../../src/sim/random.ts';
import { Simulation } from '../../src/sim/simulation.ts';

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };
export type Reason = 'exited' | 'killed' | 'node-lost';

/** Two Services, `front` on n1 and `back` on n2 with one pod each, and nothing of a cluster but what a packet meets. */
export class Site {
  readonly sim = new Simulation();
  readonly ends: RequestEnd[] = [];
  readonly downNodes = new Set<string>();
  readonly cutNodes = new Set<string>();
  readonly processes = new Map<string, Mutable<ContainerProcess>>();
  readonly network: Network;
  /** Of each request that found no place: the container. */
  readonly turnedAway: string[] = [];
  readonly #listeners: ProcessListener[] = [];

  constructor(behaviour: Partial<WorkloadBehaviour> = {}, hasEndpoints = true) {
    const observers = new Observers();
    observers.add({ requestEnded: (end) => this.ends.push(end) });
    const services = ['front', 'back'].map((name) => ({
      metadata: { name, namespace: 'default' },
      spec: { type: 'ClusterIP', clusterIP: `10.0.0.${name.length}`, ports: [{ port: 80 }] },
    }));
    const slices = hasEndpoints ? [slice('front', '10.1.1.1', 'n1'), slice('back', '10.1.1.2', 'n2')] : [];
    const nodes = ['n1', 'n2'].map((name) => ({ metadata: { name } }));
    const objects: { [kind: string]: readonly { metadata: { name: string } }[] } = {
      Service: services,
      EndpointSlice: slices,
      Node: nodes,
    };
    const informers = {
      informer: (kind: string) => ({
        addIndex: () => undefined,
        addHandler: ({ onAdd }: { onAdd(object: unknown): void }) => {
          for (const object of objects[kind]!) onAdd(object);
        },
        get: (key: string) => objects[kind]!.find(({ metadata }) => key.endsWith(`/${metadata.name}`)),
        byIndex: (_index: string, key: string) => objects[kind]!.filter(({ metadata }) => key.endsWith(`/${metadata.name}`)),
      }),
    } as unknown as InformerFactory;
    this.#addPod('front', '10.1.1.1', 'n1', { ...DEFAULT_BEHAVIOUR, service: constantUs(10 * MILLISECOND_US), ...behaviour });
    this.#addPod('back', '10.1.1.2', 'n2', { ...DEFAULT_BEHAVIOUR, service: constantUs(SECOND_US) });
    const runtime = {
      pod: (uid: string) => this.processes.get(uid)?.pod,
      podByIp: (ip: string) => [...this.processes.values()].find((process) => process.pod.ip === ip)?.pod,
      isNodeUp: (name: string) => !this.downNodes.has(name),
      isNodeReachable: (name: string) => !this.cutNodes.has(name),
      addListener: (listener: ProcessListener) => void this.#listeners.push(listener),
      turnedAway: (process: ContainerProcess) => void this.turnedAway.push(process.container),
    } as PodRuntimeView;
    this.network = new Network({ sim: this.sim, random: new Random(1), observers, informers, runtime });
    this.network.start();
  }

  end(name: string, reason: Reason): void {
    const process = this.processes.get(name)!;
    process.isRunning = false;
    process.isAccepting = false;
    for (const listener of this.#listeners) listener.processEnded(process, reason);
  }

  failures(): (string | undefined)[] {
    return this.ends.map(({ failure }) => failure);
  }

  #addPod(name: string, ip: string, nodeName: string, behaviour: WorkloadBehaviour): void {
    const pod = { uid: name, namespace: 'default', name, nodeName, ip, isTerminating: false } as Mutable<PodRuntime>;
    pod.processFor = () => (process.isRunning ? process : undefined);
    const process = { pod, container: 'c', behaviour, startUs: 0, isRunning: true, isAccepting: true } as Mutable<ContainerProcess>;
    Object.assign(process, {
      isTerminating: false,
      isHanging: false,
      activeRequests: 0,
      waitingRequests: 0,
      busyUs: 0,
      queue: undefined,
      cpuLimitMilli: Number.POSITIVE_INFINITY,
    });
    this.processes.set(name, process);
  }
}

function slice(name: string, ip: string, nodeName: string) {
  return {
    metadata: { name, namespace: 'default', labels: { 'kubernetes.io/service-name': name } },
    ports: [{ port: 80 }],
    endpoints: [{ addresses: [ip], conditions: { ready: true }, nodeName, targetRef: { kind: 'Pod', name, uid: name } }],
  };
}
