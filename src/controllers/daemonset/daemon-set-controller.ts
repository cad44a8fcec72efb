/**
 * Keeps one pod on every node that should have one. Models pkg/controller/daemon/{daemon_controller,update}.go.
 *
 * A pass looks at all nodes: which lack their pod, which have too many or one they should not have, and what a rolling update
 * may replace. The pods are bound by the scheduler; each asks for its node by name.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { SECOND_US } from '../../base/units.ts';
import type { Client } from '../../client/client.ts';
import { WrittenRevisions } from '../../client/consistency.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { Expectations } from '../../client/expectations.ts';
import { type Informer, isSameVersion } from '../../client/informer.ts';
import { all, type Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { Retry, startWorkers } from '../../client/workers.ts';
import { controllerOf, isDeleting, keyOf, objectKey, revisionOf } from '../../model/meta.ts';
import type { Node } from '../../model/node.ts';
import { isPodReady, isPodTerminal, type Pod, type PodTemplate, type Toleration } from '../../model/pod.ts';
import { isEmptySelector, selectorMatches } from '../../model/selector.ts';
import type { ControllerRevision, DaemonSet } from '../../model/workloads.ts';
import { CalmPods, type Judgement } from '../calm-pods.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { claim } from '../controller-ref-manager.ts';
import { isNamespaceTerminating, PodControl, podFromTemplate, podNamePrefix } from '../pod-control.ts';
import { affinityTo, daemonTolerations, type Eligibility, eligibility, targetNode } from './eligibility.ts';
import { FailedPodBackoff } from './failed-pod-backoff.ts';
import { HASH_LABEL, type HistoryTools, historiesOf, ORPHANS } from './histories.ts';
import { allowsSurge, budgetOf, excessPods, type NodePods, type Rolling, rollingStep } from './rolling.ts';
import { daemonSetStatus, isSameStatus, type Status, statusOfSums } from './status.ts';

const AUTHOR = 'daemon-set-controller';
const EVENT_SOURCE = 'daemonset-controller';
// --concurrent-daemonset-syncs and BurstReplicas in daemon_controller.go.
const WORKERS = 2;
const BURST_REPLICAS = 250;
const GENERATION_LABEL = 'pod-template-generation';
const TEMPLATE_GENERATION = 'deprecated.daemonset.template.generation';

export class DaemonSetController implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #podControl: PodControl;
  readonly #sets: Informer<'DaemonSet'>;
  readonly #pods: Informer<'Pod'>;
  readonly #nodes: Informer<'Node'>;
  readonly #revisions: Informer<'ControllerRevision'>;
  readonly #queue: WorkQueue;
  readonly #expectations: Expectations;
  readonly #written = new WrittenRevisions();
  readonly #historyTools: HistoryTools;
  readonly #backoff = new FailedPodBackoff();
  readonly #tolerations = new WeakMap<PodTemplate, readonly Toleration[]>();
  readonly #calm: CalmPods<CalmBasis>;
  readonly #verdicts = new WeakMap<PodTemplate, WeakMap<Node, Eligibility>>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#client = context.client(AUTHOR);
    this.#recorder = context.recorder(EVENT_SOURCE, this.#client);
    this.#podControl = new PodControl(this.#client, this.#recorder);
    this.#sets = context.informers.informer('DaemonSet');
    this.#pods = context.informers.informer('Pod');
    this.#nodes = context.informers.informer('Node');
    this.#revisions = context.informers.informer('ControllerRevision');
    this.#queue = new WorkQueue(context.sim);
    this.#calm = new CalmPods(this.#pods);
    this.#expectations = new Expectations(context.sim);
    this.#historyTools = {
      client: this.#client,
      revisions: this.#revisions,
      written: this.#written,
      podsOf: (set) => this.#podsOf(set),
    };
  }

  start(): void {
    this.#pods.addIndex(
      ORPHANS,
      (pod) => (controllerOf(pod) === undefined ? [pod.metadata.namespace ?? ''] : []),
      (pod) => pod.metadata.ownerReferences,
    );
    this.#revisions.addIndex(ORPHANS, (one) => (controllerOf(one) === undefined ? [one.metadata.namespace ?? ''] : []));
    this.#sets.addHandler({
      onAdd: (set) => this.#queue.add(objectKey(set)),
      onUpdate: (before, after) => {
        if (before.metadata.uid !== after.metadata.uid) this.#forget(objectKey(before));
        this.#queue.add(objectKey(after));
      },
      onDelete: (set) => {
        this.#calm.forget(set.metadata.uid ?? '');
        this.#forget(objectKey(set));
        this.#queue.add(objectKey(set));
      },
    });
    this.#pods.addHandler({
      onAdd: (pod) => this.#onPodAdded(pod),
      onUpdate: (before, after) => this.#onPodUpdated(before, after),
      onDelete: (pod) => this.#onPodDeleted(pod),
    });
    this.#nodes.addHandler({
      onAdd: (node) => this.#onNode(undefined, node),
      onUpdate: (before, after) => this.#onNode(before, after),
      onDelete: () => this.#calm.forgetAll(),
    });
    const onRevision = (revision: ControllerRevision) => this.#calm.forget(controllerOf(revision)?.uid ?? '');
    this.#revisions.addHandler({ onAdd: onRevision, onUpdate: onRevision, onDelete: onRevision });
    startWorkers(this.#context.sim, this.#queue, WORKERS, (key) => this.#sync(key));
  }

  #forget(key: string): void {
    this.#expectations.forget(key);
    this.#written.forget(key);
  }

  #onPodAdded(pod: Pod): void {
    if (isDeleting(pod)) return this.#onPodDeleted(pod);
    const owner = this.#ownerOf(pod);
    if (owner !== undefined) {
      this.#expectations.creationObserved(objectKey(owner));
      this.#queue.add(objectKey(owner));
    } else if (controllerOf(pod) === undefined) this.#queueMatching(pod);
  }

  #onPodUpdated(before: Pod, after: Pod): void {
    if (isSameVersion(before, after)) return;
    if (isDeleting(after)) return this.#onPodDeleted(after);
    const former = this.#ownerOf(before);
    const owner = this.#ownerOf(after);
    if (former !== undefined && former !== owner) this.#queue.add(objectKey(former));
    if (owner === undefined) {
      if (controllerOf(after) === undefined && (former !== undefined || before.metadata.labels !== after.metadata.labels))
        this.#queueMatching(after);
      return;
    }
    this.#queue.add(objectKey(owner));
    const { minReadySeconds = 0 } = owner.spec;
    // One second more than asked for: the two clocks may differ.
    if (minReadySeconds > 0 && !isPodReady(before) && isPodReady(after))
      this.#queue.addAfter(objectKey(owner), (minReadySeconds + 1) * SECOND_US);
  }

  #onPodDeleted(pod: Pod): void {
    const owner = this.#ownerOf(pod);
    if (owner === undefined) return;
    this.#expectations.deletionObserved(objectKey(owner), objectKey(pod));
    this.#queue.add(objectKey(owner));
  }

  #queueMatching(pod: Pod): void {
    for (const set of this.#sets.byIndex('namespace', pod.metadata.namespace ?? '')) {
      if (selectorMatches(set.spec.selector, pod.metadata.labels)) this.#queue.add(objectKey(set));
    }
  }

  /**
   * Wakes the sets that lack a pod on the node, or have one they should not. A heartbeat changes nothing of that, and a pod that is
   * not bound yet is not seen here: it counts as lacking.
   */
  #onNode(before: Node | undefined, after: Node): void {
    if (before !== undefined && before.metadata.labels === after.metadata.labels && before.spec === after.spec) return;
    this.#calm.forgetAll();
    const owners = new Set<string>();
    for (const pod of this.#pods.byIndex('nodeName', after.metadata.name)) owners.add(controllerOf(pod)?.uid ?? '');
    for (const set of this.#sets.values()) {
      const { shouldRun, shouldContinue } = this.#eligibility(set, after);
      const hasPod = owners.has(set.metadata.uid ?? '');
      if (hasPod ? !shouldContinue : shouldRun) this.#queue.add(objectKey(set));
    }
  }

  #ownerOf(pod: Pod): DaemonSet | undefined {
    const controller = controllerOf(pod);
    if (controller?.kind !== 'DaemonSet') return undefined;
    const set = this.#sets.get(keyOf(pod.metadata.namespace, controller.name));
    return set?.metadata.uid === controller.uid ? set : undefined;
  }

  #eligibility(set: DaemonSet, node: Node): Eligibility {
    const { template } = set.spec;
    let verdicts = this.#verdicts.get(template);
    if (verdicts === undefined) {
      verdicts = new WeakMap();
      this.#verdicts.set(template, verdicts);
      this.#tolerations.set(template, daemonTolerations(template.spec));
    }
    let verdict = verdicts.get(node);
    if (verdict === undefined) {
      verdict = eligibility(template.spec, this.#tolerations.get(template)!, node);
      verdicts.set(node, verdict);
    }
    return verdict;
  }

  *#sync(key: string): Task<void> {
    const set = this.#sets.get(key);
    if (set === undefined) return this.#forget(key);
    if (isEmptySelector(set.spec.selector)) {
      this.#recorder.event(set, 'Warning', 'SelectingAll', 'This daemon set is selecting all pods. A non-empty selector is required.');
      return;
    }
    if (isDeleting(set)) return;
    if (!this.#written.isCaughtUp(key)) throw new Retry(`the caches have not seen the last writes for DaemonSet ${key}`);
    const calm = this.#calmStatus(key, set);
    if (calm !== undefined) return yield* this.#writeStatus(key, set, calm);
    const histories = yield* historiesOf(this.#historyTools, set);
    const hash = histories.current.metadata.labels?.[HASH_LABEL] ?? '';
    const isReady = this.#expectations.areMet(key);
    let failure: unknown;
    if (isReady) {
      failure = yield* this.#manage(key, set, hash);
      if (failure === undefined && this.#expectations.areMet(key) && set.spec.updateStrategy?.type !== 'OnDelete') {
        failure = yield* this.#roll(key, set, hash);
      }
      if (failure === undefined) yield* this.#truncate(set, histories.old);
    }
    // A pass that could not act has not dealt with this generation yet.
    yield* this.#report(key, set, hash, isReady);
    if (failure !== undefined) throw failure;
    if (isReady && (set.spec.minReadySeconds ?? 0) === 0) this.#keepCalm(set, hash);
  }

  /** From now on the sums of the set's pods are kept, for as long as nodes, revisions and the set itself stay as they are. */
  #keepCalm(set: DaemonSet, hash: string): void {
    const { uid = '', annotations } = set.metadata;
    const { spec } = set;
    const generation = annotations?.[TEMPLATE_GENERATION];
    const known = this.#calm.basisOf(uid);
    if (known?.spec === spec && known.generation === generation && known.hash === hash) return;
    let desired = 0;
    for (const node of this.#nodes.values()) if (this.#eligibility(set, node).shouldRun) desired++;
    this.#calm.begin(uid, { spec, generation, hash, desired }, (pod) => this.#judgement(set, hash, pod));
  }

  /** A calm pod is the one pod of its node, of the present template, neither over nor leaving. */
  #judgement(set: DaemonSet, hash: string, pod: Pod): Judgement {
    const place = targetNode(pod) ?? '';
    const node = this.#nodes.get(place);
    const isInPlace =
      node !== undefined && this.#eligibility(set, node).shouldRun && selectorMatches(set.spec.selector, pod.metadata.labels);
    return { isCalm: isInPlace && !isPodTerminal(pod) && !isDeleting(pod) && isUpdated(set, pod, hash), isReady: isPodReady(pod), place };
  }

  /** What a whole pass would report and no more, when every node that is to have a pod has one that the pass would leave alone. */
  #calmStatus(key: string, set: DaemonSet): Status | undefined {
    const { uid = '', namespace = '', annotations } = set.metadata;
    const sums = this.#calm.of(uid);
    if (sums === undefined || !this.#expectations.areMet(key)) return undefined;
    const { spec, generation, hash, desired } = sums.basis;
    if (spec !== set.spec || generation !== annotations?.[TEMPLATE_GENERATION] || sums.total !== desired) return undefined;
    if (hash === '' || this.#pods.countByIndex(ORPHANS, namespace) > 0 || this.#revisions.countByIndex(ORPHANS, namespace) > 0)
      return undefined;
    if (this.#revisions.countByIndex('controllerUid', uid) > (spec.revisionHistoryLimit ?? 10)) return undefined;
    return statusOfSums(
      set,
      { desired, current: desired, misscheduled: 0, ready: sums.ready, updated: desired, available: sums.ready },
      true,
    );
  }

  *#podsOf(set: DaemonSet): Task<Pod[]> {
    const { namespace = '', uid = '' } = set.metadata;
    const claimant = { kind: 'DaemonSet', owner: set, selector: set.spec.selector, client: this.#client } as const;
    return yield* claim(claimant, 'Pod', [...this.#pods.byIndex('controllerUid', uid), ...this.#pods.byIndex(ORPHANS, namespace)]);
  }

  /** The set's pods by the node they are on or meant for; those that have ended and are leaving are nobody's business. */
  *#podsByNode(set: DaemonSet): Task<Map<string, Pod[]>> {
    const byNode = new Map<string, Pod[]>();
    for (const pod of yield* this.#podsOf(set)) {
      if (isPodTerminal(pod) && isDeleting(pod)) continue;
      const node = targetNode(pod);
      if (node === undefined) continue;
      const pods = byNode.get(node);
      if (pods === undefined) byNode.set(node, [pod]);
      else pods.push(pod);
    }
    return byNode;
  }

  *#manage(key: string, set: DaemonSet, hash: string): Task<unknown> {
    const byNode = yield* this.#podsByNode(set);
    const createOn: string[] = [];
    const remove: Pod[] = [];
    for (const node of this.#nodes.values()) {
      const { name } = node.metadata;
      const { shouldRun, shouldContinue } = this.#eligibility(set, node);
      const pods = byNode.get(name);
      if (pods === undefined) {
        if (shouldRun) createOn.push(name);
      } else if (!shouldContinue) remove.push(...pods.filter((pod) => !isDeleting(pod)));
      else {
        const { unwanted, isEmpty } = this.#judged(key, set, name, pods, hash);
        remove.push(...unwanted);
        // A set that surges does not wait for a pod that leaves: each node is to have one that stays.
        if (isEmpty && shouldRun && allowsSurge(set)) createOn.push(name);
      }
    }
    for (const [name, pods] of byNode) {
      // Never to be bound, and the pod GC looks only at bound ones.
      if (this.#nodes.get(name) === undefined) remove.push(...pods.filter((pod) => (pod.spec.nodeName ?? '') === '' && !isDeleting(pod)));
    }
    return yield* this.#act(key, set, remove, createOn, hash);
  }

  /** Which of a node's pods are to go, and whether none of them stays. */
  #judged(key: string, set: DaemonSet, node: string, pods: readonly Pod[], hash: string): { unwanted: Pod[]; isEmpty: boolean } {
    const unwanted: Pod[] = [];
    const running: Pod[] = [];
    const { nowUs } = this.#context.sim;
    for (const pod of pods) {
      if (isDeleting(pod)) continue;
      const about = `${pod.metadata.namespace}/${pod.metadata.name} on node ${node}`;
      if (pod.status?.phase === 'Failed') {
        const backoffKey = `${set.metadata.uid}/${set.status?.observedGeneration ?? 0}/${node}`;
        const waitUs = this.#backoff.waitUs(backoffKey, nowUs);
        if (waitUs > 0) {
          this.#queue.addAfter(key, waitUs);
          continue;
        }
        this.#backoff.failed(backoffKey, nowUs);
        this.#recorder.event(set, 'Warning', 'FailedDaemonPod', `Found failed daemon pod ${about}, will try to kill it`);
        unwanted.push(pod);
      } else if (pod.status?.phase === 'Succeeded') {
        this.#recorder.event(set, 'Normal', 'SucceededDaemonPod', `Found succeeded daemon pod ${about}, will try to delete it`);
        unwanted.push(pod);
      } else running.push(pod);
    }
    unwanted.push(...excessPods(running, allowsSurge(set), this.#rolling(set, hash, 0), hash));
    return { unwanted, isEmpty: running.length === 0 };
  }

  #rolling(set: DaemonSet, hash: string, desired: number): Rolling {
    return {
      budget: budgetOf(set, desired),
      minReadySeconds: set.spec.minReadySeconds ?? 0,
      nowUs: this.#context.sim.nowUs,
      isUpdated: (pod) => isUpdated(set, pod, hash),
    };
  }

  *#roll(key: string, set: DaemonSet, hash: string): Task<unknown> {
    const byNode = yield* this.#podsByNode(set);
    const nodes: NodePods[] = [];
    let desired = 0;
    for (const node of this.#nodes.values()) {
      const { shouldRun } = this.#eligibility(set, node);
      if (shouldRun) desired++;
      const pods = byNode.get(node.metadata.name);
      if (pods !== undefined || shouldRun) nodes.push({ node: node.metadata.name, shouldRun, pods: pods ?? [] });
    }
    for (const [node, pods] of byNode) if (this.#nodes.get(node) === undefined) nodes.push({ node, shouldRun: false, pods });
    const { remove, createOn } = rollingStep(nodes, this.#rolling(set, hash, desired));
    return yield* this.#act(key, set, remove, createOn, hash);
  }

  /** Creates in growing batches, then deletes side by side. The first error met, or undefined. */
  *#act(key: string, set: DaemonSet, remove: readonly Pod[], createOn: readonly string[], hash: string): Task<unknown> {
    const victims = remove.slice(0, BURST_REPLICAS);
    const nodes = createOn.slice(0, BURST_REPLICAS);
    this.#expectations.expect(key, nodes.length, victims.map(objectKey));
    const template = this.#podTemplate(set, hash);
    let failure: unknown;
    for (let start = 0, size = Math.min(1, nodes.length); size > 0; ) {
      const outcomes = yield* all(nodes.slice(start, start + size).map((node) => this.#create(set, template, node)));
      start += size;
      const failed = outcomes.filter((outcome) => !outcome.ok);
      if (failed.length > 0) {
        this.#expectations.creationsSkipped(key, failed.length + nodes.length - start);
        failure = failed[0]!.ok ? undefined : failed[0]!.error;
        break;
      }
      size = Math.min(2 * size, nodes.length - start);
    }
    for (const outcome of yield* all(victims.map((pod) => this.#delete(key, set, pod)))) if (!outcome.ok) failure ??= outcome.error;
    return failure;
  }

  #podTemplate(set: DaemonSet, hash: string): PodTemplate {
    const { template } = set.spec;
    const generation = set.metadata.annotations?.[TEMPLATE_GENERATION];
    const labels = {
      ...template.metadata?.labels,
      ...(generation === undefined ? {} : { [GENERATION_LABEL]: generation }),
      ...(hash === '' ? {} : { [HASH_LABEL]: hash }),
    };
    return { metadata: { ...template.metadata, labels }, spec: { ...template.spec, tolerations: daemonTolerations(template.spec) } };
  }

  *#create(set: DaemonSet, template: PodTemplate, node: string): Task<void> {
    const spec = { ...template.spec, affinity: affinityTo(template.spec.affinity, node) };
    try {
      yield* this.#podControl.create(
        set,
        podFromTemplate({ ...template, spec }, set, { name: '', generateName: podNamePrefix(set.metadata.name) }),
      );
    } catch (error) {
      if (!isNamespaceTerminating(error)) throw error;
    }
  }

  *#delete(key: string, set: DaemonSet, pod: Pod): Task<void> {
    try {
      yield* this.#podControl.delete(set, pod);
    } catch (error) {
      this.#expectations.deletionObserved(key, objectKey(pod));
      if (!(error instanceof ApiError && error.code === 404)) throw error;
    }
  }

  *#truncate(set: DaemonSet, old: readonly ControllerRevision[]): Task<void> {
    const toKill = old.length - (set.spec.revisionHistoryLimit ?? 10);
    if (toKill <= 0) return;
    const live = new Set<string>();
    for (const pods of (yield* this.#podsByNode(set)).values()) for (const pod of pods) live.add(pod.metadata.labels?.[HASH_LABEL] ?? '');
    for (const { metadata } of old.filter((revision) => !live.has(revision.metadata.labels?.[HASH_LABEL] ?? '')).slice(0, toKill)) {
      yield* this.#client.delete('ControllerRevision', metadata.namespace, metadata.name);
    }
  }

  *#report(key: string, set: DaemonSet, hash: string, isObserved: boolean): Task<void> {
    const byNode = yield* this.#podsByNode(set);
    const nodes: NodePods[] = [];
    for (const node of this.#nodes.values()) {
      const pods = byNode.get(node.metadata.name) ?? [];
      const { shouldRun } = this.#eligibility(set, node);
      if (shouldRun || pods.length > 0) nodes.push({ node: node.metadata.name, shouldRun, pods });
    }
    const status = daemonSetStatus(set, nodes, this.#rolling(set, hash, 0), isObserved);
    yield* this.#writeStatus(key, set, status);
    const { minReadySeconds = 0 } = set.spec;
    if (minReadySeconds > 0 && status.numberReady !== (status.numberAvailable ?? 0)) this.#queue.addAfter(key, minReadySeconds * SECOND_US);
  }

  *#writeStatus(key: string, set: DaemonSet, status: Status): Task<void> {
    if (isSameStatus(set.status, status)) return;
    let stored: DaemonSet;
    try {
      stored = yield* this.#client.updateStatus('DaemonSet', { ...set, status });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const fresh = yield* this.#client.get('DaemonSet', set.metadata.namespace, set.metadata.name);
      stored = yield* this.#client.updateStatus('DaemonSet', { ...fresh, status });
    }
    this.#written.wrote(key, this.#sets, revisionOf(stored));
  }
}

/** What the judgement of a set's pods rests on, beside the nodes. */
interface CalmBasis {
  readonly spec: DaemonSet['spec'];
  readonly generation: string | undefined;
  readonly hash: string;
  /** Nodes that are to have a pod. */
  readonly desired: number;
}

/** Is the pod of the present template? Either label says so. */
function isUpdated(set: DaemonSet, { metadata }: Pod, hash: string): boolean {
  const generation = set.metadata.annotations?.[TEMPLATE_GENERATION];
  if (generation !== undefined && metadata.labels?.[GENERATION_LABEL] === generation) return true;
  return hash !== '' && metadata.labels?.[HASH_LABEL] === hash;
}
