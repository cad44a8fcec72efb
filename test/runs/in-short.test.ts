import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { RunMetrics } from '../../src/metrics/run-metrics.ts';
import { inShort } from '../../src/report/in-short.ts';
import { resultDocument } from '../../src/report/result-document.ts';
import { csvTables } from '../../src/report/tables.ts';
import { readScenario } from '../../src/scenario/read-scenario.ts';
import { runScenario } from '../../src/scenario/runner.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-in-short-'));
afterAll(() => rmSync(folder, { recursive: true }));

function documentOf(manifests: string, body: string) {
  writeFileSync(join(folder, 'all.yaml'), manifests);
  const file = join(folder, 'scenario.yaml');
  const head = '# What comes of it?\napiVersion: orrery.dev/v1\nkind: Scenario\nmetadata: { name: short }\n';
  writeFileSync(file, `${head}${body}`);
  const scenario = readScenario(file);
  const metrics = new RunMetrics(scenario.durationUs);
  return resultDocument(runScenario(scenario, { observers: [metrics] }), metrics);
}

const POD = 'containers: [{ name: c, image: "c:1", resources: { limits: { memory: 64Mi } } }]';

test('A run says in short what became of Jobs and CronJobs, with the reasons of failures', () => {
  const document = documentOf(
    `apiVersion: batch/v1
kind: Job
metadata: { name: good }
spec: { completions: 3, template: { metadata: { labels: { job: good } }, spec: { restartPolicy: Never, ${POD} } } }
---
apiVersion: batch/v1
kind: Job
metadata: { name: bad }
spec: { backoffLimit: 1, template: { metadata: { labels: { job: bad } }, spec: { restartPolicy: Never, ${POD} } } }
---
apiVersion: batch/v1
kind: Job
metadata: { name: long }
spec: { completions: 2, template: { metadata: { labels: { job: long } }, spec: { restartPolicy: Never, ${POD} } } }
---
apiVersion: batch/v1
kind: CronJob
metadata: { name: often }
spec:
  schedule: "* * * * *"
  jobTemplate: { spec: { template: { metadata: { labels: { job: good } }, spec: { restartPolicy: Never, ${POD} } } } }
`,
    `duration: 4m30s
cluster: { nodes: [{ name: n, count: 2 }] }
workloads:
  - { match: { job: good }, run: 2s }
  - { match: { job: bad }, run: 2s, exitCode: 1 }
  - { match: { job: long }, run: 1h }
events: [{ at: 1s, apply: all.yaml }]
`,
  );
  const lines = inShort(document);
  expect(lines.filter((line) => /^(Cron)?Job /.test(line)).map((line) => line.replace(/after [\d.ms]+/, 'after T'))).toEqual([
    'Job default/good is complete after T: 3 pods succeeded, 0 failed',
    'Job default/bad failed after T, BackoffLimitExceeded: 0 pods succeeded, 2 failed',
    'Job default/long is not over at the end: 0 of 2 wanted succeeded, 0 failed, 1 at work',
    'CronJob default/often made 4 Jobs: 4 complete, 0 failed',
  ]);
  expect(lines.find((line) => line.startsWith('Pods:'))).toMatch(/; 2 failed \(2 Error\)$/);
  expect(csvTables(document).get('jobs.csv')!.trim().split('\n')).toHaveLength(8);
});

