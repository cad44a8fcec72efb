/**
 * `kubectl drain`: closes nodes and evicts their pods, retrying for as long as disruption budgets refuse.
 *
 * Models k8s.io/kubectl/pkg/cmd/drain and pkg/drain. The real one evicts from one goroutine a pod: what it prints comes in any order, here
 * in the order of the pods.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { SECOND_US } from '../../base/units.ts';
import { all, sleep, type Task } from '../../client/task.ts';
import type { Pod } from '../../model/pod.ts';
import { parseSelector, SelectorTextError } from '../selector-text.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, printLine, warnLine } from './context.ts';
import { nodesOf, setUnschedulable } from './cordon.ts';
import { type DrainList, drainList } from './drain-filters.ts';
import { isNotFound, KubectlError, messageOf, SeveralErrors } from './errors.ts';
import { goDurationText, goDurationUs } from './go-duration.ts';
import { resourceName } from './names.ts';
import { dryRunOf, dryRunSuffix, writeOptionsOf } from './write-options.ts';

const EVICT_RETRY_US = 5 * SECOND_US; // EvictErrorRetryDelay in drain.go
const POLL_US = SECOND_US; // waitForDelete in drain.go

interface DrainRun {
  readonly command: ParsedCommand;
  readonly context: KubectlContext;
  /** Infinite without a timeout. */
  readonly deadlineUs: number;
  readonly timeoutText: string;
}

export function* drain(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags } = command;
  const dryRun = dryRunOf(flags);
  checkPodSelector(flags.text('pod-selector'));
  const nodes = yield* nodesOf(command, context);
  yield* setUnschedulable(nodes, true, command, context);
  const failures: { readonly name: string; readonly error: KubectlError }[] = [];
  for (const node of nodes) {
    const { name } = node.metadata;
    try {
      yield* drainNode(name, command, context);
      printLine(context, `${resourceName(node)} drained${dryRunSuffix(dryRun)}`);
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error;
      warnLine(context, `error: unable to drain node "${name}" due to error: ${error.message}, continuing command...`);
      failures.push({ name, error });
    }
  }
  if (failures.length === 0) return;
  warnLine(context, 'There are pending nodes to be drained:');
  for (const { name } of failures) warnLine(context, ` ${name}`);
  const errors = failures.map(({ error }) => error);
  const [only] = errors;
  throw new SeveralErrors(errors.length === 1 && only instanceof DrainError ? only.reasons : errors, true);
}

/** Why a node could not be emptied: several reasons stand in brackets. */
class DrainError extends KubectlError {
  readonly reasons: readonly KubectlError[];

  constructor(reasons: readonly KubectlError[]) {
    super(reasons.length === 1 ? reasons[0]!.message : `[${reasons.map(({ message }) => message).join(', ')}]`);
    this.reasons = reasons;
  }
}

function* drainNode(node: string, command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags } = command;
  const list = yield* drainList(node, command, context);
  if (list.errors.length > 0) throw new DrainError(list.errors);
  if (list.warnings !== '') warnLine(context, `Warning: ${list.warnings}`);
  if (dryRunOf(flags) === 'client') {
    for (const { metadata } of list.pods) printLine(context, `evicting pod ${metadata.namespace}/${metadata.name} (dry run)`);
    return;
  }
  const timeoutUs = goDurationUs(flags.text('timeout') ?? '0s');
  const deadlineUs = timeoutUs > 0 ? context.sim.nowUs + timeoutUs : Number.POSITIVE_INFINITY;
  const run = { command, context, deadlineUs, timeoutText: goDurationText(timeoutUs) };
  const errors = yield* flags.isOn('disable-eviction') ? deletePods(list, run) : evictPods(list, run);
  if (errors.length === 0) return;
  const error = new DrainError(errors);
  const pending = yield* drainList(node, command, context);
  if (pending.pods.length > 0) {
    warnLine(context, `There are pending pods in node "${node}" when an error occurred: ${error.message}`);
    for (const { metadata } of pending.pods) warnLine(context, `pod/${metadata.name}`);
  }
  throw error;
}

function* evictPods({ pods }: DrainList, run: DrainRun): Task<KubectlError[]> {
  return errorsOf(yield* all(pods.map((pod) => evictPod(pod, run))));
}

