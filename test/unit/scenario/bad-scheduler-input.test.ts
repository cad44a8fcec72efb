/** Broken scheduler configurations and plugins, each with its exact problems, in test/golden/bad-scheduler-input.txt (UPDATE_GOLDEN=1). */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { InputError, problemText } from '../../../src/base/errors.ts';
import { readScenario } from '../../../src/scenario/read-scenario.ts';

const GOLDEN = join(import.meta.dirname, '../../golden/bad-scheduler-input.txt');
const folder = mkdtempSync(join(tmpdir(), 'orrery-bad-scheduler-'));
afterAll(() => rmSync(folder, { recursive: true }));

const SCENARIO = (scheduler: string) => `# Is it read?
apiVersion: orrery.dev/v1
kind: Scenario
metadata: { name: shop }
duration: 10m
cluster:
  nodes: [{ name: worker }]
  scheduler: ${scheduler}
`;
const HEAD = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n';
const profile = (text: string) => `${HEAD}profiles:\n${text}`;
const args = (plugin: string, text: string) => profile(`- pluginConfig:\n  - name: ${plugin}\n    args: ${text}\n`);

const configurations: { readonly [about: string]: string } = {
  'an empty file': '# nothing yet\n',
  'no apiVersion and no kind': 'profiles: []\n',
  'an apiVersion of the past': HEAD.replace('/v1', '/v1beta3'),
  'another kind': HEAD.replace('KubeSchedulerConfiguration', 'KubeSchedulerConfig'),
  'a list in place of a map': '- a\n',
  'an unknown field': `${HEAD}percentageOfNodesToScor: 50\n`,
  'an unknown field in a profile': profile('- pluginsConfig: []\n'),
  'an unknown extension point': profile('- plugins: { scores: { enabled: [{ name: ImageLocality }] } }\n'),
  'fields of a wrong type': `${HEAD}parallelism: many\npercentageOfNodesToScore: 50.5\nprofiles: { schedulerName: a }\n`,
  'YAML that cannot be read': `${HEAD}profiles: [\n`,
  'a percentage out of range': `${HEAD}percentageOfNodesToScore: 101\n`,
  'a percentage of a profile out of range': profile('- percentageOfNodesToScore: -1\n'),
  'no parallelism': `${HEAD}parallelism: 0\n`,
  'a back-off of nothing': `${HEAD}podInitialBackoffSeconds: 0\n`,
  'a longest back-off below the first': `${HEAD}podInitialBackoffSeconds: 20\n`,
  'two profiles of one name': profile('- schedulerName: a\n- schedulerName: a\n'),
  'two profiles without a name': profile('- {}\n- {}\n'),
  'an empty name': profile('- schedulerName: ""\n'),
  'an unknown plugin': profile('- plugins:\n    filter:\n      enabled:\n      - name: NodeResourceFit\n'),
  'an unknown plugin at multiPoint': profile('- plugins: { multiPoint: { enabled: [{ name: Cosheduling }] } }\n'),
  'an unknown plugin disabled': profile('- plugins: { score: { disabled: [{ name: ImageLocalty }] } }\n'),
  'a plugin that was removed': profile('- plugins: { filter: { enabled: [{ name: EBSLimits }] } }\n'),
  'a plugin at a point it does not have': profile('- plugins: { filter: { enabled: [{ name: ImageLocality }] } }\n'),
  'a plugin enabled twice': profile('- plugins: { score: { enabled: [{ name: ImageLocality }, { name: ImageLocality, weight: 5 }] } }\n'),
  'a plugin enabled twice at multiPoint': profile(
    '- plugins: { multiPoint: { enabled: [{ name: NodeAffinity }, { name: NodeAffinity }] } }\n',
  ),
  'a negative weight': profile('- plugins: { score: { enabled: [{ name: ImageLocality, weight: -2 }] } }\n'),
  'a weight of more than 32 bits': profile('- plugins: { score: { enabled: [{ name: ImageLocality, weight: 3000000000 }] } }\n'),
  'no queue sort and no bind plugin': profile('- schedulerName: a\n  plugins: { multiPoint: { disabled: [{ name: "*" }] } }\n'),
  'two queue sort plugins': profile('- plugins: { queueSort: { enabled: [{ name: PrioritySort }, { name: PrioritySort }] } }\n'),
  'profiles with different queue sorts': profile(
    '- schedulerName: a\n- schedulerName: b\n  plugins: { queueSort: { enabled: [{ name: PrioritySort }] } }\n',
  ),
  'an extender': `${HEAD}extenders:\n- urlPrefix: http://localhost/\n  filterVerb: filter\n`,
  'leader election that cannot work': `${HEAD}leaderElection: { leaseDuration: 5s, renewDeadline: 10s, retryPeriod: 0s, resourceLock: endpoints }\n`,
  'a lease of no duration': `${HEAD}leaderElection: { leaseDuration: long }\n`,
  'a negative burst': `${HEAD}clientConnection: { qps: 50, burst: -1 }\n`,
  'arguments of an unknown plugin': args('NodeResourceFit', '{}'),
  'arguments of one plugin twice': profile('- pluginConfig: [{ name: NodeResourcesFit }, { name: NodeResourcesFit }]\n'),
  'arguments of another kind': args('NodeResourcesFit', '{ apiVersion: kubescheduler.config.k8s.io/v1, kind: NodeAffinityArgs }'),
  'an unknown argument': args('NodeResourcesFit', '{ scoringStrateggy: { type: MostAllocated } }'),
  'an unknown scoring strategy': args('NodeResourcesFit', '{ scoringStrategy: { type: MostRequested } }'),
  'a resource weight out of range': args(
    'NodeResourcesFit',
    '{ scoringStrategy: { type: MostAllocated, resources: [{ name: cpu, weight: 101 }] } }',
  ),
  'a ratio without a shape': args('NodeResourcesFit', '{ scoringStrategy: { type: RequestedToCapacityRatio } }'),
  'an empty shape': args('NodeResourcesFit', '{ scoringStrategy: { type: RequestedToCapacityRatio, requestedToCapacityRatio: {} } }'),
  'a shape out of order and out of range': args(
    'NodeResourcesFit',
    '{ scoringStrategy: { type: RequestedToCapacityRatio, requestedToCapacityRatio: { shape: [{ utilization: 50, score: 11 }, { utilization: 0, score: -1 }, { utilization: 101 }] } } }',
  ),
  'a shape nobody asked for': args(
    'NodeResourcesFit',
    '{ scoringStrategy: { type: MostAllocated, requestedToCapacityRatio: { shape: [] } } }',
  ),
  'ignored resources that are no names': args(
    'NodeResourcesFit',
    '{ ignoredResources: [a/b/c], ignoredResourceGroups: [example.com/gpu] }',
  ),
  'balanced resources weighed and repeated': args(
    'NodeResourcesBalancedAllocation',
    '{ resources: [{ name: cpu, weight: 2 }, { name: cpu }] }',
  ),
  'a hard affinity weight out of range': args('InterPodAffinity', '{ hardPodAffinityWeight: 101 }'),
  'default constraints under System': args(
    'PodTopologySpread',
    '{ defaultConstraints: [{ maxSkew: 1, topologyKey: zone, whenUnsatisfiable: ScheduleAnyway }] }',
  ),
  'bad default constraints': args(
    'PodTopologySpread',
    '{ defaultingType: List, defaultConstraints: [{ maxSkew: 0, labelSelector: {} }, { maxSkew: 1, topologyKey: zone, whenUnsatisfiable: Never }, { maxSkew: 2, topologyKey: zone, whenUnsatisfiable: Never }] }',
  ),
  'an unknown defaulting type': args('PodTopologySpread', '{ defaultingType: Cluster }'),
  'bad added affinity': args(
    'NodeAffinity',
    '{ addedAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: disk, operator: Is }, { key: disk, operator: In }, { key: disk, operator: Gt, values: [big] }, { key: -x, operator: Exists, values: [y] }], matchFields: [{ key: metadata.labels, operator: In, values: [a, b] }] }] } } }',
  ),
  'a negative bind timeout and a shape behind a gate': args(
    'VolumeBinding',
    '{ bindTimeoutSeconds: -1, shape: [{ utilization: 0, score: 0 }] }',
  ),
  'preemption without candidates': args('DefaultPreemption', '{ minCandidateNodesPercentage: 0, minCandidateNodesAbsolute: 0 }'),
  'preemption candidates out of range': args('DefaultPreemption', '{ minCandidateNodesPercentage: 101, minCandidateNodesAbsolute: -1 }'),
  'timeouts out of range': args('DynamicResources', '{ filterTimeout: -1s, bindingTimeout: 10ms }'),
  'several problems at once': `${HEAD}percentageOfNodesToScore: 200\npodMaxBackoffSeconds: 0\nprofiles:\n- schedulerName: a\n  plugins: { filter: { enabled: [{ name: NodePort }] } }\n  colour: red\n`,
};

