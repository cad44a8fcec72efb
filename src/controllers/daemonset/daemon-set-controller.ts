/**
 * Keeps one pod on every node that should have one. Models pkg/controller/daemon/{daemon_controller,update}.go.
 *
 * A pass asks which nodes lack their pod, which have too many or one they should not have, and what a rolling update may replace. The pods
 * are bound by the scheduler; each asks for its node by name.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { SECOND_US } from '../../base/units.ts';
import type { Client } from '../../client/client.ts';
import { WrittenRevisions } from '../../client/consistency.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { Expectations } from '../../client/expectations.ts';
import { type Informer, isSameVersion } from '../../client/informer.ts';
import type { Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { Retry, startWorkers } from '../../client/workers.ts';
import { controllerOf, isDeleting, keyOf, objectKey, revisionOf } from '../../model/meta.ts';
import type { Node } from '../../model/node.ts';
import { isPodReady, type Pod, type PodTemplate, type Toleration } from '../../model/pod.ts';
import { isEmptySelector, selectorMatches } from '../../model/selector.ts';
import type { ControllerRevision, DaemonSet } from '../../model/workloads.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { claim } from '../controller-ref-manager.ts';
import { PodControl } from '../pod-control.ts';
import { BURST_REPLICAS, DaemonPods } from './daemon-pods.ts';
import { basisOf, type DaemonView, placeOf, WholeView } from './daemon-view.ts';
import { daemonTolerations, type Eligibility, eligibility } from './eligibility.ts';
import { HASH_LABEL, type HistoryTools, historiesOf, ORPHANS } from './histories.ts';
import { NodeTables } from './node-tables.ts';
import { isReported, type Status, statusOfSums } from './status.ts';

const AUTHOR = 'daemon-set-controller';
const EVENT_SOURCE = 'daemonset-controller';
// --concurrent-daemonset-syncs.
const WORKERS = 2;

export class DaemonSetController implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #daemonPods: DaemonPods;
  readonly #sets: Informer<'DaemonSet'>;
  readonly #pods: Informer<'Pod'>;
  readonly #nodes: Informer<'Node'>;
  readonly #revisions: Informer<'ControllerRevision'>;
  readonly #queue: WorkQueue;
  readonly #expectations: Expectations;
  readonly #written = new WrittenRevisions();
  readonly #historyTools: HistoryTools;
  readonly #tolerations = new WeakMap<PodTemplate, readonly Toleration[]>();
  readonly #tables: NodeTables;
  readonly #templates = new Map<string, Template>();
  #revisionEvents = 0;
  readonly #verdicts = new WeakMap<PodTemplate, WeakMap<Node, Eligibility>>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#client = context.client(AUTHOR);
    this.#recorder = context.recorder(EVENT_SOURCE, this.#client);
    this.#sets = context.informers.informer('DaemonSet');
    this.#pods = context.informers.informer('Pod');
    this.#nodes = context.informers.informer('Node');
    this.#revisions = context.informers.informer('ControllerRevision');
    this.#queue = new WorkQueue(context.sim);
    this.#tables = new NodeTables(context.sim, this.#nodes, this.#pods, (spec, node) => this.#eligibility(spec, node));
    this.#expectations = new Expectations(context.sim);
    const podControl = new PodControl(this.#client, this.#recorder);
    this.#daemonPods = new DaemonPods(context.sim, podControl, this.#recorder, this.#expectations, this.#queue);
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
        this.#tables.forget(set.metadata.uid ?? '');
        this.#templates.delete(set.metadata.uid ?? '');
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
    });
    const onRevision = (revision: ControllerRevision) => {
      this.#revisionEvents++;
      this.#templates.delete(controllerOf(revision)?.uid ?? '');
    };
    this.#revisions.addHandler({
      onAdd: onRevision,
      onUpdate: (before, after) => {
        onRevision(before);
        onRevision(after);
      },
      onDelete: onRevision,
    });
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
    const owners = new Set<string>();
    for (const pod of this.#pods.byIndex('nodeName', after.metadata.name)) owners.add(controllerOf(pod)?.uid ?? '');
    for (const set of this.#sets.values()) {
      const { shouldRun, shouldContinue } = this.#eligibility(set.spec, after);
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

  #eligibility({ template }: DaemonSet['spec'], node: Node): Eligibility {
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
    const { hash, old } = this.#knownTemplate(set) ?? (yield* this.#histories(set));
    const isReady = this.#expectations.areMet(key);
    let failure: unknown;
    if (isReady) {
      const view = yield* this.#view(set, hash);
      failure = yield* this.#daemonPods.act(key, set, this.#daemonPods.wanted(key, set, view.toManage(BURST_REPLICAS), hash), hash);
      if (failure === undefined && this.#expectations.areMet(key) && set.spec.updateStrategy?.type !== 'OnDelete') {
        const step = (yield* this.#view(set, hash)).roll(this.#context.sim.nowUs);
        failure = yield* this.#daemonPods.act(key, set, step, hash);
      }
      if (failure === undefined) yield* this.#truncate(set, old);
    }
    // A pass that could not act has not dealt with this generation yet.
    yield* this.#report(key, set, hash, isReady);
    if (failure !== undefined) throw failure;
  }

  /** The nodes as they are now: from the table that is kept of them, or, while pods change hands, from the lists. */
  *#view(set: DaemonSet, hash: string): Task<DaemonView> {
    const table = this.#tables.of(set, hash);
    if (table !== undefined) return table;
    const pods = yield* this.#podsOf(set);
    return new WholeView(basisOf(set, hash), this.#nodes.values(), pods, (node) => this.#eligibility(set.spec, node));
  }

  /** The hash of the set's template, while neither the set nor its revisions have changed since it was looked up. */
  #knownTemplate({ metadata: { uid = '', namespace = '' }, spec }: DaemonSet): Template | undefined {
    const known = this.#templates.get(uid);
    if (known === undefined || known.spec !== spec || this.#revisions.countByIndex(ORPHANS, namespace) > 0) return undefined;
    return this.#revisions.countByIndex('controllerUid', uid) > (spec.revisionHistoryLimit ?? 10) ? undefined : known;
  }

  *#histories(set: DaemonSet): Task<Template> {
    const { uid = '' } = set.metadata;
    const heard = this.#revisionEvents;
    const { current, old } = yield* historiesOf(this.#historyTools, set);
    const template = { spec: set.spec, hash: current.metadata.labels?.[HASH_LABEL] ?? '', old };
    // Of a revision that changed in the meantime, or was written just now, the event is yet to come.
    if (heard === this.#revisionEvents && this.#revisions.get(objectKey(current)) === current) this.#templates.set(uid, template);
    return template;
  }

  *#podsOf(set: DaemonSet): Task<Pod[]> {
    const { namespace = '', uid = '' } = set.metadata;
    const claimant = { kind: 'DaemonSet', owner: set, selector: set.spec.selector, client: this.#client } as const;
    return yield* claim(claimant, 'Pod', [...this.#pods.byIndex('controllerUid', uid), ...this.#pods.byIndex(ORPHANS, namespace)]);
  }

  *#truncate(set: DaemonSet, old: readonly ControllerRevision[]): Task<void> {
    const toKill = old.length - (set.spec.revisionHistoryLimit ?? 10);
    if (toKill <= 0) return;
    const pods = (yield* this.#podsOf(set)).filter((pod) => placeOf(pod) !== undefined);
    const live = new Set(pods.map(({ metadata }) => metadata.labels?.[HASH_LABEL] ?? ''));
    for (const { metadata } of old.filter((revision) => !live.has(revision.metadata.labels?.[HASH_LABEL] ?? '')).slice(0, toKill)) {
      yield* this.#client.delete('ControllerRevision', metadata.namespace, metadata.name);
    }
  }

  *#report(key: string, set: DaemonSet, hash: string, isObserved: boolean): Task<void> {
    const sums = (yield* this.#view(set, hash)).sums(this.#context.sim.nowUs);
    if (!isReported(set, sums, isObserved)) yield* this.#writeStatus(key, set, statusOfSums(set, sums, isObserved));
    const { minReadySeconds = 0 } = set.spec;
    if (minReadySeconds > 0 && sums.ready !== sums.available) this.#queue.addAfter(key, minReadySeconds * SECOND_US);
  }

  *#writeStatus(key: string, set: DaemonSet, status: Status): Task<void> {
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

/** The revision a set's template has, and those of its former ones. */
interface Template {
  readonly spec: DaemonSet['spec'];
  readonly hash: string;
  readonly old: readonly ControllerRevision[];
}
