/**
 * Which pods of a node a drain may remove, which it must leave, and which stand in its way.
 *
 * Models k8s.io/kubectl/pkg/drain/filters.go. The real one gathers its complaints in a map and prints them in any order; here in the order
 * of the pods.
 */

import { SECOND_US } from '../../base/units.ts';
import type { Task } from '../../client/task.ts';
import { controllerOf } from '../../model/meta.ts';
import { isPodTerminal, type Pod } from '../../model/pod.ts';
import { timeUsOf } from '../../model/time.ts';
import type { ParsedCommand } from './command-line.ts';
import type { KubectlContext } from './context.ts';
import { isNotFound, KubectlError, messageOf } from './errors.ts';

export interface DrainList {
  readonly pods: readonly Pod[];
  readonly warnings: string;
  readonly errors: readonly KubectlError[];
}

interface Judgement {
  readonly isRemoved: boolean;
  readonly warning?: string;
  readonly error?: string;
}

const MIRROR = 'kubernetes.io/config.mirror';
const REMOVED: Judgement = { isRemoved: true };
const LEFT: Judgement = { isRemoved: false };

/** The pods of the node, judged one by one. */
export function* drainList(node: string, command: ParsedCommand, context: KubectlContext): Task<DrainList> {
  const labelSelector = command.flags.text('pod-selector');
  const pods = (yield* context.api.list('Pod', { labelSelector, fieldSelector: `spec.nodeName=${node}` })) as readonly Pod[];
  const removed: Pod[] = [];
  const warnings = new Map<string, string[]>();
  const errors = new Map<string, string[]>();
  for (const pod of pods) {
    const { isRemoved, warning, error } = yield* judge(pod, command, context);
    const name = `${pod.metadata.namespace}/${pod.metadata.name}`;
    if (isRemoved) removed.push(pod);
    if (warning !== undefined) warnings.set(warning, [...(warnings.get(warning) ?? []), name]);
    if (error !== undefined) errors.set(error, [...(errors.get(error) ?? []), name]);
  }
  return {
    pods: removed,
    warnings: [...warnings].map(([why, names]) => `${why}: ${names.join(', ')}`).join('; '),
    errors: [...errors].map(([why, names]) => new KubectlError(`cannot delete ${why}: ${names.join(', ')}`)),
  };
}

/** The last filter that has something to say is heard, unless one before has stopped the pod. */
function* judge(pod: Pod, { flags }: ParsedCommand, context: KubectlContext): Task<Judgement> {
  const owner = controllerOf(pod);
  const isOver = isPodTerminal(pod);
  if (isLongGone(pod, flags.number('skip-wait-for-delete-timeout') ?? 0, context.sim.nowUs)) return LEFT;
  if (owner?.kind === 'DaemonSet' && !isOver) {
    const own = yield* daemonSetJudgement(pod.metadata.namespace ?? '', owner.name, flags.isOn('force'), context);
    if (own === undefined) {
      const all = 'DaemonSet-managed Pods';
      return flags.isOn('ignore-daemonsets')
        ? { isRemoved: false, warning: `ignoring ${all}` }
        : { isRemoved: false, error: `${all} (use --ignore-daemonsets to ignore)` };
    }
    if (!own.isRemoved) return own;
  }
  if (pod.metadata.annotations?.[MIRROR] !== undefined) return LEFT;
  if (!isOver && pod.spec.volumes?.some(({ emptyDir }) => emptyDir !== undefined) === true) {
    if (!flags.isOn('delete-emptydir-data'))
      return { isRemoved: false, error: 'Pods with local storage (use --delete-emptydir-data to override)' };
  }
  // Each filter overwrites what the one before has said; the last, about controllers, has nothing to say of these.
  if (isOver || owner !== undefined) return REMOVED;
  return flags.isOn('force')
    ? { isRemoved: true, warning: 'deleting Pods that declare no controller' }
    : { isRemoved: false, error: 'Pods that declare no controller (use --force to override)' };
}

/** Undefined when the DaemonSet is there. */
function* daemonSetJudgement(namespace: string, name: string, isForced: boolean, context: KubectlContext): Task<Judgement | undefined> {
  try {
    yield* context.api.get('DaemonSet', namespace, name);
    return undefined;
  } catch (error) {
    if (isNotFound(error) && isForced) return { isRemoved: true, warning: messageOf(error) };
    return { isRemoved: false, error: messageOf(error) };
  }
}

function isLongGone({ metadata }: Pod, skipSeconds: number, nowUs: number): boolean {
  if (skipSeconds <= 0 || metadata.deletionTimestamp === undefined) return false;
  return nowUs - timeUsOf(metadata.deletionTimestamp) > skipSeconds * SECOND_US;
}