const GOOD_PLUGIN = "export default { name: 'Mine', filter: () => undefined };\n";
const plugins: { readonly [about: string]: string } = {
  'that does not compile': "const plugin = {\n  name: 'Mine',\n  filter() { return ; ] },\n};\nexport default plugin;\n",
  'that exports nothing': "export const plugin = { name: 'Mine', filter: () => undefined };\n",
  'that exports a function': 'export default () => undefined;\n',
  'without a name': 'export default { filter: () => undefined };\n',
  'with the name of a built-in one': "export default { name: 'NodeAffinity', filter: () => undefined };\n",
  'that does nothing': "export default { name: 'Mine' };\n",
  'with a misnamed method': "export default { name: 'Mine', fliter: () => undefined };\n",
  'whose filter is no function': "export default { name: 'Mine', filter: true };\n",
  'that normalizes without scoring': "export default { name: 'Mine', normalize: (scores: number[]) => scores };\n",
  'with events nobody knows': "export default { name: 'Mine', filter: () => undefined, events: [{ kind: 'Nodes', action: 'Created' }] };\n",
  'that rolls dice and reads the clock':
    "export default {\n  name: 'Mine',\n  // Math.random() in a comment is no matter.\n  score: () => Math.random() * 50 + (Date.now() % 2),\n};\n",
  'that reaches for the world':
    "import { readFileSync } from 'node:fs';\nexport default { name: 'Mine', filter: () => readFileSync('/etc/hosts', 'utf8') + process.pid };\n",
  'that imports what is not there': "import { limit } from './limits.ts';\nexport default { name: 'Mine', filter: () => limit };\n",
  'that fails when it is loaded': "throw new Error('no limits');\n",
};
const scenarios: { readonly [about: string]: string } = {
  'a scheduler that is a number': '3',
  'an unknown field beside plugins': '{ plugin: [plugin.ts] }',
  'a configuration file that is not there': 'scheduling.yaml',
  'a plugin file that is not there': '{ plugins: [plugins.ts] }',
  'one plugin twice': '{ plugins: [good.ts, good.ts] }',
  'an inline configuration with a mistake':
    '{ apiVersion: kubescheduler.config.k8s.io/v1, kind: KubeSchedulerConfiguration, percentageOfNodesToScore: 300 }',
  'a nested configuration with a mistake': `
    plugins: [good.ts]
    configuration:
      apiVersion: kubescheduler.config.k8s.io/v1
      kind: KubeSchedulerConfiguration
      profiles:
        - plugins: { score: { enabled: [{ name: Mine }] } }`,
};

