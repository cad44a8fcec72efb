/**
 * The composition root: turns a cluster spec into wired parts and starts them. The only folder that knows them all.
 *
 * Everything meets in the API server; what this file passes from one part to another are views (who may look at the
 * processes on the nodes) and never decisions.
 */
import { ApiServer } from '../apiserver/api-server.ts';
import { FlowControl } from '../apiserver/flow-control/flow-control.ts';
import { DEFAULT_REQUEST_LATENCIES, RequestLatency } from '../apiserver/request-latency.ts';
import { Client } from '../client/client.ts';
import { DEFAULT_WATCH_HOP, InformerFactory } from '../client/informer.ts';
import { reflectorRetryUs } from '../client/reflector-backoff.ts';
import { RequestPump } from '../client/request-pump.ts';
import { DEFAULT_CONTROLLER_OPTIONS } from '../controllers/controller-options.ts';
import { KubeletFleet } from '../kubelet/kubelet-fleet.ts';
import { ImageRegistry } from '../kubelet/runtime/image-registry.ts';
import type { Kind } from '../model/kinds.ts';
import { Observers } from '../model/observer.ts';
import { Network } from '../network/network.ts';
import { DEFAULT_CONFIGURATION } from '../scheduler/configuration.ts';
import { Scheduler } from '../scheduler/scheduler.ts';
import { Random } from '../sim/random.ts';
import { Simulation } from '../sim/simulation.ts';
import { bootstrap } from './bootstrap.ts';
import type { MachineProvider } from './cluster-autoscaler.ts';
import type { ClusterSpec, SchedulerSpec } from './cluster-spec.ts';
import type { ControlPlane, ControlPlaneProcess } from './control-plane-process.ts';
import { ElectedComponent } from './elected-component.ts';
import { MetricsServer } from './metrics-server.ts';
import { RunningControllers } from './running-controllers.ts';
import { StorageDrivers } from './storage-drivers.ts';

const DEFAULT_SCHEDULER: SchedulerSpec = { name: 'kube-scheduler', configuration: DEFAULT_CONFIGURATION };

const DEFAULT_WATCH_HISTORY = 1024;
const AUTOSCALER = 'cluster-autoscaler';

export class Cluster {
  readonly spec: ClusterSpec;
  readonly sim = new Simulation();
  readonly random: Random;
  readonly observers = new Observers();
  readonly api: ApiServer;
  readonly latency: RequestLatency;
  readonly flowControl: FlowControl;
  readonly registry: ImageRegistry;
  readonly fleet: KubeletFleet;
  readonly network: Network;
  readonly metricsServer: MetricsServer;
  readonly controllerManager: ElectedComponent;
  readonly schedulers: readonly ElectedComponent[];
  readonly #plane: ControlPlane;
  readonly #working = new Map<string, Scheduler>();
  readonly #storage: StorageDrivers;
  readonly #proxyInformers: InformerFactory;
  /** Of the process of kube-controller-manager that leads. */
  #controllers: RunningControllers | undefined;
  readonly #stoppedControllers = new Set<string>();
  #outageBeganUs = 0;

  constructor(spec: ClusterSpec) {
    this.spec = spec;
    const { sim, observers } = this;
    const random = new Random(spec.seed);
    this.random = random;
    this.latency = new RequestLatency({ ...DEFAULT_REQUEST_LATENCIES, ...spec.requestLatencies }, random.stream('apiserver', 'latency'));
    this.api = new ApiServer({
      sim,
      random,
      observers,
      watchHistory: spec.watchHistory ?? DEFAULT_WATCH_HISTORY,
      isServiceAccountAdmissionOn: spec.serviceAccountAdmission ?? true,
    });
    this.flowControl = new FlowControl((kind) => watchersOf(kind, this.fleet.size));
    const pump = new RequestPump(sim, this.latency, this.flowControl);
    const watchHop = spec.watchHop ?? DEFAULT_WATCH_HOP;
    const recordEvents = spec.recordEvents !== false;
    this.#plane = { sim, random, observers, api: this.api, pump, watchHop, recordEvents };
    this.registry = new ImageRegistry(spec.registry);
    this.fleet = new KubeletFleet({
      sim,
      random,
      observers,
      server: this.api,
      pump,
      latency: this.latency,
      flow: this.flowControl,
      registry: this.registry,
      behaviours: spec.behaviours ?? [],
      nodes: spec.nodes,
      timings: spec.runtimeTimings ?? {},
      watchHop,
      recordEvents,
    });
    this.#proxyInformers = new InformerFactory(sim, this.api.store, random, 'kube-proxy', watchHop);
    this.network = new Network({
      sim,
      random,
      observers,
      informers: this.#proxyInformers,
      runtime: this.fleet.runtimeView,
    });
    this.#storage = new StorageDrivers(this.#plane);
    this.metricsServer = new MetricsServer(sim, this.api, this.fleet.runtimeView);
    const replicas = spec.controlPlaneReplicas ?? 1;
    this.controllerManager = new ElectedComponent(this.#plane, 'kube-controller-manager', replicas, (process) =>
      this.#startControllers(process),
    );
    this.schedulers = (spec.schedulers ?? [DEFAULT_SCHEDULER]).map(
      (scheduler) => new ElectedComponent(this.#plane, scheduler.name, replicas, (process) => this.#startScheduler(process, scheduler)),
    );
  }

  /** Call once, before the run: the cluster as it stands when the scenario begins. */
  start(): void {
    bootstrap(this.api, this.spec.objects ?? []);
    this.fleet.start();
    this.network.start();
    this.metricsServer.start();
    if (this.spec.storageDrivers !== false) this.#storage.start();
    this.controllerManager.start();
    for (const scheduler of this.schedulers) scheduler.start();
    this.#startAutoscaler();
  }

  /** Somebody outside with access to the API server, such as `kubectl`: no limit of its own, and an administrator's right of way. */
  client(name: string): Client {
    const { sim, api, pump } = this.#plane;
    return new Client(sim, api, pump, { name, qps: 0, burst: 0 });
  }

  /** An add-on of the cluster's, which works as a service account of kube-system. */
  #addOn(name: string): Client {
    const { sim, api, pump } = this.#plane;
    return new Client(sim, api, pump, { name, qps: 0, burst: 0, level: 'workload-high' });
  }

