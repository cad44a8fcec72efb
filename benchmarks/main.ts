/**
 * Runs the benchmarks and writes what they measured to reports/: `npm run bench -- [--small] [NAME...]`.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { stringify } from 'csv-stringify/sync';
import { burst } from './burst.bench.ts';
import { kernel } from './kernel.bench.ts';
import type { Benchmark, Measurement } from './measure.ts';
import { schedulerCycle } from './scheduler/cycle.bench.ts';

const BENCHMARKS: { readonly [name: string]: Benchmark } = { kernel, 'scheduler-cycle': schedulerCycle, burst };

const args = process.argv.slice(2);
const size = args.includes('--small') ? 'small' : 'full';
const names = args.filter((arg) => !arg.startsWith('--'));
const unknown = names.filter((name) => BENCHMARKS[name] === undefined);
if (unknown.length > 0) {
  console.error(`Cannot run ${unknown.join(', ')}: the benchmarks are ${Object.keys(BENCHMARKS).join(', ')}`);
  process.exit(2);
}

const origin = {
  commit: commit(),
  node: process.version,
  machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
  size,
};
for (const name of names.length > 0 ? names : Object.keys(BENCHMARKS)) {
  const rows = await BENCHMARKS[name]!(size);
  const table = rows.map(flat);
  console.table(table);
  if (size === 'full') write(name, table);
}

function flat(row: Measurement): Record<string, number | string> {
  const { extra, ...rest } = row;
  return { ...rest, ...extra } as Record<string, number | string>;
}

function write(name: string, table: readonly Record<string, number | string>[]): void {
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
      `# ${name}: the simulator's speed`,
      '',
      `Commit ${origin.commit}, Node ${origin.node}, ${origin.machine}; figures are per second of wall time.`,
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
