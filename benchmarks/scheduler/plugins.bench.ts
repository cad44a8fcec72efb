/**
 * Each plugin's filter and score alone, in nanoseconds per node: what the obvious way pays, once for each node it looks at.
 *
 * PreFilter and PreScore have run before, on the same pod and cluster; each iteration goes once over all nodes.
 */
import { Bench } from 'tinybench';
import { CycleState, type FilterPlugin, type ScorePlugin } from '../../src/scheduler/framework.ts';
import { PodInfo } from '../../src/scheduler/pod-info.ts';
import type { Profile } from '../../src/scheduler/profile.ts';
import { type Benchmark, type Measurement, measurement } from '../measure.ts';
import { standingCluster } from './bench-cluster.ts';
import { PLUGIN_POD, PLUGIN_WORKLOAD } from './workloads.ts';

const POINTS = ['filter', 'score'] as const;

export const schedulerPlugins: Benchmark = async (size) => {
  const sizes = size === 'small' ? [100] : [100, 1_000, 5_000, 15_000, 130_000];
  const rows: Measurement[] = [];
  for (const nodes of sizes) rows.push(...(await pluginsOn(nodes, size === 'small' ? 3 : 15)));
  return rows;
};

async function pluginsOn(nodeCount: number, iterations: number): Promise<Measurement[]> {
  const core = standingCluster(PLUGIN_WORKLOAD, nodeCount);
  core.cache.updateSnapshot(core.snapshot);
  const profile = core.profiles.get('default-scheduler')!;
  const pod = new PodInfo(PLUGIN_POD);
  const state = new CycleState();
  profile.runPreFilter(state, pod);
  profile.runPreScore(state, pod, core.snapshot.nodes);
  const rows: Measurement[] = [];
  for (const point of POINTS) {
    for (const plugin of pluginsAt(profile, point, state))
      rows.push(await timed(plugin, point, state, pod, core.snapshot.nodes, iterations));
  }
  return rows;
}

/** Those that have something to say of the pod. */
function pluginsAt(profile: Profile, point: 'filter' | 'score', state: CycleState): (FilterPlugin | ScorePlugin)[] {
  if (point === 'filter') return profile.filter.filter(({ name }) => !state.skippedFilter.has(name));
  return profile.score.map(({ plugin }) => plugin).filter(({ name }) => !state.skippedScore.has(name));
}

async function timed(
  plugin: FilterPlugin | ScorePlugin,
  point: 'filter' | 'score',
  state: CycleState,
  pod: PodInfo,
  nodes: Profile['handle']['snapshot']['nodes'],
  iterations: number,
): Promise<Measurement> {
  let checksum = 0;
  const perSecond: number[] = [];
  const bench = new Bench({ iterations, warmupIterations: 2, time: 0, warmupTime: 0 });
  bench.add(plugin.name, () => {
    const start = process.hrtime.bigint();
    let sum = 0;
    if (point === 'filter') for (const node of nodes) sum += (plugin as FilterPlugin).filter(state, pod, node) === undefined ? 1 : 0;
    else for (const node of nodes) sum += (plugin as ScorePlugin).score(state, pod, node);
    perSecond.push((nodes.length * 1e9) / Number(process.hrtime.bigint() - start));
    checksum = sum;
  });
  await bench.run();
  const last = perSecond.slice(-iterations);
  const row = measurement(
    {
      bench: 'scheduler-plugins',
      case: `${plugin.name}.${point}, ${nodes.length.toLocaleString('en')} nodes`,
      unit: 'nodes',
      checksum: String(checksum),
    },
    last,
  );
  const nanosecondsPerNode = Number((1e9 / row.perSecondMedian).toPrecision(3));
  return { ...row, extra: { plugin: plugin.name, point, nodes: nodes.length, nanosecondsPerNode } };
}
