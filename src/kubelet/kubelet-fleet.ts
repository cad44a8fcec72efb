/**
 * The kubelets of all nodes of a cluster, with their runtimes, as one object: what the cluster is made of, and what can
 * be done to its nodes from outside.
 *
 * Models pkg/kubelet. There is no object with timers and caches per node: a node is a row, and the parts of the fleet
 * (pod workers, status manager, image puller, heartbeats, pod source) each serve all rows.
 */
import type { ApiServer } from '../apiserver/api-server.ts';
import type { FlowControl } from '../apiserver/flow-control/flow-control.ts';
import type { RequestLatency } from '../apiserver/request-latency.ts';
import { fail } from '../base/fail.ts';
import { SECOND_US } from '../base/units.ts';
import { FleetClient } from '../client/fleet-client.ts';
import { DEFAULT_WATCH_HOP } from '../client/informer.ts';
import { reflectorRetryUs } from '../client/reflector-backoff.ts';
import type { RequestPump } from '../client/request-pump.ts';
import { Behaviours, type WorkloadBehaviour } from '../model/behaviour.ts';
import type { Observers } from '../model/observer.ts';
import type { ContainerProcess, PodRuntime, PodRuntimeView, ProcessListener } from '../model/runtime-view.ts';
import { type Distribution, drawUs } from '../sim/distribution.ts';
import type { Random } from '../sim/random.ts';
import type { Simulation } from '../sim/simulation.ts';
import type { Scarce } from './eviction-ranking.ts';
import type { FleetContext } from './fleet-context.ts';
import { Heartbeats } from './heartbeats.ts';
import { ImageStore } from './image-store.ts';
import { KubeletEvents } from './kubelet-events.ts';
import { NodeShutdown } from './node-shutdown.ts';
import type { NodeSpec } from './node-spec.ts';
import { NodeState, parsePodIp } from './node-state.ts';
import { PodSource } from './pod-source.ts';
import { PodWorkers } from './pod-workers.ts';
import type { ImageRegistry } from './runtime/image-registry.ts';
import { DEFAULT_TIMINGS, type RuntimeTimings } from './runtime/timings.ts';

export interface KubeletFleetOptions {
  readonly sim: Simulation;
  readonly random: Random;
  readonly observers: Observers;
  readonly server: ApiServer;
  readonly pump: RequestPump;
  readonly latency: RequestLatency;
  readonly flow?: FlowControl;
  readonly registry: ImageRegistry;
  readonly behaviours?: readonly WorkloadBehaviour[];
  /** Nodes that are part of the cluster from the start. */
  readonly nodes: readonly NodeSpec[];
  readonly timings?: Partial<RuntimeTimings>;
  readonly watchHop?: Distribution;
  /** False in runs too large to keep the kubelets' Events. */
  readonly recordEvents?: boolean;
}

export class KubeletFleet {
  readonly #options: KubeletFleetOptions;
  readonly #context: FleetContext;
  readonly #nodes: NodeState[] = [];
  readonly #byName = new Map<string, NodeState>();
  readonly #imagePools = new Map<string, ImageStore>();
  readonly #workers: PodWorkers;
  readonly #heartbeats: Heartbeats;
  readonly #shutdown: NodeShutdown;
  readonly #source: PodSource;
  readonly runtimeView: PodRuntimeView;
  #watchBreaks = 0;

