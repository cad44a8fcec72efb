/**
 * A fleet of one node beside an API server that only stores: what kubelets write can be read off line by line.
 *
 * The stand-in has no admission and no validation, so that these tests say something of kubelets alone.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { KubeletFleet } from '../../../src/kubelet/kubelet-fleet.ts';
import type { NodeSpec } from '../../../src/kubelet/node-spec.ts';
import { DEFAULT_BEHAVIOUR, type WorkloadBehaviour } from '../../../src/model/behaviour.ts';
import { type KubeObject, keyOf } from '../../../src/model/meta.ts';
import { Observers } from '../../../src/model/observer.ts';
import type { Container, Pod, PodSpec, PodStatus } from '../../../src/model/pod.ts';
import { timeText } from '../../../src/model/time.ts';
import { Random } from '../../../src/sim/random.ts';
import { Simulation } from '../../../src/sim/simulation.ts';

/** Without the API server's errors the fleet cannot be loaded at all. */
export const hasApiErrors = existsSync(join(import.meta.dirname, '../../../src/apiserver/api-error.ts'));

interface Stored extends KubeObject {
  readonly spec?: { readonly nodeName?: string; readonly terminationGracePeriodSeconds?: number };
  readonly status?: PodStatus;
}

export interface Line {
  readonly timeUs: number;
  readonly verb: string;
  readonly kind: string;
  readonly object: Stored & { readonly reason?: string; readonly message?: string; readonly count?: number };
}

type Listener = (event: { readonly type: string; readonly object: Stored; readonly key: string; readonly revision: number }) => void;

export class StandInServer {
  readonly lines: Line[] = [];
  readonly store = {
    watch: (kind: string, _revision: number, listener: Listener) => this.#watch(kind, listener),
    get: (kind: string, key: string) => this.#objects.get(pathOf(kind, key)),
    slot: (kind: string, key: string) => {
      const objects = this.#objects;
      if (!objects.has(pathOf(kind, key))) return undefined;
      return {
        key,
        get object() {
          return objects.get(pathOf(kind, key));
        },
      };
    },
  };
  readonly #objects = new Map<string, Stored>();
  readonly #listeners: { readonly kind: string; readonly listener: Listener }[] = [];
  readonly #sim: Simulation;
  readonly #notFound: (kind: string, name: string) => Error;
  #revision = 0;

  constructor(sim: Simulation, notFound: (kind: string, name: string) => Error) {
    this.#sim = sim;
    this.#notFound = notFound;
  }

