/**
 * `kubectl top`: what nodes and pods use, as the metrics server says. Models k8s.io/kubectl/pkg/cmd/top and pkg/metricsutil.
 */
import { compareText } from '../../base/compare.ts';
import type { Task } from '../../client/task.ts';
import type { KubeObject } from '../../model/meta.ts';
import type { Node } from '../../model/node.ts';
import { quantityMilli, quantityUnits } from '../../model/quantity.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, warnLine } from './context.ts';
import { KubectlError } from './errors.ts';
import { alignedTable } from './print/tab-writer.ts';
import { namespaceOf, selectObjects } from './select.ts';

const MEBIBYTE = 1024 * 1024;

export interface Usage {
  readonly cpuMilli: number;
  readonly memoryBytes: number;
}

/** What the metrics API answers; absent where no metrics server runs. */
export interface KubectlMetrics {
  readonly node: (name: string) => Usage | undefined;
  /** By container. */
  readonly pod: (namespace: string, name: string) => ReadonlyMap<string, Usage> | undefined;
}

export function* topNodes(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { args, flags } = command;
  const metrics = metricsOf(context);
  checkSort(command);
  const nodes = (yield* selectObjects(command, context, { args: ['nodes', ...args], allowEmptySelector: true })) as readonly Node[];
  const rows = nodes.map((node) => ({ name: node.metadata.name, node, usage: metrics.node(node.metadata.name) }));
  const measured = rows.filter(({ usage }) => usage !== undefined);
  if (measured.length === 0) return warnLine(context, 'error: metrics not available yet');
  const isCapacity = flags.isOn('show-capacity');
  const lines = ordered(
    measured.map(({ name, node, usage }) => ({ name, usage: usage!, node })),
    flags.text('sort-by'),
  ).map(({ name, usage, node }) => {
    const whole = isCapacity ? node.status?.capacity : node.status?.allocatable;
    const cpu = Math.trunc((usage.cpuMilli / quantityMilli(whole?.cpu)) * 100);
    const memory = Math.trunc((usage.memoryBytes / quantityUnits(whole?.memory)) * 100);
    return `${name}\t${usage.cpuMilli}m\t${cpu}%\t${Math.trunc(usage.memoryBytes / MEBIBYTE)}Mi\t${memory}%\n`;
  });
  const unknown = rows
    .filter(({ usage }) => usage === undefined)
    .map(({ name }) => `${name}\t<unknown>\t<unknown>\t<unknown>\t<unknown>\n`);
  const header = flags.isOn('no-headers') ? '' : 'NAME\tCPU(cores)\tCPU(%)\tMEMORY(bytes)\tMEMORY(%)\n';
  context.out(alignedTable(header + [...lines, ...unknown].join('')));
}

export function* topPods(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { args, flags } = command;
  const metrics = metricsOf(context);
  checkSort(command);
  const pods = yield* selectObjects(command, context, { args: ['pods', ...args], allowEmptySelector: true });
  const isAll = flags.isOn('all-namespaces');
  const measured = pods.flatMap((pod) => {
    const containers = metrics.pod(pod.metadata.namespace ?? '', pod.metadata.name);
    return containers === undefined ? [] : [{ pod, name: pod.metadata.name, containers, usage: totalOf(containers) }];
  });
  if (measured.length === 0) {
    if (args.length > 0 && pods.length > 0) throw new KubectlError(`Metrics not available for pod ${keyOf(pods[0]!)}, age: unknown`);
    return warnLine(context, isAll ? 'No resources found' : `No resources found in ${namespaceOf(flags, context)} namespace.`);
  }
  const isByContainer = flags.isOn('containers');
  const place = (pod: KubeObject) => (isAll ? `${pod.metadata.namespace}\t` : '');
  const header = `${isAll ? 'NAMESPACE\t' : ''}${isByContainer ? 'POD\t' : ''}NAME\tCPU(cores)\tMEMORY(bytes)\n`;
  const lines = ordered(measured, flags.text('sort-by')).flatMap(({ pod, name, containers, usage }) =>
    isByContainer
      ? [...containers].map(([container, used]) => `${place(pod)}${name}\t${container}\t${usageText(used)}\n`)
      : [`${place(pod)}${name}\t${usageText(usage)}\n`],
  );
  const sum = totalOf(new Map(measured.map(({ name, usage }) => [name, usage])));
  const blank = `${isAll ? '\t' : ''}${isByContainer ? '\t' : ''}`;
  const footer = flags.isOn('sum') ? `${blank}\t________\t________\n${blank}\t${usageText(sum)}\n` : '';
  context.out(alignedTable((flags.isOn('no-headers') ? '' : header) + lines.join('') + footer));
}

function metricsOf({ metrics }: KubectlContext): KubectlMetrics {
  if (metrics === undefined) throw new KubectlError('Metrics API not available');
  return metrics;
}

function checkSort({ flags }: ParsedCommand): void {
  const by = flags.text('sort-by');
  if (by !== undefined && by !== '' && by !== 'cpu' && by !== 'memory') throw new KubectlError('--sort-by accepts only cpu or memory');
}

/** By name, or what uses most first. */
function ordered<T extends { readonly name: string; readonly usage: Usage }>(rows: readonly T[], by: string | undefined): T[] {
  const amount = ({ usage }: T) => (by === 'cpu' ? usage.cpuMilli : by === 'memory' ? usage.memoryBytes : 0);
  return [...rows].sort((a, b) => amount(b) - amount(a) || compareText(a.name, b.name));
}

function totalOf(usages: ReadonlyMap<string, Usage>): Usage {
  let [cpuMilli, memoryBytes] = [0, 0];
  for (const usage of usages.values()) {
    cpuMilli += usage.cpuMilli;
    memoryBytes += usage.memoryBytes;
  }
  return { cpuMilli, memoryBytes };
}

function usageText({ cpuMilli, memoryBytes }: Usage): string {
  return `${cpuMilli}m\t${Math.trunc(memoryBytes / MEBIBYTE)}Mi`;
}

function keyOf({ metadata }: KubeObject): string {
  return `${metadata.namespace}/${metadata.name}`;
}
