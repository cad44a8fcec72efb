/**
 * The result as one HTML page that opens from disk without a network: the answer first, then pictures of why, then the tables.
 *
 * uPlot is put into the page as it is installed; the page's own script only hands it the numbers.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { secondsText } from '../base/units.ts';
import { durationText } from '../scenario/duration.ts';
import { clock } from './clock.ts';
import { explanationsMarkup } from './explanation-markup.ts';
import { inShort } from './in-short.ts';
import { escaped, section, shownOf, tableMarkup } from './markup.ts';
import { actsOf, plotsOf } from './page-plots.ts';
import { PAGE_SCRIPT, PAGE_STYLE } from './page-style.ts';
import { eventTimeline, podTimeline } from './page-timeline.ts';
import { type ResultDocument, story } from './result-document.ts';
import { answerOf } from './verdict.ts';

// A page of more rows is slow to open; the CSV tables have them all.
const ROWS = 1000;

export function reportPage(document: ResultDocument): string {
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
${header(document)}
<main>
${section('in-short', 'In short', summary(document))}
${section('requests', 'Requests', requests(document))}
${section('over-time', 'Over time', '<p class="facts">Drag to zoom, double click to go back; dashed lines are what was done to the cluster</p><div id="plots"></div>')}
${section('events-timeline', 'Who reported what, when', eventTimeline(document))}
${section('pods-timeline', `The life of each pod${shownOf(60, document.pods.created)}`, podLegend(podTimeline(document)))}
${section('rollouts', 'Rollouts', rollouts(document))}
${section('life', 'The life of the first Deployment', narrative(document.life))}
${section('narrative', 'What happened', narrative(story(document)))}
${section('decisions', 'Why pods are where they are', explanationsMarkup(document))}
${section('fidelity', 'How exact', fidelity(document), false)}
${section('events', `Events${shownOf(ROWS, document.events.length)}`, events(document), false)}
${section('pods', `Pods${shownOf(ROWS, document.pods.lives.length)}`, pods(document), false)}
</main>
<script>${script.replaceAll('</script', '<\\/script')}</script>
<script>
const plots = ${inScript(plotsOf(document))};
const acts = ${inScript(actsOf(document))};
const endS = ${document.endUs / 1e6};
${PAGE_SCRIPT}
</script>
</body>
</html>
`;
}

function inScript(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

function header(document: ResultDocument): string {
  const { scenario, expectations, stepFailures, endUs, digest } = document;
  const { word, because } = answerOf(document, expectations);
  const lines = expectations.map(
    ({ text, outcome, observed }) =>
      `<li class="${outcome}"><b>${outcome}</b><code>${escaped(text)}</code> <small>observed ${escaped(observed)}</small></li>`,
  );
  const failures = stepFailures.map(
    ({ timeUs, line, message }) =>
      `<li class="missed"><b>failed</b><code>kubectl ${escaped(line)}</code> at ${durationText(timeUs)}: ${escaped(message)}</li>`,
  );
  return `<header>
<p class="name">${escaped(scenario.name)}</p>
<h1>${escaped(scenario.question)}</h1>
<p class="answer ${word === 'as expected' ? 'yes' : word === 'not as expected' ? 'no' : ''}"><strong>${escaped(word)}</strong> <span>${escaped(because)}</span></p>
<ul class="expectations">
${[...lines, ...failures].join('\n')}
</ul>
<p class="facts">${durationText(endUs)} simulated, seed ${scenario.seed}, digest ${digest}</p>
</header>`;
}

/** A line that goes on is indented. */
function summary(document: ResultDocument): string {
  const items = inShort(document).map((line) => `<li${line.startsWith('  ') ? ' class="more"' : ''}>${escaped(line.trim())}</li>`);
  return `<ul class="in-short">${items.join('')}</ul>`;
}

