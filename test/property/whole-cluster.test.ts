/** Laws that hold for every scenario, whatever is done to the cluster on the way. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import type { Observer, RequestEnd, Write } from '../../src/model/observer.ts';
import type { Pod } from '../../src/model/pod.ts';
import { quantityMilli } from '../../src/model/quantity.ts';
import { readScenario } from '../../src/scenario/read-scenario.ts';
import { type RunOutcome, ScenarioRun } from '../../src/scenario/runner.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-laws-'));
afterAll(() => rmSync(folder, { recursive: true }));
const NODES = 3;
const NODE_MILLI = 2000;

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
          resources: { requests: { cpu: 300m } }
          readinessProbe: { httpGet: { path: /, port: 80 }, periodSeconds: 2 }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
`,
);

/** Anything that people and machines do, each at some second of the first three minutes. */
const disturbance = fc.record({
  at: fc.integer({ min: 10, max: 180 }),
  step: fc.oneof(
    fc.integer({ min: 0, max: 12 }).map((replicas) => `kubectl: scale deployment web --replicas=${replicas}`),
    fc.integer({ min: 1, max: 3 }).map((tag) => `kubectl: "set image deployment web c=web:${tag}"`),
    fc.constantFrom('kubectl: rollout restart deployment web', 'kubectl: delete pods -l app=web --wait=false'),
    fc.integer({ min: 1, max: NODES }).map((node) => `kubectl: [cordon n-${node}, uncordon n-${node}]`),
    fc.integer({ min: 5, max: 60 }).map((seconds) => `fault: { crashNodes: { count: 1 }, for: ${seconds}s }`),
    fc.integer({ min: 5, max: 60 }).map((seconds) => `fault: { partitionNodes: { count: 1 }, for: ${seconds}s }`),
    fc.integer({ min: 5, max: 60 }).map((seconds) => `fault: { crashController: kube-controller-manager, for: ${seconds}s }`),
    fc.integer({ min: 5, max: 60 }).map((seconds) => `fault: { registryOutage: true, for: ${seconds}s }`),
  ),
});
const timeline = fc.record({ seed: fc.nat({ max: 1000 }), disturbances: fc.array(disturbance, { maxLength: 6 }) });
type Timeline = typeof timeline extends fc.Arbitrary<infer T> ? T : never;

let count = 0;
function play({ seed, disturbances }: Timeline, observers: readonly Observer[] = []): RunOutcome {
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
  - { name: visitors, to: web, arrivals: { poisson: 5/s }, timeout: 2s, until: 5m }
`,
  );
  const run = new ScenarioRun(readScenario(file), { observers });
  while (run.advance(1_000_000));
  return run.outcome(true);
}

/** Watches each write, and remembers the first that breaks a law. */
class Laws implements Observer {
  readonly broken: string[] = [];
  ended = 0;
  readonly #nodeOf = new Map<string, string>();
  readonly #milliOn = new Map<string, number>();
  #revision = 0;
  #timeUs = 0;

  wrote({ timeUs, revision, kind, object, previous, removed }: Write): void {
    if (revision <= this.#revision) this.broken.push(`revision ${revision} after ${this.#revision}`);
    if (timeUs < this.#timeUs) this.broken.push(`time ${timeUs} after ${this.#timeUs}`);
    this.#revision = revision;
    this.#timeUs = timeUs;
    if (kind === 'Pod') this.#pod(object as Pod, previous as Pod | undefined, removed);
  }

  requestEnded({ startUs, endUs }: RequestEnd): void {
    this.ended++;
    if (endUs < startUs) this.broken.push(`a request ended at ${endUs}, before its start at ${startUs}`);
  }

  #pod(pod: Pod, previous: Pod | undefined, removed: boolean): void {
    const { uid = '', name } = pod.metadata;
    const { nodeName } = pod.spec;
    const bound = this.#nodeOf.get(uid);
    if (bound !== undefined && bound !== nodeName) this.broken.push(`${name} moved from ${bound} to ${nodeName}`);
    if (nodeName !== undefined && bound === undefined) {
      this.#nodeOf.set(uid, nodeName);
      this.#book(nodeName, milliOf(pod));
    }
    const isOver = (one: Pod) => one.status?.phase === 'Failed' || one.status?.phase === 'Succeeded';
    const wasOver = previous !== undefined && isOver(previous);
    if (nodeName !== undefined && !wasOver && (removed || isOver(pod))) this.#book(nodeName, -milliOf(pod));
  }

  #book(node: string, milli: number): void {
    const used = (this.#milliOn.get(node) ?? 0) + milli;
    this.#milliOn.set(node, used);
    if (used > NODE_MILLI) this.broken.push(`${node} is asked for ${used} milli-CPU of ${NODE_MILLI}`);
  }
}

function milliOf(pod: Pod): number {
  return pod.spec.containers.reduce((sum, { resources }) => sum + quantityMilli(resources?.requests?.cpu), 0);
}

test('No pod moves, no node is over-committed, revisions and time only grow, and every request ends exactly once', () => {
  fc.assert(
    fc.property(timeline, (one) => {
      const laws = new Laws();
      const outcome = play(one, [laws]);
      expect(laws.broken).toEqual([]);
      expect(laws.ended + outcome.requestsPending).toBe(outcome.requestsSent);
      expect(outcome.requestsPending).toBe(0);
    }),
    { numRuns: 25 },
  );
});

test('A run repeated, watched or unwatched, has the same digest', () => {
  fc.assert(
    fc.property(timeline, (one) => {
      expect(play(one, [new Laws()]).digest).toBe(play(one).digest);
    }),
    { numRuns: 8 },
  );
});

test('When the disturbance stops, a rollout converges to what was asked for', () => {
  fc.assert(
    fc.property(timeline, (one) => {
      const { cluster } = play(one);
      const deployment = cluster.api.get('Deployment', 'default', 'web');
      const wanted = deployment.spec.replicas ?? 1;
      expect([
        deployment.status?.availableReplicas ?? 0,
        deployment.status?.updatedReplicas ?? 0,
        deployment.status?.replicas ?? 0,
      ]).toEqual([wanted, wanted, wanted]);
    }),
    { numRuns: 25 },
  );
});
