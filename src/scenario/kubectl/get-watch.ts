/**
 * `kubectl get --watch`: what there is, then every change as it comes, until the request times out or the run ends.
 *
 * Models the watch of k8s.io/kubectl/pkg/cmd/get/get.go.
 */
import { tableOf } from '../../apiserver/rest/table/table.ts';
import { type Awaitable, type Task, wait } from '../../client/task.ts';
import { KINDS, type Kind } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import type { ParsedCommand } from './command-line.ts';
import type { KubectlContext } from './context.ts';
import { isNotFound, KubectlError, throwAll } from './errors.ts';
import { goDurationUs, isGoDuration } from './go-duration.ts';
import { printerOf } from './print/output.ts';
import { tableLines, tableText } from './print/table.ts';
import { resourceArguments } from './resource-arguments.ts';
import { type Info, namespaceOf, select } from './select.ts';
import { selectionTest } from './selectors.ts';
import { WATCH_HOP_US } from './wait-for-object.ts';

export function* watchObjects(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags } = command;
  const { infos, errors, isByName } = yield* select(command, context, { allowEmptySelector: true });
  if (errors.length > 0 && flags.isOn('ignore-not-found') && errors.every(isNotFound)) return;
  throwAll(errors);
  const kinds = new Set(infos.map(({ kind }) => kind));
  if (kinds.size > 1 || (isByName && infos.length > 1)) throw new KubectlError('you may only specify a single resource type');
  const print = changePrinter(command, context);
  if (!flags.isOn('watch-only')) for (const { object } of infos) print('ADDED', object!);
  const timeout = flags.text('request-timeout');
  const timeoutUs = timeout === undefined || timeout === '0' ? undefined : isGoDuration(timeout) ? goDurationUs(timeout) : undefined;
  const [kind] = infos[0] === undefined ? resourceArguments(command.args).kinds : [infos[0].kind];
  if (kind !== undefined) yield* changes(kind, isByName ? infos[0] : undefined, command, context, print, timeoutUs);
}

type PrintChange = (type: string, object: KubeObject) => void;

function changePrinter(command: ParsedCommand, context: KubectlContext): PrintChange {
  const { flags } = command;
  const output = flags.text('output') ?? '';
  if (output !== '' && output !== 'wide') {
    const printer = printerOf(command, context, { hasTables: true })!;
    return (_, object) => context.out(printer.print(object));
  }
  let hasHeaders = !flags.isOn('no-headers');
  // Later lines keep the columns of those before: the writer remembers their widths.
  let widths: number[] = [];
  return (type, object) => {
    const kind = object.kind as Kind;
    const lines = tableLines(tableOf(kind, [object], context.sim.nowUs), {
      isWide: output === 'wide',
      hasHeaders,
      withNamespace: flags.isOn('all-namespaces') && KINDS[kind].namespaced,
      showLabels: flags.isOn('show-labels'),
      labelColumns: flags.list('label-columns'),
      ...(flags.isOn('output-watch-events') ? { eventType: type } : {}),
    });
    hasHeaders = false;
    const cells = lines.map((line) => line.split('\t'));
    widths = (cells[0] ?? []).map((_, at) => Math.max(widths[at] ?? 0, ...cells.map((row) => (row[at] ?? '').length)));
    context.out(tableText(cells.map((row) => row.map((cell, at) => (at < row.length - 1 ? cell.padEnd(widths[at]!) : cell)).join('\t'))));
  };
}

/** Prints changes until the time is up. */
function* changes(
  kind: Kind,
  only: Info | undefined,
  { flags }: ParsedCommand,
  context: KubectlContext,
  print: PrintChange,
  timeoutUs: number | undefined,
): Task<void> {
  const { sim, store } = context;
  const isTaken = selectionTest(kind, flags.text('selector') ?? '', flags.text('field-selector') ?? '');
  const namespace = flags.isOn('all-namespaces') || !KINDS[kind].namespaced ? undefined : namespaceOf(flags, context);
  const isShown = ({ metadata }: KubeObject) =>
    (namespace === undefined || metadata.namespace === namespace) && (only === undefined || metadata.name === only.name);
  const over: Awaitable<void> = {
    start: (done) => {
      let isOver = false;
      const watch = store.watch(kind, store.revision, ({ type, object }) => {
        if (!isShown(object) || !isTaken(object)) return;
        sim.after(WATCH_HOP_US, () => {
          if (!isOver) print(type, object);
        });
      });
      if (timeoutUs === undefined) return;
      sim.after(timeoutUs, () => {
        isOver = true;
        watch.stop();
        done();
      });
    },
  };
  yield* wait(over);
}
