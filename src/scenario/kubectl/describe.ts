/**
 * `kubectl describe`: everything people look at of an object, with its events. Models k8s.io/kubectl/pkg/cmd/describe.
 */
import type { Task } from '../../client/task.ts';
import type { KubeObject } from '../../model/meta.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, warnLine } from './context.ts';
import { describerOf } from './describe/describers.ts';
import { describeEvents, eventsOf } from './describe/events.ts';
import { Page } from './describe/page.ts';
import { isNotFound, KubectlError, throwAll } from './errors.ts';
import { warnDeprecated } from './get.ts';
import { namespaceOf, select } from './select.ts';

export function* describe(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { args, flags } = command;
  if (args.length === 0 && !flags.has('filename'))
    throw new KubectlError(
      'You must specify the type of resource to describe. Use "kubectl api-resources" for a complete list of supported resources.\n',
    );
  const found = yield* select(command, context, { allowEmptySelector: true });
  const { infos, errors } = found;
  // Of several objects events are shown only when they are asked for.
  const withEvents = flags.isOn('show-events', infos.length <= 1 && errors.length === 0);
  if (errors.length === 1 && isNotFound(errors[0]) && args.length === 2)
    return yield* describeMatching(command, context, withEvents, errors[0]);
  warnDeprecated(found, context);
  for (const [at, { object }] of infos.entries()) {
    context.out(`${at === 0 ? '' : '\n\n'}${yield* description(object!, context, withEvents)}`);
  }
  if (infos.length === 0 && errors.length === 0)
    warnLine(
      context,
      flags.isOn('all-namespaces') ? 'No resources found' : `No resources found in ${namespaceOf(flags, context)} namespace.`,
    );
  throwAll(errors);
}

/** A name nobody bears may be the beginning of one. */
function* describeMatching(command: ParsedCommand, context: KubectlContext, withEvents: boolean, notFound: unknown): Task<void> {
  const [type = '', prefix = ''] = command.args;
  const { infos, errors } = yield* select(command, context, { args: [type], allowEmptySelector: true });
  throwAll(errors);
  const matching = infos.filter(({ name }) => name.startsWith(prefix));
  if (matching.length === 0) throw notFound;
  for (const { object } of matching) context.out(`${yield* description(object!, context, withEvents)}\n`);
}

function* description(object: KubeObject, context: KubectlContext, withEvents: boolean): Task<string> {
  const page = new Page();
  const { write, hasEvents } = describerOf(object);
  yield* write(object, page, context);
  if (withEvents && hasEvents) describeEvents(page, yield* eventsOf(object, context), context.sim.nowUs);
  return page.text();
}