test('A run says in short who was killed for memory, which rollout is stuck, and that a command which may fail never ended', () => {
  const document = documentOf(
    `apiVersion: apps/v1
kind: Deployment
metadata: { name: leaky }
spec:
  replicas: 1
  selector: { matchLabels: { app: leaky } }
  template: { metadata: { labels: { app: leaky } }, spec: { ${POD} } }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template: { metadata: { labels: { app: web } }, spec: { ${POD} } }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: web }
spec: { minAvailable: 2, selector: { matchLabels: { app: web } } }
`,
    `duration: 4m
cluster:
  nodes: [{ name: n, count: 2 }]
  registry: { missing: ["c:2"] }
workloads:
  - { match: { app: leaky }, memory: 32Mi, memoryGrowth: 1Mi }
events:
  - { at: 0s, apply: all.yaml }
  - { at: 30s, kubectl: drain n-1 n-2, mayFail: true }
  - { at: 40s, kubectl: "uncordon n-1 n-2" }
  - { at: 1m, kubectl: set image deployment web c=c:2 }
`,
  );
  const lines = inShort(document);
  expect(lines).toContain(
    'The rollout of Deployment default/web to c:2, begun at 1m, is not complete at the end: never fewer than 2 of 2 available',
  );
  const drain = lines.find((line) => line.startsWith('The command at 30s that may fail did, kubectl drain n-1 n-2: '));
  expect(drain).toContain('had not ended when the run was over');
  expect(document.stepFailures).toEqual([]);
  expect(document.pods.restarts.OOMKilled).toBeGreaterThanOrEqual(3);
  expect(lines.find((line) => line.startsWith('Deployment default/leaky'))).toContain('short of pods');
});

test('A task that is interrupted has not done its work, unless it says so', () => {
  const job = (name: string) => `apiVersion: batch/v1
kind: Job
metadata: { name: ${name} }
spec: { template: { metadata: { labels: { job: ${name} } }, spec: { restartPolicy: Never, ${POD} } } }
`;
  const document = documentOf(
    [job('plain'), job('polite'), job('nameless')].join('---\n'),
    `duration: 5m
cluster: { nodes: [{ name: n, count: 2 }] }
workloads:
  - { match: { job: plain }, run: 1m }
  - { match: { job: polite }, run: 1m, terminationExitCode: 0 }
events:
  - { at: 0s, apply: all.yaml }
  - { at: 7s, kubectl: delete pods --all }
`,
  );
  const created = (name: string) => document.pods.lives.filter((pod) => pod.name.startsWith(name)).length;
  expect([created('plain'), created('polite'), created('nameless')]).toEqual([2, 1, 2]);
  expect(document.jobs.map(({ end, succeeded, failed }) => [end, succeeded, failed])).toEqual([
    ['complete', 1, 1],
    ['complete', 1, 0],
    ['complete', 1, 1],
  ]);
});

test('A run says in short what is not as it should be at the end, and nothing of what is', () => {
  const deployment = (name: string, image: string, more = '') => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name} }
spec:
  replicas: 2
  selector: { matchLabels: { app: ${name} } }
  template: { metadata: { labels: { app: ${name} } }, spec: { ${more}containers: [{ name: c, image: "${image}" }] } }
---
`;
  const here = 'nodeSelector: { kubernetes.io/hostname: n-1 }, ';
  const lost = 'nodeSelector: { kubernetes.io/hostname: n-2 }, ';
  const document = documentOf(
    `${deployment('crashing', 'c:1', here)}${deployment('missing', 'c:2', here)}${deployment('lost', 'c:1', lost)}${deployment('fine', 'c:1', here)}apiVersion: v1
kind: Namespace
metadata: { name: doomed }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: kept, namespace: doomed, finalizers: [example.com/never] }
`,
    `duration: 9m50s
cluster:
  nodes: [{ name: n, count: 4 }]
  registry: { missing: ["c:2"] }
workloads:
  - { match: { app: crashing }, crash: { after: 1s } }
events:
  - { at: 0s, apply: all.yaml }
  - { at: 30s, fault: { crashNodes: { names: [n-2] } } }
  - { at: 1m, kubectl: [cordon n-3, delete namespace doomed --wait=false] }
`,
  );
  expect(document.leftovers.map((text) => text.replace(/(crashing|missing|lost)-[\w-]+/g, '$1'))).toEqual([
    '1 node is not ready at the end: n-2',
    '1 node is closed to pods at the end: n-3',
    '2 pods cannot run at the end for CrashLoopBackOff: default/crashing, default/crashing',
    '2 pods cannot run at the end for ImagePullBackOff: default/missing, default/missing',
    '2 pods deleted, but still there, since nobody on a lost node ends them: default/lost, default/lost',
    'Namespace doomed is deleted, but still there: Some content in the namespace has finalizers remaining: example.com/never in 1 resource instances',
  ]);
  expect(inShort(document)).toEqual(expect.arrayContaining([...document.leftovers]));
});
