/**
 * `kubectl get`: tables of objects with the columns the server gives each kind, or the objects themselves in any format.
 *
 * Models k8s.io/kubectl/pkg/cmd/get/get.go. Left out: chunks.
 */
import { type Table, tableOf } from '../../apiserver/rest/table/table.ts';
import type { Task } from '../../client/task.ts';
import type { Kind } from '../../model/kinds.ts';
import { KINDS } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import type { ParsedCommand } from './command-line.ts';
import type { KubectlContext } from './context.ts';
import { warnLine } from './context.ts';
import { isNotFound, KubectlError, throwAll, usageError } from './errors.ts';
import { watchObjects } from './get-watch.ts';
import { asMap } from './json.ts';
import { type Printer, printerOf } from './print/output.ts';
import { sortedBy } from './print/sort-by.ts';
import { type TableOptions, tableLines, tableText } from './print/table.ts';
import { getRaw } from './raw.ts';
import { resourceArguments } from './resource-arguments.ts';
import { type Info, namespaceOf, type Selected, select } from './select.ts';

const SUGGESTION = 'Use "kubectl api-resources" for a complete list of supported resources.';
const DEPRECATED: { readonly [K in Kind]?: string } = {
  Endpoints: 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
};

export function* get(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags, args } = command;
  if (flags.has('raw')) return yield* getRaw(flags.text('raw')!, context);
  const isWatch = flags.isOn('watch') || flags.isOn('watch-only');
  if (args.length === 0 && !flags.has('filename') && !isWatch) {
    warnLine(context, `You must specify the type of resource to get. ${SUGGESTION}\n`);
    const explain = 'Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).';
    throw usageError('get', `Required resource not specified.\n${explain}`);
  }
  const output = flags.text('output') ?? '';
  if (flags.isOn('show-labels') && output !== '' && output !== 'wide')
    throw new KubectlError(`--show-labels option cannot be used with ${output} printer`);
  if (flags.isOn('output-watch-events') && !isWatch)
    throw new KubectlError('--output-watch-events option can only be used with --watch or --watch-only');
  if (isWatch) return yield* watchObjects(command, context);
  const found = yield* select(command, context, { allowEmptySelector: true });
  warnDeprecated(found, context);
  const selected = flags.isOn('ignore-not-found') ? { ...found, errors: found.errors.filter((error) => !isNotFound(error)) } : found;
  if (output === '' || output === 'wide') {
    if (!flags.has('template')) return printTables(selected, command, context);
  }
  const printer = printerOf(command, context, { hasTables: true })!;
  printObjects(selected, printer, command, context);
}

/** The server warns with each answer about a version on its way out; kubectl repeats each warning once. */
export function warnDeprecated({ infos }: Selected, context: KubectlContext): void {
  const kinds = new Set(infos.map(({ kind }) => kind));
  for (const kind of kinds) if (DEPRECATED[kind] !== undefined) warnLine(context, `Warning: ${DEPRECATED[kind]}`);
}

function printObjects(selected: Selected, printer: Printer, command: ParsedCommand, context: KubectlContext): void {
  const { infos, errors, isSingle } = selected;
  if (isSingle && errors.length > 0) throwAll(errors);
  if (infos.length === 0 && command.flags.isOn('ignore-not-found')) return throwAll(errors);
  const objects = infos.map(({ object }) => object!);
  const path = command.flags.text('sort-by');
  const items = path === undefined || objects.length < 2 ? objects : sortedBy(objects, path, asMap);
  context.out(printer.print(isSingle && items.length === 1 ? items[0]! : listOf(items)));
  throwAll(errors);
}

/** A list of whatever kinds, as kubectl makes one itself. */
export function listOf(items: readonly KubeObject[]): KubeObject {
  return { apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } } as unknown as KubeObject;
}

function printTables(selected: Selected, command: ParsedCommand, context: KubectlContext): void {
  const { infos, errors } = selected;
  const { flags } = command;
  const groups = grouped(infos);
  const options: TableOptions = {
    isWide: flags.text('output') === 'wide',
    hasHeaders: !flags.isOn('no-headers'),
    showLabels: flags.isOn('show-labels'),
    labelColumns: flags.list('label-columns'),
    withKind: groups.length > 1 || flags.isOn('show-kind') || kindCount(command) > 1,
  };
  const isAllNamespaces = flags.isOn('all-namespaces');
  let written = '';
  for (const { kind, objects } of groups) {
    const withNamespace = isAllNamespaces && KINDS[kind].namespaced;
    const lines = tableLines(sortedTable(tableOfKind(kind, objects, command, context), flags.text('sort-by')), {
      ...options,
      withNamespace,
    });
    if (lines.length === 0) continue;
    if (written !== '' && options.hasHeaders === true) written += '\n';
    written += tableText(lines);
  }
  context.out(written);
  if (written === '' && !flags.isOn('ignore-not-found') && errors.length === 0) {
    const isInNamespace = !isAllNamespaces && infos.every(({ kind }) => KINDS[kind].namespaced);
    warnLine(context, isInNamespace ? `No resources found in ${namespaceOf(flags, context)} namespace.` : 'No resources found');
  }
  throwAll(errors);
}

function tableOfKind(kind: Kind, objects: readonly KubeObject[], { flags }: ParsedCommand, { sim }: KubectlContext): Table {
  return tableOf(flags.text('subresource') === 'scale' ? 'Scale' : kind, objects, sim.nowUs);
}

/** A table that cannot be sorted is not printed, and nothing is said about it. */
function sortedTable(table: Table, path: string | undefined): Table {
  if (path === undefined || table.rows.length < 2) return table;
  try {
    return { ...table, rows: sortedBy(table.rows, path, ({ object }) => asMap(object)) };
  } catch (error) {
    if (error instanceof KubectlError) return { ...table, rows: [] };
    throw error;
  }
}

/** Of how many kinds objects were asked for. */
function kindCount({ args, flags }: ParsedCommand): number {
  if (flags.has('filename')) return 1;
  const { kinds, targets } = resourceArguments(args);
  return new Set(targets.length > 0 ? targets.map(({ kind }) => kind) : kinds).size;
}

/** Neighbours of one kind share a table. */
function grouped(infos: readonly Info[]): { readonly kind: Kind; readonly objects: KubeObject[] }[] {
  const groups: { kind: Kind; objects: KubeObject[] }[] = [];
  for (const { kind, object } of infos) {
    const last = groups.at(-1);
    if (last?.kind === kind) last.objects.push(object!);
    else groups.push({ kind, objects: [object!] });
  }
  return groups;
}
