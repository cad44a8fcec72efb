/**
 * The server's tables as kubectl shows them: which columns, with the namespace in front and labels behind.
 *
 * Models cli-runtime/pkg/printers/tableprinter.go.
 */
import type { Cell, Column } from '../../../apiserver/rest/table/columns.ts';
import type { Table } from '../../../apiserver/rest/table/table.ts';
import { formatLabels } from '../../../model/selector-format.ts';
import { singular } from '../names.ts';
import { alignedTable } from './tab-writer.ts';
import { cellText } from './terminal-text.ts';

export interface TableOptions {
  readonly isWide?: boolean;
  readonly hasHeaders?: boolean;
  readonly withNamespace?: boolean;
  /** `deployment.apps/web` instead of `web`. */
  readonly withKind?: boolean;
  readonly showLabels?: boolean;
  readonly labelColumns?: readonly string[];
  /** What a watch says happened, before everything else. */
  readonly eventType?: string;
}

/** Lines of cells, tabs between them; nothing for a table without rows. */
export function tableLines({ columns, rows }: Table, options: TableOptions): string[] {
  if (rows.length === 0) return [];
  const { labelColumns = [], hasHeaders = true } = options;
  const shown = columns.map((column, at) => ({ column, at })).filter(({ column }) => options.isWide === true || column.priority === 0);
  const nameAt = columns.findIndex(({ format, type }) => format === 'name' && type === 'string');
  const lines = rows.map(({ cells, object }) => {
    const { namespace = '', labels } = object.metadata;
    const own = shown.map(({ at }) => {
      const text = cellOf(cells[at]);
      return options.withKind === true && at === nameAt ? `${singular(object)}/${text}` : text;
    });
    return [
      ...(options.eventType === undefined ? [] : [options.eventType.padEnd(EVENT_WIDTH)]),
      ...(options.withNamespace === true ? [namespace] : []),
      ...own,
      ...labelColumns.map((label) => labels?.[label] ?? ''),
      ...(options.showLabels === true ? [formatLabels(labels)] : []),
    ];
  });
  return (hasHeaders ? [headers(shown, options), ...lines] : lines).map((cells) => cells.join('\t'));
}

/** The longest event type of a watch is BOOKMARK (formattedEventType in tableprinter.go). */
const EVENT_WIDTH = 8;

export function tableText(lines: readonly string[]): string {
  return alignedTable(lines.map((line) => `${line}\n`).join(''));
}

function headers(shown: readonly { readonly column: Column }[], options: TableOptions): string[] {
  return [
    ...(options.eventType === undefined ? [] : ['EVENT']),
    ...(options.withNamespace === true ? ['NAMESPACE'] : []),
    ...shown.map(({ column }) => column.name.toUpperCase()),
    ...(options.labelColumns ?? []).map((label) => label.slice(label.lastIndexOf('/') + 1).toUpperCase()),
    ...(options.showLabels === true ? ['LABELS'] : []),
  ];
}

function cellOf(cell: Cell | undefined): string {
  return cell === undefined ? '' : cellText(String(cell));
}
