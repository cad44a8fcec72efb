/**
 * kube-scheduler as a component: informers feed it, one attempt follows another, bindings and evictions run beside them.
 *
 * Models pkg/scheduler/scheduler.go and schedule_one.go (bindingCycle, handleSchedulingFailure). What an attempt decides is decided at
 * its beginning, from what the scheduler knew then, and carried out when its time is over.
 */
import { SECOND_US } from '../base/units.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import { type Informer, type InformerFactory, isSameVersion } from '../client/informer.ts';
import { run, sleep, type Task, wait } from '../client/task.ts';
import type { Kind } from '../model/kinds.ts';
import type { KubeObject } from '../model/meta.ts';
import type { Observers } from '../model/observer.ts';
import { type Pod, podCondition } from '../model/pod.ts';
import { timeText } from '../model/time.ts';
import type { Random } from '../sim/random.ts';
import type { EventHandler, HandlerId, Simulation } from '../sim/simulation.ts';
import { AffinityCounts, workOf } from './attempt-work.ts';
import type { SchedulerConfiguration } from './configuration.ts';
import { attemptCostUs, type CostModel, DEFAULT_COST } from './cost-model.ts';
import type { EventResource } from './events.ts';
import type { DecisionWatcher } from './explain/decision-recorder.ts';
import type { CycleState, Lister, PreBindPlugin, Status } from './framework.ts';
import type { Listers } from './handle.ts';
import { PLUGINS, type PluginFactory } from './plugin-registry.ts';
import type { PodInfo } from './pod-info.ts';
import { PreemptionExecutor } from './preemption/executor.ts';
import { type Attempt, SchedulerCore } from './scheduler-core.ts';

export interface SchedulerOptions {
  readonly sim: Simulation;
  readonly random: Random;
  readonly observers: Observers;
  readonly informers: InformerFactory;
  readonly client: Client;
  /** One for each profile: its events are those of the scheduler a pod named. */
  readonly recorder: (schedulerName: string) => EventRecorder;
  readonly configuration: SchedulerConfiguration;
  readonly cost?: CostModel;
  /** The scenario's own plugins, by name. */
  readonly customPlugins?: ReadonlyMap<string, PluginFactory>;
  readonly isSlow?: boolean;
  readonly watcher?: DecisionWatcher;
}

const SchedulerEvent = { Try: 0, Finish: 1, Tick: 2 } as const;
const TICKS_PER_POOL_FLUSH = 30;
const WATCHED: readonly (Kind & EventResource)[] = [
  'PersistentVolume',
  'PersistentVolumeClaim',
  'StorageClass',
  'CSINode',
  'CSIDriver',
  'CSIStorageCapacity',
  'VolumeAttachment',
];

export class Scheduler implements EventHandler {
  readonly core: SchedulerCore;
  readonly #options: SchedulerOptions;
  readonly #pods: Informer<'Pod'>;
  readonly #executor: PreemptionExecutor;
  readonly #handler: HandlerId;
  /** Pods whose PreBind is under way, by uid, and how to end it. */
  readonly #inPreBind = new Map<string, () => void>();
  readonly #affinity = new AffinityCounts();
  readonly #recorders = new Map<string, EventRecorder>();
  #isBusy = false;
  #current: { readonly attempt: Attempt; readonly startUs: number } | undefined;
  #ticks = 0;

