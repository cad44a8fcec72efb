/**
 * In which domain each row of the snapshot lies, for each topology key: the labels of all nodes as columns of small numbers.
 *
 * Dealt anew, when next asked for, after any node's labels or taints have changed or nodes came or went; a domain's number holds
 * only as long as the version does.
 */
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import type { SpecTraits } from '../pod-traits.ts';
import type { Snapshot } from '../snapshot.ts';
import { includesNode, type SpreadConstraint } from '../spread-constraints.ts';

/** One topology key. */
export interface DomainColumn {
  readonly key: string;
  version: number;
  /** By row; -1 where the node has no such label. */
  domainOf: Int32Array;
  count: number;
  /** Rows without the label, and whether a node has it with no value. */
  missing: number;
  hasEmptyValue: boolean;
}

/** Which rows count for a spread constraint: 1 for those that do. */
export interface RowMask {
  version: number;
  rows: Uint8Array;
  readonly isCounted: (node: NodeInfo) => boolean;
}

export class TopologyDomains {
  readonly #snapshot: Snapshot;
  readonly #columns = new Map<string, DomainColumn>();
  readonly #masks = new Map<string, RowMask>();
  /** Grows whenever domains have to be dealt anew. */
  version = 1;

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
  }

  invalidate(): void {
    this.version++;
  }

  /** The column of a key, which `refresh` brings up to date. */
  column(key: string): DomainColumn {
    let column = this.#columns.get(key);
    if (column === undefined) {
      column = { key, version: 0, domainOf: new Int32Array(0), count: 0, missing: 0, hasEmptyValue: false };
      this.#columns.set(key, column);
    }
    return column;
  }

  refresh(column: DomainColumn): void {
    if (column.version === this.version) return;
    column.version = this.version;
    const { nodes } = this.#snapshot;
    if (column.domainOf.length !== nodes.length) column.domainOf = new Int32Array(nodes.length);
    const { key, domainOf } = column;
    const ids = new Map<string, number>();
    column.missing = 0;
    for (let row = 0; row < nodes.length; row++) {
      const value = nodes[row]!.labels[key];
      if (value === undefined) {
        domainOf[row] = -1;
        column.missing++;
        continue;
      }
      let id = ids.get(value);
      if (id === undefined) {
        id = ids.size;
        ids.set(value, id);
      }
      domainOf[row] = id;
    }
    column.count = ids.size;
    column.hasEmptyValue = ids.has('');
  }

  /**
   * Rows that count for a constraint of a pod with these traits: they have all of `keys`, and the inclusion policies let them in.
   * Undefined when that is so of every row, whatever becomes of the nodes.
   */
  mask(keys: readonly string[], constraint: SpreadConstraint, pod: PodInfo): RowMask | undefined {
    const { honorsAffinity, honorsTaints } = constraint;
    const isChoosy = honorsTaints || (honorsAffinity && choosesNodes(pod.spec));
    if (keys.length === 0 && !isChoosy) return undefined;
    const id = `${keys.join()} ${isChoosy ? choiceOf(constraint, pod) : ''}`;
    let mask = this.#masks.get(id);
    if (mask === undefined) {
      const isCounted = (node: NodeInfo) =>
        keys.every((key) => node.labels[key] !== undefined) && (!isChoosy || includesNode(constraint, pod, node));
      mask = { version: 0, rows: new Uint8Array(0), isCounted };
      this.#masks.set(id, mask);
    }
    return mask;
  }

  refreshMask(mask: RowMask): void {
    if (mask.version === this.version) return;
    mask.version = this.version;
    const { nodes } = this.#snapshot;
    if (mask.rows.length !== nodes.length) mask.rows = new Uint8Array(nodes.length);
    for (let row = 0; row < nodes.length; row++) mask.rows[row] = mask.isCounted(nodes[row]!) ? 1 : 0;
  }

  /** How many masks there are, each as long as there are rows. */
  get maskCount(): number {
    return this.#masks.size;
  }

  /** Forgets columns and masks nobody may be using any more; whoever still is makes them anew. */
  clear(): void {
    this.#columns.clear();
    this.#masks.clear();
  }
}

function choosesNodes({ sample }: SpecTraits): boolean {
  return sample.spec.nodeSelector !== undefined || sample.spec.affinity?.nodeAffinity !== undefined;
}

/** What the inclusion policies look at: the same for all revisions of a template that ask for the same nodes. */
function choiceOf({ honorsAffinity, honorsTaints }: SpreadConstraint, { pod }: PodInfo): string {
  const { nodeSelector, affinity, tolerations } = pod.spec;
  return JSON.stringify([honorsAffinity ? [nodeSelector, affinity?.nodeAffinity] : 0, honorsTaints ? (tolerations ?? []) : 0]);
}
