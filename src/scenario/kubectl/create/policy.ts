/**
 * `kubectl create quota`, `create poddisruptionbudget` and `create priorityclass`.
 *
 * Models k8s.io/kubectl/pkg/cmd/create/create_quota.go, create_pdb.go and create_priorityclass.go.
 */
import type { Task } from '../../../client/task.ts';
import type { ParsedCommand } from '../command-line.ts';
import type { KubectlContext } from '../context.ts';
import { KubectlError } from '../errors.ts';
import { resourceListOf } from '../resource-list.ts';
import { selectorOf } from '../selector-flag.ts';
import { createObject, nameOf } from './create-object.ts';

const WHOLE_OR_PERCENT = /^[0-9]+%?$/;

export function* createQuota(command: ParsedCommand, context: KubectlContext): Task<void> {
  const name = nameOf(command);
  const hard = resourceListOf(command.flags.text('hard') ?? '');
  const scopes = (command.flags.text('scopes') ?? '').split(',');
  if (scopes.length > 1 && scopes.includes('')) throw new KubectlError('invalid resource quota scope ""');
  const spec = { ...(Object.keys(hard).length === 0 ? {} : { hard }), ...(scopes[0] === '' ? {} : { scopes }) };
  yield* createObject(command, context, { kind: 'ResourceQuota', name, fields: { spec, status: {} } }, 'failed to create quota');
}

export function* createPodDisruptionBudget(command: ParsedCommand, context: KubectlContext): Task<void> {
  const name = nameOf(command);
  const { flags } = command;
  const [selector = '', least = '', most = ''] = ['selector', 'min-available', 'max-unavailable'].map((flag) => flags.text(flag));
  if (selector === '') throw new KubectlError('a selector must be specified');
  if (least === '' && most === '') throw new KubectlError('one of min-available or max-unavailable must be specified');
  if (least !== '' && most !== '') throw new KubectlError('min-available and max-unavailable cannot be both specified');
  if (least !== '' && !WHOLE_OR_PERCENT.test(least)) throw new KubectlError('invalid format specified for min-available');
  if (most !== '' && !WHOLE_OR_PERCENT.test(most)) throw new KubectlError('invalid format specified for max-unavailable');
  const spec = {
    ...(least === '' ? {} : { minAvailable: intOrPercent(least) }),
    selector: selectorOf(selector),
    ...(most === '' ? {} : { maxUnavailable: intOrPercent(most) }),
  };
  const status = { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
  const failure = 'failed to create poddisruptionbudgets';
  yield* createObject(command, context, { kind: 'PodDisruptionBudget', name, fields: { spec, status } }, failure);
}

export function* createPriorityClass(command: ParsedCommand, context: KubectlContext): Task<void> {
  const name = nameOf(command);
  const { flags } = command;
  const description = flags.text('description') ?? '';
  const fields = {
    value: flags.number('value') ?? 0,
    ...(flags.isOn('global-default') ? { globalDefault: true } : {}),
    ...(description === '' ? {} : { description }),
    preemptionPolicy: flags.text('preemption-policy') ?? 'PreemptLowerPriority',
  };
  yield* createObject(command, context, { kind: 'PriorityClass', name, fields }, 'failed to create priorityclass');
}

function intOrPercent(text: string): number | string {
  return text.endsWith('%') ? text : Number(text);
}
