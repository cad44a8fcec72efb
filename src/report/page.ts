/**
 * The result as one HTML page that opens from disk without a network: plots one can zoom, and tables of what happened.
 *
 * uPlot is put into the page as it is installed; the page's own script only hands it the numbers.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { POD_STATES, type Point } from '../metrics/run-metrics.ts';
import { clock } from './clock.ts';
import type { ResultDocument } from './result-document.ts';

interface Plot {
  readonly title: string;
  readonly unit: string;
  readonly labels: readonly string[];
  /** First the times in seconds, then one list per label; null where nothing is known. */
  readonly data: readonly (readonly (number | null)[])[];
  readonly isStepped: boolean;
}

const EVENT_ROWS = 1000;
const POD_ROWS = 1000;

/** `answer` is the summary in words, as the terminal has it. */
export function reportPage(document: ResultDocument, answer: string): string {
  const load = createRequire(import.meta.url);
  const script = readFileSync(load.resolve('uplot/dist/uPlot.iife.min.js'), 'utf8');
  const style = readFileSync(load.resolve('uplot/dist/uPlot.min.css'), 'utf8');
  const { name, question } = document.scenario;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(name)}: ${escaped(question)}</title>
<style>${style}
${PAGE_STYLE}</style>
</head>
<body>
<header>
<p class="name">${escaped(name)}</p>
<h1>${escaped(question)}</h1>
</header>
<main>
<pre class="summary">${escaped(answer)}</pre>
<section id="plots" aria-label="Plots"></section>
${table(
  'How exact',
  ['part', 'level', 'what'],
  document.fidelity.map((item) => [item.part, item.level, item.note]),
  document.fidelity.length,
)}
${table('Events', ['time', 'type', 'reason', 'object', 'message'], eventRows(document), document.events.length)}
${table('Pods', ['name', 'node', 'created', 'bound', 'ready', 'deleted', 'gone', 'restarts'], podRows(document), document.pods.lives.length)}
</main>
<script>${script.replaceAll('</script', '<\\/script')}</script>
<script>
const plots = ${JSON.stringify(plotsOf(document)).replaceAll('<', '\\u003c')};
${PAGE_SCRIPT}
</script>
</body>
</html>
`;
}

function plotsOf(document: ResultDocument): readonly Plot[] {
  const plots: Plot[] = [];
  for (const { traffic, buckets } of document.requests.traffics) {
    const times = buckets.map((_, index) => (index * document.requests.bucketUs) / 1e6);
    const perSecond = document.requests.bucketUs / 1e6;
    plots.push({
      title: `Requests of ${traffic}`,
      unit: 'requests a second',
      labels: ['answered', 'failed'],
      data: [times, buckets.map((one) => one.answered / perSecond), buckets.map((one) => one.failed / perSecond)],
      isStepped: true,
    });
    plots.push({
      title: `Time to an answer of ${traffic}`,
      unit: 'ms',
      labels: ['mean', 'longest'],
      data: [
        times,
        buckets.map((one) => (one.answered === 0 ? null : one.sumUs / one.answered / 1000)),
        buckets.map((one) => (one.answered === 0 ? null : one.maxUs / 1000)),
      ],
      isStepped: false,
    });
  }
  const sets = Object.entries(document.replicaSets).slice(0, 12);
  if (sets.length > 0) plots.push(replicaPlot(sets, document.endUs));
  const states = [...document.pods.states, ...endPoint(document.pods.states, document.endUs)];
  plots.push({
    title: 'Pods by state',
    unit: 'pods',
    labels: POD_STATES,
    data: [states.map((point) => point.timeUs / 1e6), ...POD_STATES.map((_, index) => states.map((point) => point.values[index]!))],
    isStepped: true,
  });
  return plots;
}

/** All sets over one list of times, each with its last value until it changes. */
function replicaPlot(sets: readonly (readonly [string, readonly Point[]])[], endUs: number): Plot {
  const times = [...new Set([...sets.flatMap(([, points]) => points.map((point) => point.timeUs)), endUs])].sort((a, b) => a - b);
  const series = sets.map(([, points]) => {
    let next = 0;
    let value: number | null = null;
    return times.map((timeUs) => {
      while (next < points.length && points[next]!.timeUs <= timeUs) value = points[next++]!.values[2]!;
      return value;
    });
  });
  return {
    title: 'Ready replicas by ReplicaSet',
    unit: 'pods',
    labels: sets.map(([key]) => key),
    data: [times.map((timeUs) => timeUs / 1e6), ...series],
    isStepped: true,
  };
}

function endPoint(points: readonly Point[], endUs: number): readonly Point[] {
  const last = points.at(-1);
  return last === undefined || last.timeUs >= endUs ? [] : [{ timeUs: endUs, values: last.values }];
}

function eventRows({ events }: ResultDocument): readonly (readonly string[])[] {
  return events.slice(0, EVENT_ROWS).map((event) => [clock(event.timeUs), event.type, event.reason, event.object, event.message]);
}

function podRows({ pods: { lives } }: ResultDocument): readonly (readonly string[])[] {
  const time = (us: number | undefined) => (us === undefined ? '' : clock(us));
  return lives
    .slice(0, POD_ROWS)
    .map((life) => [
      `${life.namespace}/${life.name}`,
      life.node,
      time(life.createdUs),
      time(life.boundUs),
      time(life.readyUs),
      time(life.deletedUs),
      time(life.goneUs),
      String(life.restarts),
    ]);
}

function table(title: string, header: readonly string[], rows: readonly (readonly string[])[], total: number): string {
  const more = total > rows.length ? ` <small>(the first ${rows.length} of ${total})</small>` : '';
  const cells = (row: readonly string[], tag: string) => `<tr>${row.map((cell) => `<${tag}>${escaped(cell)}</${tag}>`).join('')}</tr>`;
  return `<details><summary>${title}${more}</summary><div class="wide"><table><thead>${cells(header, 'th')}</thead><tbody>${rows
    .map((row) => cells(row, 'td'))
    .join('\n')}</tbody></table></div></details>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

