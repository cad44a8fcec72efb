/**
 * Which volume is attached to which node: attached where a pod needs it, detached where none does any more.
 *
 * Models pkg/controller/volume/attachdetach (reconciler.go) and kubernetes-csi/external-attacher in one. A volume that only one
 * node may have stays with a node that has died until that node is back, or until six minutes after its last pod there is gone
 * from the API: whoever needs it elsewhere is told of a Multi-Attach error and waits. It works on while kube-controller-manager is down.
 */
import { ApiError } from '../apiserver/api-error.ts';
import { MINUTE_US, SECOND_US } from '../base/units.ts';
import { Client } from '../client/client.ts';
import { EventRecorder } from '../client/event-recorder.ts';
import { InformerFactory } from '../client/informer.ts';
import { sleep, type Task } from '../client/task.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { startWorkers } from '../client/workers.ts';
import { keyOf } from '../model/meta.ts';
import type { Node } from '../model/node.ts';
import { isPodTerminal, type Pod } from '../model/pod.ts';
import { attachmentName, type PersistentVolume, type VolumeAttachment } from '../model/storage.ts';
import { type Distribution, drawUs } from '../sim/distribution.ts';
import type { RandomStream } from '../sim/random.ts';
import type { ControlPlane } from './control-plane-process.ts';

const NAME = 'attachdetach-controller';
// attach_detach_controller.go: ReconcilerMaxWaitForUnmountDuration.
const MAX_WAIT_FOR_UNMOUNT_US = 6 * MINUTE_US;
// Drivers attach volumes side by side; one controller of kube-controller-manager has 20 requests a second and 30 at once.
const WORKERS = 10;
const QPS = 20;
const BURST = 30;
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service';
// A cloud's disk takes some seconds to attach and to detach; no measurement is cited, the order of magnitude counts.
const ATTACH: Distribution = { kind: 'lognormal', medianUs: 3 * SECOND_US, sigma: 0.6 };
const DETACH: Distribution = { kind: 'lognormal', medianUs: 2 * SECOND_US, sigma: 0.6 };
const BY_CLAIM = 'claim';
const BY_VOLUME = 'volume';

export class VolumeAttacher {
  readonly #plane: ControlPlane;
  readonly #informers: InformerFactory;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #random: RandomStream;
  readonly #queue: WorkQueue;
  /** Since when an attachment, by its name, is needed by nobody. */
  readonly #unneededSinceUs = new Map<string, number>();
  /** Pods, by uid, that have been told of a volume they cannot have yet. */
  readonly #told = new Set<string>();

  constructor(plane: ControlPlane) {
    const { sim, api, pump, random, watchHop } = plane;
    this.#plane = plane;
    this.#informers = new InformerFactory(sim, api.store, random, NAME, watchHop);
    this.#client = new Client(sim, api, pump, { name: NAME, qps: QPS, burst: BURST, level: 'workload-high' });
    this.#recorder = new EventRecorder(this.#client, sim, { component: NAME }, { isOn: plane.recordEvents });
    this.#random = random.stream('storage', 'attacher');
    this.#queue = new WorkQueue(sim);
  }

