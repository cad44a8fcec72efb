/**
 * What the scheduler benchmarks measured as one HTML page that opens from disk: a plot for each workload, then the tables.
 *
 * uPlot is put into the page as it is installed.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

export type Row = { readonly [column: string]: number | string };

export interface SchedulerTables {
  readonly cycle: readonly Row[];
  readonly plugins: readonly Row[];
  readonly replays: readonly Row[];
  /** Commit, Node version, machine. */
  readonly about: string;
}

interface Plot {
  readonly title: string;
  readonly nodes: readonly number[];
  readonly fast: readonly (number | null)[];
  readonly slow: readonly (number | null)[];
}

const FAST = 'fast path';
const SLOW = 'slow twin';

export function schedulerPage({ cycle, plugins, replays, about }: SchedulerTables): string {
  const load = createRequire(import.meta.url);
  const script = readFileSync(load.resolve('uplot/dist/uPlot.iife.min.js'), 'utf8');
  const style = readFileSync(load.resolve('uplot/dist/uPlot.min.css'), 'utf8');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The scheduler's speed</title>
<style>${style}
${STYLE}</style>
</head>
<body>
<h1>The scheduler's speed</h1>
<p>${escaped(about)}. Microseconds of wall time for each pod, from the queue's pop to the assumed pod, by number of nodes. Both axes are
logarithmic.</p>
<div id="plots"></div>
<h2>How the cost of a pod grows with the number of nodes</h2>
${table(growth(cycle))}
${replays.length === 0 ? '' : `<h2>Recorded runs, beside the real scheduler</h2>${table(replays)}`}
<h2>Whole cycles</h2>
${table(cycle)}
${plugins.length === 0 ? '' : `<h2>Each plugin alone</h2>${table(plugins)}`}
<script>${script.replaceAll('</script', '<\\/script')}</script>
<script>
const plots = ${JSON.stringify(plotsOf(cycle)).replaceAll('<', '\\u003c')};
${SCRIPT}
</script>
</body>
</html>
`;
}

function plotsOf(cycle: readonly Row[]): readonly Plot[] {
  return workloadsIn(cycle).map((title) => {
    const mine = cycle.filter(({ workload }) => workload === title);
    const nodes = [...new Set(mine.map((row) => Number(row.nodes)))].sort((a, b) => a - b);
    const costs = (path: string) =>
      nodes.map((count) => {
        const row = mine.find((one) => one.nodes === count && one.path === path);
        return row === undefined ? null : Number(row.microsecondsPerPod);
      });
    return { title, nodes, fast: costs(FAST), slow: costs(SLOW) };
  });
}

/** The exponent of each workload and path, side by side. */
function growth(cycle: readonly Row[]): readonly Row[] {
  return workloadsIn(cycle).map((workload) => {
    const exponent = (path: string) => cycle.find((row) => row.workload === workload && row.path === path)?.growthExponent ?? '';
    return { workload, [FAST]: exponent(FAST), [SLOW]: exponent(SLOW) };
  });
}

function workloadsIn(cycle: readonly Row[]): readonly string[] {
  return [...new Set(cycle.map(({ workload }) => String(workload)))];
}

function table(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const cells = (tag: string, values: readonly (number | string)[]) =>
    values.map((value) => `<${tag}>${escaped(String(value))}</${tag}>`).join('');
  const body = rows
    .map(
      (row) =>
        `<tr>${cells(
          'td',
          columns.map((column) => row[column] ?? ''),
        )}</tr>`,
    )
    .join('\n');
  return `<div class="table"><table><thead><tr>${cells('th', columns)}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const STYLE = `
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; color: #1b1f24; background: #fff; }
#plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(22rem, 1fr)); gap: 1.5rem; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 13px; }
th, td { padding: 0.2rem 0.6rem; border-bottom: 1px solid #e2e5e9; text-align: right; white-space: nowrap; }
th:first-child, td:first-child, th:nth-child(2), td:nth-child(2) { text-align: left; }
`;

const SCRIPT = `
const place = document.getElementById('plots');
for (const { title, nodes, fast, slow } of plots) {
  const options = {
    title, width: 360, height: 260,
    scales: { x: { time: false, distr: 3 }, y: { distr: 3 } },
    axes: [{ label: 'nodes' }, { label: 'µs per pod', size: 60 }],
    series: [
      { label: 'nodes' },
      { label: 'fast path', stroke: '#0b7285', width: 2, points: { show: true } },
      { label: 'slow twin', stroke: '#c2255c', width: 2, points: { show: true } },
    ],
  };
  const holder = document.createElement('div');
  place.append(holder);
  new uPlot(options, [nodes, fast, slow], holder);
}
`;
