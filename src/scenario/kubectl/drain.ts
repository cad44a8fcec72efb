/**
 * `kubectl drain`: closes a node, then evicts its pods as far as disruption budgets allow, and waits until they are gone.
 *
 * Models k8s.io/kubectl/pkg/drain: DaemonSet pods stay, mirror pods stay, a refused eviction is tried again every 5 s.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { SECOND_US } from '../../base/units.ts';
import { all, sleep, type Task } from '../../client/task.ts';
import { controllerOf } from '../../model/meta.ts';
import { isPodTerminal, type Pod } from '../../model/pod.ts';
import { parseDurationUs } from '../duration.ts';
import type { ParsedCommand } from './command-line.ts';
import { errorText, type KubectlContext, KubectlError, waitForObject } from './context.ts';
import { nodesOf, setUnschedulable } from './cordon.ts';

// evictPods in drain.go: "will retry after 5s".
const RETRY_US = 5 * SECOND_US;
const MIRROR = 'kubernetes.io/config.mirror';

export function* drain(command: ParsedCommand, context: KubectlContext): Task<void> {
  const nodes = yield* nodesOf(command, context);
  for (const node of nodes) yield* setUnschedulable(node, true, context);
  for (const { metadata } of nodes) {
    yield* drainNode(metadata.name, command, context);
    context.print(`node/${metadata.name} drained`);
  }
}

function* drainNode(node: string, command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags } = command;
  const timeoutUs = parseDurationUs(flags.text('timeout') ?? '0') ?? 0;
  const deadlineUs = timeoutUs === 0 ? Number.POSITIVE_INFINITY : context.sim.nowUs + timeoutUs;
  const { items } = yield* context.client.list('Pod', { fieldSelector: { 'spec.nodeName': node } });
  const { victims, ignored, refusals } = chooseVictims(items, command);
  if (refusals.length > 0) {
    const message = `error: unable to drain node "${node}" due to error: ${refusals.join(', ')}, continuing command...`;
    throw new KubectlError(`${message}\nThere are pending nodes to be drained:\n ${node}\n${refusals.join('\n')}`);
  }
  if (ignored.length > 0) context.print(`Warning: ignoring DaemonSet-managed Pods: ${ignored.join(', ')}`);
  for (const { metadata } of victims) context.print(`evicting pod ${metadata.namespace}/${metadata.name}`);
  const results = yield* all(victims.map((pod) => evict(pod, deadlineUs, flags.number('grace-period') ?? -1, context)));
  const failures = results.flatMap((result) => (result.ok ? [] : [errorText(result.error)]));
  if (failures.length > 0) throw new KubectlError([...new Set(failures)].join('\n'));
}

function* evict(pod: Pod, deadlineUs: number, grace: number, context: KubectlContext): Task<void> {
  const { namespace, name, uid } = pod.metadata;
  for (;;) {
    try {
      yield* context.client.evict(namespace!, name, grace < 0 ? {} : { gracePeriodSeconds: grace });
      break;
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return;
      if (!(error instanceof ApiError && error.code === 429)) throw error;
      context.print(`error when evicting pods/"${name}" -n "${namespace}" (will retry after 5s): ${error.message}`);
      if (context.sim.nowUs + RETRY_US > deadlineUs)
        throw new KubectlError(`error: error when evicting pods/"${name}" -n "${namespace}": global timeout reached`);
      yield* sleep(context.sim, RETRY_US);
    }
  }
  const leftUs = Number.isFinite(deadlineUs) ? deadlineUs - context.sim.nowUs : undefined;
  const isGone = (object: Pod | undefined) => object === undefined || object.metadata.uid !== uid;
  const result = yield* waitForObject(context, 'Pod', namespace, name, isGone, leftUs);
  if (result === 'timeout')
    throw new KubectlError(`error: error when waiting for pod "${name}" in namespace "${namespace}" to terminate: global timeout reached`);
  context.print(`pod/${name} evicted`);
}

/** The filters of pkg/drain/filters.go: who is evicted, who is left alone, and what forbids the whole drain. */
function chooseVictims(pods: readonly Pod[], { flags }: ParsedCommand): { victims: Pod[]; ignored: string[]; refusals: string[] } {
  const victims: Pod[] = [];
  const ignored: string[] = [];
  const daemons: string[] = [];
  const orphans: string[] = [];
  const local: string[] = [];
  for (const pod of pods) {
    const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
    if (pod.metadata.annotations?.[MIRROR] !== undefined) continue;
    const owner = controllerOf(pod);
    if (owner?.kind === 'DaemonSet' && !isPodTerminal(pod)) {
      if (flags.isOn('ignore-daemonsets')) ignored.push(key);
      else daemons.push(key);
      continue;
    }
    const hasLocalData = pod.spec.volumes?.some(({ emptyDir }) => emptyDir !== undefined) === true && !isPodTerminal(pod);
    if (hasLocalData && !flags.isOn('delete-emptydir-data')) local.push(key);
    else if (owner === undefined && !isPodTerminal(pod) && !flags.isOn('force')) orphans.push(key);
    else victims.push(pod);
  }
  const refusals: string[] = [];
  if (daemons.length > 0) refusals.push(`cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): ${daemons.join(', ')}`);
  if (local.length > 0)
    refusals.push(`cannot delete Pods with local storage (use --delete-emptydir-data to override): ${local.join(', ')}`);
  if (orphans.length > 0)
    refusals.push(`cannot delete cannot delete Pods that declare no controller (use --force to override): ${orphans.join(', ')}`);
  return { victims, ignored, refusals };
}
