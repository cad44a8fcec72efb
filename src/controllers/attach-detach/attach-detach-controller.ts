/**
 * Which volume is attached to which node: attached where a pod needs it, detached where none does any more and the kubelet has let go of it.
 *
 * Models pkg/controller/volume/attachdetach (attach_detach_controller.go, reconciler/reconciler.go, statusupdater) with the part of
 * pkg/volume/csi/csi_attacher.go that runs in kube-controller-manager: it makes and deletes VolumeAttachments, and the driver's own attacher
 * acts on them. A volume that only one node may have stays with a node that has died until that node is back, until six minutes after its last
 * pod there is gone, or until the node is tainted as out of service: whoever needs it elsewhere is told of a Multi-Attach error and waits.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { MILLISECOND_US, MINUTE_US } from '../../base/units.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { Retry, startWorkers } from '../../client/workers.ts';
import { isDeleting, keyOf } from '../../model/meta.ts';
import { type Node, nodeCondition } from '../../model/node.ts';
import { isPodTerminal, type Pod } from '../../model/pod.ts';
import { attachableVolumeName, attachmentName, type PersistentVolume, type VolumeAttachment } from '../../model/storage.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { claimKeysOf, podsOfClaim } from '../persistentvolume/pods-of-claims.ts';
import { AttachedVolumes } from './attached-volumes.ts';

const NAME = 'attachdetach-controller';
// DefaultTimerConfig in attach_detach_controller.go.
const LOOP_PERIOD_US = 100 * MILLISECOND_US;
const MAX_WAIT_FOR_UNMOUNT_US = 6 * MINUTE_US;
// Each volume is an operation of its own, beside all others.
const WORKERS = 10;
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';
const BY_VOLUME = 'volume';
const BY_NODE = 'node';

export class AttachDetachController implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  /** Names of PersistentVolumes. */
  readonly #queue: WorkQueue;
  /** Names of nodes whose status has to be written. */
  readonly #nodeQueue: WorkQueue;
  readonly #attached = new AttachedVolumes();
  /** Since when an attachment, by its name, is needed by nobody. */
  readonly #unneededSinceUs = new Map<string, number>();
  /** Pods, by uid, that have been told that another node has their volume. */
  readonly #refused = new Set<string>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#client = context.client(NAME);
    this.#recorder = context.recorder(NAME, this.#client);
    this.#queue = new WorkQueue(context.sim);
    this.#nodeQueue = new WorkQueue(context.sim);
  }

  start(): void {
    const { informers, sim } = this.#context;
    const attachments = informers.informer('VolumeAttachment');
    attachments.addIndex(BY_VOLUME, ({ spec }) => [spec.source.persistentVolumeName ?? '']);
    attachments.addIndex(BY_NODE, ({ spec }) => [spec.nodeName]);
    informers.informer('CSIDriver').addHandler({ onAdd: () => this.#lookAtAll(), onUpdate: () => this.#lookAtAll() });
    informers.informer('PersistentVolume').addHandler({
      onAdd: ({ metadata }) => this.#look(metadata.name),
      onUpdate: (_before, { metadata }) => this.#look(metadata.name),
      onDelete: ({ metadata }) => this.#look(metadata.name),
    });
    informers.informer('PersistentVolumeClaim').addHandler({
      onAdd: ({ spec }) => this.#look(spec.volumeName),
      onUpdate: (_before, { spec }) => this.#look(spec.volumeName),
    });
    const onAttachment = ({ spec }: VolumeAttachment) => this.#look(spec.source.persistentVolumeName);
    attachments.addHandler({
      onAdd: onAttachment,
      onUpdate: (_before, one) => onAttachment(one),
      onDelete: (one) => {
        this.#unneededSinceUs.delete(one.metadata.name);
        onAttachment(one);
      },
    });
    informers.informer('Pod').addHandler({
      onAdd: (pod) => this.#onPod(pod),
      onUpdate: (before, pod) => void (before === pod || this.#onPod(pod)),
      onDelete: (pod) => {
        this.#onPod(pod);
        this.#refused.delete(pod.metadata.uid ?? '');
      },
    });
    informers.informer('Node').addHandler({
      onAdd: (node) => this.#attached.learn(node),
      onUpdate: (before, node) => void (hasSameHold(before, node) || this.#onNode(node.metadata.name)),
      onDelete: ({ metadata }) => this.#onNode(metadata.name),
    });
    startWorkers(sim, this.#queue, WORKERS, (name) => this.#reconcile(name));
    startWorkers(sim, this.#nodeQueue, 1, (name) => this.#post(name));
  }

  #lookAtAll(): void {
    for (const { metadata } of this.#context.informers.informer('PersistentVolume').values()) this.#look(metadata.name);
  }

  #onPod(pod: Pod): void {
    const { informers } = this.#context;
    // Most clusters have no such driver, and pay nothing.
    if (informers.informer('CSIDriver').size === 0) return;
    const claims = informers.informer('PersistentVolumeClaim');
    for (const key of claimKeysOf(pod)) this.#look(claims.get(key)?.spec.volumeName);
  }

  #onNode(name: string): void {
    for (const { spec } of this.#context.informers.informer('VolumeAttachment').byIndex(BY_NODE, name)) {
      this.#look(spec.source.persistentVolumeName);
    }
  }

  /** It is looked at in the next turn of the reconciler's loop. */
  #look(volumeName: string | undefined): void {
    if (volumeName === undefined || volumeName === '' || this.#context.informers.informer('CSIDriver').size === 0) return;
    this.#queue.addAfter(volumeName, LOOP_PERIOD_US - (this.#context.sim.nowUs % LOOP_PERIOD_US));
  }

  *#reconcile(name: string): Task<void> {
    const { informers } = this.#context;
    const volume = informers.informer('PersistentVolume').get(name);
    const users = volume === undefined ? [] : this.#usersOf(volume);
    const needed = new Set(users.map(({ spec }) => spec.nodeName!));
    const attachments = informers.informer('VolumeAttachment').byIndex(BY_VOLUME, name);
    let isLeaving = false;
    for (const one of attachments) {
      if (needed.has(one.spec.nodeName)) this.#unneededSinceUs.delete(one.metadata.name);
      else if (yield* this.#detach(one, volume)) isLeaving = true;
    }
    if (volume === undefined || !this.#isAttachable(volume)) return;
    for (const nodeName of needed) {
      const attachment = informers.informer('VolumeAttachment').get(attachmentName(name, nodeName));
      if (attachment !== undefined) this.#onAttached(attachment, volume, users);
      else if (mayBeShared(volume) || attachments.length === 0) return yield* this.#attach(volume, nodeName);
      else if (!isLeaving) this.#refuse(volume, nodeName, users);
    }
  }

  /** Does its driver have volumes attached before they are mounted? */
  #isAttachable({ spec: { csi } }: PersistentVolume): boolean {
    if (csi === undefined) return false;
    const driver = this.#context.informers.informer('CSIDriver').get(csi.driver);
    return driver !== undefined && driver.spec.attachRequired !== false;
  }

  /** Pods that have a node and are not over: what they use is to be there. One that is on its way down uses it until its containers have ended. */
  #usersOf({ spec: { claimRef } }: PersistentVolume): readonly Pod[] {
    const { informers } = this.#context;
    const claim = claimRef && informers.informer('PersistentVolumeClaim').get(keyOf(claimRef.namespace, claimRef.name ?? ''));
    if (claim === undefined) return [];
    return podsOfClaim(informers, claim).filter((pod) => (pod.spec.nodeName ?? '') !== '' && !isOver(pod));
  }

  *#attach({ metadata: { name }, spec }: PersistentVolume, nodeName: string): Task<void> {
    const attachment: VolumeAttachment = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttachment',
      metadata: { name: attachmentName(name, nodeName) },
      spec: { attacher: spec.csi!.driver, nodeName, source: { persistentVolumeName: name } },
    };
    try {
      yield* this.#client.create('VolumeAttachment', attachment);
    } catch (error) {
      // One that is there already is as good: a process before this one has made it.
      if (!(error instanceof ApiError && error.code === 409)) throw error;
    }
  }

  /** The driver says that it is done. */
  #onAttached({ spec: { nodeName }, status, metadata }: VolumeAttachment, volume: PersistentVolume, users: readonly Pod[]): void {
    const unique = attachableVolumeName(volume);
    if (status?.attached !== true || metadata.deletionTimestamp !== undefined || this.#attached.isReported(nodeName, unique)) return;
    for (const pod of users) {
      if (pod.spec.nodeName !== nodeName) continue;
      this.#refused.delete(pod.metadata.uid ?? '');
      this.#recorder.event(pod, 'Normal', 'SuccessfulAttachVolume', `AttachVolume.Attach succeeded for volume "${volume.metadata.name}" `);
    }
    this.#attached.add(nodeName, unique);
    this.#nodeQueue.add(nodeName);
  }

  /** Its kubelet is told first that the volume is no longer safe to mount, and the attachment goes when that is written. True once that has begun. */
  *#detach(attachment: VolumeAttachment, volume: PersistentVolume | undefined): Task<boolean> {
    const { metadata, spec } = attachment;
    // What is under way is waited for, in one direction as in the other.
    if (isDeleting(attachment) || attachment.status?.attached !== true) return true;
    const { sim, informers } = this.#context;
    const unique = volume === undefined ? '' : attachableVolumeName(volume);
    const node = informers.informer('Node').get(spec.nodeName);
    const sinceUs = this.#unneededSinceUs.get(metadata.name) ?? sim.nowUs;
    this.#unneededSinceUs.set(metadata.name, sinceUs);
    const isForced = this.#isForced(node, sinceUs);
    if (!isForced && isInUse(node, unique)) {
      const waitUs = sinceUs + MAX_WAIT_FOR_UNMOUNT_US + LOOP_PERIOD_US - sim.nowUs;
      if (waitUs > 0) this.#queue.addAfter(spec.source.persistentVolumeName ?? '', waitUs);
      return false;
    }
    this.#attached.remove(spec.nodeName, unique);
    if (this.#attached.isUnposted(spec.nodeName)) {
      this.#nodeQueue.add(spec.nodeName);
      return true;
    }
    if (!isForced && node !== undefined) {
      // What the cache shows may be old by now (verifyVolumeIsSafeToDetach).
      const fresh = yield* this.#client.get('Node', undefined, spec.nodeName);
      if (isInUse(fresh, unique)) {
        this.#attached.add(spec.nodeName, unique);
        this.#nodeQueue.add(spec.nodeName);
        throw new Retry(`volume ${unique} is in use on node ${spec.nodeName} again`);
      }
    }
    this.#unneededSinceUs.delete(metadata.name);
    try {
      yield* this.#client.delete('VolumeAttachment', undefined, metadata.name);
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 404)) throw error;
    }
    return true;
  }

  /** A kubelet that lives is waited for however long it takes; one that does not for six minutes, unless its node is known to be off. */
  #isForced(node: Node | undefined, sinceUs: number): boolean {
    if (node?.spec?.taints?.some(({ key }) => key === OUT_OF_SERVICE) === true) return true;
    return this.#context.sim.nowUs - sinceUs > MAX_WAIT_FOR_UNMOUNT_US && !isHealthy(node);
  }

  /** Writes what is attached into the node's status, and goes on with what has waited for that. */
  *#post(nodeName: string): Task<void> {
    const { change, volumes } = this.#attached.listOf(nodeName);
    try {
      yield* this.#client.patch(
        'Node',
        undefined,
        nodeName,
        { type: 'strategic', body: { status: { volumesAttached: volumes } } },
        'status',
      );
    } catch (error) {
      // Nobody is there to be told.
      if (!(error instanceof ApiError && error.code === 404)) throw error;
    }
    if (this.#attached.posted(nodeName, change)) this.#onNode(nodeName);
    else this.#nodeQueue.add(nodeName);
  }

  /** Told once: the pods of the node that wait for a volume another node has. */
  #refuse({ metadata: { name } }: PersistentVolume, nodeName: string, users: readonly Pod[]): void {
    const others = users.filter(({ spec }) => spec.nodeName !== nodeName).map(({ metadata }) => metadata.name);
    const why =
      others.length > 0
        ? `Volume is already used by pod(s) ${others.join(', ')}`
        : "Volume is already exclusively attached to one node and can't be attached to another";
    for (const pod of users) {
      const { uid = '' } = pod.metadata;
      if (pod.spec.nodeName !== nodeName || this.#refused.has(uid)) continue;
      this.#refused.add(uid);
      this.#recorder.event(pod, 'Warning', 'FailedAttachVolume', `Multi-Attach error for volume "${name}" ${why}`);
    }
  }
}

/** IsMultiAttachAllowed of pkg/volume/util. */
function mayBeShared({ spec: { accessModes = [] } }: PersistentVolume): boolean {
  return accessModes.length === 0 || accessModes.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany');
}

/** IsPodTerminated of pkg/volume/util: finished, or on its way down with no container running. */
function isOver(pod: Pod): boolean {
  if (isPodTerminal(pod)) return true;
  return isDeleting(pod) && !(pod.status?.containerStatuses ?? []).some(({ state }) => state?.running !== undefined);
}

function isInUse(node: Node | undefined, unique: string): boolean {
  return node?.status?.volumesInUse?.includes(unique) === true;
}

function isHealthy(node: Node | undefined): boolean {
  return node !== undefined && nodeCondition(node, 'Ready')?.status === 'True';
}

/** Nothing has changed by which a volume could be let go of: true of nearly every heartbeat. */
function hasSameHold(before: Node, node: Node): boolean {
  return (
    before.status?.volumesInUse === node.status?.volumesInUse &&
    before.spec?.taints === node.spec?.taints &&
    isHealthy(before) === isHealthy(node)
  );
}
