/**
 * `kubectl events`. Models k8s.io/kubectl/pkg/cmd/events.
 */
import type { Task } from '../../client/task.ts';
import type { Event } from '../../model/configuration.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, warnLine } from './context.ts';
import { inOrder, intervalText } from './describe/events.ts';
import { KubectlError } from './errors.ts';
import { listOf } from './get.ts';
import { printerOf } from './print/output.ts';
import { alignedTable } from './print/tab-writer.ts';
import { kindNamed } from './resource-arguments.ts';
import { namespaceOf } from './select.ts';

export function* events(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags } = command;
  const subject = subjectOf(flags.text('for'));
  const types = flags.list('types').map((type) => type.toLowerCase());
  if (types.some((type) => type !== 'normal' && type !== 'warning')) throw new KubectlError('valid --types are Normal or Warning');
  const printer = printerOf(command, context);
  const isAllNamespaces = flags.isOn('all-namespaces');
  const namespace = isAllNamespaces ? undefined : namespaceOf(flags, context);
  const about = subject === undefined ? [] : [`involvedObject.kind=${subject.kind}`, `involvedObject.name=${subject.name}`];
  const found = (yield* context.api.list('Event', { namespace, fieldSelector: about.join(',') })) as readonly Event[];
  const shown = inOrder(found.filter(({ type }) => types.length === 0 || types.includes(type.toLowerCase())));
  if (shown.length === 0) return warnLine(context, isAllNamespaces ? 'No events found.' : `No events found in ${namespace} namespace.`);
  if (printer !== undefined) return context.out(printer.print(listOf(shown)));
  const header = flags.isOn('no-headers')
    ? []
    : [[...(isAllNamespaces ? ['NAMESPACE'] : []), 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE']];
  const rows = shown.map((event) => [
    ...(isAllNamespaces ? [event.metadata.namespace ?? ''] : []),
    intervalText(event, context.sim.nowUs),
    event.type,
    event.reason,
    `${event.involvedObject.kind}/${event.involvedObject.name}`,
    event.message.trim(),
  ]);
  context.out(alignedTable([...header, ...rows].map((cells) => `${cells.join('\t')}\n`).join('')));
}

function subjectOf(text: string | undefined): { readonly kind: string; readonly name: string } | undefined {
  if (text === undefined) return undefined;
  const parts = text.split('/');
  if (parts.length !== 2 || parts[0] === '' || parts[1] === '') throw new KubectlError('--for must be in resource/name form');
  return { kind: kindNamed(parts[0]!), name: parts[1]! };
}