  constructor(options: KubeletFleetOptions) {
    this.#options = options;
    const { sim, random, server } = options;
    this.#context = {
      sim,
      random,
      runtime: random.stream('kubelet', 'runtime'),
      jitter: random.stream('kubelet', 'jitter'),
      observers: options.observers,
      client: new FleetClient(sim, server, options.latency, options.flow),
      registry: options.registry,
      behaviours: new Behaviours(options.behaviours),
      timings: { ...DEFAULT_TIMINGS, ...options.timings },
      events: new KubeletEvents(sim, server, options.pump, options.recordEvents !== false),
    };
    this.#workers = new PodWorkers(this.#context, this.#nodes);
    this.#heartbeats = new Heartbeats(this.#context, this.#nodes, (node) => {
      if (node.spec.staticPods !== undefined) this.#workers.staticPods.start(node);
    });
    this.#shutdown = new NodeShutdown(this.#context, this.#nodes, {
      announce: (node) => this.#heartbeats.announce(node),
      terminate: (worker, graceSeconds, verdict) => this.#workers.terminate(worker, graceSeconds, verdict),
      powerOff: (node) => this.crashNode(node.name),
    });
    this.#workers.onStopped = (worker) => this.#shutdown.podStopped(worker.node);
    for (const spec of options.nodes) this.#newNode(spec);
    this.#source = new PodSource({
      sim,
      store: server.store,
      client: this.#context.client,
      random: random.stream('kubelet', 'watch'),
      hop: options.watchHop ?? DEFAULT_WATCH_HOP,
      nodes: this.#byName,
      workers: this.#workers,
    });
    server.store.watch('Node', 0, ({ type, object }) => {
      if (type !== 'MODIFIED' || this.#context.client.isWriting) return;
      const node = this.#byName.get(object.metadata.name);
      if (node !== undefined) this.#heartbeats.changedByOthers(node, object);
    });
    this.runtimeView = new FleetRuntimeView(this.#nodes, this.#byName, this.#workers);
  }

  /** How many machines there are. */
  get size(): number {
    return this.#byName.size;
  }

  /** Is there a machine of that name? */
  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** Registers the nodes that were there from the start; call it once, before the run. */
  start(): void {
    for (const node of this.#nodes) this.#heartbeats.present(node);
  }

  get nodeNames(): string[] {
    return this.#nodes.map((node) => node.name);
  }

  /** A new machine has booted, now: its kubelet registers it. */
  addNode(spec: NodeSpec): void {
    const node = this.#newNode(spec);
    node.isNetworkReady = false;
    node.kubeletStartUs = this.#context.sim.nowUs;
    this.#heartbeats.join(node);
  }

  /** Power loss: processes die at once, and nobody tells the API server. */
  crashNode(name: string): void {
    const node = this.#node(name);
    if (!node.isUp) return;
    node.isUp = false;
    node.shutdownGroup = undefined;
    node.epoch++;
    this.#workers.loseNode(node);
  }

  /** The machine is told to shut down: gracefully, if its kubelet is configured so. */
  shutdownNode(name: string): void {
    const node = this.#node(name);
    if (node.isUp && !node.isShuttingDown) this.#shutdown.begin(node);
  }

  /** Power is back: after its boot the kubelet finds its pods in the API server and starts them again. */
  restartNode(name: string): void {
    const node = this.#node(name);
    if (node.isUp) return;
    node.isUp = true;
    node.isKubeletUp = false;
    node.isShuttingDown = false;
    const { sim, runtime, timings } = this.#context;
    const { epoch } = node;
    sim.after(drawUs(timings.boot, runtime), () => {
      if (node.epoch === epoch) this.#startKubelet(node, true);
    });
  }

  /** The kubelet's process ends and is started again; containers run on. */
  restartKubelet(name: string): void {
    const node = this.#node(name);
    if (!node.isRunning) return;
    this.stopKubelet(name);
    const { sim, runtime, timings } = this.#context;
    const { epoch } = node;
    sim.after(drawUs(timings.kubeletRestart, runtime), () => {
      if (node.epoch === epoch) this.#startKubelet(node, false);
    });
  }

  /** The kubelet hangs or has ended: containers run on and nobody looks after them. */
  stopKubelet(name: string): void {
    const node = this.#node(name);
    if (!node.isRunning) return;
    node.isKubeletUp = false;
    node.epoch++;
    this.#workers.loseKubelet(node);
  }

  /** A kubelet that was stopped starts again. */
  startKubelet(name: string): void {
    const node = this.#node(name);
    if (node.isUp && !node.isKubeletUp) this.#startKubelet(node, false);
  }

  /** The node is cut off from the API server; with `fromNodes`, from all other nodes too. */
  cutNode(name: string, fromNodes = true): void {
    const node = this.#node(name);
    if (node.isConnected) node.cutUs = this.#context.sim.nowUs;
    node.isConnected = false;
    node.cuts++;
    node.isReachable = !fromNodes;
    if (node.client !== undefined) node.client.isConnected = false;
  }

  /** The cut is mended: the kubelet notices when it next tries. */
  healNode(name: string): void {
    const node = this.#node(name);
    if (node.isConnected) return;
    node.isReachable = true;
    node.isConnected = true;
    if (node.client !== undefined) node.client.isConnected = true;
    const { sim, jitter } = this.#context;
    const { cuts } = node;
    // A connection that was not used meanwhile has survived a short cut; a longer one has cost it, and its reflector backs off.
    const brokenUs = Math.max(0, sim.nowUs - node.cutUs - DEAD_CONNECTION_US);
    node.isWatching = false;
    sim.after(reflectorRetryUs(brokenUs, jitter), () => {
      if (node.cuts === cuts) this.#reconnect(node);
    });
  }

  /** The API server has gone: every kubelet's watch breaks. Its heartbeats and status writes find out for themselves. */
  breakWatches(): void {
    this.#watchBreaks++;
    for (const node of this.#nodes) node.isWatching = false;
  }

  /** It is back after so long: each kubelet lists its pods when its reflector next tries. */
  reopenWatches(outageUs: number): void {
    const { sim, random } = this.#context;
    const stream = random.stream('kubelet', 'reflectors');
    const breaks = this.#watchBreaks;
    for (const node of this.#nodes) {
      sim.after(reflectorRetryUs(outageUs, stream), () => {
        if (breaks !== this.#watchBreaks) return;
        if (node.isConnected) this.#reconnect(node);
        else node.isWatching = true;
      });
    }
  }

  /** Something outside of pods takes so much memory or disk that this part of it is in use; 0 gives it back. */
  takeResource(name: string, scarce: Scarce, percent: number): void {
    this.#workers.pressure.take(this.#node(name), scarce, percent);
  }

  /** The machine is taken away for good: a node the autoscaler has given back. Its name may be used again. */
  removeNode(name: string): void {
    const node = this.#node(name);
    this.crashNode(name);
    this.#workers.forget(node);
    this.#byName.delete(name);
  }

  #reconnect(node: NodeState): void {
    node.isWatching = true;
    if (!node.isRunning) return;
    this.#source.catchUp(node);
    const { startedOffline } = node;
    node.startedOffline = undefined;
    if (startedOffline !== undefined) return this.#workers.resumeNode(node, startedOffline === 'boot');
    for (const worker of node.workers) if (worker.status !== undefined) this.#workers.status.reconcile(worker);
  }

  #startKubelet(node: NodeState, isBoot: boolean): void {
    const { sim, events } = this.#context;
    node.isKubeletUp = true;
    node.kubeletStartUs = sim.nowUs;
    node.epoch++;
    node.lease = undefined;
    if (isBoot) events.node(node, 'Warning', 'Rebooted', `Node ${node.name} has been rebooted`);
    this.#workers.pressure.resumed(node);
    this.#workers.relist(node);
    this.#heartbeats.join(node);
    // A new process lists its pods at once, if it can.
    if (this.#context.client.isUp) node.isWatching = true;
    if (!node.isConnected || !node.isWatching) {
      node.startedOffline = isBoot || node.startedOffline === 'boot' ? 'boot' : 'restart';
      return;
    }
    this.#source.catchUp(node);
    this.#workers.resumeNode(node, isBoot);
  }

  #newNode(spec: NodeSpec): NodeState {
    if (this.#byName.has(spec.name)) fail(`Cannot add node ${spec.name}: there is one of that name`);
    const { jitter } = this.#context;
    const node = new NodeState(this.#nodes.length, spec, jitter.below(SECOND_US), this.#imagesOf(spec));
    this.#nodes.push(node);
    this.#byName.set(spec.name, node);
    return node;
  }

  #imagesOf(spec: NodeSpec): ImageStore {
    const names = spec.images ?? [];
    const key = names.join(' ');
    let pool = this.#imagePools.get(key);
    if (pool === undefined) {
      pool = ImageStore.of(names.map((name) => this.#options.registry.preloaded(name)));
      this.#imagePools.set(key, pool);
    }
    return pool.fork();
  }

  #node(name: string): NodeState {
    return this.#byName.get(name) ?? fail(`Cannot find node ${name}: the fleet has no such node`);
  }
}

// ReadIdleTimeout and PingTimeout of client-go's HTTP/2 transport: 30 s and 15 s (cluster.md 7.7).
const DEAD_CONNECTION_US = 45 * SECOND_US;

class FleetRuntimeView implements PodRuntimeView {
  readonly #nodes: readonly NodeState[];
  readonly #byName: ReadonlyMap<string, NodeState>;
  readonly #workers: PodWorkers;

  constructor(nodes: readonly NodeState[], byName: ReadonlyMap<string, NodeState>, workers: PodWorkers) {
    this.#nodes = nodes;
    this.#byName = byName;
    this.#workers = workers;
  }

  pod(uid: string): PodRuntime | undefined {
    const worker = this.#workers.table.byUid(uid);
    return worker?.hasSandbox === true ? worker : undefined;
  }

  podByIp(ip: string): PodRuntime | undefined {
    const place = parsePodIp(ip);
    return place === undefined ? undefined : this.#nodes[place.nodeIndex]?.addresses?.[place.host];
  }

  isNodeUp(nodeName: string): boolean {
    return this.#byName.get(nodeName)?.isUp === true;
  }

  isNodeReachable(nodeName: string): boolean {
    const node = this.#byName.get(nodeName);
    return node?.isUp === true && node.isReachable;
  }

  addListener(listener: ProcessListener): void {
    this.#workers.processes.addListener(listener);
  }

  turnedAway(process: ContainerProcess): void {
    this.#workers.turnedAway(process);
  }
}
