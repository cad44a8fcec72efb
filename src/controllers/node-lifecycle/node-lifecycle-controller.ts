/**
 * Finds out which nodes have fallen silent, tells so in their conditions and pods, and taints them so that pods go elsewhere.
 *
 * Models pkg/controller/nodelifecycle/node_lifecycle_controller.go: health every 5 s, NoSchedule taints at once, NoExecute taints through
 * a bucket per zone that closes when too much is down at a time.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { MILLISECOND_US, SECOND_US } from '../../base/units.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { all, run, sleep, type Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { Retry, startWorkers } from '../../client/workers.ts';
import { keyOf } from '../../model/meta.ts';
import { type Node, nodeCondition, type Taint } from '../../model/node.ts';
import { isPodReady, type Pod } from '../../model/pod.ts';
import { timeText, timeUsOf } from '../../model/time.ts';
import type { HandlerId } from '../../sim/simulation.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { isStillWell, type NodeHealth, observe, silenced } from './node-health.ts';
import { labelsToReconcile } from './node-labels.ts';
import { NodeRoll } from './node-roll.ts';
import { hasNoExecute, NOT_READY, noScheduleTaints, swappedNoExecute, UNREACHABLE } from './node-taints.ts';
import { evictionRate, ZoneQueue, zoneOf, zoneState } from './zone-disruption.ts';

// UpdateWorkerSize.
const WORKERS = 8;
// NodeEvictionPeriod.
const TAINT_PERIOD_US = 100 * MILLISECOND_US;
// nodeHealthUpdateRetry and retrySleepTime.
const HEALTH_UPDATE_RETRIES = 5;
const RETRY_US = 20 * MILLISECOND_US;
const LEASES = 'kube-node-lease';
const EXCLUDED = 'node.kubernetes.io/exclude-disruption';
const LifecycleEvent = { Monitor: 0, TaintPass: 1 } as const;

interface ZoneCount {
  ready: number;
  notReady: number;
}

export class NodeLifecycleController implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #nodes: Informer<'Node'>;
  readonly #leases: Informer<'Lease'>;
  readonly #pods: Informer<'Pod'>;
  readonly #taintQueue: WorkQueue;
  readonly #podQueue: WorkQueue;
  readonly #health = new Map<string, NodeHealth>();
  readonly #roll: NodeRoll;
  /** Nodes whose pods could not all be marked. */
  readonly #toMark = new Set<string>();
  readonly #zones = new Map<string, ZoneQueue>();
  readonly #handler: HandlerId;
  #isMonitoring = false;
  #isTaintPassDue = false;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#client = context.client('node-controller');
    this.#recorder = context.recorder('node-controller', this.#client);
    this.#roll = new NodeRoll(this.#recorder, context.sim.nowUs, context.isContinued);
    this.#nodes = context.informers.informer('Node');
    this.#leases = context.informers.informer('Lease');
    this.#pods = context.informers.informer('Pod');
    this.#taintQueue = new WorkQueue(context.sim);
    this.#podQueue = new WorkQueue(context.sim);
    this.#handler = context.sim.register({ on: (event) => (event === LifecycleEvent.Monitor ? this.#onMonitor() : this.#onTaintPass()) });
  }

  start(): void {
    const { sim, options } = this.#context;
    this.#nodes.addHandler({
      onAdd: (node) => {
        this.#roll.came(node);
        this.#taintQueue.add(node.metadata.name);
      },
      onUpdate: (before, after) => this.#onNode(before, after),
      onDelete: (node) => this.#forget(node),
    });
    this.#pods.addHandler({
      onAdd: (pod) => this.#onPod(undefined, pod),
      onUpdate: (before, after) => this.#onPod(before, after),
    });
    startWorkers(sim, this.#taintQueue, WORKERS, (name) => this.#syncNode(name));
    startWorkers(sim, this.#podQueue, WORKERS, (key) => this.#syncPod(key));
    sim.schedule(options.nodeMonitorPeriodSeconds * SECOND_US, this.#handler, LifecycleEvent.Monitor);
  }

  #onNode(before: Node, after: Node): void {
    // Heartbeats change nothing a taint depends on, and there are very many of them.
    const hasSameLabels = before.metadata.labels === after.metadata.labels;
    if (before.spec === after.spec && before.status?.conditions === after.status?.conditions && hasSameLabels) return;
    this.#taintQueue.add(after.metadata.name);
  }

  #forget(node: Node): void {
    this.#health.delete(node.metadata.name);
    this.#toMark.delete(node.metadata.name);
    this.#roll.left(node);
    this.#zones.get(zoneOf(node))?.remove(node.metadata.name);
  }

  /** A pod that comes to a node which is not ready has to be marked too. */
  #onPod(before: Pod | undefined, after: Pod): void {
    const { nodeName = '' } = after.spec;
    if (nodeName === '' || before?.spec.nodeName === nodeName) return;
    const status = this.#health.get(nodeName)?.readyStatus;
    if (status !== undefined && status !== 'True') this.#podQueue.add(keyOf(after.metadata.namespace, after.metadata.name));
  }

  *#syncPod(key: string): Task<void> {
    const pod = this.#pods.get(key);
    if (pod === undefined || !isPodReady(pod)) return;
    const status = this.#health.get(pod.spec.nodeName ?? '')?.readyStatus;
    if (status === undefined || status === 'True' || (yield* this.#markPod(pod))) return;
    throw new Retry(`Pod ${key} could not be marked as not ready`);
  }

  *#syncNode(name: string): Task<void> {
    const node = this.#nodes.get(name);
    if (node === undefined) return;
    const taints = noScheduleTaints(node, timeText(this.#context.sim.nowUs));
    if (taints !== undefined) yield* this.#writeTaints(node, taints);
    const labels = labelsToReconcile(node);
    if (labels !== undefined) yield* this.#client.patch('Node', undefined, name, { type: 'strategic', body: { metadata: { labels } } });
  }

  #onMonitor(): void {
    const { sim, options } = this.#context;
    sim.schedule(options.nodeMonitorPeriodSeconds * SECOND_US, this.#handler, LifecycleEvent.Monitor);
    // A pass that takes longer than its period delays the next, as wait.Until does.
    if (this.#isMonitoring) return;
    this.#isMonitoring = true;
    run(
      this.#monitor(),
      () => {
        this.#isMonitoring = false;
      },
      (error) => {
        this.#isMonitoring = false;
        if (!(error instanceof ApiError)) throw error;
      },
    );
  }

  *#monitor(): Task<void> {
    this.#roll.tell();
    const counts = new Map<string, ZoneCount>();
    const { nowUs } = this.#context.sim;
    const silent: { readonly node: Node; readonly next: Node }[] = [];
    const graceUs = this.#context.options.nodeMonitorGracePeriodSeconds * SECOND_US;
    for (const node of this.#nodes.values()) {
      const known = this.#health.get(node.metadata.name);
      if (known !== undefined && isStillWell(known, node, this.#renewTime(known), nowUs, graceUs)) {
        if (known.well!.isCounted) countOf(counts, known.well!.zone).ready++;
        continue;
      }
      const zone = zoneOf(node);
      if (!this.#zones.has(zone)) this.#zones.set(zone, new ZoneQueue(this.#context.options.nodeEvictionRate));
      const next = this.#look(node, nowUs);
      if (next === node) this.#queueNoExecute(node, nodeCondition(node, 'Ready')?.status);
      else silent.push({ node, next });
      const isCounted = node.metadata.labels?.[EXCLUDED] === undefined;
      const health = this.#health.get(node.metadata.name)!;
      const isReady = health.readyStatus === 'True';
      const isWell = isReady && !hasNoExecute(node, NOT_READY) && !hasNoExecute(node, UNREACHABLE);
      health.well = isWell
        ? { conditions: node.status?.conditions, taints: node.spec?.taints, labels: node.metadata.labels, zone, isCounted }
        : undefined;
      if (!isCounted) continue;
      if (isReady) countOf(counts, zone).ready++;
      else countOf(counts, zone).notReady++;
    }
    const unmarked = [...this.#toMark].filter((name) => this.#health.get(name)?.readyStatus !== 'True');
    this.#toMark.clear();
    const workers = Array.from({ length: Math.min(WORKERS, silent.length) }, () => this.#tellOf(silent));
    workers.push(...unmarked.map((name) => this.#markPods(name)));
    for (const outcome of yield* all(workers)) if (!outcome.ok) throw outcome.error;
    yield* this.#judgeZones(counts);
  }

  /** One of several workers, each of which takes the next node off the list until there is none. */
  *#tellOf(silent: { readonly node: Node; readonly next: Node }[]): Task<void> {
    for (let one = silent.shift(); one !== undefined; one = silent.shift()) yield* this.#tell(one.node, one.next);
  }

  /** Updates what is known of the node's health; the node as it has to be written, or as it is. */
  #look(node: Node, nowUs: number): Node {
    const { name } = node.metadata;
    let health = this.#health.get(name);
    if (health === undefined) {
      const created = node.metadata.creationTimestamp;
      const seenUs = nodeCondition(node, 'Ready') === undefined && created !== undefined ? timeUsOf(created) : nowUs;
      health = { seenUs, heartbeat: '', renewTime: '', leaseKey: keyOf(LEASES, name), readyStatus: undefined, well: undefined };
      this.#health.set(name, health);
      observe(health, node, this.#renewTime(health), nowUs);
      health.seenUs = Math.max(health.seenUs, seenUs);
    } else observe(health, node, this.#renewTime(health), nowUs);

    const { options } = this.#context;
    const hasReported = nodeCondition(node, 'Ready') !== undefined;
    const graceSeconds = hasReported ? options.nodeMonitorGracePeriodSeconds : options.nodeStartupGracePeriodSeconds;
    const next = nowUs > health.seenUs + graceSeconds * SECOND_US ? silenced(node, nowUs) : node;
    health.readyStatus = nodeCondition(next, 'Ready')?.status;
    return next;
  }

  #renewTime({ leaseKey }: NodeHealth): string {
    return this.#leases.get(leaseKey)?.spec?.renewTime ?? '';
  }

  /** A node that has fallen silent takes its pods out of service; one that says itself that it is not ready has seen to that. */
  *#tell(node: Node, next: Node): Task<void> {
    yield* this.#writeSilence(next);
    this.#queueNoExecute(node, nodeCondition(next, 'Ready')?.status);
    if (nodeCondition(node, 'Ready')?.status !== 'True') return;
    const message = `Node ${node.metadata.name} status is now: NodeNotReady`;
    this.#recorder.event(node, 'Normal', 'NodeNotReady', message);
    yield* this.#markPods(node.metadata.name);
  }

  /** Models MarkPodsNotReady of pkg/controller/util/node/controller_utils.go; what fails is tried again in the next pass. */
  *#markPods(nodeName: string): Task<void> {
    this.#toMark.delete(nodeName);
    for (const pod of this.#pods.byIndex('nodeName', nodeName)) {
      if (isPodReady(pod) && !(yield* this.#markPod(pod))) this.#toMark.add(nodeName);
    }
  }

  /** Somebody else may write the node at the same time: then its newest version is silenced instead. */
  *#writeSilence(next: Node): Task<void> {
    const { sim } = this.#context;
    for (let attempt = 1, node = next; attempt <= HEALTH_UPDATE_RETRIES; attempt++) {
      try {
        yield* this.#client.updateStatus('Node', node);
        return;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.code === 404) return;
      }
      yield* sleep(sim, RETRY_US);
      const latest = yield* this.#client.get('Node', undefined, next.metadata.name);
      node = silenced(latest, sim.nowUs);
      if (node === latest) return;
    }
  }

  /** True when it is done, or the pod has gone. */
  *#markPod(pod: Pod): Task<boolean> {
    const now = timeText(this.#context.sim.nowUs);
    const conditions = (pod.status?.conditions ?? []).map((condition) =>
      condition.type === 'Ready' ? { ...condition, status: 'False' as const, lastTransitionTime: now } : condition,
    );
    this.#recorder.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
    try {
      yield* this.#client.updateStatus('Pod', { ...pod, status: { ...pod.status, conditions } });
      return true;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return error.code === 404;
    }
  }

  #queueNoExecute(node: Node, status: string | undefined): void {
    const queue = this.#zones.get(zoneOf(node))!;
    const { name } = node.metadata;
    if (status === 'True') {
      queue.remove(name);
      if (hasNoExecute(node, NOT_READY) || hasNoExecute(node, UNREACHABLE)) this.#start(this.#taintNow(name, undefined));
      return;
    }
    if (status === undefined) return;
    const [wanted, opposite] = status === 'False' ? [NOT_READY, UNREACHABLE] : [UNREACHABLE, NOT_READY];
    if (hasNoExecute(node, opposite)) this.#start(this.#taintNow(name, wanted));
    else if (!hasNoExecute(node, wanted) && queue.add(name)) this.#wakeTaintPass();
  }

  #wakeTaintPass(): void {
    if (this.#isTaintPassDue) return;
    this.#isTaintPassDue = true;
    const { sim } = this.#context;
    sim.schedule(TAINT_PERIOD_US - (sim.nowUs % TAINT_PERIOD_US), this.#handler, LifecycleEvent.TaintPass);
  }

  #onTaintPass(): void {
    this.#isTaintPassDue = false;
    const { nowUs } = this.#context.sim;
    let isLeft = false;
    for (const queue of this.#zones.values()) {
      for (let name = queue.take(nowUs); name !== undefined; name = queue.take(nowUs)) this.#start(this.#taintByCondition(name));
      if (queue.isOpen && !queue.isEmpty) isLeft = true;
    }
    if (isLeft) this.#wakeTaintPass();
  }

  *#taintByCondition(name: string): Task<void> {
    const node = this.#nodes.get(name);
    const status = node === undefined ? undefined : nodeCondition(node, 'Ready')?.status;
    if (status === 'True' || node === undefined) return;
    yield* this.#taintNow(name, status === 'False' ? NOT_READY : UNREACHABLE);
  }

  /** Puts `key` on the node with effect NoExecute, or takes both keys off. */
  *#taintNow(name: string, key: string | undefined): Task<void> {
    const node = this.#nodes.get(name);
    if (node === undefined) return;
    const remove = [NOT_READY, UNREACHABLE].filter((one) => one !== key);
    const taints = swappedNoExecute(node, key, remove, timeText(this.#context.sim.nowUs));
    if (taints === undefined) return;
    try {
      yield* this.#writeTaints(node, taints);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const status = nodeCondition(node, 'Ready')?.status;
      if (key !== undefined && status !== 'True' && this.#zones.get(zoneOf(node))?.add(name) === true) this.#wakeTaintPass();
    }
  }

  *#writeTaints(node: Node, taints: readonly Taint[]): Task<void> {
    const body = { metadata: { resourceVersion: node.metadata.resourceVersion }, spec: { taints: taints.length === 0 ? null : taints } };
    yield* this.#client.patch('Node', undefined, node.metadata.name, { type: 'merge', body });
  }

  /** Models handleDisruption. */
  *#judgeZones(counts: ReadonlyMap<string, Readonly<ZoneCount>>): Task<void> {
    const { options, sim } = this.#context;
    const states = new Map(
      [...counts].map(([zone, { ready, notReady }]) => [zone, zoneState(ready, notReady, options.unhealthyZoneThreshold)]),
    );
    // A zone without nodes is forgotten; if it comes back, it is a new one.
    for (const [zone, queue] of this.#zones) if (!states.has(zone)) queue.state = 'Initial';
    const areAllDown = [...states.values()].every((state) => state === 'FullDisruption');
    const wereAllDown = [...states.keys()].every((zone) => this.#zones.get(zone)!.state === 'FullDisruption');
    if (areAllDown && wereAllDown) return;
    if (areAllDown) {
      // Rather this process is cut off than every node dead: nothing is evicted on its word.
      for (const node of this.#nodes.values()) yield* this.#taintNow(node.metadata.name, undefined);
      for (const queue of this.#zones.values()) {
        queue.clear();
        queue.enter('FullDisruption', 0, sim.nowUs);
      }
      return;
    }
    if (wereAllDown) for (const health of this.#health.values()) health.seenUs = sim.nowUs;
    for (const [zone, state] of states) {
      const queue = this.#zones.get(zone)!;
      const { ready, notReady } = counts.get(zone)!;
      // A zone that only grows or shrinks keeps its rate until its state changes.
      if (queue.state !== state || wereAllDown) queue.enter(state, evictionRate(state, ready + notReady, options), sim.nowUs);
      if (!queue.isEmpty) this.#wakeTaintPass();
    }
  }

  #start(task: Task<void>): void {
    run(task, undefined, (error) => {
      // The next pass sees the node again.
      if (!(error instanceof ApiError)) throw error;
    });
  }
}

function countOf(counts: Map<string, ZoneCount>, zone: string): ZoneCount {
  let count = counts.get(zone);
  if (count === undefined) {
    count = { ready: 0, notReady: 0 };
    counts.set(zone, count);
  }
  return count;
}
