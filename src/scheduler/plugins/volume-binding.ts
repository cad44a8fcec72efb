/**
 * Sends pods where their volumes are, or can be. Models plugins/volumebinding.
 *
 * Bound claims hold the pod to where the volume is usable; claims that wait for their first consumer need a free volume or a
 * provisioner on the node. Claims that bind at once but have not yet keep the pod off every node. On the chosen node, Reserve
 * assumes what was found, and PreBind has it bound (volume-binder.ts).
 */
import { matchesNodeSelector } from '../../model/node-selector.ts';
import { quantityUnits } from '../../model/quantity.ts';
import { selectorMatches } from '../../model/selector.ts';
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../model/storage.ts';
import { BIND_COMPLETED, SELECTED_NODE } from '../../model/volume-matching.ts';
import {
  type BindingTask,
  type CycleState,
  errorStatus,
  type FilterPlugin,
  PRE_FILTER_SUCCESS,
  type PreBindPlugin,
  type PreFilterPlugin,
  type PreFilterResult,
  type PreScorePlugin,
  type ReservePlugin,
  type ScorePlugin,
  type Status,
  skip,
  unresolvable,
} from '../framework.ts';
import type { PluginHandle } from '../handle.ts';
import type { NodeInfo } from '../node-info.ts';
import { type ClaimReference, claimOf, isOwnedBy, storageClassOf } from '../pod-claims.ts';
import type { PodInfo } from '../pod-info.ts';
import type { PluginArgs } from '../profile-spec.ts';
import { type AssumedVolumes, VolumeBinder, type VolumePlan } from '../volume-binder.ts';

const NAME = 'VolumeBinding';
const SKIP = skip(NAME);
const UNBOUND_IMMEDIATE = unresolvable(NAME, 'pod has unbound immediate PersistentVolumeClaims');
const WRONG_NODE = "node(s) didn't match PersistentVolume's node affinity";
const NO_VOLUME = "node(s) didn't find available persistent volumes to bind";
const NO_SPACE = 'node(s) did not have enough free storage';
const LOST_VOLUME = 'node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)';

const STATE = 'VolumeBinding/claims';
const ASSUMED = 'VolumeBinding/assumed';
const NO_PROVISIONER = 'kubernetes.io/no-provisioner';

interface PodClaims {
  readonly bound: readonly PersistentVolumeClaim[];
  /** Waiting for their first consumer, the smallest request first. */
  readonly delayed: readonly PersistentVolumeClaim[];
}

export class VolumeBinding implements PreFilterPlugin, FilterPlugin, PreScorePlugin, ScorePlugin, ReservePlugin, PreBindPlugin {
  readonly name = NAME;
  readonly #handle: PluginHandle;
  readonly #binder: VolumeBinder;

  constructor(handle: PluginHandle, args: PluginArgs['VolumeBinding']) {
    this.#handle = handle;
    this.#binder = new VolumeBinder(handle, args.bindTimeoutSeconds);
  }

