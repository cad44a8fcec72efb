/**
 * A small cluster to which anything is done that people and machines do: what the laws of test/property are tried on.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll } from 'vitest';
import type { Observer } from '../../src/model/observer.ts';
import { readScenario } from '../../src/scenario/read-scenario.ts';
import { type RunOutcome, ScenarioRun } from '../../src/scenario/runner.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-laws-'));
afterAll(() => rmSync(folder, { recursive: true }));
const NODES = 3;
/** What each node can give. */
export const NODE_MILLI = 2000;

writeFileSync(
  join(folder, 'web.yaml'),
  `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: c
          image: "web:1"
          resources: { requests: { cpu: 450m } }
          readinessProbe: { httpGet: { path: /, port: 80 }, periodSeconds: 2 }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`,
);

/** Whatever can be done from outside and is over again. */
const FAULTS = [
  'crashNodes: { count: 1 }',
  'partitionNodes: { count: 1 }',
  'shutdownNodes: { count: 1 }',
  'stopKubelets: { count: 1 }',
  'fillDisk: { count: 1, percent: 97 }',
  'useMemory: { count: 1, percent: 99 }',
  'crashController: kube-controller-manager',
  'crashController: kube-scheduler',
  'crashController: deployment-controller',
  'crashController: replicaset-controller',
  'crashController: endpointslice-controller',
  'loseLeader: kube-controller-manager',
  'loseLeader: kube-scheduler',
  'apiServerOutage: true',
  'slowApiServer: 20',
  'registryOutage: true',
  'slowRegistry: 10',
] as const;

/** Anything that people and machines do, each at some second of the first three minutes. */
const disturbance = fc.record({
  at: fc.integer({ min: 10, max: 180 }),
  step: fc.oneof(
    fc.integer({ min: 0, max: 12 }).map((replicas) => `kubectl: scale deployment web --replicas=${replicas}`),
    fc.integer({ min: 1, max: 3 }).map((tag) => `kubectl: "set image deployment web c=web:${tag}"`),
    fc.constantFrom('kubectl: rollout restart deployment web', 'kubectl: delete pods -l app=web --wait=false'),
    fc.integer({ min: 1, max: NODES }).map((node) => `kubectl: [cordon n-${node}, uncordon n-${node}]`),
    fc
      .tuple(fc.constantFrom(...FAULTS), fc.integer({ min: 5, max: 60 }))
      .map(([fault, seconds]) => `fault: { ${fault}, for: ${seconds}s }`),
  ),
});
export const timeline = fc.record({ seed: fc.nat({ max: 1000 }), disturbances: fc.array(disturbance, { maxLength: 6 }) });
/** Tried in every run of a law: a cluster that is full, rolled out once more. */
export const FULL_AND_ROLLED: Timeline = {
  seed: 3,
  disturbances: [
    { at: 20, step: 'kubectl: scale deployment web --replicas=12' },
    { at: 100, step: 'kubectl: rollout restart deployment web' },
  ],
};
export type Timeline = typeof timeline extends fc.Arbitrary<infer T> ? T : never;

let count = 0;
/** Plays it to the end; the disturbance stops long before. */
export function play({ seed, disturbances }: Timeline, observers: readonly Observer[] = []): RunOutcome {
  const file = join(folder, `${count++}.yaml`);
  const events = disturbances.map(({ at, step }) => `  - { at: ${at}s, mayFail: true, ${step} }\n`).join('');
  writeFileSync(
    file,
    `# Do the laws hold?
apiVersion: orrery.dev/v1
kind: Scenario
metadata: { name: laws }
seed: ${seed}
duration: 20m
cluster: { nodes: [{ name: n, count: ${NODES}, capacity: { cpu: ${NODE_MILLI}m, memory: 8Gi, ephemeral-storage: 50Gi } }] }
events:
  - { at: 0s, apply: web.yaml }
${events}traffic:
  - { name: visitors, to: web, arrivals: { poisson: 5/s }, timeout: 2s, retries: 1, until: 5m }
`,
  );
  const run = new ScenarioRun(readScenario(file), { observers });
  while (run.advance(1_000_000));
  return run.outcome(true);
}