function requests({ requests: { traffics } }: ResultDocument): string {
  if (traffics.length === 0) return '';
  const ms = (us: number) => (us / 1000).toFixed(1);
  const ended = tableMarkup(
    {
      header: ['traffic', 'answered', 'failed', 'p50 ms', 'p90 ms', 'p99 ms', 'longest ms'],
      rows: traffics.map((one) => [
        one.traffic,
        String(one.answered),
        String(one.failed),
        ...[one.p50Us, one.p90Us, one.p99Us, one.maxUs].map(ms),
      ]),
    },
    ['answered', 'failed', 'p50 ms', 'p90 ms', 'p99 ms', 'longest ms'],
  );
  const causes = traffics.flatMap(({ traffic, failures }) =>
    failures.map((one) => [traffic, one.cause, String(one.count), durationText(one.firstUs), durationText(one.lastUs)]),
  );
  if (causes.length === 0) return ended;
  return `${ended}<h3>Why requests failed</h3>${tableMarkup({ header: ['traffic', 'missing link', 'count', 'first sent', 'last sent'], rows: causes }, ['count'])}`;
}

function podLegend(svg: string): string {
  if (svg === '') return '';
  const key = (colour: string, what: string) => `<i style="background:var(--${colour})"></i>${what}`;
  return `<p class="key">${key('series-3', 'waits for a node')}${key('series-5', 'starts')}${key('good', 'ready')}${key('bad', 'not ready any more')}${key('series-2', 'terminates')}</p>${svg}`;
}

function rollouts({ rollouts: list }: ResultDocument): string {
  if (list.length === 0) return '';
  const rows = list
    .slice(0, ROWS)
    .map((one) => [
      one.deployment,
      String(one.ordinal),
      one.images,
      durationText(one.startUs),
      one.endUs === undefined ? '' : durationText(one.endUs - one.startUs),
      one.isPastDeadline ? `${one.end}, past its deadline` : one.end,
      `${one.availableMin} of ${one.wanted}`,
      String(one.replicasMax),
    ]);
  return tableMarkup({ header: ['Deployment', 'rollout', 'images', 'began', 'took', 'end', 'fewest available', 'most pods'], rows }, [
    'rollout',
    'most pods',
  ]);
}

function narrative(notes: readonly { readonly timeUs: number; readonly text: string }[]): string {
  if (notes.length === 0) return '';
  const lines = notes.flatMap(({ timeUs, text }) => {
    const [first, ...others] = text.split('\n');
    return [`${secondsText(timeUs).padStart(14)}  ${first}`, ...others.map((other) => `${' '.repeat(16)}${other}`)];
  });
  return `<pre class="narrative">${escaped(lines.join('\n'))}</pre>`;
}

function fidelity(document: ResultDocument): string {
  return tableMarkup({ header: ['part', 'level', 'what'], rows: document.fidelity.map(({ part, level, note }) => [part, level, note]) });
}

const FILTER = '<input class="filter" type="search" placeholder="show only rows with" aria-label="Filter">';

function events({ events: list }: ResultDocument): string {
  if (list.length === 0) return '';
  const rows = list.slice(0, ROWS).map((event) => [clock(event.timeUs), event.type, event.reason, event.object, event.message]);
  return `${FILTER}${tableMarkup({ header: ['time', 'type', 'reason', 'object', 'message'], rows }, ['time'])}`;
}

function pods({ pods: { lives } }: ResultDocument): string {
  if (lives.length === 0) return '';
  const time = (us: number | undefined) => (us === undefined ? '' : clock(us));
  const times = ['created', 'bound', 'ready', 'deleted', 'gone', 'restarts'];
  const rows = lives
    .slice(0, ROWS)
    .map((life) => [
      `${life.namespace}/${life.name}`,
      life.node,
      ...[life.createdUs, life.boundUs, life.readyUs, life.deletedUs, life.goneUs].map(time),
      String(life.restarts),
    ]);
  return `${FILTER}${tableMarkup({ header: ['name', 'node', ...times], rows }, times)}`;
}
