/** The modelled scheduler is as quick and as slow, workload by workload, as upstream's benchmark accepts of the real one. */
import { describe, expect, test } from 'vitest';
import { simulatedFigure, WORKLOADS } from '../../benchmarks/scheduler-perf.ts';

const figures = new Map(WORKLOADS.map((workload) => [workload.name, simulatedFigure(workload).simulatedPodsPerSecond]));

describe('The modelled scheduler', () => {
  test.each(WORKLOADS)('places $threshold pods a second in $name, within a factor of $tolerance', ({ name, threshold, tolerance }) => {
    expect(figures.get(name)!).toBeGreaterThan(threshold / tolerance);
    expect(figures.get(name)!).toBeLessThan(threshold * tolerance);
  });

  test.each(WORKLOADS)('is not slower with a tenth of the nodes and pods in $name', (workload) => {
    const { simulatedPodsPerSecond } = simulatedFigure(workload, workload.nodes / 10);
    expect(simulatedPodsPerSecond).toBeGreaterThanOrEqual(figures.get(workload.name)!);
  });

  test('is as quick with a costly plugin disabled as if nobody had asked for it', () => {
    const affinity = WORKLOADS.find(({ name }) => name === 'SchedulingPodAffinity')!;
    const without = simulatedFigure(affinity, affinity.nodes / 10, ['InterPodAffinity']).simulatedPodsPerSecond;
    expect(without).toBeGreaterThan(3 * simulatedFigure(affinity, affinity.nodes / 10).simulatedPodsPerSecond);
  });
});
