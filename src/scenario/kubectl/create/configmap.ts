/**
 * `kubectl create configmap`. Models k8s.io/kubectl/pkg/cmd/create/create_configmap.go.
 */
import type { Task } from '../../../client/task.ts';
import type { ParsedCommand } from '../command-line.ts';
import type { KubectlContext } from '../context.ts';
import { createObject, nameOf } from './create-object.ts';
import { keyValuesOf } from './key-values.ts';

export function* createConfigMap(command: ParsedCommand, context: KubectlContext): Task<void> {
  const name = nameOf(command);
  const values = keyValuesOf(command, context, 'ConfigMap', name);
  const fields = values.size === 0 ? {} : { data: Object.fromEntries(values) };
  yield* createObject(command, context, { kind: 'ConfigMap', name, fields }, 'failed to create configmap');
}
