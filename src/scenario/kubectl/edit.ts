/**
 * `kubectl edit`: hands the objects to an editor as YAML and patches what it changed.
 *
 * Models k8s.io/kubectl/pkg/cmd/util/editor (NormalEditMode). Left out: the editor opened again after a mistake.
 */
import type { Task } from '../../client/task.ts';
import type { KubeObject } from '../../model/meta.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, warnLine } from './context.ts';
import { KubectlError, messageOf } from './errors.ts';
import { listOf } from './get.ts';
import { asMap } from './json.ts';
import { manifestItems } from './manifest-text.ts';
import { twoWayPatch } from './merge-patch.ts';
import { yamlText } from './print/yaml.ts';
import { answerPrinter } from './print-answer.ts';
import { selectObjects } from './select.ts';
import { writeOptionsOf } from './write-options.ts';

const HEADER = `# Please edit the object below. Lines beginning with a '#' will be ignored,
# and an empty file will abort the edit. If an error occurs while saving this file will be
# reopened with the relevant failures.
#
`;

export function* edit(command: ParsedCommand, context: KubectlContext): Task<void> {
  if (context.editor === undefined) throw new KubectlError('edit is left out: in Orrery there is nobody at an editor');
  const answer = answerPrinter(command, context);
  const objects = yield* selectObjects(command, context, { allowEmptySelector: true });
  if (objects.length === 0) throw new KubectlError('edit cancelled, no objects found');
  const original = HEADER + yamlText(objects.length === 1 ? objects[0]! : listOf(objects));
  const edited = context.editor(original);
  if (withoutComments(edited) === withoutComments(original)) return warnLine(context, 'Edit cancelled, no changes made.');
  if (withoutComments(edited).trim() === '') return warnLine(context, 'Edit cancelled, saved file was empty.');
  for (const item of manifestItems('edited-file', edited)) {
    if ('error' in item) throw new KubectlError(`The edited file had a syntax error: ${messageOf(item.error)}`);
    const before = objects.find((object) => isSameObject(object, item.object));
    if (before === undefined) throw new KubectlError('At least one of apiVersion, kind and name was changed');
    const body = twoWayPatch(asMap(before), asMap(item.object));
    const { name, namespace } = before.metadata;
    if (body === undefined || Object.keys(body).length === 0) answer(before, 'skipped');
    else {
      const options = writeOptionsOf(command.flags, 'kubectl-edit');
      const kind = before.kind as Parameters<typeof context.api.patch>[0];
      answer(yield* context.api.patch(kind, namespace, name, { type: 'strategic', body }, options), 'edited');
    }
  }
}

function isSameObject(a: KubeObject, b: KubeObject): boolean {
  return a.kind === b.kind && a.apiVersion === b.apiVersion && a.metadata.name === b.metadata.name;
}

function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');
}
