/**
 * Tables: objects as rows of cells, which is what `kubectl get` asks the server for and prints.
 *
 * Models pkg/printers (the TableGenerator) and meta/v1 Table. What stands in the cells of a kind is said in the files beside this one.
 */
import type { Kind } from '../../../model/kinds.ts';
import type { KubeObject } from '../../../model/meta.ts';
import type { Pod } from '../../../model/pod.ts';
import { BATCH_TABLES } from './batch-tables.ts';
import { age, type Cell, type Column, columns, NAME, type TablePrinter } from './columns.ts';
import { CONFIGURATION_TABLES } from './configuration-tables.ts';
import { EVENT_TABLE } from './event-table.ts';
import { NETWORK_TABLES } from './network-tables.ts';
import { NODE_TABLE } from './node-table.ts';
import { POD_TABLE } from './pod-table.ts';
import { POLICY_TABLES } from './policy-tables.ts';
import { STORAGE_TABLES } from './storage-tables.ts';
import { WORKLOAD_TABLES } from './workload-tables.ts';

export interface TableRow {
  readonly cells: readonly Cell[];
  readonly object: KubeObject;
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly TableRow[];
}

// biome-ignore lint/suspicious/noExplicitAny: each printer knows the type of its kind; the table of them cannot.
const PRINTERS: { readonly [kind: string]: TablePrinter<any> } = {
  Pod: POD_TABLE,
  Node: NODE_TABLE,
  Event: EVENT_TABLE,
  ...WORKLOAD_TABLES,
  ...BATCH_TABLES,
  ...NETWORK_TABLES,
  ...CONFIGURATION_TABLES,
  ...POLICY_TABLES,
  ...STORAGE_TABLES,
};

const NAME_AND_AGE: TablePrinter<KubeObject> = {
  columns: [NAME, ...columns('Age')],
  cells: (object, nowUs) => [object.metadata.name, age(object, nowUs)],
};

/** A row to each object, in the order given; a kind without a printer of its own shows names and ages. */
export function tableOf(kind: Kind | string, objects: readonly KubeObject[], nowUs: number): Table {
  const printer = PRINTERS[kind] ?? NAME_AND_AGE;
  return { columns: printer.columns, rows: objects.map((object) => ({ cells: cellsOf(printer, object, nowUs), object })) };
}

/** A bookmark is an object without a name, in which nothing is but its revision. */
function cellsOf(printer: TablePrinter<KubeObject>, object: KubeObject, nowUs: number): readonly Cell[] {
  const isBookmark = (object.metadata.name as string | undefined) === undefined;
  if (!isBookmark) return printer.cells(object, nowUs);
  return printer.cells(withEmptyLists(object) as KubeObject, nowUs).map((cell) => cell ?? '');
}

/** The lists that are there and nothing, as Go reads them. */
function withEmptyLists(value: unknown): unknown {
  if (value === null) return [];
  if (typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, withEmptyLists(inner)]));
}

/** What a row says of a pod that has ended, so that clients can leave it out; nothing for any other object. */
export function completedCondition(kind: Kind, object: KubeObject): { readonly conditions?: readonly object[] } {
  const phase = kind === 'Pod' ? (object as Pod).status?.phase : undefined;
  if (phase === 'Succeeded') return completed(phase, 'The pod has completed successfully.');
  return phase === 'Failed' ? completed(phase, 'The pod failed.') : {};
}

function completed(reason: string, message: string): { readonly conditions: readonly object[] } {
  return { conditions: [{ type: 'Completed', status: 'True', reason, message }] };
}