  create(kind: string, object: Stored): Stored {
    const uid = `uid-${this.#revision}`;
    const metadata = {
      ...object.metadata,
      uid,
      generation: 1,
      resourceVersion: String(++this.#revision),
      creationTimestamp: timeText(this.#sim.nowUs),
    };
    return this.#put('create', kind, { ...object, metadata }, 'ADDED');
  }

  update(kind: string, object: Stored, _author: unknown, subresource?: string): Stored {
    this.get(kind, object.metadata.namespace, object.metadata.name);
    const metadata = { ...object.metadata, resourceVersion: String(++this.#revision) };
    return this.#put(subresource === undefined ? 'update' : subresource, kind, { ...object, metadata }, 'MODIFIED');
  }

  replaceStatus(kind: string, { key, object: stored }: { key: string; object: Stored | undefined }, status: PodStatus): Stored {
    if (stored === undefined) throw this.#notFound(kind, key);
    return this.update(kind, { ...stored, status }, undefined, 'status');
  }

  renewLease(_slot: unknown, known: Stored, renewTime: string): Stored {
    return this.update('Lease', { ...known, spec: { ...known.spec, renewTime } } as Stored, undefined);
  }

  patch(kind: string, namespace: string | undefined, name: string, patch: { readonly body: object }): Stored {
    return this.update(kind, { ...this.get(kind, namespace, name), ...patch.body }, undefined);
  }

  delete(kind: string, namespace: string | undefined, name: string, options: { readonly gracePeriodSeconds?: number } = {}): Stored {
    const object = this.get(kind, namespace, name);
    const seconds = options.gracePeriodSeconds ?? object.spec?.terminationGracePeriodSeconds ?? 30;
    if (seconds > 0) {
      const metadata = {
        ...object.metadata,
        deletionTimestamp: timeText(this.#sim.nowUs + seconds * 1_000_000),
        deletionGracePeriodSeconds: seconds,
        generation: (object.metadata.generation ?? 0) + 1,
        resourceVersion: String(++this.#revision),
      };
      return this.#put('delete', kind, { ...object, metadata }, 'MODIFIED');
    }
    this.#objects.delete(`${kind}/${namespace}/${name}`);
    this.#revision++;
    return this.#tell('remove', kind, object, 'DELETED');
  }

  get(kind: string, namespace: string | undefined, name: string): Stored {
    const object = this.#objects.get(`${kind}/${namespace}/${name}`);
    if (object === undefined) throw this.#notFound(kind, name);
    return object;
  }

  list(kind: string): { readonly items: readonly Stored[] } {
    return { items: [...this.#objects].filter(([key]) => key.startsWith(`${kind}/`)).map(([, object]) => object) };
  }

  #put(verb: string, kind: string, object: Stored, type: string): Stored {
    this.#objects.set(`${kind}/${object.metadata.namespace}/${object.metadata.name}`, object);
    return this.#tell(verb, kind, object, type);
  }

  #tell(verb: string, kind: string, object: Stored, type: string): Stored {
    this.lines.push({ timeUs: this.#sim.nowUs, verb, kind, object });
    for (const one of this.#listeners)
      if (one.kind === kind)
        one.listener({ type, object, key: keyOf(object.metadata.namespace, object.metadata.name), revision: this.#revision });
    return object;
  }

  #watch(kind: string, listener: Listener): { stop(): void } {
    this.#listeners.push({ kind, listener });
    return { stop() {} };
  }
}

/** How the stand-in files an object. */
function pathOf(kind: string, key: string): string {
  return `${kind}/${key.includes('/') ? key : `undefined/${key}`}`;
}

export interface Bench {
  readonly sim: Simulation;
  readonly server: StandInServer;
  readonly fleet: KubeletFleet;
  /** Lets so many seconds pass. */
  run(seconds: number): void;
  pod(name: string): Pod | undefined;
  /** `Reason: message` of the Events about that object, in order. */
  events(name: string): string[];
  /** The phases and states the pod's status has gone through. */
  states(name: string): string[];
}

export const NODE: NodeSpec = { name: 'n1', capacity: { cpu: '4', memory: '8Gi', 'ephemeral-storage': '100Gi' }, images: ['nginx:1'] };

export async function startBench(behaviours: readonly Partial<WorkloadBehaviour>[] = [], node: Partial<NodeSpec> = {}): Promise<Bench> {
  const { ApiError } = await import('../../../src/apiserver/api-error.ts');
  const { DEFAULT_REQUEST_LATENCIES, RequestLatency } = await import('../../../src/apiserver/request-latency.ts');
  const { RequestPump } = await import('../../../src/client/request-pump.ts');
  const { KubeletFleet } = await import('../../../src/kubelet/kubelet-fleet.ts');
  const { ImageRegistry } = await import('../../../src/kubelet/runtime/image-registry.ts');
  const sim = new Simulation();
  const random = new Random(7);
  const server = new StandInServer(
    sim,
    (kind, name) => new ApiError({ code: 404, reason: 'NotFound', message: `${kind} "${name}" not found` }),
  );
  const latency = new RequestLatency(DEFAULT_REQUEST_LATENCIES, random.stream('latency'));
  const fleet = new KubeletFleet({
    sim,
    random,
    observers: new Observers(),
    server: server as never,
    pump: new RequestPump(sim, latency),
    latency,
    registry: new ImageRegistry({ images: [{ name: 'nginx:1', sizeBytes: 50_000_000 }], missingImages: ['nginx:naoexiste'] }),
    behaviours: behaviours.map((behaviour) => ({ ...DEFAULT_BEHAVIOUR, ...behaviour })),
    nodes: [{ ...NODE, ...node }],
  });
  fleet.start();
  const of = (kind: string, name: string) =>
    server.lines.filter((line) => line.kind === kind && line.object.metadata.name.startsWith(name));
  return {
    sim,
    server,
    fleet,
    run: (seconds) => sim.runUntil(sim.nowUs + seconds * 1_000_000),
    pod: (name) => server.list('Pod').items.find((pod) => pod.metadata.name === name) as Pod | undefined,
    events: (name) =>
      of('Event', `${name}.`)
        .filter((line) => line.verb === 'create')
        .map(({ object }) => `${object.reason}: ${object.message}`),
    states: (name) =>
      of('Pod', name)
        .filter((line) => line.verb === 'status')
        .map(({ object }) => stateText(object.status!)),
  };
}

function stateText(status: PodStatus): string {
  const states = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].map(({ state, ready, restartCount }) => {
    const text =
      state?.waiting?.reason ?? (state?.running !== undefined ? 'running' : `${state?.terminated?.reason} ${state?.terminated?.exitCode}`);
    return `${text}${ready === true ? ' ready' : ''}${restartCount ? ` x${restartCount}` : ''}`;
  });
  return `${status.phase}: ${states.join(', ')}`;
}

export function newPod(name: string, container: Partial<Container> = {}, spec: Partial<PodSpec> = {}, labels = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', labels },
    spec: {
      nodeName: 'n1',
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      containers: [{ name: 'c', image: 'nginx:1', imagePullPolicy: 'IfNotPresent', ...container }],
      ...spec,
    },
    status: { phase: 'Pending', conditions: [{ type: 'PodScheduled', status: 'True', lastTransitionTime: timeText(0) }] },
  };
}
