import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readScenario } from '../../src/scenario/read-scenario.ts';
import { ScenarioRun } from '../../src/scenario/runner.ts';

const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers: [{ name: c, image: "web:1" }]
`;

/** Runs the commands one after the other on two nodes with Deployment web, and answers what each printed. */
function session(
  commands: readonly (string | { readonly command: string; readonly expectExit?: number })[],
  { mayFail } = { mayFail: true },
): { readonly run: ScenarioRun; readonly printed: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-kubectl-'));
  const file = join(folder, 'session.yaml');
  writeFileSync(join(folder, 'web.yaml'), MANIFEST);
  writeFileSync(join(folder, 'budget.yaml'), BUDGET);
  writeFileSync(
    file,
    `# What does kubectl print?
apiVersion: orrery.dev/v1
kind: Scenario
metadata: { name: session }
duration: 20m
cluster: { nodes: [{ name: n, count: 2 }] }
events:
  - { at: 0s, apply: web.yaml }
  - { at: 1m, mayFail: ${mayFail}, kubectl: ${JSON.stringify(commands)} }
`,
  );
  const run = new ScenarioRun(readScenario(file));
  rmSync(folder, { recursive: true });
  while (run.advance(100_000));
  const { commands: outputs } = run.outcome(true);
  const printed = outputs
    .slice(1)
    .map(({ printed: pieces, error }) => [...pieces.map(({ text }) => text), ...(error === undefined ? [] : [error])].join('\n'));
  return { run, printed };
}

test('kubectl answers one-line verbs as the recorded sessions do', () => {
  const { printed } = session([
    'scale deploy web --replicas=3',
    'scale deploy/web --current-replicas=7 --replicas=2',
    'set image deployment/web c=web:2',
    'set image deployment/web c=web:2',
    'set image deployment/web nope=x',
    'label deploy web tier=front',
    'label deploy web tier=back',
    'label deploy web tier-',
    'annotate deploy web who=me',
    `patch deploy web -p '{"spec":{"minReadySeconds":1}}'`,
    `patch deploy web -p '{"spec":{"minReadySeconds":1}}'`,
    'rollout pause deploy web',
    'rollout pause deploy web',
    'rollout undo deploy web',
    'rollout resume deploy web',
    'taint nodes n-1 a=b:NoSchedule',
    'taint nodes n-1 a:NoSchedule-',
    'apply -f web.yaml',
    'apply -f web.yaml',
  ]);
  expect(printed).toEqual([
    'deployment.apps/web scaled',
    'error: Expected replicas to be 7, was 3',
    'deployment.apps/web image updated',
    '',
    'error: unable to find container named "nope"',
    'deployment.apps/web labeled',
    "error: 'tier' already has a value (front), and --overwrite is false",
    'deployment.apps/web unlabeled',
    'deployment.apps/web annotated',
    'deployment.apps/web patched',
    'deployment.apps/web patched (no change)',
    'deployment.apps/web paused',
    'error: deployments.apps "web" is already paused',
    expect.stringContaining('you cannot rollback a paused deployment'),
    'deployment.apps/web resumed',
    'node/n-1 tainted',
    'node/n-1 untainted',
    'deployment.apps/web configured',
    'deployment.apps/web unchanged',
  ]);
});

test('kubectl drain empties a node, waits for its pods, and leaves it closed', () => {
  const { run, printed } = session(['scale deploy web --replicas=6', 'rollout status deploy web', 'drain n-1', 'get nodes']);
  expect(printed[2]).toMatch(/^node\/n-1 cordoned\n(evicting pod default\/web-.*\n)+(pod\/web-.* evicted\n)+node\/n-1 drained$/);
  expect(printed[3]).toMatch(/n-1 +Ready,SchedulingDisabled/);
  const pods = run.cluster.api.list('Pod', {}).items;
  expect(pods).toHaveLength(6);
  expect(new Set(pods.map(({ spec }) => spec.nodeName))).toEqual(new Set(['n-2']));
});

test('kubectl delete waits until the object is gone, and says when there was none', () => {
  const { run, printed } = session(['delete deploy web', 'delete deploy web', 'delete deploy web --ignore-not-found']);
  expect(printed).toEqual([
    'deployment.apps "web" deleted from default namespace',
    'Error from server (NotFound): deployments.apps "web" not found',
    '',
  ]);
  expect(run.cluster.api.list('Pod', {}).items).toEqual([]);
});

test('kubectl rollout undo without a revision goes back to the one before', () => {
  const { run, printed } = session([
    'set image deploy web c=web:2',
    'rollout status deploy web',
    'rollout undo deploy web',
    'rollout status deploy web',
  ]);
  expect(printed[2]).toMatch(
    /^deployment.apps\/web rolled back\nWarning: resource deployments\/web was previously managed with 'kubectl apply'/,
  );
  expect(run.cluster.api.get('Deployment', 'default', 'web').spec.template.spec.containers[0]!.image).toBe('web:1');
});

const BUDGET = `apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: stay }
spec:
  minAvailable: 2
  selector: { matchLabels: { app: web } }
`;

test('A drain that a budget can never allow ends with the run, which names the budget', () => {
  const { run, printed } = session(['apply -f budget.yaml', 'drain n-1'], { mayFail: false });
  expect(printed[1]).toMatch(/^error when evicting pods\/"web-.*" -n "default" \(will retry after 5s\): Cannot evict pod/m);
  expect(run.outcome(true).stepFailures).toEqual([
    {
      timeUs: expect.any(Number),
      line: 'drain n-1',
      message: expect.stringMatching(
        /^had not ended when the run was over: PodDisruptionBudget default\/stay can never allow an eviction, it needs 2 healthy pods and has 2 in all; \d pods? waits? on closed nodes$/,
      ),
    },
  ]);
});

test('A step may expect the exit code a command ends with', () => {
  const expecting = (expectExit: number) =>
    session([{ command: 'scale deploy web --current-replicas=7 --replicas=3', expectExit }], { mayFail: false }).run.outcome(true);
  expect(expecting(1).stepFailures).toEqual([]);
  expect(expecting(0).stepFailures.map(({ message }) => message)).toEqual(['error: Expected replicas to be 7, was 2']);
  expect(expecting(3).stepFailures.map(({ message }) => message)).toEqual([
    'expected exit code 3, got 1: error: Expected replicas to be 7, was 2',
  ]);
});

test('kubectl get -w goes on until the run is over, a row for each change', () => {
  const { run, printed } = session(['scale deploy web --replicas=3', 'get deploy web -w'], { mayFail: false });
  expect(run.outcome(true).stepFailures).toEqual([]);
  const lines = printed[1]!.split('\n').map((line) => line.split(/ +/).slice(0, 4).join(' '));
  expect(lines[0]).toBe('NAME READY UP-TO-DATE AVAILABLE');
  expect(lines.at(-1)).toBe('web 3/3 3 3');
  expect(lines.length).toBeGreaterThan(2);
});
