/**
 * How the page looks, light and dark, and the little it does by itself: draw the plots, filter the tables.
 */

export const PAGE_STYLE = `:root { color-scheme: light dark; --line: #8883; --panel: #8881; --good: #2a9d62; --bad: #d1495b; --warn: #e0a030;
  --series-0: #3b82c4; --series-1: #d97742; --series-2: #8d6cab; --series-3: #d9a441; --series-4: #4aa3a2; --series-5: #5b8def;
  --series-6: #7f8c8d; --series-7: #b5548a; --series-8: #6b8e23; --series-9: #a0522d; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 74rem; padding: 1.5rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .75rem; text-wrap: balance; }
h2 { font-size: 1.1rem; margin: 0; display: inline; }
h3 { font-size: .95rem; font-weight: 600; margin: 0 0 .25rem; }
.name, .facts { margin: 0; opacity: .75; }
.answer { display: flex; gap: 1rem; align-items: baseline; margin: 0 0 .5rem; }
.answer strong { font-size: 1.3rem; padding: .1rem .8rem; border-radius: .4rem; color: #fff; background: var(--warn); }
.answer.yes strong { background: var(--good); } .answer.no strong { background: var(--bad); }
details { border-top: 1px solid var(--line); padding: .75rem 0; }
summary { cursor: pointer; margin: 0 0 .5rem; }
ul.expectations { list-style: none; margin: 0; padding: 0; }
ul.expectations li { padding: .15rem 0 .15rem 5rem; text-indent: -5rem; }
ul.expectations b { display: inline-block; width: 4.5rem; text-indent: 0; }
ul.in-short { margin: 0; padding-left: 1.2rem; } ul.in-short .more { margin-left: 1.5rem; }
.met b { color: var(--good); } .missed b { color: var(--bad); } .open b { color: var(--warn); }
.narrative { font: .82rem/1.45 ui-monospace, monospace; white-space: pre-wrap; background: var(--panel); padding: 1rem; margin: 0; overflow: auto; max-height: 45rem; }
#plots { display: grid; gap: 1.5rem; }
.u-legend { text-align: left; font-size: .85rem; }
table { border-collapse: collapse; font-size: .85rem; }
th, td { text-align: left; padding: .2rem .7rem .2rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
.filter { font: inherit; margin: 0 0 .5rem; padding: .2rem .5rem; width: min(24rem, 100%); }
.timeline { width: 100%; min-width: 44rem; font: 11px system-ui, sans-serif; }
.timeline text { fill: currentColor; } .timeline text.tick { opacity: .7; }
.timeline line.tick { stroke: var(--line); } .timeline line.act { stroke: currentColor; opacity: .35; stroke-dasharray: 3 3; }
.timeline circle.act { fill: currentColor; } .timeline circle.normal { fill: var(--series-0); opacity: .8; } .timeline circle.warning { fill: var(--bad); opacity: .85; }
.timeline rect.waiting { fill: var(--series-3); } .timeline rect.starting { fill: var(--series-5); } .timeline rect.ready { fill: var(--good); } .timeline rect.unready { fill: var(--bad); } .timeline rect.leaving { fill: var(--series-2); }
.key { font-size: .85rem; margin: 0 0 .25rem; } .key i { display: inline-block; width: .8rem; height: .8rem; border-radius: .2rem; margin: 0 .3rem 0 .9rem; vertical-align: -1px; }`;

/** Expects `plots` and `acts` as page-plots.ts gives them, and the run's end in seconds as `endS`. */
export const PAGE_SCRIPT = `const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
const ink = () => getComputedStyle(document.body).color;
const two = (n) => String(Math.floor(n)).padStart(2, '0');
const clock = (s) =>
  s >= 3600
    ? Math.floor(s / 3600) + ':' + two((s % 3600) / 60) + ':' + two(s % 60)
    : s >= 120
      ? Math.floor(s / 60) + ':' + two(s % 60)
      : Math.round(s * 1000) / 1000 + ' s';
const marks = { hooks: { draw: [(chart) => {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.strokeStyle = ink();
  ctx.globalAlpha = 0.4;
  ctx.setLineDash([4, 4]);
  for (const act of acts) {
    const x = Math.round(chart.valToPos(act.timeS, 'x', true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}] } };
// Whole seconds, minutes and hours, whatever the zoom.
const incrs = [0.001, 0.01, 0.1, 1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21600, 86400, 604800];
const charts = [];
for (const plot of plots) {
  const box = document.createElement('div');
  const title = document.createElement('h3');
  title.textContent = plot.title + ' (' + plot.unit + ')';
  box.append(title);
  document.getElementById('plots').append(box);
  const axis = { stroke: ink, grid: { stroke: '#8883', width: 1 }, ticks: { stroke: '#8883' } };
  const series = [{ label: 'time', value: (_, v) => (v == null ? '' : clock(v)) }].concat(plot.labels.map((label, i) => ({
    label, stroke: () => colour(plot.colours[i]), width: 2, points: { show: false },
    value: (_, v) => (v == null ? '' : String(Math.round(v * 1000) / 1000)),
    paths: plot.isStepped ? uPlot.paths.stepped({ align: 1 }) : undefined,
  })));
  const axes = [{ ...axis, incrs, values: (_, ticks) => ticks.map(clock) }, axis];
  const options = { width: box.clientWidth, height: 240, scales: { x: { time: false, min: 0, max: endS } }, axes, series, plugins: [marks], cursor: { sync: { key: 'run' } } };
  charts.push([new uPlot(options, plot.data, box), box]);
}
addEventListener('resize', () => { for (const [chart, box] of charts) chart.setSize({ width: box.clientWidth, height: 240 }); });
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { for (const [chart] of charts) chart.redraw(); });
for (const filter of document.querySelectorAll('.filter')) {
  filter.addEventListener('input', () => {
    const wanted = filter.value.toLowerCase();
    for (const row of filter.parentElement.querySelectorAll('tbody tr')) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  });
}`;
