/**
 * The whole scheduling cycle, from the pop of the queue to the assumed pod, workload by workload and size by size: the fast path, and
 * its slow twin beside it wherever that comes to an end in reasonable time.
 *
 * Both place the same pods; a checksum over every choice of the twin's shorter run stands beside that of the fast path's run of equal
 * length. How the cost of a pod grows with the number of nodes is fitted over the sizes.
 */
import { fail } from '../../src/base/fail.ts';
import { type Benchmark, type Measurement, measurement, median, type Size } from '../measure.ts';
import { type CycleResult, runCycles } from './bench-cluster.ts';
import { WORKLOADS, type Workload } from './workloads.ts';

const SIZES: { readonly [size in Size]: readonly number[] } = { small: [100, 1_000], full: [100, 1_000, 5_000, 15_000, 130_000] };
/** Pods for the fast path; the slow twin gets as many as it can look at in a few million verdicts. */
const FAST_PODS: { readonly [size in Size]: number } = { small: 1_000, full: 10_000 };
const SLOW_VERDICTS: { readonly [size in Size]: number } = { small: 20_000, full: 600_000 };
const MAX_SLOW_PODS = 500;
const REPETITIONS: { readonly [size in Size]: number } = { small: 1, full: 5 };
// Most of the time goes into setting up clusters larger than that.
const MANY_NODES = 15_000;
const REPETITIONS_OF_MANY = 2;
// Beyond it the twin would look at so many nodes, or pods on them, that a handful of decisions takes minutes.
const MAX_SLOW_NODES = 15_000;

export const schedulerCycle: Benchmark = async (size) => WORKLOADS.flatMap((workload) => measured(workload, size));

function measured(workload: Workload, size: Size): Measurement[] {
  const fast: CycleCase[] = [];
  const slow: CycleCase[] = [];
  for (const nodes of SIZES[size]) {
    const podCount = Math.min(FAST_PODS[size], workload.podsAtMost?.(nodes) ?? FAST_PODS[size]);
    const repetitions = nodes > MANY_NODES ? REPETITIONS_OF_MANY : REPETITIONS[size];
    const runs = Array.from({ length: repetitions }, () => runCycles(workload, nodes, podCount, false));
    fast.push({ nodes, runs, checksum: runs[0]!.checksum });
    if (nodes > MAX_SLOW_NODES) continue;
    const few = Math.max(5, Math.min(podCount, MAX_SLOW_PODS, Math.floor(SLOW_VERDICTS[size] / nodes)));
    const twin = runCycles(workload, nodes, few, true);
    const same = runCycles(workload, nodes, few, false);
    if (twin.checksum !== same.checksum) fail(`Cannot compare ${workload.name} on ${nodes} nodes: the two paths choose different nodes`);
    slow.push({ nodes, runs: [twin], checksum: twin.checksum });
  }
  return [...rows(workload, 'fast path', fast, slow), ...rows(workload, 'slow twin', slow, slow)];
}

interface CycleCase {
  readonly nodes: number;
  readonly runs: readonly CycleResult[];
  readonly checksum: number;
}

function rows(workload: Workload, path: string, cases: readonly CycleCase[], slow: readonly CycleCase[]): Measurement[] {
  const exponent = growthExponent(cases.map(({ nodes, runs }) => [nodes, secondsPerPod(runs)]));
  return cases.map(({ nodes, runs, checksum }) => {
    const twin = slow.find((one) => one.nodes === nodes);
    const extra = {
      workload: workload.name,
      nodes,
      path,
      pods: runs[0]!.pods,
      bound: runs[0]!.bound,
      perCpuSecond: Math.round(1 / median(runs.map((run) => run.cpuSeconds / run.pods))),
      microsecondsPerPod: round(secondsPerPod(runs) * 1e6),
      timesTheSlowTwin: twin === undefined ? '' : round(secondsPerPod(twin.runs) / secondsPerPod(runs)),
      growthExponent: round(exponent),
    };
    return measurement(
      {
        bench: 'scheduler-cycle',
        case: `${workload.name}, ${nodes.toLocaleString('en')} nodes, ${path}`,
        unit: 'pods',
        checksum: String(checksum),
        extra,
      },
      runs.map(({ seconds, pods }) => pods / seconds),
    );
  });
}

function secondsPerPod(runs: readonly CycleResult[]): number {
  return median(runs.map(({ seconds, pods }) => seconds / pods));
}

/** The exponent of a power of the number of nodes that the cost follows: the slope of a straight line through the logarithms. */
export function growthExponent(points: readonly (readonly [nodes: number, cost: number])[]): number {
  if (points.length < 2) return Number.NaN;
  const logs = points.map(([nodes, cost]) => [Math.log(nodes), Math.log(cost)] as const);
  const meanX = logs.reduce((sum, [x]) => sum + x, 0) / logs.length;
  const meanY = logs.reduce((sum, [, y]) => sum + y, 0) / logs.length;
  const covariance = logs.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  return covariance / logs.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
}

function round(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(3)) : 0;
}
