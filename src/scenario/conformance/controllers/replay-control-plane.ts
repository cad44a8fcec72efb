/**
 * A control plane to replay recordings of its controllers against: the API server and every controller, no scheduler and no
 * kubelet, in virtual time.
 *
 * Requests and watches take a millisecond or two, as on the machine the recordings were made on, and clients have the raised
 * limits they were made with.
 */
import { ApiError } from '../../../apiserver/api-error.ts';
import { ApiServer } from '../../../apiserver/api-server.ts';
import type { DeleteOptions } from '../../../apiserver/deletion.ts';
import { DEFAULT_REQUEST_LATENCIES, RequestLatency } from '../../../apiserver/request-latency.ts';
import type { RequestInfo } from '../../../apiserver/verbs/request-info.ts';
import { MILLISECOND_US, SECOND_US } from '../../../base/units.ts';
import { Client } from '../../../client/client.ts';
import { RequestPump } from '../../../client/request-pump.ts';
import { type ControlPlane, ControlPlaneProcess } from '../../../cluster/control-plane-process.ts';
import type { ControllerContext } from '../../../controllers/context.ts';
import { type ControllerOptions, DEFAULT_CONTROLLER_OPTIONS } from '../../../controllers/controller-options.ts';
import { CONTROLLERS } from '../../../controllers/registry.ts';
import type { Kind } from '../../../model/kinds.ts';
import { type KubeObject, keyOf } from '../../../model/meta.ts';
import type { Lease, Node } from '../../../model/node.ts';
import { Observers } from '../../../model/observer.ts';
import { microTimeText } from '../../../model/time.ts';
import type { Distribution } from '../../../sim/distribution.ts';
import { Random } from '../../../sim/random.ts';
import { Simulation } from '../../../sim/simulation.ts';
import type { ReplayChance } from './replay-chance.ts';
import { RECORDER, ReplayJournal } from './replay-journal.ts';
import { ReplayMetrics } from './replay-metrics.ts';
import { NAMESPACE, ReplayNames } from './replay-names.ts';

/** What a case says of the flags it was recorded with. */
export interface RecordedSettings {
  readonly nodeMonitorGracePeriodSeconds?: number;
  readonly nodeMonitorPeriodSeconds?: number;
  readonly terminatedPodGCThreshold?: number;
  readonly syncPeriodSeconds?: number;
  readonly downscaleStabilizationSeconds?: number;
}

const NAME = 'kube-controller-manager';
const DAY_SECONDS = 24 * 60 * 60;
const SHARED_NODES = 8;
/** A case never gets quiet later than this. */
const LONGEST_US = 60 * SECOND_US;

export class ReplayControlPlane {
  readonly sim = new Simulation();
  readonly observers = new Observers();
  readonly api: ApiServer;
  readonly names: ReplayNames;
  readonly journal: ReplayJournal;
  readonly metrics: ReplayMetrics;
  readonly options: ControllerOptions;
  /** What the recorder used of client programs. */
  readonly kubectl: Client;
  readonly #plane: ControlPlane;
  readonly #random: Random;
  #controllers: ControlPlaneProcess;
  readonly #beating = new Map<string, number>();
  readonly #requestUs: number;
  readonly #patienceUs: number;
  readonly #isHasty: boolean;
  #quietUs = SECOND_US / 2;
  /** Where in simulated time the case begins. */
  readonly startUs: number;

