import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RunMetrics } from '../../../src/metrics/run-metrics.ts';
import { TraceRecorder } from '../../../src/metrics/trace-recorder.ts';
import type { Write } from '../../../src/model/observer.ts';
import { inShort } from '../../../src/report/in-short.ts';
import { reportPage } from '../../../src/report/page.ts';
import { actsOf, plotsOf } from '../../../src/report/page-plots.ts';
import { eventTimeline, podTimeline } from '../../../src/report/page-timeline.ts';
import { type ResultDocument, resultDocument } from '../../../src/report/result-document.ts';
import { runText } from '../../../src/report/run-text.ts';
import { csvTables } from '../../../src/report/tables.ts';
import { traceJson } from '../../../src/report/trace.ts';
import { readScenario } from '../../../src/scenario/read-scenario.ts';
import { runScenario } from '../../../src/scenario/runner.ts';

/** Rows of fields; no field of ours has a line break. */
function parse(table: string): string[][] {
  return table
    .trim()
    .split('\n')
    .map((row) => row.match(/("([^"]|"")*"|[^,]*)(,|$)/g)!.slice(0, row.endsWith(',') ? undefined : -1));
}

const FILE = join(import.meta.dirname, '../../../scenarios/classifier.yaml');

function classifier(): { document: ResultDocument; recorder: TraceRecorder } {
  const scenario = readScenario(FILE);
  const metrics = new RunMetrics(scenario.durationUs);
  const recorder = new TraceRecorder();
  return { document: resultDocument(runScenario(scenario, { observers: [metrics, recorder] }), metrics), recorder };
}

const { document, recorder } = classifier();

test('resultDocument counts each request once, by second and by cause', () => {
  for (const traffic of document.requests.traffics) {
    const inBuckets = traffic.buckets.reduce((sum, bucket) => sum + bucket.answered + bucket.failed, 0);
    expect(inBuckets).toBe(traffic.answered + traffic.failed);
    expect(traffic.failures.reduce((sum, one) => sum + one.count, 0)).toBe(traffic.failed);
    expect(traffic.p50Us).toBeLessThanOrEqual(traffic.p99Us);
  }
});

test('resultDocument follows every pod through its life in order', () => {
  expect(document.pods.lives).toHaveLength(document.pods.created);
  for (const life of document.pods.lives) {
    const times = [life.createdUs, life.boundUs, life.runningUs, life.readyUs, life.goneUs].filter((one) => one !== undefined);
    expect(times).toEqual([...times].sort((a, b) => a - b));
  }
});

test('resultDocument gives the same bytes for the same run', () => {
  expect(JSON.stringify(classifier().document)).toBe(JSON.stringify(document));
});

test('csvTables has a row for each pod and each second with requests', () => {
  const tables = csvTables(document);
  expect(tables.get('pods.csv')!.trim().split('\n')).toHaveLength(document.pods.lives.length + 1);
  expect(tables.get('failures.csv')).toContain('connection refused');
  expect([...tables.keys()]).toEqual([
    'pods.csv',
    'requests.csv',
    'failures.csv',
    'events.csv',
    'rollouts.csv',
    'replicasets.csv',
    'shortages.csv',
    'jobs.csv',
  ]);
  for (const table of tables.values()) {
    const [header, ...rows] = parse(table);
    for (const row of rows) expect(row).toHaveLength(header!.length);
  }
});

test('reportPage needs no network and lets no text of the run become markup', () => {
  const page = reportPage({
    ...document,
    scenario: { ...document.scenario, question: '<script>alert(1)</script>' },
    notes: [{ timeUs: 0, text: 'a < b' }],
  });
  expect(page).not.toMatch(/(src|href)="?https?:/);
  expect(page).not.toContain('<script>alert(1)');
  expect(page).toContain('a &lt; b');
  expect(page).toContain('default/custom-nginx-976d98959');
});

test('reportPage answers first, then shows why: acts, lanes of components, bars of pods, rollouts', () => {
  const page = reportPage(document);
  expect(page.indexOf('<strong>as expected</strong>')).toBeLessThan(page.indexOf('Why requests failed'));
  expect(actsOf(document).map(({ text }) => text)).toContain('rollout undo deployment custom-nginx --to-revision=1');
  expect(actsOf(document).filter(({ text }) => text.startsWith('get') || text.startsWith('rollout history'))).toEqual([]);
  const timeline = eventTimeline(document);
  for (const lane of ['what was done', 'deployment-controller', 'kube-scheduler', 'kubelet']) expect(timeline).toContain(`>${lane}<`);
  const bars = podTimeline(document);
  for (const { name } of document.pods.lives) expect(bars).toContain(`<title>${name} starts: `);
});

test('plotsOf shows the replicas of StatefulSets and DaemonSets beside those of ReplicaSets', () => {
  const metrics = new RunMetrics(60_000_000);
  const write = (kind: string, name: string, spec: object, status: object) =>
    ({
      timeUs: 5_000_000,
      author: 'x',
      kind,
      object: { kind, metadata: { name, namespace: 'default' }, spec, status },
    }) as unknown as Write;
  metrics.wrote(write('ReplicaSet', 'web-1', { replicas: 3 }, { replicas: 3, readyReplicas: 2 }));
  metrics.wrote(write('StatefulSet', 'db', { replicas: 2 }, { replicas: 2, readyReplicas: 1 }));
  metrics.wrote(write('DaemonSet', 'agent', {}, { desiredNumberScheduled: 5, currentNumberScheduled: 4, numberReady: 4 }));
  const sets = Object.fromEntries(metrics.replicaSets);
  expect(Object.entries(sets).map(([key, points]) => [key, points[0]!.values])).toEqual([
    ['default/web-1', [3, 3, 2]],
    ['StatefulSet default/db', [2, 2, 1]],
    ['DaemonSet default/agent', [5, 4, 4]],
  ]);
  const plot = plotsOf({ ...document, replicaSets: sets }).find(({ title }) => title === 'Ready replicas');
  expect(plot?.labels).toEqual(['web-1', 'StatefulSet db', 'DaemonSet agent']);
});

test('resultDocument tells the three rollouts of the frontend: created, to an image that does not exist, and back', () => {
  const frontend = document.rollouts.filter(({ deployment }) => deployment === 'default/custom-nginx');
  expect(frontend.map(({ end, images }) => [images, end])).toEqual([
    ['localhost:32000/custom-nginx:latest', 'complete'],
    ['localhost:32000/custom-nginx:naoexiste', 'superseded'],
    ['localhost:32000/custom-nginx:latest', 'complete'],
  ]);
});

test('traceJson gives each pod a track with the stages of its life, and each component one with its work', () => {
  const { traceEvents } = JSON.parse(traceJson(document, recorder)) as {
    traceEvents: { ph: string; name: string; pid: number; tid: number; args: { name?: string } }[];
  };
  const names = (pid: number) =>
    traceEvents.filter((one) => one.ph === 'M' && one.name === 'thread_name' && one.pid === pid).map(({ args }) => args.name);
  expect(names(1)).toEqual(document.pods.lives.map(({ namespace, name }) => `${namespace}/${name}`));
  expect(names(2)).toEqual(
    expect.arrayContaining(['scenario', 'kubectl', 'deployment-controller', 'kube-scheduler', 'kubelet/microk8s-vm']),
  );
  expect(traceEvents.some((one) => one.ph === 'X' && one.name === 'waits for a node')).toBe(true);
  expect(traceEvents.some((one) => one.ph === 'X' && one.name.endsWith(': bound'))).toBe(true);
  expect(traceEvents.some((one) => one.ph === 'X' && one.pid === 2 && one.name.startsWith('pull localhost:32000/'))).toBe(true);
});

test('runText puts what the run came to before what happened when, and so does the page', () => {
  const text = runText(document, { wallSeconds: 1, peakMemoryBytes: 0 });
  const order = [
    'as expected',
    '\nExpectations',
    '\nIn short\n  Requests of',
    '\nThe life of',
    '\nWhat happened',
    '\nHow exact',
    '\nSimulator',
  ];
  const places = order.map((part) => text.indexOf(part));
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(places.every((place) => place > 0)).toBe(true);
  for (const line of inShort(document)) expect(text).toContain(`\n  ${line}\n`);
  const page = reportPage(document);
  expect(page.indexOf('Requests of visitors')).toBeLessThan(page.indexOf('Why requests failed'));
});

test('inShort says how soon pods were ready: half of them, nearly all, and the last', () => {
  // Created a second apart, each takes a second longer than the one before: 1 s to 10 s; the eleventh never is.
  const lives = Array.from({ length: 11 }, (_, at) => ({
    ...document.pods.lives[0]!,
    createdUs: at * 1e6,
    readyUs: at === 10 ? undefined : (2 * at + 1) * 1e6,
  }));
  const line = inShort({ ...document, pods: { ...document.pods, created: 11, readyOnce: 10, lives } }).find((one) =>
    one.startsWith('Pods:'),
  );
  expect(line).toContain('10 came to be ready (half of them within 5s of their creation, 99 % within 10s, the last at 19s)');
});

test('runText shows of a long output its beginning and its end, where it says how it ended', () => {
  const output = Array.from({ length: 60 }, (_, at) => ({ timeUs: at + 1, text: `  line ${at + 1}` }));
  const notes = [
    { timeUs: 0, text: '$ kubectl drain' },
    ...output,
    { timeUs: 70, text: '$ kubectl get' },
    { timeUs: 71, text: '  nothing' },
  ];
  const milestones = [{ timeUs: 30, text: 'a node is down' }];
  const text = runText({ ...document, notes, milestones }, { wallSeconds: 1, peakMemoryBytes: 0 });
  const shown = [...text.matchAll(/ {2}line (\d+)$/gm)].map(([, number]) => Number(number));
  expect(shown).toEqual([...Array.from({ length: 16 }, (_, at) => at + 1), ...Array.from({ length: 8 }, (_, at) => at + 53)]);
  expect(text.match(/\(36 lines more\)/g)).toHaveLength(1);
  expect(text).toContain('a node is down');
  expect(text).toContain('nothing');
});

test('runText tells of a priority level of the API server only when somebody had to wait in it', () => {
  const wall = { wallSeconds: 1, peakMemoryBytes: 0 };
  expect(runText(document, wall)).not.toContain('waited for a seat');
  const busy = { level: 'workload-high', nominalSeats: 98, requests: 900, waited: 40, longestWaitUs: 2_500_000, refused: 3 } as const;
  expect(runText({ ...document, flowControl: [busy] }, wall)).toContain(
    'API server: of 900 requests of priority level workload-high, 40 waited for a seat, up to 2.5s, 3 were refused with 429 and sent again',
  );
});
