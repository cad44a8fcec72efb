/**
 * Binds the volumes of a pod that has been given a node: assumed in memory first, then written, then waited for.
 *
 * Models AssumePodVolumes, bindAPIUpdate and checkBindings of pkg/scheduler/framework/plugins/volumebinding/binder.go. The scheduler only
 * promises a volume to a claim, or names the node a volume is to be made for; the volume controller and the provisioner do the rest.
 */
import { SECOND_US } from '../base/units.ts';
import type { ObjectReference } from '../model/meta.ts';
import { matchesNodeSelector } from '../model/node-selector.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../model/storage.ts';
import { BIND_COMPLETED, BOUND_BY_CONTROLLER, isVolumeBoundTo, SELECTED_NODE } from '../model/volume-matching.ts';
import { AssumedObjects } from './assumed-objects.ts';
import type { BindingTask } from './framework.ts';
import type { PluginHandle } from './handle.ts';

/** What one pod's claims come to on one node. */
export interface VolumePlan {
  readonly matches: readonly { readonly claim: PersistentVolumeClaim; readonly volume: PersistentVolume }[];
  readonly toProvision: readonly PersistentVolumeClaim[];
}

/** A plan put into effect in memory. */
export interface AssumedVolumes {
  readonly volumes: readonly PersistentVolume[];
  readonly claims: readonly PersistentVolumeClaim[];
  /** The claims behind `volumes`, one for each. */
  readonly matched: readonly PersistentVolumeClaim[];
}

// checkBindings is polled once a second.
const POLL_US = SECOND_US;

export class VolumeBinder {
  readonly volumes: AssumedObjects<PersistentVolume>;
  readonly claims: AssumedObjects<PersistentVolumeClaim>;
  readonly #handle: PluginHandle;
  readonly #timeoutUs: number;

  constructor(handle: PluginHandle, bindTimeoutSeconds: number) {
    this.#handle = handle;
    this.#timeoutUs = bindTimeoutSeconds * SECOND_US;
    this.volumes = new AssumedObjects(handle.listers.persistentVolumes, ({ metadata }) => metadata.name);
    this.claims = new AssumedObjects(handle.listers.persistentVolumeClaims, claimKey);
  }

  assume({ matches, toProvision }: VolumePlan, nodeName: string): AssumedVolumes {
    // A volume that is promised to its claim already is left as it is, and only waited for.
    const promised = matches.map(({ claim, volume }) => (isWhollyPromised(volume, claim) ? volume : promisedTo(volume, claim)));
    const selected = toProvision.map((claim) => withSelectedNode(claim, nodeName));
    for (const [i, volume] of promised.entries()) if (volume !== matches[i]!.volume) this.volumes.assume(volume);
    for (const claim of selected) this.claims.assume(claim);
    return { volumes: promised, claims: selected, matched: matches.map(({ claim }) => claim) };
  }

  revert({ volumes, claims }: AssumedVolumes): void {
    for (const volume of volumes) this.volumes.restore(volume);
    for (const claim of claims) this.claims.restore(claim);
  }