  preFilter(state: CycleState, pod: PodInfo): PreFilterResult {
    const references = (pod.pod.spec.volumes ?? []).flatMap((volume) => claimOf(pod.pod, volume) ?? []);
    if (references.length === 0) return { status: SKIP };
    const claims: PersistentVolumeClaim[] = [];
    for (const reference of references) {
      const claim = this.#binder.claims.get(`${pod.namespace}/${reference.name}`);
      const problem = problemWith(pod, reference, claim);
      if (problem !== undefined) return { status: unresolvable(NAME, problem) };
      claims.push(claim!);
    }
    const unbound = claims.filter((claim) => !isBound(claim));
    if (unbound.some((claim) => !this.#waitsForConsumer(claim))) return { status: UNBOUND_IMMEDIATE };
    const delayed = unbound.sort((a, b) => requestedBytes(a) - requestedBytes(b));
    state.write(STATE, { bound: claims.filter(isBound), delayed } satisfies PodClaims);
    return PRE_FILTER_SUCCESS;
  }

  filter(state: CycleState, _pod: PodInfo, node: NodeInfo): Status | undefined {
    const claims = state.read<PodClaims>(STATE);
    if (claims === undefined) return undefined;
    const plan = this.#plan(claims.delayed, node);
    const reasons = [this.#boundProblem(claims.bound, node), typeof plan === 'string' ? plan : undefined].flatMap((reason) => reason ?? []);
    // The order of upstream's report: a lost volume comes last.
    if (reasons[0] === LOST_VOLUME) reasons.push(reasons.shift()!);
    return reasons.length === 0 ? undefined : unresolvable(NAME, ...reasons);
  }

  /** Scoring by capacity is behind a gate that is off. */
  preScore(): Status | undefined {
    return SKIP;
  }

  score(): number {
    return 0;
  }

  reserve(state: CycleState, pod: PodInfo, nodeName: string): Status | undefined {
    const claims = state.read<PodClaims>(STATE);
    const node = this.#handle.snapshot.get(nodeName);
    if (claims === undefined || claims.delayed.length === 0 || node === undefined) return undefined;
    const plan = this.#plan(claims.delayed, node);
    if (typeof plan === 'string') return errorStatus(NAME, `assuming volumes of pod ${pod.key} on node ${nodeName}: ${plan}`);
    state.write(ASSUMED, this.#binder.assume(plan, nodeName));
    return undefined;
  }

  unreserve(state: CycleState): void {
    const assumed = state.read<AssumedVolumes>(ASSUMED);
    if (assumed !== undefined) this.#binder.revert(assumed);
  }

  /** Claims that were all bound before leave nothing to do. */
  preBindPreFlight(state: CycleState): Status | undefined {
    return state.read<AssumedVolumes>(ASSUMED) === undefined ? SKIP : undefined;
  }

  *preBind(state: CycleState, _pod: PodInfo, nodeName: string): BindingTask {
    return yield* this.#binder.bind(state.read<AssumedVolumes>(ASSUMED)!, nodeName);
  }

  #waitsForConsumer(claim: PersistentVolumeClaim): boolean {
    if ((claim.spec.volumeName ?? '') !== '') return false;
    return this.#handle.listers.storageClasses.get(storageClassOf(claim))?.volumeBindingMode === 'WaitForFirstConsumer';
  }

  #boundProblem(claims: readonly PersistentVolumeClaim[], node: NodeInfo): string | undefined {
    for (const claim of claims) {
      const volume = this.#binder.volumes.get(claim.spec.volumeName!);
      if (volume === undefined) return LOST_VOLUME;
      if (!isUsableOn(volume, node)) return WRONG_NODE;
    }
    return undefined;
  }

  /** How the claims that wait would be served on the node, or why they cannot be. */
  #plan(claims: readonly PersistentVolumeClaim[], node: NodeInfo): VolumePlan | string {
    const toProvision: PersistentVolumeClaim[] = [];
    const toMatch: PersistentVolumeClaim[] = [];
    for (const claim of claims) {
      const selected = claim.metadata.annotations?.[SELECTED_NODE];
      if (selected !== undefined && selected !== node.name) return NO_VOLUME;
      (selected === undefined ? toMatch : toProvision).push(claim);
    }
    const taken = new Set<PersistentVolume>();
    const matches: { claim: PersistentVolumeClaim; volume: PersistentVolume }[] = [];
    for (const claim of toMatch) {
      const volume = findVolume(claim, this.#binder.volumes.values(), node, taken);
      if (volume === undefined) toProvision.push(claim);
      else {
        taken.add(volume);
        matches.push({ claim, volume });
      }
    }
    for (const claim of toProvision) {
      const problem = this.#provisionProblem(claim, node);
      if (problem !== undefined) return problem;
    }
    return { matches, toProvision };
  }

  #provisionProblem(claim: PersistentVolumeClaim, node: NodeInfo): string | undefined {
    const storageClass = this.#handle.listers.storageClasses.get(storageClassOf(claim));
    if (storageClass === undefined || storageClass.provisioner === '' || storageClass.provisioner === NO_PROVISIONER) return NO_VOLUME;
    if (!allowsNode(storageClass, node)) return NO_VOLUME;
    return this.#hasCapacity(storageClass, requestedBytes(claim), node) ? undefined : NO_SPACE;
  }

  #hasCapacity(storageClass: StorageClass, bytes: number, node: NodeInfo): boolean {
    const { csiDrivers, csiStorageCapacities } = this.#handle.listers;
    if (csiDrivers.get(storageClass.provisioner)?.spec.storageCapacity !== true) return true;
    for (const capacity of csiStorageCapacities.values()) {
      const limit = capacity.maximumVolumeSize ?? capacity.capacity;
      if (capacity.storageClassName !== storageClass.metadata.name || limit === undefined || quantityUnits(limit) < bytes) continue;
      if (selectorMatches(capacity.nodeTopology, node.labels)) return true;
    }
    return false;
  }
}

