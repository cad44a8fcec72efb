/**
 * The tables of all StatefulSets. Hears of pods and claims before anyone whose handler is added later.
 */
import type { Informer } from '../../client/informer.ts';
import { controllerOf, isDeleting, type KubeObject } from '../../model/meta.ts';
import type { Pod } from '../../model/pod.ts';
import { selectorMatches } from '../../model/selector.ts';
import type { PersistentVolumeClaim } from '../../model/storage.ts';
import type { StatefulSet } from '../../model/workloads.ts';
import type { Simulation } from '../../sim/simulation.ts';
import { ordinalOf } from './identity.ts';
import { type ClaimQuestions, OrdinalTable } from './ordinal-table.ts';

/** Pods nobody controls, by namespace. */
export const ORPHANS = 'orphansByNamespace';

export class OrdinalTables {
  readonly #sim: Simulation;
  readonly #pods: Informer<'Pod'>;
  readonly #questions: ClaimQuestions;
  readonly #byUid = new Map<string, OrdinalTable>();
  /** Sets whose pods bring claims along, by what comes before the ordinal in their names, with the namespace before that. */
  readonly #byClaimStem = new Map<string, Set<string>>();

  constructor(sim: Simulation, pods: Informer<'Pod'>, claims: Informer<'PersistentVolumeClaim'>, questions: ClaimQuestions) {
    this.#sim = sim;
    this.#pods = pods;
    this.#questions = questions;
    pods.addHandler({
      onAdd: (pod) => this.#tableOf(pod)?.add(pod, sim.nowUs),
      onUpdate: (before, after) => this.#updatePod(before, after),
      onDelete: (_, before) => this.#tableOf(before)?.remove(before, sim.nowUs),
    });
    const onClaim = (claim: PersistentVolumeClaim) => this.#onClaim(claim);
    claims.addHandler({ onAdd: onClaim, onUpdate: (_, claim) => onClaim(claim), onDelete: onClaim });
  }

  /** The set's table, for a pass that ends with `close`; undefined when pods are to be adopted or released, or have no place of their own. */
  open(set: StatefulSet): OrdinalTable | undefined {
    if (this.#hasOrphans(set)) return undefined;
    const { uid = '' } = set.metadata;
    let table = this.#byUid.get(uid);
    if (table === undefined || !table.isOf(set)) table = this.#build(uid, set);
    if (!table.isUsable) return undefined;
    table.begin(this.#sim.nowUs);
    return table;
  }

  /** A table of a set that is gone by then is dropped. */
  close(set: StatefulSet, table: OrdinalTable, isGone: boolean): void {
    table.end();
    if (isGone) this.forget(set);
  }

  forget(set: StatefulSet): void {
    const { uid = '' } = set.metadata;
    // A pass that is on goes by it to its end.
    if (this.#byUid.get(uid)?.isInPass === true) return;
    this.#byUid.delete(uid);
    for (const stem of claimStems(set)) this.#byClaimStem.get(stem)?.delete(uid);
  }

  #hasOrphans(set: StatefulSet): boolean {
    const { namespace = '' } = set.metadata;
    if (this.#pods.countByIndex(ORPHANS, namespace) === 0) return false;
    const { selector } = set.spec;
    return this.#pods
      .byIndex(ORPHANS, namespace)
      .some((pod) => !isDeleting(pod) && ordinalOf(set, pod) >= 0 && selectorMatches(selector, pod.metadata.labels));
  }

  #build(uid: string, set: StatefulSet): OrdinalTable {
    const table = new OrdinalTable(set, this.#questions, this.#pods.byIndex('controllerUid', uid), this.#sim.nowUs);
    this.#byUid.set(uid, table);
    for (const stem of claimStems(set)) {
      const uids = this.#byClaimStem.get(stem);
      if (uids === undefined) this.#byClaimStem.set(stem, new Set([uid]));
      else uids.add(uid);
    }
    return table;
  }

  #tableOf(pod: Pod): OrdinalTable | undefined {
    const controller = controllerOf(pod);
    return controller === undefined ? undefined : this.#byUid.get(controller.uid);
  }

  #updatePod(before: Pod, after: Pod): void {
    if (before === after) return;
    const former = this.#tableOf(before);
    const table = this.#tableOf(after);
    const { nowUs } = this.#sim;
    if (former === table) return table?.replace(before, after, nowUs);
    former?.remove(before, nowUs);
    table?.add(after, nowUs);
  }

  #onClaim({ metadata: { name, namespace = '' } }: KubeObject): void {
    if (this.#byClaimStem.size === 0) return;
    const dash = name.lastIndexOf('-');
    const uids = this.#byClaimStem.get(`${namespace}/${name.slice(0, dash + 1)}`);
    if (uids === undefined) return;
    const ordinal = Number(name.slice(dash + 1));
    if (!Number.isInteger(ordinal)) return;
    for (const uid of uids) this.#byUid.get(uid)?.claimChanged(ordinal, this.#sim.nowUs);
  }
}

function claimStems({ metadata: { name, namespace = '' }, spec }: StatefulSet): string[] {
  return (spec.volumeClaimTemplates ?? []).map((template) => `${namespace}/${template.metadata.name}-${name}-`);
}