  /** Call it when there are volumes that have to be attached. */
  start(): void {
    const pods = this.#informers.informer('Pod');
    const claims = this.#informers.informer('PersistentVolumeClaim');
    const attachments = this.#informers.informer('VolumeAttachment');
    pods.addIndex(BY_CLAIM, claimKeysOf);
    attachments.addIndex(BY_VOLUME, ({ spec }) => [spec.source.persistentVolumeName ?? '']);
    this.#informers.informer('PersistentVolume').addHandler({
      onAdd: ({ metadata }) => this.#queue.add(metadata.name),
      onUpdate: (_before, { metadata }) => this.#queue.add(metadata.name),
    });
    const onPod = (pod: Pod) => {
      for (const key of claimKeysOf(pod)) this.#look(claims.get(key)?.spec.volumeName);
    };
    const onPodGone = (pod: Pod) => {
      this.#told.delete(pod.metadata.uid ?? '');
      onPod(pod);
    };
    pods.addHandler({ onAdd: onPod, onUpdate: (_before, pod) => onPod(pod), onDelete: onPodGone });
    claims.addHandler({
      onAdd: ({ spec }) => this.#look(spec.volumeName),
      onUpdate: (_before, { spec }) => this.#look(spec.volumeName),
    });
    const onAttachment = ({ spec }: VolumeAttachment) => this.#look(spec.source.persistentVolumeName);
    attachments.addHandler({ onAdd: onAttachment, onUpdate: (_before, one) => onAttachment(one), onDelete: onAttachment });
    this.#informers.informer('Node').addHandler({
      onUpdate: (before, node) => {
        if (isHealthy(before) !== isHealthy(node)) for (const one of attachments.values()) onAttachment(one);
      },
    });
    startWorkers(this.#plane.sim, this.#queue, WORKERS, (name) => this.#reconcile(name));
  }

  #look(volumeName: string | undefined): void {
    if (volumeName !== undefined && volumeName !== '') this.#queue.add(volumeName);
  }

  *#reconcile(name: string): Task<void> {
    const volume = this.#informers.informer('PersistentVolume').get(name);
    if (volume?.spec.csi === undefined) return;
    const users = this.#usersOf(volume);
    const needed = new Map(users.map((pod) => [pod.spec.nodeName!, pod]));
    const attached = this.#informers.informer('VolumeAttachment').byIndex(BY_VOLUME, name);
    for (const one of attached) if (!needed.has(one.spec.nodeName)) yield* this.#detach(one);
    const left = this.#informers.informer('VolumeAttachment').byIndex(BY_VOLUME, name);
    const isShared = volume.spec.accessModes?.some((mode) => mode === 'ReadWriteMany' || mode === 'ReadOnlyMany') === true;
    for (const [nodeName, pod] of needed) {
      if (left.some(({ spec }) => spec.nodeName === nodeName)) continue;
      if (!isShared && left.length > 0) this.#refuse(volume, pod, users);
      else return yield* this.#attach(volume, nodeName, pod);
    }
  }

  /** Pods that have a node and are not over: what they use is to be there. One that is on its way down still uses it. */
  #usersOf({ spec: { claimRef } }: PersistentVolume): readonly Pod[] {
    if (claimRef === undefined) return [];
    const pods = this.#informers.informer('Pod').byIndex(BY_CLAIM, keyOf(claimRef.namespace, claimRef.name ?? ''));
    return pods.filter((pod) => (pod.spec.nodeName ?? '') !== '' && !isPodTerminal(pod));
  }

  *#attach({ metadata: { name }, spec }: PersistentVolume, nodeName: string, pod: Pod): Task<void> {
    const attachment: VolumeAttachment = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'VolumeAttachment',
      metadata: { name: attachmentName(name, nodeName) },
      spec: { attacher: spec.csi!.driver, nodeName, source: { persistentVolumeName: name } },
    };
    try {
      const made = yield* this.#client.create('VolumeAttachment', attachment);
      yield* sleep(this.#plane.sim, drawUs(ATTACH, this.#random));
      yield* this.#client.updateStatus('VolumeAttachment', { ...made, status: { attached: true } });
    } catch (error) {
      // Somebody was faster, or the pod has gone meanwhile: the next look shows it.
      if (!(error instanceof ApiError && (error.code === 404 || error.code === 409))) throw error;
      return;
    }
    this.#told.delete(pod.metadata.uid ?? '');
    this.#recorder.event(pod, 'Normal', 'SuccessfulAttachVolume', `AttachVolume.Attach succeeded for volume "${name}" `);
  }

  *#detach({ metadata: { name }, spec }: VolumeAttachment): Task<void> {
    const { sim } = this.#plane;
    const waitUs = this.#waitForUnmountUs(name, this.#informers.informer('Node').get(spec.nodeName));
    if (waitUs > 0) return this.#queue.addAfter(spec.source.persistentVolumeName ?? '', waitUs);
    this.#unneededSinceUs.delete(name);
    yield* sleep(sim, drawUs(DETACH, this.#random));
    try {
      yield* this.#client.delete('VolumeAttachment', undefined, name);
    } catch (error) {
      if (!(error instanceof ApiError && error.code === 404)) throw error;
    }
  }

  /** A kubelet that lives has unmounted by the time its pod is gone. One that does not is waited for, unless its node is known to be off. */
  #waitForUnmountUs(attachment: string, node: Node | undefined): number {
    if (node !== undefined && isHealthy(node)) return 0;
    if (node?.spec?.taints?.some(({ key }) => key === OUT_OF_SERVICE) === true) return 0;
    const { nowUs } = this.#plane.sim;
    const sinceUs = this.#unneededSinceUs.get(attachment) ?? nowUs;
    this.#unneededSinceUs.set(attachment, sinceUs);
    return Math.max(0, sinceUs + MAX_WAIT_FOR_UNMOUNT_US - nowUs);
  }

  #refuse(volume: PersistentVolume, pod: Pod, users: readonly Pod[]): void {
    const { uid = '' } = pod.metadata;
    if (this.#told.has(uid)) return;
    this.#told.add(uid);
    const others = users.filter((other) => other.spec.nodeName !== pod.spec.nodeName).map(({ metadata }) => metadata.name);
    const why =
      others.length > 0
        ? `Volume is already used by pod(s) ${others.join(', ')}`
        : "Volume is already exclusively attached to one node and can't be attached to another";
    this.#recorder.event(pod, 'Warning', 'FailedAttachVolume', `Multi-Attach error for volume "${volume.metadata.name}" ${why}`);
  }
}

function isHealthy({ status }: Node): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === 'Ready' && value === 'True') === true;
}

function claimKeysOf(pod: Pod): readonly string[] {
  const { volumes } = pod.spec;
  if (volumes === undefined) return NO_KEYS;
  return volumes.flatMap(({ name, persistentVolumeClaim, ephemeral }) => {
    const claim = persistentVolumeClaim?.claimName ?? (ephemeral === undefined ? undefined : `${pod.metadata.name}-${name}`);
    return claim === undefined ? [] : [keyOf(pod.metadata.namespace, claim)];
  });
}

const NO_KEYS: readonly string[] = [];
