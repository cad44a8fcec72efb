/**
 * Why a pod fits nowhere, read from columns: each row's verdict is a small number, and the reasons are counted, not listed.
 *
 * Says the same as a Diagnosis filled node by node. Holds until the next decision, which writes into the same columns.
 */
import { countReasons, type Verdicts } from '../diagnosis.ts';
import type { Status } from '../framework.ts';
import type { Snapshot } from '../snapshot.ts';
import type { LocalColumns } from './local-columns.ts';

const NOBODY: ReadonlySet<string> = new Set();

export interface ColumnVerdicts {
  readonly snapshot: Snapshot;
  readonly columns: LocalColumns;
  readonly absent: Status;
  readonly counts: ReadonlyMap<Status, number>;
  readonly statusOf: (row: number) => Status;
  readonly hasPeers: boolean;
  readonly completeState: () => void;
}

export class ColumnDiagnosis implements Verdicts {
  readonly preFilterMessage = '';
  readonly pendingPlugins = NOBODY;
  readonly unschedulablePlugins: ReadonlySet<string>;
  readonly absent: Status;
  readonly #snapshot: Snapshot;
  readonly #statusOf: (row: number) => Status;
  readonly #counts: ReadonlyMap<Status, number>;
  readonly columns: LocalColumns;
  /** Pods that stand already have a say in the filters: a dry run has to count anew. */
  readonly hasPeers: boolean;
  readonly #complete: () => void;
  #explicit: Map<string, Status> | undefined;

  /** `counts`: rows by status, in the order of the filters; every row has one, so that `absent` is only for names not in the list. */
  constructor({ snapshot, columns, absent, counts, statusOf, hasPeers, completeState }: ColumnVerdicts) {
    this.columns = columns;
    this.hasPeers = hasPeers;
    this.#complete = completeState;
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

  /** Rows whose verdict evictions may change. */
  countHelpful(): number {
    let count = 0;
    for (const [{ code }, times] of this.#counts) if (code === 'Unschedulable') count += times;
    return count;
  }

  /** Has the plugins that count other pods do so, for a dry run that goes the obvious way. */
  completeState(): void {
    this.#complete();
  }

  reasonCounts(): Map<string, number> {
    return countReasons(this.#counts);
  }
}
