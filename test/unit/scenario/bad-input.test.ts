/** Broken scenarios, each with the exact problems reported for it, in test/golden/bad-input.txt (UPDATE_GOLDEN=1 writes them anew). */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { InputError, problemText } from '../../../src/base/errors.ts';
import { readScenario } from '../../../src/scenario/read-scenario.ts';

const GOLDEN = join(import.meta.dirname, '../../golden/bad-input.txt');
const folder = mkdtempSync(join(tmpdir(), 'orrery-bad-input-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SCENARIO = `# Does the shop stay up?
apiVersion: orrery.dev/v1
kind: Scenario
metadata: { name: shop }
seed: 1
duration: 10m
cluster:
  nodes:
    - { name: worker, count: 3, zones: [a, b], capacity: { cpu: 4, memory: 16Gi } }
workloads:
  - match: { app: web }
    startup: { median: 1s, p99: 3s }
events:
  - { at: 0s, apply: web.yaml }
  - { at: 1m, kubectl: scale deployment web --replicas=3 }
  - { at: 2m, fault: { crashNodes: { count: 1 }, for: 1m } }
traffic:
  - { name: visitors, to: web, arrivals: { poisson: 10/s } }
expect:
  - requests.visitors.failed == 0 between 0s and 1m
`;
const MANIFEST = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 2
  selector:
    matchLabels: { app: web }
  template:
    metadata:
      labels: { app: web }
    spec:
      containers:
        - name: web
          image: web:1
          resources:
            requests: { cpu: 100m }
---
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: { app: web }
  ports:
    - port: 80
`;

type Edit = readonly [from: string, to: string];
const scenarioCases: { readonly [about: string]: readonly Edit[] } = {
  'an unknown field at the top': [['duration: 10m', 'duration: 10m\ndurration: 5m']],
  'an unknown field in a node group': [['zones: [a, b]', 'zone: [a, b]']],
  'an unknown field in a workload': [['startup:', 'startUp:']],
  'an unknown field in an event': [['apply: web.yaml', 'aply: web.yaml']],
  'no duration': [['duration: 10m\n', '']],
  'a duration without a unit': [['duration: 10m', 'duration: 10']],
  'a duration of zero': [['duration: 10m', 'duration: 0s']],
  'a negative duration': [['duration: 10m', 'duration: -5m']],
  'a quantity of the wrong form': [['memory: 16Gi', 'memory: 16GB']],
  'a negative quantity': [['cpu: 4', 'cpu: -4']],
  'a list where a map belongs': [['metadata: { name: shop }', 'metadata: [shop]']],
  'a text where a list belongs': [['  - match: { app: web }\n    startup: { median: 1s, p99: 3s }', '  web']],
  'a name with capital letters': [['metadata: { name: shop }', 'metadata: { name: Shop }']],
  'another version of the format': [['orrery.dev/v1', 'orrery.dev/v2']],
  'another kind': [['kind: Scenario', 'kind: Scenari']],
  'a seed that is no number': [['seed: 1', 'seed: one']],
  'a seed with a fraction': [['seed: 1', 'seed: 1.5']],
  'no question on the first line': [['# Does the shop stay up?\n', '']],
  'YAML that cannot be read': [['metadata: { name: shop }', 'metadata: { name: shop']],
  'a key given twice': [['seed: 1', 'seed: 1\nseed: 2']],
  'two documents': [['seed: 1', 'seed: 1\n---\nseed: 2']],
  'a cluster without nodes': [
    ['  nodes:\n    - { name: worker, count: 3, zones: [a, b], capacity: { cpu: 4, memory: 16Gi } }', '  controlPlaneReplicas: 1'],
  ],
  'an empty list of nodes': [
    ['  nodes:\n    - { name: worker, count: 3, zones: [a, b], capacity: { cpu: 4, memory: 16Gi } }', '  nodes: []'],
  ],
  'an unknown preset': [['cluster:\n', 'cluster:\n  preset: microk8\n']],
  'no nodes of a group': [['count: 3', 'count: 0']],
  'two node groups of one name': [['workloads:', '    - { name: worker-2 }\nworkloads:']],
  'unknown behaviour of images': [['workloads:', '  registry: { unknownImages: absent }\nworkloads:']],
  'an image without a size': [['workloads:', '  images: [{ name: web }]\nworkloads:']],
  'two images of one name': [['workloads:', '  images: [{ name: web, size: 1M }, { name: web, size: 2M }]\nworkloads:']],
  'a taint of an unknown effect': [['count: 3,', 'count: 3, taints: [{ key: a, effect: NoScheduling }],']],
  'a workload that matches nothing': [['match: { app: web }', 'match: { app: wob }']],
  'a p99 below the median': [['p99: 3s', 'p99: 300ms']],
  'a distribution of two kinds': [['startup: { median: 1s, p99: 3s }', 'startup: { constant: 1s, exponential: { mean: 1s } }']],
  'a distribution of no known kind': [['startup: { median: 1s, p99: 3s }', 'startup: { gaussian: { mean: 1s } }']],
  'a crash without a time': [['startup: { median: 1s, p99: 3s }', 'crash: { exitCode: 3 }']],
  'an event after the end': [['at: 1m', 'at: 11m']],
  'an event that does two things': [['apply: web.yaml', 'apply: web.yaml, delete: web.yaml']],
  'an event that does nothing': [['{ at: 0s, apply: web.yaml }', '{ at: 0s }']],
  'a missing manifest': [['apply: web.yaml', 'apply: shop.yaml']],
  'an unknown verb of kubectl': [['scale deployment web --replicas=3', 'scael deployment web --replicas=3']],
  'a verb of kubectl that is left out': [['scale deployment web --replicas=3', 'logs deploy/web']],
  'an unknown flag of kubectl': [['--replicas=3', '--replica=3']],
  'a missing flag of kubectl': [[' --replicas=3', '']],
  'a flag that is no number': [['--replicas=3', '--replicas=three']],
  'an object nobody creates': [['scale deployment web', 'scale deployment wen']],
  'an unknown type of resource': [['scale deployment web', 'scale deploymnt web']],
  'a quote that does not end': [['scale deployment web --replicas=3', 'scale deployment "web --replicas=3']],
  'a node nobody has': [['crashNodes: { count: 1 }', 'crashNodes: { names: [worker-9] }']],
  'more crashes than nodes': [['crashNodes: { count: 1 }', 'crashNodes: { count: 4 }']],
  'a zone without nodes': [['crashNodes: { count: 1 }', 'crashNodes: { zone: c }']],
  'an unknown fault': [['crashNodes', 'crashNode']],
  'a fault that takes no time': [['for: 1m', 'for: 0s']],
  'a fault on names and a count': [['{ count: 1 }', '{ names: [worker-1], count: 1 }']],
  'a fault on no nodes': [['{ count: 1 }', '{}']],
  'a fault on more nodes than the zone has': [['{ count: 1 }', '{ zone: b, count: 2 }']],
  'a fault on labels no node carries': [['{ count: 1 }', '{ labels: { disk: ssd } }']],
  'a fault on a zone that is none': [['crashNodes: { count: 1 }', 'zoneDark: d']],
  'a fault of a controller that is none': [['crashNodes: { count: 1 }', 'crashController: deploymnt-controller']],
  'a fault of a leader that is none': [['crashNodes: { count: 1 }', 'loseLeader: kubelet']],
  'a disk filled beyond its size': [['crashNodes: { count: 1 }', 'fillDisk: { count: 1, percent: 120 }']],
  'a fault that is never over': [['crashNodes: { count: 1 }', 'removeNodes: { count: 1 }']],
  'a call that goes back to a Service that waits for it': [
    ['arrivals: { poisson: 10/s }', 'arrivals: { poisson: 10/s }, calls: [{ to: back, calls: [{ to: web }, back] }]'],
    ['at: 1m, kubectl: scale deployment web --replicas=3', 'at: 1m, kubectl: expose deployment web --port=80 --name=back'],
  ],
  'steps out of order': [['{ poisson: 10/s }', '{ steps: [{ at: 2m, rate: 5/s }, { at: 1m, rate: 10/s }] }']],
  'a call with an unknown field': [['arrivals: { poisson: 10/s }', 'arrivals: { poisson: 10/s }, calls: [{ to: web, retry: 2 }]']],
  'traffic to nothing': [['to: web', 'to: shop']],
  'a negative rate': [['poisson: 10/s', 'poisson: -10/s']],
  'a rate without a time': [['poisson: 10/s', 'poisson: 10']],
  'cyclic calls': [['{ poisson: 10/s }', '{ poisson: 10/s }, calls: [web]']],
  'two traffics of one name': [['expect:', '  - { name: visitors, to: web, arrivals: { constant: 1/s } }\nexpect:']],
  'traffic that ends before it begins': [['{ poisson: 10/s }', '{ poisson: 10/s }, from: 5m, until: 4m']],
  'an expectation that is no sentence': [['requests.visitors.failed == 0', 'no failures please']],
  'an expectation of an unknown family': [['requests.visitors.failed', 'request.visitors.failed']],
  'an expectation of an unknown figure': [['requests.visitors.failed', 'requests.visitors.fialed']],
  'an expectation of an unknown traffic': [['requests.visitors', 'requests.vistors']],
  'an expectation of an unknown Deployment': [['requests.visitors.failed == 0 between 0s and 1m', 'rollout.wep.revision == 1']],
  'an expectation of an unknown Job': [['requests.visitors.failed == 0 between 0s and 1m', 'job.nightly.complete == true']],
  'an expectation of pods that no manifest makes': [['requests.visitors.failed == 0 between 0s and 1m', '"pods[app=wep].failed == 0"']],
  'an expectation of pods that no manifest makes there': [
    ['requests.visitors.failed == 0 between 0s and 1m', '"pods[shop/app in (web)].failed == 0"'],
  ],
  'an expectation of a misspelt event': [['requests.visitors.failed == 0 between 0s and 1m', 'events.FailedSheduling.count == 0']],
  'a wrong field beside a manifest, a command and an expectation that are wrong': [
    ['seed: 1', 'seeds: 1'],
    ['apply: web.yaml', 'apply: wep.yaml'],
    ['--replicas=3', '--replica=3'],
    ['failed == 0', 'failed = 0'],
  ],
  'two wrong expectations, one of which cannot be read': [
    ['  - requests.visitors.failed == 0', '  - requests.visitors.failed = 0\n  - nodes.ready == 3\n  - requests.vistors.failed == 0'],
  ],
  'an expectation with a wrong value': [['failed == 0', 'failed == none']],
  'an expectation with a wrong time': [['between 0s and 1m', 'between 0s']],
  'an expectation beyond the end': [['between 0s and 1m', 'between 0s and 20m']],
  'an expectation that ends before it begins': [['between 0s and 1m', 'between 2m and 1m']],
  'several problems at once': [
    ['duration: 10m', 'duration: ten'],
    ['memory: 16Gi', 'memory: lots'],
    ['poisson', 'poison'],
  ],
};
const manifestCases: { readonly [about: string]: readonly Edit[] } = {
  'a manifest of an unknown kind': [['kind: Service', 'kind: Servce']],
  'a manifest of another version': [['apps/v1', 'apps/v1beta1']],
  'a manifest without a name': [['metadata:\n  name: web\nspec:\n  replicas', 'metadata: {}\nspec:\n  replicas']],
  'a selector that does not take its template': [['matchLabels: { app: web }', 'matchLabels: { app: shop }']],
  'a bad quantity in a manifest': [['cpu: 100m', 'cpu: 100mm']],
  'a container without an image': [['          image: web:1\n', '']],
  'a label that is a number': [['labels: { app: web }', 'labels: { app: web, tier: 1 }']],
  'traffic to a name outside the cluster': [
    ['selector: { app: web }\n  ports', 'type: ExternalName\n  externalName: example.com\n  ports'],
  ],
  'a port out of range': [['port: 80', 'port: 80000']],
  'negative replicas': [['replicas: 2', 'replicas: -2']],
  'two objects of one name': [
    [
      'apiVersion: v1\nkind: Service',
      'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { ports: [{ port: 1 }] }\n---\napiVersion: v1\nkind: Service',
    ],
  ],
  'an unknown field deep inside a manifest': [['image: web:1', 'imgae: web:1\n          image: web:1']],
  'an unknown field of a pod template': [['      containers:', '      restartpolicy: Always\n      containers:']],
  'an unknown field of a selector': [['selector:\n    matchLabels', 'selector:\n    matchLabel: {}\n    matchLabels']],
  'a text where a manifest has a number': [['replicas: 2', 'replicas: two']],
  'a map where a manifest has a list': [['ports:\n    - port: 80', 'ports: { port: 80 }']],
  'a fraction where a manifest has a whole number': [['replicas: 2', 'replicas: 2.5']],
  'a text where a manifest has true or false': [['replicas: 2', 'replicas: 2\n  paused: "yes"']],
  'a bad label value': [['labels: { app: web }', 'labels: { app: web, tier: "front end" }']],
  'a container named twice': [['        - name: web\n', '        - name: web\n          image: web:2\n        - name: web\n']],
  'a Deployment whose pods do not restart': [['      containers:', '      restartPolicy: Never\n      containers:']],
  'a container port out of range': [['image: web:1', 'image: web:1\n          ports: [{ containerPort: 70000 }]']],
  'a request above its limit': [['requests: { cpu: 100m }', 'requests: { cpu: 200m }\n            limits: { cpu: 100m }']],
  'a mount of a volume that is not there': [['image: web:1', 'image: web:1\n          volumeMounts: [{ name: data, mountPath: /data }]']],
  'a probe without an action': [['image: web:1', 'image: web:1\n          livenessProbe: { periodSeconds: 5 }']],
  'an unknown pull policy': [['image: web:1', 'image: web:1\n          imagePullPolicy: Sometimes']],
  'a rollout of nothing at a time': [['replicas: 2', 'replicas: 2\n  strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } }']],
  'several mistakes of a manifest at once': [
    ['replicas: 2', 'replica: 2'],
    ['cpu: 100m', 'cpu: 100 m'],
    ['- port: 80', '- port: "80"'],
  ],
  'YAML that cannot be read in a manifest': [['selector: { app: web }', 'selector: { app: web']],
};

function edited(text: string, edits: readonly Edit[]): string {
  return edits.reduce((sum, [from, to]) => {
    if (!sum.includes(from)) throw new Error(`Cannot break the scenario: there is no ${JSON.stringify(from)}`);
    return sum.replace(from, to);
  }, text);
}

function problemsOf(scenario: string, manifest: string): string[] {
  const file = join(folder, 'shop.orrery.yaml');
  writeFileSync(file, scenario);
  writeFileSync(join(folder, 'web.yaml'), manifest);
  try {
    readScenario(file);
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map((problem) => problemText(problem).replaceAll(`${folder}/`, ''));
  }
}

const found = new Map<string, string[]>();
for (const [about, edits] of Object.entries(scenarioCases)) found.set(about, problemsOf(edited(SCENARIO, edits), MANIFEST));
for (const [about, edits] of Object.entries(manifestCases)) found.set(about, problemsOf(SCENARIO, edited(MANIFEST, edits)));
const text = [...found].map(([about, problems]) => `${about}\n${problems.map((problem) => `  ${problem}\n`).join('')}`).join('\n');
if (process.env.UPDATE_GOLDEN === '1') writeFileSync(GOLDEN, text);
const golden = new Map(
  (existsSync(GOLDEN) ? readFileSync(GOLDEN, 'utf8') : '').split('\n\n').map((section) => {
    const [about, ...problems] = section.trimEnd().split('\n');
    return [about!, problems.map((line) => line.slice(2))];
  }),
);

test('A scenario with nothing wrong is read', () => {
  expect(problemsOf(SCENARIO, MANIFEST)).toEqual([]);
});

test.each([...found])('A scenario with %s is refused with its exact problems', (about, problems) => {
  expect(problems.length).toBeGreaterThan(0);
  expect(problems).toEqual(golden.get(about));
});

test('A right expectation of pods, Jobs and events is none of these', () => {
  for (const expectation of [
    '"pods[app=web,pod-template-hash=abc].ready == 0"',
    '"pods[default/app,!legacy].ready == 2"',
    '"pods[default/].ready == 2"',
    '"pods[app notin (db)].ready == 2"',
    'events.FailedScheduling.count == 0',
    'events.SomethingOfOurOwn.count == 0',
  ]) {
    expect(problemsOf(SCENARIO.replace('requests.visitors.failed == 0 between 0s and 1m', expectation), MANIFEST)).toEqual([]);
  }
});
