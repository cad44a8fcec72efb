import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readScenario } from '../../src/scenario/read-scenario.ts';
import { runScenario } from '../../src/scenario/runner.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-figures-'));
afterAll(() => rmSync(folder, { recursive: true }));

const template = (name: string, more = '') =>
  `template: { metadata: { labels: { app: ${name} } }, spec: { ${more}containers: [{ name: c, image: "c:1", resources: { requests: { memory: 32Mi }, limits: { memory: 1Gi } } }] } }`;

writeFileSync(
  join(folder, 'all.yaml'),
  `apiVersion: apps/v1
kind: Deployment
metadata: { name: leaky }
spec:
  replicas: 1
  selector: { matchLabels: { app: leaky } }
  ${template('leaky').replace('1Gi', '64Mi')}
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: hog }
spec:
  replicas: 1
  selector: { matchLabels: { app: hog } }
  ${template('hog').replace('1Gi', '8Gi')}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: db }
spec:
  replicas: 3
  minReadySeconds: 20
  podManagementPolicy: Parallel
  serviceName: db
  selector: { matchLabels: { app: db } }
  ${template('db')}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: db }
spec: { minAvailable: 2, selector: { matchLabels: { app: db } } }
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent }
spec:
  minReadySeconds: 20
  selector: { matchLabels: { app: agent } }
  ${template('agent')}
---
apiVersion: batch/v1
kind: Job
metadata: { name: bad }
spec: { backoffLimit: 0, ${template('bad', 'restartPolicy: Never, ')} }
`,
);

/** The figure and what is said of it, as the run ends or in the stretch that is asked for. */
const EXPECTED = [
  // 32 Mi and one more each second: killed after 33 s of each run, at about 36, 69 and, more than ten seconds in back-off later, 117 s.
  'pods[app=leaky].oomKills == 1 before 50s',
  'pods[app=leaky].oomKills == 2 before 70s',
  'pods[app=leaky].oomKills == 3',
  'pods[app=leaky].failing == 0 at 60s',
  'pods[app=leaky].failing == 1 at 75s',
  'pods[app=leaky].failing == 0 at 100s',
  'pods[app=db].failing == 0 always',
  'pods[app=bad].failing == 0 always',
  'pods[app=hog].oomKills == 0',
  // 2 Gi less 100 Mi are full after a minute, and the next one goes the same way.
  'pods[app=hog].evicted == 0 at 40s',
  'pods[app=hog].evicted >= 1 at 90s',
  'statefulset.db.desired == 3',
  'statefulset.db.ready == 3 at 15s',
  'statefulset.db.available == 0 at 15s',
  // Looked at again 20 s after the first pass, when none is available yet, and 20 s after that: the queue keeps the earliest delay.
  'statefulset.db.available == 3 at 43s',
  'daemonset.agent.ready == 2 at 15s',
  'daemonset.agent.available == 0 at 15s',
  'daemonset.agent.available == 2 at 43s',
  'pdb.db.healthy == 3 at 30s',
  'pdb.db.desired == 2 at 30s',
  'pdb.db.allowed == 1 at 30s',
  'pdb.db.allowed == 0 within 1s of 45s',
  'job.bad.complete == false',
  'job.bad.givenUp == false at 500ms',
  'job.bad.givenUp == true',
];

test('Each of these figures of an expectation has the value that is worked out by hand', () => {
  const file = join(folder, 'scenario.yaml');
  writeFileSync(
    file,
    `# What can be asked?
apiVersion: orrery.dev/v1
kind: Scenario
metadata: { name: figures }
duration: 2m
cluster: { nodes: [{ name: n, count: 2, capacity: { cpu: 4, memory: 2Gi } }] }
workloads:
  - { match: { app: leaky }, memoryGrowth: 1Mi }
  - { match: { app: hog }, memory: 100Mi, memoryGrowth: 32Mi }
  - { match: { app: bad }, run: 1s, exitCode: 1 }
events:
  - { at: 0s, apply: all.yaml }
  - { at: 45s, kubectl: "delete pod db-0 --wait=false" }
expect:
${EXPECTED.map((one) => `  - "${one}"`).join('\n')}
`,
  );
  const { verdicts } = runScenario(readScenario(file));
  expect(verdicts.filter(({ outcome }) => outcome !== 'met')).toEqual([]);
  expect(verdicts).toHaveLength(EXPECTED.length);
});