  constructor(options: SchedulerOptions) {
    const { sim, informers, client, configuration, random } = options;
    this.#options = options;
    this.#handler = sim.register(this);
    this.#pods = informers.informer('Pod');
    this.#executor = new PreemptionExecutor(
      client,
      (pod) => this.#recorderOf(pod),
      this.#pods,
      () => sim.nowUs,
    );
    const offsets = random.stream('scheduler', 'preemption');
    this.core = new SchedulerCore({
      isSlow: options.isSlow === true,
      ...(options.watcher === undefined ? {} : { watcher: options.watcher }),
      configuration,
      listers: listersOf(informers),
      nowUs: () => sim.nowUs,
      onReady: () => this.#wake(),
      plugins: new Map([...PLUGINS, ...(options.customPlugins ?? [])]),
      gate: this.#executor,
      api: {
        updateVolume: (volume) => client.update('PersistentVolume', volume),
        updateClaim: (claim) => client.update('PersistentVolumeClaim', claim),
        sleep: (durationUs) => sleep(sim, durationUs),
      },
      drawOffset: (count) => offsets.below(count),
    });
  }

  start(): void {
    this.core.cache.addListener(this.#affinity);
    const { sim, informers } = this.#options;
    const { core } = this;
    informers.informer('Node').addHandler({
      onAdd: (node) => core.onNode(undefined, node),
      onUpdate: (before, node) => void (isSameVersion(before, node) || core.onNode(before, node)),
      onDelete: (node) => core.onNode(node, undefined),
    });
    this.#pods.addHandler({
      onAdd: (pod) => core.onPod(undefined, pod),
      onUpdate: (before, pod) => void (isSameVersion(before, pod) || core.onPod(before, pod)),
      onDelete: (pod) => core.onPod(pod, undefined),
    });
    for (const kind of WATCHED) {
      (informers.informer(kind) as unknown as Informer<'CSINode'>).addHandler({
        onAdd: (object: KubeObject) => core.onObject(kind, undefined, object),
        onUpdate: (before: KubeObject, object: KubeObject) => void (isSameVersion(before, object) || core.onObject(kind, before, object)),
        onDelete: (object: KubeObject) => core.onObject(kind, object, undefined),
      });
    }
    sim.schedule(SECOND_US - (sim.nowUs % SECOND_US), this.#handler, SchedulerEvent.Tick);
  }

  on(event: number): void {
    if (event === SchedulerEvent.Try) this.#try();
    else if (event === SchedulerEvent.Finish) this.#finish();
    else this.#tick();
  }

  #wake(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#options.sim.schedule(0, this.#handler, SchedulerEvent.Try);
  }

  #tick(): void {
    this.core.queue.flushBackOff();
    if (++this.#ticks % TICKS_PER_POOL_FLUSH === 0) this.core.queue.flushUnschedulable();
    this.#options.sim.schedule(SECOND_US, this.#handler, SchedulerEvent.Tick);
  }

  #try(): void {
    const { sim, cost = DEFAULT_COST } = this.#options;
    const attempt = this.core.attempt();
    if (attempt === undefined) {
      this.#isBusy = false;
      return;
    }
    this.#current = { attempt, startUs: sim.nowUs };
    sim.schedule(attemptCostUs(cost, workOf(attempt, this.core, this.#affinity)), this.#handler, SchedulerEvent.Finish);
  }

  #finish(): void {
    const { attempt, startUs } = this.#current!;
    this.#current = undefined;
    if (attempt.result === 'chosen') {
      run(
        this.#bind(attempt),
        () => this.#tell(attempt, 'bound', startUs),
        (error) => {
          const failed = this.core.unbind(attempt, error instanceof Error ? error.message : String(error));
          this.#tell(failed, 'error', startUs);
          this.#onFailure(failed);
        },
      );
    } else {
      this.#tell(attempt, attempt.result, startUs);
      this.#onFailure(attempt);
    }
    this.#try();
  }

  *#bind({ entry, node, profile, state }: Attempt): Task<void> {
    const { client } = this.#options;
    const { namespace = '', name } = entry.pod.metadata;
    const atWork = profile.preBind.filter((plugin) => plugin.preBindPreFlight(state!, entry.info, node!)?.code !== 'Skip');
    // What takes long is announced, so that nobody else counts on the place (NominatedNodeNameForExpectation).
    if (atWork.length > 0) yield* this.#announce(namespace, name, node!);
    for (const plugin of atWork) yield* this.#preBind(plugin, state!, entry.info, node!);
    yield* client.bind(namespace, name, node!);
    for (const plugin of profile.postBind) plugin.postBind(state!, entry.info, node!);
    this.#recorderOf(entry.pod).event(entry.pod, 'Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${node}`);
  }

  /** Runs one PreBind plugin, until it is through or the pod is preempted. */
  *#preBind(plugin: PreBindPlugin, state: CycleState, pod: PodInfo, node: string): Task<void> {
    yield* wait({
      start: (done: (value: undefined) => void, failed: (error: unknown) => void) => {
        let isOver = false;
        const settle = (act: () => void) => {
          if (isOver) return;
          isOver = true;
          this.#inPreBind.delete(pod.uid);
          act();
        };
        this.#inPreBind.set(pod.uid, () => settle(() => failed(new Error(`running PreBind plugin "${plugin.name}": context canceled`))));
        run(
          preBound(plugin, state, pod, node),
          () => settle(() => done(undefined)),
          (error) => settle(() => failed(error)),
        );
      },
    });
  }

  /** Victims that are still being bound lose their place without an eviction (spec 7.6). */
  #withoutBinding(victims: readonly PodInfo[]): readonly PodInfo[] {
    return victims.filter(({ uid }) => {
      const cancel = this.#inPreBind.get(uid);
      cancel?.();
      return cancel === undefined;
    });
  }

  *#announce(namespace: string, name: string, nominatedNodeName: string): Task<void> {
    try {
      yield* this.#options.client.patch('Pod', namespace, name, { type: 'strategic', body: { status: { nominatedNodeName } } }, 'status');
    } catch {
      // Only logged upstream: the binding does without it.
    }
  }

  #onFailure(attempt: Attempt): void {
    const { info } = attempt.entry;
    const found = this.#pods.get(info.key);
    const current = found !== undefined && found.metadata.uid === info.uid && (found.spec.nodeName ?? '') === '' ? found : undefined;
    const plan = attempt.preemption?.chosen;
    const lesser = plan === undefined ? [] : this.core.nominator.onNode(plan.nodeName).filter((pod) => pod.priority < info.priority);
    if (plan !== undefined) {
      this.#executor.start(info, plan.nodeName, this.#withoutBinding(plan.victims), lesser, () => this.core.queue.activate(info.uid));
    }
    this.core.giveBack(attempt, current);
    if (current === undefined) return;
    this.#recorderOf(current).event(current, 'Warning', 'FailedScheduling', attempt.message);
    this.#patchStatus(attempt, current);
  }

  #recorderOf({ spec: { schedulerName = '' } }: Pod): EventRecorder {
    let recorder = this.#recorders.get(schedulerName);
    if (recorder === undefined) {
      recorder = this.#options.recorder(schedulerName);
      this.#recorders.set(schedulerName, recorder);
    }
    return recorder;
  }

  #patchStatus(attempt: Attempt, pod: Pod): void {
    const { client, sim } = this.#options;
    const reason = attempt.result === 'error' ? 'SchedulerError' : 'Unschedulable';
    const known = podCondition(pod, 'PodScheduled');
    const promised = pod.status?.nominatedNodeName ?? '';
    const nominatedNodeName = attempt.nomination === 'keep' ? promised : attempt.nominatedNode;
    const isKnown = known?.status === 'False' && known.reason === reason && known.message === attempt.message;
    if (isKnown && promised === nominatedNodeName) return;
    const lastTransitionTime = known?.status === 'False' ? known.lastTransitionTime : timeText(sim.nowUs);
    const condition = { type: 'PodScheduled', status: 'False', reason, message: attempt.message, lastTransitionTime };
    const status = { conditions: [condition], ...(promised === nominatedNodeName ? {} : { nominatedNodeName }) };
    // Only logged upstream when it fails: the next attempt writes it again.
    run(
      client.patch('Pod', pod.metadata.namespace, pod.metadata.name, { type: 'strategic', body: { status }, isComparison: true }, 'status'),
      undefined,
      ignore,
    );
  }

  #tell(attempt: Attempt, result: 'bound' | 'unschedulable' | 'error', startUs: number): void {
    const { sim, observers } = this.#options;
    observers.attempted({
      timeUs: sim.nowUs,
      pod: attempt.entry.pod,
      result,
      node: attempt.node,
      message: attempt.message,
      evaluatedNodes: attempt.evaluated,
      feasibleNodes: attempt.feasible,
      durationUs: sim.nowUs - startUs,
    });
  }
}

