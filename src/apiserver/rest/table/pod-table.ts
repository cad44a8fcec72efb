/**
 * Pods in a table: above all the one word that says what state a pod is in.
 *
 * Models printPod of pkg/printers/internalversion/printers.go.
 */
import { ageText } from '../../../model/human-duration.ts';
import type { ContainerStatus, Pod } from '../../../model/pod.ts';
import { timeUsOf } from '../../../model/time.ts';
import { age, columns, NAME, NONE, type TablePrinter } from './columns.ts';

export const POD_TABLE: TablePrinter<Pod> = {
  columns: [NAME, ...columns('Ready', 'Status', 'Restarts', 'Age', '*IP', '*Node', '*Nominated Node', '*Readiness Gates')],
  cells: (pod, nowUs) => {
    const { ready, total, status, restarts, lastRestart } = podSummary(pod);
    const since = restarts === 0 || lastRestart === undefined ? '' : ` (${ageText(lastRestart, nowUs)} ago)`;
    return [
      pod.metadata.name,
      `${ready}/${total}`,
      status,
      `${restarts}${since}`,
      age(pod, nowUs),
      pod.status?.podIPs?.[0]?.ip || pod.status?.podIP || NONE,
      pod.spec.nodeName || NONE,
      pod.status?.nominatedNodeName || NONE,
      readinessGates(pod),
    ];
  },
};

interface PodSummary {
  readonly ready: number;
  readonly total: number;
  readonly status: string;
  readonly restarts: number;
  readonly lastRestart: string | undefined;
}

function podSummary(pod: Pod): PodSummary {
  const { initContainers = [], containers } = pod.spec;
  const inits = pod.status?.initContainerStatuses ?? [];
  const statuses = pod.status?.containerStatuses ?? [];
  const sidecars = new Set(initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name));
  const isSidecar = ({ name }: ContainerStatus) => sidecars.has(name);
  let status = pod.status?.reason || pod.status?.phase || 'Pending';
  if (pod.status?.conditions?.some(({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated'))
    status = 'SchedulingGated';
  const stuckAt = inits.findIndex((one) => !isInitDone(one, isSidecar(one)));
  // Nobody looks at init containers behind the one that is not done.
  let counted = stuckAt < 0 ? inits : inits.slice(0, stuckAt + 1);
  let ready = counted.filter((one) => isSidecar(one) && one.started === true && one.ready === true).length;
  const isInitialized = pod.status?.conditions?.some((one) => one.type === 'Initialized' && one.status === 'True') === true;
  if (stuckAt < 0 || isInitialized) {
    counted = [...counted.filter(isSidecar), ...statuses];
    let hasRunning = false;
    for (const one of [...statuses].reverse()) {
      const { waiting, terminated, running } = one.state ?? {};
      if (waiting?.reason) status = waiting.reason;
      else if (terminated !== undefined) status = terminatedText(terminated);
      else if (one.ready === true && running !== undefined) {
        hasRunning = true;
        ready++;
      }
    }
    if (status === 'Completed' && hasRunning) {
      status = pod.status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True') === true ? 'Running' : 'NotReady';
    }
  } else status = initText(inits[stuckAt]!, stuckAt, initContainers.length);
  if (pod.metadata.deletionTimestamp !== undefined) {
    if (pod.status?.reason === 'NodeLost') status = 'Unknown';
    else if (pod.status?.phase !== 'Failed' && pod.status?.phase !== 'Succeeded') status = 'Terminating';
  }
  return {
    ready,
    total: containers.length + sidecars.size,
    status,
    restarts: counted.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0),
    lastRestart: latest(counted.map(({ lastState }) => lastState?.terminated?.finishedAt)),
  };
}

/** The STATUS column by itself. */
export function podStatusText(pod: Pod): string {
  return podSummary(pod).status;
}

function isInitDone({ state, started }: ContainerStatus, isSidecar: boolean): boolean {
  return state?.terminated?.exitCode === 0 || (isSidecar && started === true);
}

/** What holds up the init containers. */
function initText({ state }: ContainerStatus, at: number, total: number): string {
  const { waiting, terminated } = state ?? {};
  if (terminated !== undefined) return `Init:${terminatedText(terminated)}`;
  return waiting?.reason && waiting.reason !== 'PodInitializing' ? `Init:${waiting.reason}` : `Init:${at}/${total}`;
}

function terminatedText({
  reason,
  signal,
  exitCode,
}: {
  readonly reason?: string;
  readonly signal?: number;
  readonly exitCode?: number;
}): string {
  if (reason) return reason;
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode ?? 0}`;
}

function latest(times: readonly (string | undefined)[]): string | undefined {
  let last: string | undefined;
  for (const time of times) if (time !== undefined && (last === undefined || timeUsOf(time) > timeUsOf(last))) last = time;
  return last;
}

function readinessGates({ spec, status }: Pod): string {
  const gates = spec.readinessGates ?? [];
  if (gates.length === 0) return NONE;
  const met = gates.filter(({ conditionType }) => status?.conditions?.some((one) => one.type === conditionType && one.status === 'True'));
  return `${met.length}/${gates.length}`;
}
