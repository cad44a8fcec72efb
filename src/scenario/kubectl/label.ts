/**
 * `kubectl label` and `kubectl annotate`: `key=value` sets, `key-` takes away. Models k8s.io/kubectl/pkg/cmd/{label,annotate}.
 */
import type { Task } from '../../client/task.ts';
import type { Kind } from '../../model/kinds.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, KubectlError, resourceName, selectObjects } from './context.ts';

export function label(command: ParsedCommand, context: KubectlContext): Task<void> {
  return change('labels', command, context);
}

export function annotate(command: ParsedCommand, context: KubectlContext): Task<void> {
  return change('annotations', command, context);
}

function isChange(word: string): boolean {
  return word.includes('=') || word.endsWith('-');
}

function* change(field: 'labels' | 'annotations', command: ParsedCommand, context: KubectlContext): Task<void> {
  const what = field === 'labels' ? 'label' : 'annotation';
  const words = command.args.filter(isChange);
  if (words.length === 0) throw new KubectlError(`error: at least one ${what} update is required`);
  for (const object of yield* selectObjects(
    command,
    context,
    command.args.filter((word) => !isChange(word)),
  )) {
    const present = object.metadata[field] ?? {};
    const wanted: Record<string, string | null> = {};
    for (const word of words) {
      const equals = word.indexOf('=');
      const key = equals < 0 ? word.slice(0, -1) : word.slice(0, equals);
      if (equals >= 0 && present[key] !== undefined && present[key] !== word.slice(equals + 1) && !command.flags.isOn('overwrite'))
        throw new KubectlError(
          field === 'labels'
            ? `error: '${key}' already has a value (${present[key]}), and --overwrite is false`
            : `error: --overwrite is false but found the following declared annotation(s): '${key}' already has a value (${present[key]})`,
        );
      if (equals >= 0) wanted[key] = word.slice(equals + 1);
      else if (present[key] === undefined) context.print(`${what} "${key}" not found.`);
      else wanted[key] = null;
    }
    const name = resourceName(object.kind as Kind, object.metadata.name);
    const isNew = Object.entries(wanted).some(([key, value]) => (present[key] ?? null) !== value);
    if (isNew)
      yield* context.client.patch(object.kind as Kind, object.metadata.namespace, object.metadata.name, {
        type: 'merge',
        body: { metadata: { [field]: wanted } },
      });
    context.print(`${name} ${doneText(field, isNew, Object.values(wanted))}`);
  }
}

function doneText(field: 'labels' | 'annotations', isNew: boolean, values: readonly (string | null)[]): string {
  if (field === 'annotations') return 'annotated';
  if (!isNew) return 'not labeled';
  return values.every((value) => value === null) ? 'unlabeled' : 'labeled';
}