  /** Writes what was assumed, and waits until every claim is bound. An exception is the reason why not. */
  *bind(assumed: AssumedVolumes, nodeName: string): BindingTask {
    const { api } = this.#handle;
    if (api === undefined) throw new Error('binding volumes: there is no API server to write to');
    const startUs = this.#handle.nowUs();
    for (const volume of assumed.volumes) {
      if (this.volumes.known(volume.metadata.name) !== volume) yield* api.updateVolume(volume);
    }
    for (const claim of assumed.claims) {
      if (this.claims.known(claimKey(claim)) !== claim) yield* api.updateClaim(claim);
    }
    for (;;) {
      yield* api.sleep(POLL_US);
      if (this.#isBound(assumed, nodeName)) return undefined;
      if (this.#handle.nowUs() - startUs >= this.#timeoutUs) throw new Error('binding volumes: context deadline exceeded');
    }
  }

  #isBound({ volumes, matched, claims }: AssumedVolumes, nodeName: string): boolean {
    const node = this.#handle.snapshot.get(nodeName)?.node;
    if (node === undefined) throw new Error(`binding volumes: failed to get node "${nodeName}": node "${nodeName}" not found`);
    for (const [i, { metadata }] of volumes.entries()) {
      const volume = this.volumes.known(metadata.name);
      if (volume === undefined) throw new Error(`binding volumes: failed to check binding: could not find pv "${metadata.name}"`);
      // The informer may still have the version before our write; then there is nothing to check yet.
      if (volume.spec.claimRef === undefined) {
        if (this.volumes.get(metadata.name) !== volume) return false;
        throw new Error(`binding volumes: ClaimRef got reset for pv "${metadata.name}"`);
      }
      if (!isUsable(volume, node))
        throw new Error(
          `binding volumes: pv "${metadata.name}" node affinity doesn't match node "${nodeName}": no matching NodeSelectorTerms`,
        );
      if (!isFullyBound(this.claims.known(claimKey(matched[i]!)))) return false;
    }
    for (const assumed of claims) {
      const key = claimKey(assumed);
      const claim = this.claims.known(key);
      if (claim === undefined)
        throw new Error(`binding volumes: failed to get pvc "${key}": persistentvolumeclaim "${assumed.metadata.name}" not found`);
      if (!this.#isProvisioned(claim, assumed, nodeName)) return false;
    }
    return true;
  }

  #isProvisioned(claim: PersistentVolumeClaim, assumed: PersistentVolumeClaim, nodeName: string): boolean {
    const key = claimKey(claim);
    const selected = claim.metadata.annotations?.[SELECTED_NODE];
    if (selected === undefined) {
      if (this.claims.get(key) === assumed) return false;
      throw new Error(`binding volumes: selectedNode annotation reset for PVC "${claim.metadata.name}"`);
    }
    if (selected !== nodeName)
      throw new Error(`binding volumes: selectedNode annotation value "${selected}" not set to scheduled node "${nodeName}"`);
    const { volumeName = '' } = claim.spec;
    if (volumeName === '') return false;
    const volume = this.volumes.known(volumeName);
    // Bound to a volume the informer has not shown yet.
    if (volume === undefined) return false;
    const node = this.#handle.snapshot.get(nodeName)?.node;
    if (node !== undefined && !isUsable(volume, node)) {
      throw new Error(`binding volumes: pv "${volumeName}" node affinity doesn't match node "${nodeName}": no matching NodeSelectorTerms`);
    }
    return isFullyBound(claim);
  }
}

export function claimKey({ metadata }: PersistentVolumeClaim): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

function isFullyBound(claim: PersistentVolumeClaim | undefined): boolean {
  return claim !== undefined && (claim.spec.volumeName ?? '') !== '' && claim.metadata.annotations?.[BIND_COMPLETED] !== undefined;
}

function isUsable({ spec }: PersistentVolume, node: Parameters<typeof matchesNodeSelector>[1]): boolean {
  const required = spec.nodeAffinity?.required;
  return required === undefined || matchesNodeSelector(required, node);
}

function isWhollyPromised(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return isVolumeBoundTo(volume, claim) && (volume.spec.claimRef?.uid ?? '') !== '';
}

/** Models GetBindVolumeToClaim: a promise made by others is only completed, one of our own is marked as such. */
function promisedTo(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { namespace = '', name, uid = '', resourceVersion } = claim.metadata;
  const claimRef: ObjectReference = {
    kind: 'PersistentVolumeClaim',
    namespace,
    name,
    uid,
    apiVersion: 'v1',
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  };
  const isPromised = isVolumeBoundTo(volume, claim);
  const annotations = isPromised ? volume.metadata.annotations : { ...volume.metadata.annotations, [BOUND_BY_CONTROLLER]: 'yes' };
  return {
    ...volume,
    metadata: { ...volume.metadata, ...(annotations === undefined ? {} : { annotations }) },
    spec: { ...volume.spec, claimRef },
  };
}

function withSelectedNode(claim: PersistentVolumeClaim, nodeName: string): PersistentVolumeClaim {
  if (claim.metadata.annotations?.[SELECTED_NODE] === nodeName) return claim;
  return { ...claim, metadata: { ...claim.metadata, annotations: { ...claim.metadata.annotations, [SELECTED_NODE]: nodeName } } };
}
