/**
 * The storage drivers of the cluster: they make a volume for each claim that was given to them, and take it away with the claim.
 *
 * Models kubernetes-csi/external-provisioner beside the driver of every StorageClass, whatever its name; `kubernetes.io/…` names
 * are the controller manager's own. A volume can be reached from the zone of the node it was made for, or, in a cluster without
 * zones, from that node alone. CSI drivers attach what they have made (csi-attacher.ts). Left out: running out of storage.
 */
import { ApiError } from '../apiserver/api-error.ts';
import { MINUTE_US, SECOND_US } from '../base/units.ts';
import { Client } from '../client/client.ts';
import { EventRecorder } from '../client/event-recorder.ts';
import { InformerFactory } from '../client/informer.ts';
import { run, sleep, type Task } from '../client/task.ts';
import { withFinalizer, withoutFinalizer } from '../controllers/persistentvolume/protection-finalizer.ts';
import { isDeleting } from '../model/meta.ts';
import type { CSIDriver, PersistentVolume, PersistentVolumeClaim, StorageClass } from '../model/storage.ts';
import { PROVISIONED_BY, SELECTED_NODE, STORAGE_PROVISIONER, storageClassNameOf } from '../model/volume-matching.ts';
import { type Distribution, drawUs } from '../sim/distribution.ts';
import type { RandomStream } from '../sim/random.ts';
import type { ControlPlane } from './control-plane-process.ts';
import { CsiAttacher } from './csi-attacher.ts';

const ZONE = 'topology.kubernetes.io/zone';
const HOSTNAME = 'kubernetes.io/hostname';
const IN_TREE = 'kubernetes.io/';
const NAME = 'external-provisioner';
// HonorPVReclaimPolicy of external-provisioner: a volume deleted before its claim stays until what stands behind it is gone.
const FINALIZER = 'external-provisioner.volume.kubernetes.io/finalizer';
// --kube-api-qps and --kube-api-burst, --retry-interval-start and --retry-interval-max of external-provisioner.
const QPS = 5;
const BURST = 10;
const RETRY_US = SECOND_US;
const RETRY_MAX_US = 5 * MINUTE_US;
// A cloud's disk is made in some seconds, a folder on a node in less; no measurement is cited, the order of magnitude counts.
const MAKE: Distribution = { kind: 'lognormal', medianUs: 2 * SECOND_US, sigma: 0.6 };
const REMOVE: Distribution = { kind: 'lognormal', medianUs: SECOND_US, sigma: 0.6 };

export class StorageDrivers {
  readonly #plane: ControlPlane;
  readonly #informers: InformerFactory;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #random: RandomStream;
  /** Claims and volumes that are being worked on, by uid. */
  readonly #busy = new Set<string>();
  readonly #attacher: CsiAttacher;
  #isAttaching = false;

  constructor(plane: ControlPlane) {
    const { sim, api, pump, random, watchHop } = plane;
    this.#plane = plane;
    this.#informers = new InformerFactory(sim, api.store, random, NAME, watchHop);
    this.#client = new Client(sim, api, pump, { name: NAME, qps: QPS, burst: BURST, level: 'workload-high' });
    this.#recorder = new EventRecorder(this.#client, sim, { component: NAME }, { isOn: plane.recordEvents });
    this.#random = random.stream('storage', 'drivers');
    this.#attacher = new CsiAttacher(plane);
  }

  /** Drivers come with the first storage class: most clusters have none, and pay nothing. */
  start(): void {
    const { sim, api } = this.#plane;
    let isBegun = false;
    // What is there already is told before `watch` has returned.
    const watch = api.store.watch('StorageClass', 0, () => {
      if (isBegun) return;
      isBegun = true;
      sim.after(0, () => {
        watch.stop();
        this.#begin();
      });
    });
  }

  #begin(): void {
    const claims = this.#informers.informer('PersistentVolumeClaim');
    const volumes = this.#informers.informer('PersistentVolume');
    const classes = this.#informers.informer('StorageClass');
    // Asked for a claim's node; known from the beginning, so that it knows them by then.
    this.#informers.informer('Node');
    // Asked before a volume is taken away.
    this.#informers.informer('VolumeAttachment');
    const onClaim = (claim: PersistentVolumeClaim) => this.#onClaim(claim);
    claims.addHandler({ onAdd: onClaim, onUpdate: (_before, claim) => onClaim(claim) });
    const onVolume = (volume: PersistentVolume) => this.#onVolume(volume);
    volumes.addHandler({ onAdd: onVolume, onUpdate: (_before, volume) => onVolume(volume) });
    // A claim may be known before its class.
    classes.addHandler({
      onAdd: ({ provisioner }) => {
        if (isCsiDriver(provisioner)) run(this.#install(provisioner));
        for (const claim of claims.values()) this.#onClaim(claim);
      },
    });
  }