function problemWith(pod: PodInfo, { name, isEphemeral }: ClaimReference, claim: PersistentVolumeClaim | undefined): string | undefined {
  if (claim === undefined) {
    return isEphemeral
      ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
      : `persistentvolumeclaim "${name}" not found`;
  }
  if (claim.status?.phase === 'Lost') {
    return `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${claim.spec.volumeName ?? ''}"`;
  }
  if (claim.metadata.deletionTimestamp !== undefined) return `persistentvolumeclaim "${name}" is being deleted`;
  if (isEphemeral && !isOwnedBy(claim, pod.pod)) {
    return `PVC ${pod.namespace}/${name} was not created for pod ${pod.key} (pod is not owner)`;
  }
  return undefined;
}

function isBound(claim: PersistentVolumeClaim): boolean {
  return (claim.spec.volumeName ?? '') !== '' && claim.metadata.annotations?.[BIND_COMPLETED] !== undefined;
}

function requestedBytes(claim: PersistentVolumeClaim): number {
  return quantityUnits(claim.spec.resources?.requests?.storage);
}

function isUsableOn(volume: PersistentVolume, { node }: NodeInfo): boolean {
  const required = volume.spec.nodeAffinity?.required;
  return required === undefined || (node !== undefined && matchesNodeSelector(required, node));
}

/** The volume promised to the claim, or else the smallest free one that serves it. */
function findVolume(
  claim: PersistentVolumeClaim,
  volumes: Iterable<PersistentVolume>,
  node: NodeInfo,
  taken: ReadonlySet<PersistentVolume>,
): PersistentVolume | undefined {
  const className = storageClassOf(claim);
  let smallest: PersistentVolume | undefined;
  for (const volume of volumes) {
    if (taken.has(volume) || classOf(volume) !== className || !couldServe(volume, claim)) continue;
    const isPromised = isPromisedTo(volume, claim);
    if (isPromised) return isUsableOn(volume, node) ? volume : undefined;
    if (volume.spec.claimRef !== undefined || volume.status?.phase !== 'Available' || !isUsableOn(volume, node)) continue;
    if (claim.spec.selector !== undefined && !selectorMatches(claim.spec.selector, volume.metadata.labels)) continue;
    if (claim.spec.accessModes?.some((mode) => volume.spec.accessModes?.includes(mode) !== true) === true) continue;
    if (smallest === undefined || capacityBytes(volume) < capacityBytes(smallest)) smallest = volume;
  }
  return smallest;
}

function couldServe(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (
    capacityBytes(volume) >= requestedBytes(claim) &&
    (volume.spec.volumeMode ?? 'Filesystem') === (claim.spec.volumeMode ?? 'Filesystem') &&
    ((volume.spec as { readonly volumeAttributesClassName?: string }).volumeAttributesClassName ?? '') ===
      (claim.spec.volumeAttributesClassName ?? '') &&
    volume.metadata.deletionTimestamp === undefined
  );
}

function isPromisedTo({ spec: { claimRef } }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  if (claimRef === undefined || claimRef.name !== metadata.name || claimRef.namespace !== metadata.namespace) return false;
  return claimRef.uid === undefined || claimRef.uid === '' || claimRef.uid === metadata.uid;
}

function classOf(volume: PersistentVolume): string {
  return volume.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? volume.spec.storageClassName ?? '';
}

function capacityBytes(volume: PersistentVolume): number {
  return quantityUnits(volume.spec.capacity?.storage);
}

/** Terms are ORed, their expressions ANDed; none at all allows every node. */
function allowsNode({ allowedTopologies = [] }: StorageClass, { labels }: NodeInfo): boolean {
  if (allowedTopologies.length === 0) return true;
  return allowedTopologies.some(({ matchLabelExpressions = [] }) =>
    matchLabelExpressions.every(({ key, values }) => labels[key] !== undefined && values.includes(labels[key]!)),
  );
}
