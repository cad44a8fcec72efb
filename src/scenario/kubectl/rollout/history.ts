/**
 * `kubectl rollout history`. Models k8s.io/kubectl/pkg/cmd/rollout/rollout_history.go and polymorphichelpers/history.go.
 */
import type { Task } from '../../../client/task.ts';
import type { KubeObject } from '../../../model/meta.ts';
import type { PodTemplate } from '../../../model/pod.ts';
import type { ParsedCommand } from '../command-line.ts';
import type { KubectlContext } from '../context.ts';
import { Page } from '../describe/page.ts';
import { describePodTemplate } from '../describe/pod-template.ts';
import { KubectlError, throwAll } from '../errors.ts';
import { resourceName } from '../names.ts';
import { printerOf } from '../print/output.ts';
import { alignedDescription } from '../print/tab-writer.ts';
import { select } from '../select.ts';
import { type Revision, revisionsOf } from './revisions.ts';

export function* rolloutHistory(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags, args } = command;
  const wanted = flags.number('revision') ?? 0;
  if (args.length === 0 && !flags.has('filename')) throw new KubectlError('required resource not specified');
  if (wanted < 0) throw new KubectlError(`revision must be a positive integer: ${wanted}`);
  const { infos, errors } = yield* select(command, context, { allowEmptySelector: true });
  const failures = [...errors];
  for (const { object } of infos) {
    try {
      yield* showHistory(object!, wanted, command, context);
    } catch (error) {
      failures.push(error);
    }
  }
  throwAll(failures);
}

function* showHistory(object: KubeObject, wanted: number, command: ParsedCommand, context: KubectlContext): Task<void> {
  const revisions = yield* revisionsOf(object, context);
  const found = wanted === 0 ? undefined : revisions.find(({ number }) => number === wanted);
  const printer = printerOf(command, context);
  if (wanted > 0 && found === undefined && (revisions.length > 0 || printer !== undefined))
    throw new KubectlError('unable to find the specified revision');
  if (printer !== undefined) {
    for (const one of found === undefined ? revisions : [found]) context.out(printer.print(one.object));
    return;
  }
  const title = wanted > 0 ? `with revision #${wanted}` : '';
  context.out(
    `${resourceName(object)} ${title}\n${revisions.length === 0 ? 'No rollout history found.' : historyText(revisions, found)}\n`,
  );
}

function historyText(revisions: readonly Revision[], found: Revision | undefined): string {
  if (found !== undefined) return templateText(found.template);
  const lines = revisions.map(({ number, changeCause }) => `${number}\t${changeCause === '' ? '<none>' : changeCause}\n`);
  return alignedDescription(`REVISION\tCHANGE-CAUSE\n${lines.join('')}`);
}

/** The template with its tabs: nothing lines it up. */
export function templateText(template: PodTemplate): string {
  const page = new Page();
  describePodTemplate(page, template);
  return page.raw();
}
