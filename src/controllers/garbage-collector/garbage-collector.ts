/**
 * Deletes what its owners have left behind, and lets owners go once their dependents have.
 *
 * Models pkg/controller/garbagecollector/garbagecollector.go: the graph says whom to look at, live reads decide. Background, foreground and
 * orphan deletion differ only in the finalizer the API server has put on the owner.
 * Left out: Leases as dependents (docs/fidelity.md, "Controllers").
 */
import { ApiError } from '../../apiserver/api-error.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { all, type Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { Retry, startWorkers } from '../../client/workers.ts';
import { apiVersionOf, isKind, KINDS, type Kind } from '../../model/kinds.ts';
import type { KubeObject, OwnerReference } from '../../model/meta.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { AbsentOwners } from './absent-owners.ts';
import { FOREGROUND, type GraphNode, ORPHAN, OwnerGraph } from './owner-graph.ts';
import { type Identity, identityOf, identityText } from './owner-identity.ts';

// --concurrent-gc-syncs, for each of the two queues.
const WORKERS = 20;
// garbagecollector.go takes its client with twice the controller manager's rate.
const QPS_FACTOR = 2;
const NAME = 'generic-garbage-collector';
// Events are ignored upstream too (ignoredResources in graph_builder.go). Leases have no dependents and nobody deletes them by owner in what is
// simulated; their number would make the graph large.
const IGNORED: ReadonlySet<Kind> = new Set<Kind>(['Event', 'Lease']);

interface OwnerClasses {
  readonly solid: readonly OwnerReference[];
  readonly dangling: readonly OwnerReference[];
  /** Being deleted in the foreground: they wait for their dependents. */
  readonly waiting: readonly OwnerReference[];
}