/** Runs one PreBind plugin; its refusal is an error, whatever it is called. */
function* preBound(plugin: PreBindPlugin, state: CycleState, pod: PodInfo, node: string): Task<void> {
  const failed = (why: string) => new Error(`running PreBind plugin "${plugin.name}": ${why}`);
  let status: Status | undefined;
  try {
    status = yield* plugin.preBind(state, pod, node) as Task<Status | undefined>;
  } catch (error) {
    throw failed(error instanceof Error ? error.message : String(error));
  }
  if (status !== undefined) throw failed(status.reasons.join(', '));
}

function ignore(): void {}

function listersOf(informers: InformerFactory): Listers {
  const lister = <T>(kind: Kind) => informers.informer(kind) as unknown as Lister<T>;
  return {
    pods: lister('Pod'),
    namespaces: lister('Namespace'),
    services: lister('Service'),
    replicationControllers: lister('ReplicationController'),
    replicaSets: lister('ReplicaSet'),
    statefulSets: lister('StatefulSet'),
    podDisruptionBudgets: lister('PodDisruptionBudget'),
    persistentVolumes: lister('PersistentVolume'),
    persistentVolumeClaims: lister('PersistentVolumeClaim'),
    storageClasses: lister('StorageClass'),
    csiNodes: lister('CSINode'),
    csiDrivers: lister('CSIDriver'),
    csiStorageCapacities: lister('CSIStorageCapacity'),
    volumeAttachments: lister('VolumeAttachment'),
  };
}
