/**
 * `kubectl apply view-last-applied` and `apply set-last-applied`: the annotation that `kubectl apply` keeps.
 *
 * Models k8s.io/kubectl/pkg/cmd/apply/apply_view_last_applied.go and apply_set_last_applied.go.
 */
import type { Task } from '../../client/task.ts';
import type { KubeObject } from '../../model/meta.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, printLine } from './context.ts';
import { KubectlError, throwAll, usageError } from './errors.ts';
import { goJson, sorted } from './json.ts';
import { LAST_APPLIED } from './last-applied.ts';
import { yamlText } from './print/yaml.ts';
import { answerPrinter } from './print-answer.ts';
import { localObjects, selectObjects } from './select.ts';
import { dryRunOf, writeOptionsOf } from './write-options.ts';

export function* viewLastApplied(command: ParsedCommand, context: KubectlContext): Task<void> {
  const output = command.flags.text('output') ?? 'yaml';
  const texts: string[] = [];
  for (const { metadata } of yield* selectObjects(command, context, { allowEmptySelector: true })) {
    const text = metadata.annotations?.[LAST_APPLIED];
    if (text === undefined) throw new KubectlError(`no last-applied-configuration annotation found on resource: ${metadata.name}\n`);
    texts.push(text);
  }
  for (const text of texts) {
    if (output === 'yaml') context.out(yamlText(JSON.parse(text)));
    else if (output === 'json') context.out(`${goJson(JSON.parse(text), 2)}\n`);
    else {
      const words = `Unexpected -o output mode: ${output}, the flag 'output' must be one of yaml|json`;
      throw usageError('apply view-last-applied', words);
    }
  }
}

export function* setLastApplied(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags } = command;
  const { infos, errors } = localObjects(flags.all('filename'), command, context);
  throwAll(errors);
  const answer = answerPrinter(command, context);
  const changed: { readonly live: KubeObject; readonly text: string; readonly info: (typeof infos)[number] }[] = [];
  for (const info of infos) {
    const live = yield* context.api.get(info.kind, info.namespace, info.name);
    const present = live.metadata.annotations?.[LAST_APPLIED];
    if (present === undefined && !flags.isOn('create-annotation')) {
      const advice = 'to create the annotation, run the command with --create-annotation';
      throw new KubectlError(`no last-applied-configuration annotation found on resource: ${info.name}, ${advice}`);
    }
    const text = `${goJson(sorted(info.object))}\n`;
    if (present === text) printLine(context, `set-last-applied ${info.name}: no changes required.`);
    else changed.push({ live, text, info });
  }
  for (const { live, text, info } of changed) {
    const body = { metadata: { annotations: { [LAST_APPLIED]: text } } };
    const isLocal = dryRunOf(flags) === 'client';
    const { kind, namespace, name } = info;
    answer(isLocal ? live : yield* context.api.patch(kind, namespace, name, { type: 'merge', body }, writeOptionsOf(flags)), 'configured');
  }
}