const PAGE_STYLE = `:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 20%, transparent); }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 72rem; padding: 1.5rem; }
h1 { font-size: 1.5rem; margin: 0 0 1rem; }
.name { margin: 0; opacity: .7; }
.summary { white-space: pre-wrap; border: 1px solid var(--line); padding: 1rem; overflow-x: auto; }
#plots { display: grid; gap: 1.5rem; }
.plot h2 { font-size: 1rem; margin: 0 0 .25rem; }
.u-legend { text-align: left; }
table { border-collapse: collapse; font-size: .85rem; }
th, td { text-align: left; padding: .2rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
.wide { overflow-x: auto; }
summary { cursor: pointer; font-weight: 600; margin: 1rem 0 .5rem; }`;

const PAGE_SCRIPT = `const colours = ['#2f7ed8', '#d9534f', '#3aa76d', '#b07aa1', '#e0a030', '#17a2b8', '#8c6d31', '#7f7f7f', '#9467bd', '#bcbd22', '#1f9e89', '#c51b7d'];
const ink = () => getComputedStyle(document.body).color;
for (const plot of plots) {
  if (plot.data[0].length === 0) continue;
  const box = document.createElement('div');
  box.className = 'plot';
  const title = document.createElement('h2');
  title.textContent = plot.title + ' (' + plot.unit + '); drag to zoom, double click to go back';
  box.append(title);
  document.getElementById('plots').append(box);
  const axis = { stroke: ink, grid: { stroke: '#8884', width: 1 } };
  const series = [{ label: 'time', value: (_, v) => v == null ? '' : v.toFixed(1) + ' s' }].concat(plot.labels.map((label, i) => ({
    label, stroke: colours[i % colours.length], width: 2, paths: plot.isStepped ? uPlot.paths.stepped({ align: 1 }) : undefined, points: { show: false },
  })));
  const chart = new uPlot({ width: box.clientWidth, height: 260, scales: { x: { time: false } }, axes: [{ ...axis, values: (_, ts) => ts.map((t) => t + ' s') }, axis], series, cursor: { sync: { key: 'run' } } }, plot.data, box);
  addEventListener('resize', () => chart.setSize({ width: box.clientWidth, height: 260 }));
}`;
