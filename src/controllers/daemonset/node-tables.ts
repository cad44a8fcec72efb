/**
 * The tables of all DaemonSets, and the rows of the nodes they share. Hears of nodes and pods before anyone whose handler is added later.
 */
import type { Informer } from '../../client/informer.ts';
import { controllerOf, isDeleting } from '../../model/meta.ts';
import type { Node } from '../../model/node.ts';
import type { Pod } from '../../model/pod.ts';
import { selectorMatches } from '../../model/selector.ts';
import type { DaemonSet } from '../../model/workloads.ts';
import type { Simulation } from '../../sim/simulation.ts';
import { type Basis, basisOf } from './daemon-view.ts';
import type { Eligibility } from './eligibility.ts';
import { ORPHANS } from './histories.ts';
import { NodeTable, type Rows } from './node-table.ts';

// Rows that may be left over from nodes that are gone before all are numbered anew.
const SPARE_ROWS = 1024;

export type EligibilityOf = (spec: DaemonSet['spec'], node: Node) => Eligibility;

export class NodeTables implements Rows {
  readonly #sim: Simulation;
  readonly #nodes: Informer<'Node'>;
  readonly #pods: Informer<'Pod'>;
  readonly #eligibilityOf: EligibilityOf;
  readonly #byUid = new Map<string, NodeTable>();
  readonly #rowOf = new Map<string, number>();
  #names: string[] = [];

  constructor(sim: Simulation, nodes: Informer<'Node'>, pods: Informer<'Pod'>, eligibilityOf: EligibilityOf) {
    this.#sim = sim;
    this.#nodes = nodes;
    this.#pods = pods;
    this.#eligibilityOf = eligibilityOf;
    nodes.addHandler({
      onAdd: (node) => this.#addNode(node),
      onUpdate: (before, after) => this.#updateNode(before, after),
      onDelete: (_, before) => this.#removeNode(before),
    });
    pods.addHandler({
      onAdd: (pod) => this.#tableOf(pod)?.addPod(pod, sim.nowUs),
      onUpdate: (before, after) => this.#updatePod(before, after),
      onDelete: (_, before) => this.#tableOf(before)?.removePod(before, sim.nowUs),
    });
  }

  readonly rowOf = (node: string): number | undefined => this.#rowOf.get(node);
  readonly nameOf = (row: number): string => this.#names[row]!;

  /** The set's table as of now; undefined while pods are to be adopted or released, which is seen to by looking at all of them. */
  of(set: DaemonSet, hash: string): NodeTable | undefined {
    const { uid = '', namespace = '' } = set.metadata;
    if (this.#pods.countByIndex(ORPHANS, namespace) > 0) {
      const { selector } = set.spec;
      const orphans = this.#pods.byIndex(ORPHANS, namespace);
      if (orphans.some((pod) => !isDeleting(pod) && selectorMatches(selector, pod.metadata.labels))) return undefined;
    }
    const table = this.#known(set, hash) ?? this.#build(uid, basisOf(set, hash));
    if (table.foreign > 0) return undefined;
    table.catchUp(this.#sim.nowUs);
    return table;
  }

  forget(uid: string): void {
    this.#byUid.delete(uid);
  }

  #known({ metadata, spec }: DaemonSet, hash: string): NodeTable | undefined {
    const table = this.#byUid.get(metadata.uid ?? '');
    if (table === undefined || table.basis.spec !== spec || table.basis.hash !== hash) return undefined;
    return basisOf({ metadata, spec } as DaemonSet, hash).generation === table.basis.generation ? table : undefined;
  }

  #build(uid: string, basis: Basis): NodeTable {
    const { nowUs } = this.#sim;
    const table = new NodeTable(basis, this, () => this.#pods.byIndex('controllerUid', uid));
    for (const node of this.#nodes.values())
      table.setNode(this.#rowOf.get(node.metadata.name)!, this.#eligibilityOf(basis.spec, node), nowUs);
    for (const pod of this.#pods.byIndex('controllerUid', uid)) table.addPod(pod, nowUs);
    this.#byUid.set(uid, table);
    return table;
  }

  #tableOf(pod: Pod): NodeTable | undefined {
    const controller = controllerOf(pod);
    return controller === undefined ? undefined : this.#byUid.get(controller.uid);
  }

  #updatePod(before: Pod, after: Pod): void {
    if (before === after) return;
    const former = this.#tableOf(before);
    const table = this.#tableOf(after);
    const { nowUs } = this.#sim;
    if (former === table) return table?.updatePod(before, after, nowUs);
    former?.removePod(before, nowUs);
    table?.addPod(after, nowUs);
  }

  #addNode(node: Node): void {
    const { name } = node.metadata;
    if (this.#names.length > 2 * this.#rowOf.size + SPARE_ROWS) this.#renumber();
    const row = this.#names.length;
    this.#names.push(name);
    this.#rowOf.set(name, row);
    for (const table of this.#byUid.values()) table.setNode(row, this.#eligibilityOf(table.basis.spec, node), this.#sim.nowUs);
  }

  #updateNode(before: Node, after: Node): void {
    if (before.metadata.labels === after.metadata.labels && before.spec === after.spec) return;
    const row = this.#rowOf.get(after.metadata.name)!;
    for (const table of this.#byUid.values()) table.setNode(row, this.#eligibilityOf(table.basis.spec, after), this.#sim.nowUs);
  }

  #removeNode({ metadata: { name } }: Node): void {
    const row = this.#rowOf.get(name)!;
    this.#rowOf.delete(name);
    for (const table of this.#byUid.values()) table.removeNode(row);
  }

  /** Drops the rows of nodes that are gone; the tables are made anew when they are asked for. */
  #renumber(): void {
    this.#names = [...this.#rowOf.keys()];
    for (const [row, name] of this.#names.entries()) this.#rowOf.set(name, row);
    this.#byUid.clear();
  }
}
