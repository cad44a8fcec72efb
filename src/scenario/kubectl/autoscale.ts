/**
 * `kubectl autoscale`. Models k8s.io/kubectl/pkg/cmd/autoscale.
 */
import type { Task } from '../../client/task.ts';
import { apiVersionOf, type Kind } from '../../model/kinds.ts';
import { isQuantity } from '../../model/quantity.ts';
import { canonicalQuantity } from './canonical-quantity.ts';
import type { ParsedCommand } from './command-line.ts';
import type { KubectlContext } from './context.ts';
import { inNamespace, newObject } from './create/create-object.ts';
import { KubectlError, throwAll } from './errors.ts';
import type { JsonMap } from './json.ts';
import { answerPrinter } from './print-answer.ts';
import { select } from './select.ts';
import { dryRunOf, writeOptionsOf } from './write-options.ts';

const SCALABLE: ReadonlySet<Kind> = new Set<Kind>(['Deployment', 'ReplicaSet', 'StatefulSet', 'ReplicationController']);

export function* autoscale(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags } = command;
  const most = flags.number('max') ?? -1;
  const least = flags.number('min') ?? -1;
  const percent = flags.number('cpu-percent') ?? -1;
  const cpu = flags.text('cpu') ?? '';
  if (most < 1) throw new KubectlError(`--max=MAXPODS is required and must be at least 1, max: ${most}`);
  if (most < least) throw new KubectlError(`--max=MAXPODS must be larger or equal to --min=MINPODS, max: ${most}, min: ${least}`);
  if (percent > 0 && cpu !== '') throw new KubectlError('--cpu-percent and --cpu are mutually exclusive');
  const metrics = [
    ...(percent > 0 ? [metric('cpu', { type: 'Utilization', averageUtilization: percent })] : []),
    ...(cpu === '' ? [] : [metric('cpu', targetOf('cpu', cpu, 'm'))]),
    ...(flags.text('memory') ? [metric('memory', targetOf('memory', flags.text('memory')!, 'Mi'))] : []),
  ];
  const answer = answerPrinter(command, context, { isTyped: dryRunOf(flags) === 'client' });
  const { infos, errors } = yield* select(command, context);
  const failures = [...errors];
  for (const { kind, name } of infos) {
    if (!SCALABLE.has(kind)) throw new KubectlError(`cannot autoscale a ${kind}: no matches for kind "${kind}"`);
    const spec = {
      scaleTargetRef: { kind, name, apiVersion: apiVersionOf(kind) },
      ...(least > 0 ? { minReplicas: least } : {}),
      maxReplicas: most,
      ...(metrics.length === 0 ? {} : { metrics }),
    };
    const status = { desiredReplicas: 0, currentMetrics: null };
    const object = newObject({ kind: 'HorizontalPodAutoscaler', name: flags.text('name') || name, fields: { spec, status } }, command);
    if (dryRunOf(flags) === 'client') {
      answer(object, 'created');
      continue;
    }
    try {
      answer(yield* context.api.create(inNamespace(object, command, context), writeOptionsOf(flags, 'kubectl-autoscale')), 'autoscaled');
    } catch (error) {
      // kubectl would try autoscaling/v1 next, and finds that it cannot say there what it was told.
      failures.push(cpu === '' ? incompatible() : error);
    }
  }
  throwAll(failures);
}

function incompatible(): KubectlError {
  return new KubectlError('failed to create autoscaling/v2 HPA and the configuration is incompatible with autoscaling/v1: empty input');
}

function metric(name: string, target: JsonMap): JsonMap {
  return { type: 'Resource', resource: { name, target } };
}

/** `50%` of what is requested, or an amount; a bare number is in thousandths of a CPU or in mebibytes. */
function targetOf(resource: string, text: string, unit: string): JsonMap {
  const input = text.trim();
  if (input.endsWith('%')) {
    const percent = input.slice(0, -1);
    if (!/^\d+$/.test(percent)) throw new KubectlError(`invalid percentage value: ${percent}`);
    return { type: 'Utilization', averageUtilization: Number(percent) };
  }
  const amount = /^[+-]?(\d+\.?\d*|\.\d+)$/.test(input) ? `${Number(input)}${unit}` : input;
  if (!isQuantity(amount)) throw new KubectlError(`invalid resource ${resource} value: ${input}`);
  return { type: 'AverageValue', averageValue: canonicalQuantity(amount)! };
}