  /** The driver says of itself that its volumes have to be attached: from then on the kubelets wait for that. */
  *#install(driver: string): Task<void> {
    if (!this.#isAttaching) this.#attacher.start();
    this.#isAttaching = true;
    const object: CSIDriver = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSIDriver',
      metadata: { name: driver },
      spec: { attachRequired: true },
    };
    yield* this.#insist(() => this.#client.create('CSIDriver', object));
  }

  #onClaim(claim: PersistentVolumeClaim): void {
    const { uid = '', annotations, deletionTimestamp } = claim.metadata;
    const storageClass = this.#informers.informer('StorageClass').get(storageClassNameOf(claim));
    const driver = annotations?.[STORAGE_PROVISIONER];
    if (storageClass === undefined || driver === undefined || deletionTimestamp !== undefined || this.#busy.has(uid)) return;
    if ((claim.spec.volumeName ?? '') !== '' || claim.status?.phase === 'Bound') return;
    const isDelayed = storageClass.volumeBindingMode === 'WaitForFirstConsumer';
    if (isDelayed && annotations?.[SELECTED_NODE] === undefined) return;
    this.#busy.add(uid);
    run(this.#provision(claim, storageClass, driver), () => this.#busy.delete(uid));
  }

  *#provision(claim: PersistentVolumeClaim, storageClass: StorageClass, driver: string): Task<void> {
    const { sim } = this.#plane;
    const { name, namespace } = claim.metadata;
    this.#recorder.event(claim, 'Normal', 'Provisioning', `External provisioner is provisioning volume for claim "${namespace}/${name}"`);
    yield* sleep(sim, drawUs(MAKE, this.#random));
    const volume = this.#volumeFor(claim, storageClass, driver);
    yield* this.#insist(
      () => this.#client.create('PersistentVolume', volume),
      (why) => {
        const failed = `failed to provision volume with StorageClass "${storageClass.metadata.name}": ${why}`;
        this.#recorder.event(claim, 'Warning', 'ProvisioningFailed', failed);
      },
    );
    const message = `Successfully provisioned volume ${volume.metadata.name}`;
    this.#recorder.event(claim, 'Normal', 'ProvisioningSucceeded', message);
  }

  /** A volume whose claim has gone is taken away, if it is to be so: what its class said may have been changed in the volume since. */
  #onVolume(volume: PersistentVolume): void {
    const { uid = '', name, annotations, finalizers } = volume.metadata;
    const driver = annotations?.[PROVISIONED_BY];
    if (driver === undefined || driver.startsWith(IN_TREE) || this.#busy.has(uid)) return;
    const isToGo = volume.spec.persistentVolumeReclaimPolicy === 'Delete';
    const isHeld = finalizers?.includes(FINALIZER) === true;
    const { phase } = volume.status ?? {};
    let work: Task<void> | undefined;
    if (!isToGo && isHeld) work = this.#setHeld(name, false);
    else if (isToGo && !isHeld && phase === 'Bound' && isCsiDriver(driver) && !isDeleting(volume)) work = this.#setHeld(name, true);
    else if (isToGo && phase === 'Released' && (isHeld || !isDeleting(volume))) work = this.#remove(volume);
    if (work === undefined) return;
    this.#busy.add(uid);
    run(work, () => this.#busy.delete(uid));
  }

  /** Others write into the volume at the same time: who comes too late begins anew. */
  *#setHeld(name: string, isHeld: boolean): Task<void> {
    for (let waitUs = RETRY_US; ; waitUs = Math.min(RETRY_MAX_US, waitUs * 2)) {
      try {
        const volume = yield* this.#client.get('PersistentVolume', undefined, name);
        if ((volume.metadata.finalizers?.includes(FINALIZER) === true) === isHeld) return;
        yield* this.#client.update('PersistentVolume', isHeld ? withFinalizer(volume, FINALIZER) : withoutFinalizer(volume, FINALIZER));
        return;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.code === 404) return;
      }
      yield* sleep(this.#plane.sim, waitUs);
    }
  }

  /** A volume that a node still has is not taken away: that is told, and tried again. */
  *#remove(volume: PersistentVolume): Task<void> {
    const { name } = volume.metadata;
    for (let waitUs = RETRY_US; ; waitUs = Math.min(RETRY_MAX_US, waitUs * 2)) {
      const attached = [...this.#informers.informer('VolumeAttachment').values()].find(
        ({ spec }) => spec.source.persistentVolumeName === name,
      );
      if (attached === undefined) break;
      const message = `persistentvolume ${name} is still attached to node ${attached.spec.nodeName}`;
      this.#recorder.event(volume, 'Warning', 'VolumeFailedDelete', message);
      yield* sleep(this.#plane.sim, waitUs);
    }
    yield* sleep(this.#plane.sim, drawUs(REMOVE, this.#random));
    yield* this.#insist(() => this.#client.delete('PersistentVolume', undefined, name));
    if (volume.metadata.finalizers?.includes(FINALIZER) === true) yield* this.#setHeld(name, false);
  }

  /** Tries until it is done; that somebody was faster is as good. */
  *#insist<T>(act: () => Task<T>, failed?: (why: string) => void): Task<void> {
    for (let waitUs = RETRY_US; ; waitUs = Math.min(RETRY_MAX_US, waitUs * 2)) {
      try {
        yield* act();
        return;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        if (error.code === 409 || error.code === 404) return;
        failed?.(error.message);
      }
      yield* sleep(this.#plane.sim, waitUs);
    }
  }

  #volumeFor(claim: PersistentVolumeClaim, storageClass: StorageClass, driver: string): PersistentVolume {
    const { uid = '', name, namespace, annotations, resourceVersion } = claim.metadata;
    const { accessModes, resources, volumeMode, volumeAttributesClassName } = claim.spec;
    const { parameters, mountOptions, reclaimPolicy } = storageClass;
    const isFolder = !isCsiDriver(driver);
    const reach = this.#reachOf(annotations?.[SELECTED_NODE], isFolder);
    return {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: {
        name: `pvc-${uid}`,
        annotations: { [PROVISIONED_BY]: driver },
        ...(isFolder || reclaimPolicy === 'Retain' ? {} : { finalizers: [FINALIZER] }),
      },
      spec: {
        capacity: { storage: resources?.requests?.storage ?? '1Gi' },
        ...(accessModes === undefined ? {} : { accessModes }),
        claimRef: { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace: namespace!, name, uid, resourceVersion: resourceVersion! },
        persistentVolumeReclaimPolicy: reclaimPolicy === 'Retain' ? 'Retain' : 'Delete',
        storageClassName: storageClassNameOf(claim),
        volumeMode: volumeMode ?? 'Filesystem',
        ...(volumeAttributesClassName === undefined ? {} : { volumeAttributesClassName }),
        ...(mountOptions === undefined ? {} : { mountOptions }),
        ...(isFolder
          ? { hostPath: { path: `/opt/local-path-provisioner/pvc-${uid}`, type: 'DirectoryOrCreate' } }
          : { csi: { driver, volumeHandle: `pvc-${uid}`, ...(parameters === undefined ? {} : { volumeAttributes: parameters }) } }),
        ...(reach === undefined ? {} : { nodeAffinity: reach }),
      },
    };
  }

  #reachOf(nodeName: string | undefined, isFolder: boolean): PersistentVolume['spec']['nodeAffinity'] {
    if (nodeName === undefined) return undefined;
    const labels = this.#informers.informer('Node').get(nodeName)?.metadata.labels ?? {};
    const zone = isFolder ? undefined : labels[ZONE];
    const key = zone === undefined ? HOSTNAME : ZONE;
    const matchExpressions = [{ key, operator: 'In', values: [zone ?? labels[HOSTNAME] ?? nodeName] }];
    return { required: { nodeSelectorTerms: [{ matchExpressions }] } };
  }
}

/** A name with a path is none of a CSI driver: such provisioners make a folder on a node. */
function isCsiDriver(provisioner: string): boolean {
  return !provisioner.includes('/');
}