function* evictPod(pod: Pod, { command, context, deadlineUs, timeoutText }: DrainRun): Task<void> {
  const { sim, api } = context;
  const { namespace = '', name, uid } = pod.metadata;
  const isDryRun = dryRunOf(command.flags) === 'server';
  const grace = command.flags.number('grace-period') ?? -1;
  for (;;) {
    printLine(context, `evicting pod ${namespace}/${name}${isDryRun ? ' (server dry run)' : ''}`);
    if (sim.nowUs >= deadlineUs)
      throw new KubectlError(`error when evicting pods/"${name}" -n "${namespace}": global timeout reached: ${timeoutText}`);
    try {
      yield* api.evict(namespace, name, grace < 0 ? {} : { gracePeriodSeconds: grace }, writeOptionsOf(command.flags, 'kubectl-drain'));
      break;
    } catch (error) {
      if (isNotFound(error)) return;
      if (!(error instanceof ApiError) || error.reason !== 'TooManyRequests')
        throw new KubectlError(`error when evicting pods/"${name}" -n "${namespace}": ${messageOf(error)}`);
      warnLine(context, `error when evicting pods/"${name}" -n "${namespace}" (will retry after 5s): ${error.message}`);
    }
    yield* sleep(sim, EVICT_RETRY_US);
  }
  if (isDryRun) return;
  if (yield* isGoneBefore(deadlineUs, namespace, name, uid, context)) printLine(context, `pod/${name} evicted`);
  else
    throw new KubectlError(
      `error when waiting for pod "${name}" in namespace "${namespace}" to terminate: global timeout reached: ${timeoutText}`,
    );
}

/** Without the eviction API: pods are simply deleted, whatever their budgets say. */
function* deletePods({ pods }: DrainList, { command, context, deadlineUs, timeoutText }: DrainRun): Task<KubectlError[]> {
  const { flags } = command;
  const grace = flags.number('grace-period') ?? -1;
  const isDryRun = dryRunOf(flags) === 'server';
  for (const { metadata } of pods) {
    const { namespace = '', name } = metadata;
    try {
      const options = grace < 0 ? {} : { gracePeriodSeconds: grace };
      yield* context.api.delete('Pod', namespace, name, options, writeOptionsOf(flags, 'kubectl-drain'));
    } catch (error) {
      if (!isNotFound(error)) return [new KubectlError(messageOf(error))];
    }
    printLine(context, `deleting pod ${namespace}/${name}${isDryRun ? ' (server dry run)' : ''}`);
  }
  if (isDryRun) return [];
  const wait = function* ({ metadata }: Pod): Task<void> {
    const { namespace = '', name, uid } = metadata;
    if (!(yield* isGoneBefore(deadlineUs, namespace, name, uid, context))) throw new KubectlError(`global timeout reached: ${timeoutText}`);
    printLine(context, `pod/${name} deleted`);
  };
  return errorsOf(yield* all(pods.map(wait))).slice(0, 1);
}

/** Looks for the pod each second until it, or the one that bore its name, is gone. */
function* isGoneBefore(
  deadlineUs: number,
  namespace: string,
  name: string,
  uid: string | undefined,
  { api, sim }: KubectlContext,
): Task<boolean> {
  for (;;) {
    try {
      const { metadata } = yield* api.get('Pod', namespace, name);
      if (metadata.uid !== uid) return true;
    } catch (error) {
      if (isNotFound(error)) return true;
      throw error;
    }
    if (sim.nowUs >= deadlineUs) return false;
    yield* sleep(sim, Math.min(POLL_US, deadlineUs - sim.nowUs));
  }
}

function errorsOf(settled: readonly ({ readonly ok: true } | { readonly ok: false; readonly error: unknown })[]): KubectlError[] {
  return settled.flatMap((one) => {
    if (one.ok) return [];
    if (!(one.error instanceof KubectlError)) throw one.error;
    return [one.error];
  });
}

function checkPodSelector(selector: string | undefined): void {
  if (selector === undefined) return;
  try {
    parseSelector(selector);
  } catch (error) {
    if (error instanceof SelectorTextError) throw new KubectlError('--pod-selector=<pod_selector> must be a valid label selector');
    throw error;
  }
}