export class GarbageCollector implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #graph: OwnerGraph;
  readonly #absent = new AbsentOwners();
  readonly #deletions: WorkQueue;
  readonly #orphanings: WorkQueue;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#client = context.client(NAME, context.options.kubeApiQps * QPS_FACTOR, context.options.kubeApiBurst);
    this.#recorder = context.recorder('garbage-collector-controller', this.#client);
    this.#deletions = new WorkQueue(context.sim);
    this.#orphanings = new WorkQueue(context.sim);
    this.#graph = new OwnerGraph({
      attemptToDelete: (node) => this.#deletions.add(node.uid),
      attemptToDeleteLater: (node) => this.#deletions.addRateLimited(node.uid),
      attemptToOrphan: (node) => this.#orphanings.add(node.uid),
      foundAbsent: (owner) => this.#absent.add(owner),
      foundInOtherNamespace: (dependent, owner) => this.#reportOtherNamespace(dependent, owner),
    });
  }

  start(): void {
    const { informers, sim } = this.#context;
    for (const kind of Object.keys(KINDS) as Kind[]) {
      if (IGNORED.has(kind)) continue;
      const informer = informers.informer(kind);
      informer.addHandler({
        onAdd: (object: KubeObject) => this.#graph.observe(kind, object),
        onUpdate: (before: KubeObject, object: KubeObject) => void (isSameToGraph(before, object) || this.#graph.observe(kind, object)),
        onDelete: (object: KubeObject) => this.#graph.remove(object.metadata.uid ?? ''),
      } as Parameters<typeof informer.addHandler>[0]);
    }
    startWorkers(sim, this.#deletions, WORKERS, (uid) => this.#attemptToDelete(uid));
    startWorkers(sim, this.#orphanings, WORKERS, (uid) => this.#attemptToOrphan(uid));
  }

  *#attemptToDelete(uid: string): Task<void> {
    const node = this.#graph.get(uid);
    if (node === undefined) return;
    // On its way out already; the API server finishes it without our help.
    if (node.isBeingDeleted && !node.isDeletingDependents) return;
    const { apiVersion, kind, name, namespace } = node;
    const looked = identityOf({ apiVersion, kind, name, uid }, namespace);
    if (isMisplaced(servedKind(looked), namespace)) return;
    const latest = yield* this.#read(looked);
    if (latest === undefined) return this.#graph.removeUnfound(looked);
    if (node.isVirtual) throw new Retry(`${kind} ${name} is there, but its event has not come yet`);
    if (node.isDeletingDependents) return yield* this.#finishForeground(node, latest);
    const owners = latest.metadata.ownerReferences ?? [];
    if (owners.length === 0) return;
    const classes = yield* this.#classify(node, owners);
    if (classes === undefined) return;
    if (classes.solid.length > 0) {
      const gone = [...classes.dangling, ...classes.waiting];
      if (gone.length > 0) yield* this.#dropOwners(node, gone);
    } else if (classes.waiting.length > 0 && node.dependents.size > 0) {
      yield* this.#unblockCycle(node, owners);
      yield* this.#delete(node, latest, 'Foreground');
    } else {
      yield* this.#delete(node, latest, ownPolicy(latest));
    }
  }

  /** Deletes the dependents that block; with none left, the owner may go. */
  *#finishForeground(node: GraphNode, latest: KubeObject): Task<void> {
    if (node.blocking === 0) return yield* this.#removeFinalizer(node, latest, FOREGROUND);
    for (const dependent of node.dependents) {
      const isBlocking = dependent.owners.some((owner) => owner.uid === node.uid && owner.blockOwnerDeletion === true);
      if (isBlocking && !dependent.isDeletingDependents) this.#deletions.add(dependent.uid);
    }
  }

  /** Undefined when an owner lives in a namespace and the object in none: it stays for ever. */
  *#classify(node: GraphNode, owners: readonly OwnerReference[]): Task<OwnerClasses | undefined> {
    const solid: OwnerReference[] = [];
    const dangling: OwnerReference[] = [];
    const waiting: OwnerReference[] = [];
    for (const owner of owners) {
      if (this.#absent.has(identityOf(owner, undefined)) || this.#absent.has(identityOf(owner, node.namespace))) {
        dangling.push(owner);
        continue;
      }
      const kind = servedKind(owner);
      if (isMisplaced(kind, node.namespace)) return undefined;
      const identity = identityOf(owner, KINDS[kind].namespaced ? node.namespace : undefined);
      const found = yield* this.#read(identity);
      if (found === undefined) {
        this.#absent.add(identity);
        dangling.push(owner);
      } else if (found.metadata.deletionTimestamp !== undefined && found.metadata.finalizers?.includes(FOREGROUND) === true) {
        waiting.push(owner);
      } else {
        solid.push(owner);
      }
    }
    return { solid, dangling, waiting };
  }

  /** A dependent that itself waits for dependents would block an owner that waits for it: such a circle is opened. */
  *#unblockCycle(node: GraphNode, owners: readonly OwnerReference[]): Task<void> {
    if (![...node.dependents].some((dependent) => dependent.isDeletingDependents)) return;
    const ownerReferences = owners.map((owner) => ({ ...owner, blockOwnerDeletion: false }));
    yield* this.#patch(node, { metadata: { uid: node.uid, ownerReferences } });
  }

  *#dropOwners(node: GraphNode, owners: readonly OwnerReference[]): Task<void> {
    const ownerReferences = owners.map((owner) => ({ $patch: 'delete', uid: owner.uid }));
    yield* this.#patch(node, { metadata: { uid: node.uid, ownerReferences } });
  }

  *#attemptToOrphan(uid: string): Task<void> {
    const node = this.#graph.get(uid);
    if (node === undefined) return;
    const patches = [...node.dependents].map((dependent) =>
      this.#patch(dependent, { metadata: { uid: dependent.uid, ownerReferences: [{ $patch: 'delete', uid }] } }),
    );
    for (const result of yield* all(patches)) {
      if (!result.ok) throw result.error;
    }
    const latest = yield* this.#read(node);
    if (latest !== undefined) yield* this.#removeFinalizer(node, latest, ORPHAN);
  }

  *#removeFinalizer(node: GraphNode, latest: KubeObject, finalizer: string): Task<void> {
    const present = latest.metadata.finalizers ?? [];
    if (!present.includes(finalizer)) return;
    const finalizers = present.filter((one) => one !== finalizer);
    const body = { metadata: { resourceVersion: latest.metadata.resourceVersion, finalizers } };
    yield* this.#ignoringGone(this.#client.patch(node.kind as Kind, node.namespace, node.name, { type: 'merge', body }));
  }

  *#delete(node: GraphNode, latest: KubeObject, propagationPolicy: 'Background' | 'Foreground' | 'Orphan'): Task<void> {
    const remove = ({ metadata: { resourceVersion } }: KubeObject) => {
      const preconditions = { uid: node.uid, ...(resourceVersion === undefined ? {} : { resourceVersion }) };
      return this.#client.delete(node.kind as Kind, node.namespace, node.name, { propagationPolicy, preconditions });
    };
    try {
      yield* remove(latest);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 404) return this.#graph.removeUnfound(identityOf(node, node.namespace));
      if (error.code !== 409) throw error;
      // Something wrote to it in the meantime; unless that was to its owners, it goes all the same.
      const now = yield* this.#read(node);
      if (now === undefined) return;
      const isSame = now.metadata.resourceVersion === latest.metadata.resourceVersion;
      if (isSame || !hasSameOwners(now, latest)) throw error;
      yield* this.#ignoringGone(remove(now));
    }
  }

  #reportOtherNamespace({ apiVersion, kind, namespace, name, uid }: GraphNode, owner: Identity): void {
    const node = this.#graph.get(uid);
    const reference = node?.owners.find((one) => one.uid === owner.uid);
    if (reference === undefined) return;
    const dependent = { apiVersion, kind, metadata: { name, uid, ...(namespace === undefined ? {} : { namespace }) } };
    const text = identityText(identityOf(reference, namespace));
    const message = `ownerRef ${text} does not exist in namespace "${namespace ?? ''}"`;
    this.#recorder.event(dependent, 'Warning', 'OwnerRefInvalidNamespace', message);
  }

  *#patch(node: GraphNode, body: unknown): Task<void> {
    yield* this.#ignoringGone(this.#client.patch(node.kind as Kind, node.namespace, node.name, { type: 'strategic', body }));
  }

  *#ignoringGone(request: Task<unknown>): Task<void> {
    try {
      yield* request;
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 404)) throw error;
    }
  }

  /** The object as stored, if it is still the one of that uid. */
  *#read(identity: Identity): Task<KubeObject | undefined> {
    const kind = servedKind(identity);
    try {
      const object: KubeObject = yield* this.#client.get(kind, KINDS[kind].namespaced ? identity.namespace : undefined, identity.name);
      return object.metadata.uid === identity.uid ? object : undefined;
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    }
  }
}

