/** Pods that ask for what is not there: they wait, and the run says so by name. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { RunMetrics } from '../../src/metrics/run-metrics.ts';
import { resultDocument } from '../../src/report/result-document.ts';
import { runText } from '../../src/report/run-text.ts';
import { readScenario } from '../../src/scenario/read-scenario.ts';
import { ScenarioRun } from '../../src/scenario/runner.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-scheduler-bad-input-'));
afterAll(() => rmSync(folder, { recursive: true }));

function summaryOf(spec: string): string {
  const file = join(folder, 'scenario.yaml');
  writeFileSync(
    join(folder, 'pod.yaml'),
    `apiVersion: v1\nkind: Pod\nmetadata: { name: odd }\nspec: { ${spec}, containers: [{ name: c, image: app:1 }] }\n`,
  );
  writeFileSync(
    file,
    '# What becomes of it?\napiVersion: orrery.dev/v1\nkind: Scenario\nmetadata: { name: odd }\nduration: 1m\ncluster: { nodes: [{ name: n }] }\nevents: [{ at: 5s, apply: pod.yaml, mayFail: true }]\n',
  );
  const scenario = readScenario(file);
  const metrics = new RunMetrics(scenario.durationUs);
  const run = new ScenarioRun(scenario, { observers: [metrics] });
  while (run.advance(1_000_000));
  return runText(resultDocument(run.outcome(true), metrics), { wallSeconds: 1, peakMemoryBytes: 0 });
}

test('A pod that names a scheduler which does not run stays Pending, and the summary says which', () => {
  expect(summaryOf('schedulerName: packer')).toContain(
    'Pod default/odd waits for a node: pod default/odd names scheduler packer, which does not run here',
  );
});

test('A pod with resource claims is refused in words that say what Orrery leaves out, on the pod and in the note', () => {
  const summary = summaryOf('resourceClaims: [{ name: gpu, resourceClaimName: gpu }]');
  expect(summary).toContain('resource claims are not simulated: Orrery leaves dynamic resource allocation out');
  expect(summary).toContain('left out: scheduler: dynamic resource allocation: pods with resource claims wait, and say why');
});

test('A pod of a PriorityClass that is not there is refused by the API server', () => {
  expect(summaryOf('priorityClassName: nobody')).toContain(
    'Error from server (Forbidden): error when creating "pod.yaml": pods "odd" is forbidden: no PriorityClass with name nobody was found',
  );
});

test('A pod that scheduling gates hold back is named with its gates', () => {
  expect(summaryOf('schedulingGates: [{ name: example.com/quota }]')).toContain(
    'Pod default/odd waits for a node: scheduling gates keep it out of the queue: example.com/quota',
  );
});