  /** One controller stops while the rest of kube-controller-manager works on, or starts again. */
  stopController(name: string): void {
    this.#stoppedControllers.add(name);
    this.#controllers?.stopOne(name);
  }

  restartController(name: string): void {
    this.#stoppedControllers.delete(name);
    this.#controllers?.startOne(name);
  }

  /** From here on the API server answers nobody, and every watch breaks; or it answers again, and watches are opened one by one. */
  setApiServerUp(isUp: boolean): void {
    const { sim, latency } = this;
    if (latency.isUp === isUp) return;
    latency.isUp = isUp;
    if (!isUp) {
      this.#outageBeganUs = sim.nowUs;
      for (const component of [this.controllerManager, ...this.schedulers]) component.breakWatches();
      this.#proxyInformers.disconnect();
      this.fleet.breakWatches();
      return;
    }
    const outageUs = sim.nowUs - this.#outageBeganUs;
    const stream = this.random.stream('watch', 'reflectors');
    for (const component of [this.controllerManager, ...this.schedulers]) component.reopenWatches(() => reflectorRetryUs(outageUs, stream));
    sim.after(reflectorRetryUs(outageUs, stream), () => {
      if (this.latency.isUp) this.#proxyInformers.reconnect();
    });
    this.fleet.reopenWatches(outageUs);
  }

  /** The scheduler of that name that works at the moment. */
  scheduler(name = 'kube-scheduler'): Scheduler | undefined {
    return this.#working.get(name);
  }

  get workingSchedulers(): readonly Scheduler[] {
    return [...this.#working.values()];
  }

  #startAutoscaler(): void {
    const { sim, random, observers, api, fleet, spec } = this;
    if (spec.autoscaler === undefined) return;
    const informers = new InformerFactory(sim, api.store, random, AUTOSCALER, spec.watchHop ?? DEFAULT_WATCH_HOP);
    const machines: MachineProvider = {
      lend: (node, bootUs) => void sim.after(bootUs, () => fleet.addNode(node)),
      giveBack: (name) => {
        fleet.removeNode(name);
        this.#addOn('cloud-node-lifecycle-controller').send(true, (server, request) => server.delete('Node', undefined, name, {}, request));
      },
    };
    spec.autoscaler({ sim, random, observers, informers, client: this.#addOn(AUTOSCALER), machines }).start();
  }

  #startControllers(process: ControlPlaneProcess): void {
    const { sim, random, observers, spec } = this;
    const options = { ...DEFAULT_CONTROLLER_OPTIONS, ...spec.controllers };
    // The first to lead stands for one that led before the run.
    const isContinued = this.#controllers === undefined;
    this.#controllers = new RunningControllers(process, { sim, random, observers, metrics: this.metricsServer, options });
    this.#controllers.start(new Set([...(spec.disabledControllers ?? []), ...this.#stoppedControllers]), isContinued);
  }

  #startScheduler(process: ControlPlaneProcess, spec: SchedulerSpec): void {
    const { sim, random, observers } = this;
    const { qps, burst } = spec.configuration.clientConnection;
    const client = process.client(spec.name, qps, burst);
    // Events have a client of their own, so that a storm of them slows no binding (createClients in cmd/kube-scheduler/app/options).
    const eventClient = process.client(spec.name, qps, burst);
    const scheduler = new Scheduler({
      sim,
      random,
      observers,
      informers: process.informers,
      client,
      recorder: (schedulerName) => process.recorder(schedulerName, eventClient),
      configuration: spec.configuration,
      ...(spec.cost === undefined ? {} : { cost: spec.cost }),
      ...(spec.customPlugins === undefined ? {} : { customPlugins: spec.customPlugins }),
      isSlow: spec.isSlow === true,
      ...(spec.watcher === undefined ? {} : { watcher: spec.watcher }),
    });
    this.#working.set(spec.name, scheduler);
    scheduler.start();
  }
}

/** Of the kinds that a machine watches: kube-proxy and the kubelet both hear of each Service, kube-proxy of each EndpointSlice. */
function watchersOf(kind: Kind, nodes: number): number {
  if (kind === 'EndpointSlice') return nodes;
  return kind === 'Service' ? 2 * nodes : 0;
}
