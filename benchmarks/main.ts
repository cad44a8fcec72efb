/**
 * Runs the benchmarks and writes what they measured to reports/: `npm run bench -- [--small] [--case=TEXT] [NAME...]`.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { stringify } from 'csv-stringify/sync';
import { burst, fleet } from './burst.bench.ts';
import { controllers } from './controllers.bench.ts';
import { idlePasses } from './idle-passes.bench.ts';
import { kernel } from './kernel.bench.ts';
import type { Benchmark, Measurement, Size } from './measure.ts';
import { schedulerCycle } from './scheduler/cycle.bench.ts';
import { schedulerPage } from './scheduler/page.ts';
import { schedulerPlugins } from './scheduler/plugins.bench.ts';
import { schedulerReplays } from './scheduler/replays.bench.ts';
import { simulatedFigure, WORKLOADS } from './scheduler-perf.ts';

const BENCHMARKS: { readonly [name: string]: Benchmark } = {
  kernel,
  'scheduler-cycle': schedulerCycle,
  'scheduler-plugins': schedulerPlugins,
  'scheduler-replays': schedulerReplays,
  burst,
  controllers,
  'idle-passes': idlePasses,
  fleet,
};

/** Figures of the modelled cluster in simulated time: they are the same on every machine, and never stand beside the simulator's own. */
const SIMULATED: { readonly [name: string]: (size: Size) => readonly Row[] } = { 'simulated-scheduler': simulatedScheduler };

type Row = Record<string, number | string>;

const args = process.argv.slice(2);
const size = args.includes('--small') ? 'small' : 'full';
const only = args.find((arg) => arg.startsWith('--case='))?.slice('--case='.length);
const names = args.filter((arg) => !arg.startsWith('--'));
const unknown = names.filter((name) => BENCHMARKS[name] === undefined && SIMULATED[name] === undefined);
if (unknown.length > 0) {
  console.error(
    `Cannot run ${unknown.join(', ')}: the benchmarks are ${[...Object.keys(BENCHMARKS), ...Object.keys(SIMULATED)].join(', ')}`,
  );
  process.exit(2);
}

const origin = {
  commit: commit(),
  node: process.version,
  machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
  size,
};
const measured = new Map<string, readonly Row[]>();
for (const name of names.length > 0 ? names : [...Object.keys(BENCHMARKS), ...Object.keys(SIMULATED)]) {
  const simulated = SIMULATED[name];
  const table = simulated === undefined ? (await BENCHMARKS[name]!(size, only)).map(flat) : simulated(size);
  measured.set(name, table);
  console.table(table);
  if (size !== 'full') continue;
  const { commit, node, machine } = origin;
  if (simulated === undefined) {
    write(
      name,
      table,
      `${name}: the simulator's speed`,
      `Commit ${commit}, Node ${node}, ${machine}; figures are per second of wall time, unless the unit says otherwise.`,
    );
  } else {
    write(
      name,
      table,
      `${name}: simulated figures`,
      `Commit ${commit}; figures are per second of simulated time, the same on every machine.`,
    );
  }
}

if (size === 'full' && measured.has('scheduler-cycle')) {
  const of = (name: string) => measured.get(name) ?? [];
  const about = `Commit ${origin.commit}, Node ${origin.node}, ${origin.machine}`;
  const tables = { cycle: of('scheduler-cycle'), plugins: of('scheduler-plugins'), replays: of('scheduler-replays'), about };
  writeFileSync('reports/scheduler.html', schedulerPage(tables));
}

/** Beside the thresholds of upstream's benchmark, and with a tenth of the nodes and pods. */
function simulatedScheduler(benchmarkSize: Size): readonly Row[] {
  return WORKLOADS.map((workload) => {
    const tenth = simulatedFigure(workload, workload.nodes / 10);
    if (benchmarkSize === 'small') return { ...tenth };
    const { simulatedPodsPerSecond, ...whole } = simulatedFigure(workload);
    const ratio = (simulatedPodsPerSecond / workload.threshold).toFixed(2);
    return { ...whole, simulatedPodsPerSecond, ratio, withATenth: tenth.simulatedPodsPerSecond };
  });
}

function flat(row: Measurement): Record<string, number | string> {
  const { extra, ...rest } = row;
  return { ...rest, ...extra } as Record<string, number | string>;
}

function write(name: string, table: readonly Row[], heading: string, about: string): void {
  mkdirSync('reports', { recursive: true });
  const columns = [...new Set(table.flatMap((row) => Object.keys(row)))];
  writeFileSync(
    `reports/${name}.csv`,
    stringify(
      table.map((row) => ({ ...row, ...origin })),
      { header: true, columns: [...columns, ...Object.keys(origin)] },
    ),
  );
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  writeFileSync(
    `reports/${name}.md`,
    [
      `# ${heading}`,
      '',
      about,
      '',
      line(columns),
      line(columns.map(() => '---')),
      ...table.map((row) => line(columns.map((column) => row[column] ?? ''))),
      '',
    ].join('\n'),
  );
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
