/**
 * Why a pod fits nowhere, read from columns: each row's verdict is a small number, and the reasons are counted, not listed.
 *
 * Says the same as a Diagnosis filled node by node. Holds until the next decision, which writes into the same columns.
 */
import type { Verdicts } from '../diagnosis.ts';
import type { Status } from '../framework.ts';
import type { Snapshot } from '../snapshot.ts';

const NOBODY: ReadonlySet<string> = new Set();

export class ColumnDiagnosis implements Verdicts {
  readonly preFilterMessage = '';
  readonly pendingPlugins = NOBODY;
  readonly unschedulablePlugins: ReadonlySet<string>;
  readonly absent: Status;
  readonly #snapshot: Snapshot;
  readonly #statusOf: (row: number) => Status;
  readonly #counts: ReadonlyMap<Status, number>;
  #explicit: Map<string, Status> | undefined;

  /** `counts`: rows by status, in the order of the filters; every row has one, so that `absent` is only for names not in the list. */
  constructor(snapshot: Snapshot, absent: Status, counts: ReadonlyMap<Status, number>, statusOf: (row: number) => Status) {
    this.#snapshot = snapshot;
    this.absent = absent;
    this.#counts = counts;
    this.#statusOf = statusOf;
    const plugins = new Set<string>();
    for (const { plugin } of counts.keys()) plugins.add(plugin);
    this.unschedulablePlugins = plugins;
  }

  get explicit(): ReadonlyMap<string, Status> {
    this.#explicit ??= new Map(this.#snapshot.nodes.map(({ name }, row) => [name, this.#statusOf(row)]));
    return this.#explicit;
  }

  get(nodeName: string): Status {
    const node = this.#snapshot.get(nodeName);
    return node === undefined || node.row === -1 ? this.absent : this.#statusOf(node.row);
  }

  /** Of a row of the snapshot. */
  statusOf(row: number): Status {
    return this.#statusOf(row);
  }

  reasonCounts(): Map<string, number> {
    const counts = new Map<string, number>();
    for (const [{ reasons }, times] of this.#counts) {
      for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + times);
    }
    return counts;
  }
}