function problemsOf(scheduler: string): string[] {
  const file = join(folder, 'shop.orrery.yaml');
  writeFileSync(file, SCENARIO(scheduler));
  try {
    readScenario(file);
    return [];
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return error.problems.map((problem) => problemText(problem).replaceAll(`${folder}/`, '').replaceAll(folder, '.'));
  }
}

writeFileSync(join(folder, 'good.ts'), GOOD_PLUGIN);
const found = new Map<string, string[]>();
for (const [about, scheduler] of Object.entries(scenarios)) found.set(about, problemsOf(scheduler));
for (const [about, text] of Object.entries(configurations)) {
  writeFileSync(join(folder, 'scheduler.yaml'), text);
  found.set(about, problemsOf('scheduler.yaml'));
}
for (const [about, text] of Object.entries(plugins)) {
  writeFileSync(join(folder, 'plugin.ts'), text);
  found.set(`a plugin ${about}`, problemsOf('{ plugins: [plugin.ts] }'));
}
const text = [...found].map(([about, problems]) => `${about}\n${problems.map((problem) => `  ${problem}\n`).join('')}`).join('\n');
if (process.env.UPDATE_GOLDEN === '1') writeFileSync(GOLDEN, text);
const golden = new Map(
  (existsSync(GOLDEN) ? readFileSync(GOLDEN, 'utf8') : '').split('\n\n').map((section) => {
    const [about, ...problems] = section.trimEnd().split('\n');
    return [about!, problems.map((line) => line.slice(2))];
  }),
);

test.each([...found])('A scheduler with %s is refused with its exact problems', (about, problems) => {
  expect(problems.length).toBeGreaterThan(0);
  expect(problems).toEqual(golden.get(about));
});

test('A configuration with everything that is accepted is read, and what has no effect changes nothing', () => {
  const whole = `${HEAD}parallelism: 4
percentageOfNodesToScore: 30
podInitialBackoffSeconds: 3
podMaxBackoffSeconds: 30
leaderElection: { leaderElect: true, leaseDuration: 20s, renewDeadline: 15s, retryPeriod: 2s }
clientConnection: { qps: 200, burst: 400, kubeconfig: /etc/kubernetes/scheduler.conf }
profiles:
- schedulerName: default-scheduler
- schedulerName: packer
  percentageOfNodesToScore: 100
  plugins:
    multiPoint: { disabled: [{ name: ImageLocality }] }
    score: { disabled: [{ name: "*" }], enabled: [{ name: NodeResourcesFit, weight: 7 }] }
  pluginConfig:
  - name: NodeResourcesFit
    args: { kind: NodeResourcesFitArgs, apiVersion: kubescheduler.config.k8s.io/v1, scoringStrategy: { type: MostAllocated, resources: [{ name: cpu }] } }
`;
  writeFileSync(join(folder, 'scheduler.yaml'), whole);
  writeFileSync(join(folder, 'whole.yaml'), SCENARIO('scheduler.yaml'));
  const { schedulerConfiguration } = readScenario(join(folder, 'whole.yaml'));
  expect(schedulerConfiguration).toMatchObject({
    percentageOfNodesToScore: 30,
    podInitialBackoffSeconds: 3,
    podMaxBackoffSeconds: 30,
    clientConnection: { qps: 200, burst: 400 },
    profiles: [
      { schedulerName: 'default-scheduler' },
      {
        schedulerName: 'packer',
        percentageOfNodesToScore: 100,
        points: { score: [{ name: 'NodeResourcesFit', weight: 7 }] },
        args: { NodeResourcesFit: { scoringStrategy: { type: 'MostAllocated', resources: [{ name: 'cpu', weight: 1 }] } } },
      },
    ],
  });
});