  constructor(settings: RecordedSettings, chance: ReplayChance, anyNode: boolean, startSecond: number, hasOwnNodes: boolean) {
    const random = new Random(chance.seed);
    this.#requestUs = chance.requestUs;
    this.#patienceUs = chance.patienceUs;
    this.#isHasty = chance.isHasty;
    const { sim, observers } = this;
    this.names = new ReplayNames(anyNode);
    this.journal = new ReplayJournal(this.names, anyNode);
    this.api = new WatchedApiServer({ sim, random, observers }, this.journal);
    this.metrics = new ReplayMetrics(sim, this.api);
    const { pace, readPace, answerUs } = chance;
    const latencies = {
      ...DEFAULT_REQUEST_LATENCIES,
      write: around(2_200 * pace, 200 * pace, chance.writeSigma),
      read: uniform(300 * pace * readPace, 600 * pace * readPace),
      answer: { kind: 'constant', valueUs: answerUs * pace } as const,
    };
    const pump = new RequestPump(sim, new RequestLatency(latencies, random.stream('apiserver', 'latency')));
    const watchHop = around(350 * pace, 150 * pace, chance.hopSigma);
    this.#plane = { sim, random, observers, api: this.api, pump, watchHop, recordEvents: true };
    this.#random = random;
    this.kubectl = new Client(sim, this.api, pump, { name: 'kubectl', qps: 0, burst: 0, level: 'workload-high' });
    this.#controllers = new ControlPlaneProcess(this.#plane, NAME);
    this.startUs = startSecond * SECOND_US;
    sim.runUntil(this.startUs - chance.leadUs);
    const isNodeCase = settings.nodeMonitorGracePeriodSeconds !== undefined;
    if (!hasOwnNodes) for (let index = 1; index <= SHARED_NODES; index++) this.addNode(`n${index}`);
    // A case's own nodes are never the only ones: elsewhere all is well, so that no failure is one of the whole cluster.
    if (hasOwnNodes) for (const name of ['steady0', 'steady1']) this.addNode(name, isNodeCase);
    this.options = optionsOf(settings);
    this.#startControllers(true);
    this.api.create('Namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }, { author: RECORDER });
    sim.runUntil(this.startUs);
    observers.add(this.journal);
    for (const kind of ['Namespace', 'ServiceAccount', 'ConfigMap'] as const) {
      for (const object of this.api.list(kind).items) this.names.learn(object);
    }
  }

  get author(): { readonly author: string } {
    return { author: RECORDER };
  }

  /** Jobs, Services and pods that must be ready for a while are slower to come to rest. */
  waitLonger(): void {
    if (!this.#isHasty) this.#quietUs = 1.5 * SECOND_US;
  }

  /** One request of the recorder, and the little time it takes. Answers the code, or the refusal. */
  request(act: () => unknown): ApiError | undefined {
    try {
      act();
      return undefined;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return error;
    } finally {
      this.sim.runUntil(this.sim.nowUs + this.#requestUs);
    }
  }

  /** Runs until nobody has written for as long as the recorder waited. */
  settle(): void {
    const endUs = this.sim.nowUs + LONGEST_US;
    for (let quietSinceUs = this.sim.nowUs, count = this.journal.count; this.sim.nowUs < endUs; ) {
      this.sim.runUntil(this.sim.nowUs + 10 * MILLISECOND_US);
      if (this.journal.count !== count) {
        count = this.journal.count;
        quietSinceUs = this.sim.nowUs;
      } else if (this.sim.nowUs - quietSinceUs >= this.#quietUs + this.#patienceUs) return;
    }
  }

  /** Runs until the autoscaler has asked for metrics again, or has had the time to. */
  awaitMetricsRead(): void {
    const before = this.metrics.queries;
    this.#runWhile(() => this.metrics.queries === before, 2);
  }

  #runWhile(isWaiting: () => boolean, periods: number): void {
    const endUs = this.sim.nowUs + periods * this.options.hpaSyncPeriodSeconds * SECOND_US;
    while (this.sim.nowUs < endUs && isWaiting()) this.sim.runUntil(Math.min(endUs, this.sim.nowUs + 10 * MILLISECOND_US));
  }

  setHeartbeat(node: string, isOn: boolean): void {
    if (!isOn) {
      this.#beating.delete(node);
      return;
    }
    if (this.#beating.has(node)) return;
    const turn = this.sim.nowUs;
    this.#beating.set(node, turn);
    this.#beat(node, turn);
  }

  addNode(name: string, isBeating = false): void {
    const node: Node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'kubernetes.io/hostname': name } },
      status: {
        capacity: { pods: '110' },
        allocatable: { pods: '110' },
        conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady' }],
      },
    } as Node;
    this.api.create('Node', node, this.author);
    if (isBeating) this.setHeartbeat(name, true);
  }

  #beat(node: string, turn: number): void {
    if (this.#beating.get(node) !== turn) return;
    const renewed = { renewTime: microTimeText(this.sim.nowUs), holderIdentity: node, leaseDurationSeconds: 40 };
    const stored = this.api.store.get('Lease', `kube-node-lease/${node}`);
    const lease: Lease = stored ?? {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: node, namespace: 'kube-node-lease' },
      spec: renewed,
    };
    const next = { ...lease, spec: { ...lease.spec, ...renewed } } as Lease;
    if (stored === undefined) this.api.create('Lease', next, this.author);
    else this.api.update('Lease', next, this.author);
    this.sim.after(SECOND_US, () => this.#beat(node, turn));
  }

  /** The controllers lose all they have in memory, and are back with what they read anew. No recording has this. */
  restartControllers(downUs: number): void {
    const { sim } = this;
    const { kinds } = this.#controllers.informers;
    this.#controllers.kill();
    sim.runUntil(sim.nowUs + downUs);
    this.#controllers = new ControlPlaneProcess(this.#plane, NAME);
    sim.runUntil(Math.max(sim.nowUs, this.#controllers.informers.syncedUs(kinds) ?? 0));
    this.#startControllers(false);
  }

  #startControllers(isContinued: boolean): void {
    const { sim, observers, options } = this;
    const process = this.#controllers;
    const context: ControllerContext = {
      sim,
      random: this.#random,
      observers,
      informers: process.informers,
      metrics: this.metrics,
      options,
      isContinued,
      client: (name, qps = options.kubeApiQps, burst = options.kubeApiBurst) => process.client(name, qps, burst),
      recorder: (component, client) => process.recorder(component, client),
    };
    const controllers = [...CONTROLLERS.values()].map((construct) => construct(context));
    for (const controller of controllers) controller.start();
  }

  /** Does a cluster-wide object belong to the case, and not to what all cases share? */
  isOwn(object: KubeObject): boolean {
    if (object.kind === 'Namespace') return object.metadata.name === NAMESPACE;
    return this.journal.createdAt(object) > 0;
  }
}

/** Tells the journal who asks for deletions, also of what is on its way out already. */
class WatchedApiServer extends ApiServer {
  readonly #journal: ReplayJournal;

  constructor(parts: ConstructorParameters<typeof ApiServer>[0], journal: ReplayJournal) {
    super(parts);
    this.#journal = journal;
  }

  override delete<K extends Kind>(kind: K, namespace: string | undefined, name: string, options: DeleteOptions, request: RequestInfo) {
    const present = this.store.get(kind, keyOf(namespace, name));
    if (present !== undefined) this.#journal.deletedBy(present, request.author);
    return super.delete(kind, namespace, name, options, request);
  }

  override deleteCollection(...[kind, namespace, options, selectors, request]: Parameters<ApiServer['deleteCollection']>) {
    const { items } = this.list(kind, namespace === undefined ? selectors : { ...selectors, namespace });
    for (const object of items) this.#journal.deletedBy(object, request.author);
    return super.deleteCollection(kind, namespace, options, selectors, request);
  }
}

/** Even within a spread of the median, or uneven. */
function around(medianUs: number, spreadUs: number, sigma: number): Distribution {
  return sigma === 0 ? uniform(medianUs - spreadUs, medianUs + spreadUs) : { kind: 'lognormal', medianUs, sigma };
}

function uniform(lowUs: number, highUs: number): Distribution {
  return { kind: 'uniform', lowUs, highUs };
}

function optionsOf(settings: RecordedSettings): ControllerOptions {
  return {
    ...DEFAULT_CONTROLLER_OPTIONS,
    kubeApiQps: 2000,
    kubeApiBurst: 4000,
    nodeMonitorGracePeriodSeconds: settings.nodeMonitorGracePeriodSeconds ?? DAY_SECONDS,
    nodeStartupGracePeriodSeconds: settings.nodeMonitorGracePeriodSeconds === undefined ? DAY_SECONDS : 8,
    nodeMonitorPeriodSeconds: settings.nodeMonitorPeriodSeconds ?? DEFAULT_CONTROLLER_OPTIONS.nodeMonitorPeriodSeconds,
    pvClaimBinderSyncPeriodSeconds: DAY_SECONDS / 2,
    terminatedPodGcThreshold: settings.terminatedPodGCThreshold ?? DEFAULT_CONTROLLER_OPTIONS.terminatedPodGcThreshold,
    hpaSyncPeriodSeconds: settings.syncPeriodSeconds ?? DEFAULT_CONTROLLER_OPTIONS.hpaSyncPeriodSeconds,
    hpaDownscaleStabilizationSeconds: settings.downscaleStabilizationSeconds ?? DEFAULT_CONTROLLER_OPTIONS.hpaDownscaleStabilizationSeconds,
  };
}