/** The kind, if the API server has it under that version: what is not known may be one day, and is asked for again and again. */
function servedKind({ apiVersion, kind }: Omit<Identity, 'namespace'>): Kind {
  // The HorizontalPodAutoscaler alone is served in two versions.
  if (isKind(kind) && (apiVersion === apiVersionOf(kind) || (kind === 'HorizontalPodAutoscaler' && apiVersion === 'autoscaling/v1'))) {
    return kind;
  }
  throw new Retry(`unable to get REST mapping for ${apiVersion}/${kind}.`);
}

/** An object of no namespace cannot have an owner in one: there is nowhere to look for it. */
function isMisplaced(ownerKind: Kind, namespace: string | undefined): boolean {
  return KINDS[ownerKind].namespaced && namespace === undefined;
}

function hasSameOwners({ metadata: a }: KubeObject, { metadata: b }: KubeObject): boolean {
  return JSON.stringify(a.ownerReferences ?? []) === JSON.stringify(b.ownerReferences ?? []);
}

/** What its own finalizers ask for; they were put there by whoever deleted it once before. */
function ownPolicy(object: KubeObject): 'Background' | 'Foreground' | 'Orphan' {
  const finalizers = object.metadata.finalizers ?? [];
  if (finalizers.includes(ORPHAN)) return 'Orphan';
  return finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background';
}

/** Nothing has changed that the graph keeps: true of nearly all writes, which are of status. */
function isSameToGraph({ metadata: before }: KubeObject, { metadata: after }: KubeObject): boolean {
  return (
    before.uid === after.uid &&
    before.ownerReferences === after.ownerReferences &&
    before.finalizers === after.finalizers &&
    before.deletionTimestamp === after.deletionTimestamp
  );
}
