/** Explaining changes nothing in a run, and what it says is what was decided. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readScenario } from '../../src/scenario/read-scenario.ts';
import { runScenario } from '../../src/scenario/runner.ts';

const scenario = readScenario(join(import.meta.dirname, '../../scenarios/pending-why.yaml'));
const EVERYTHING = { pods: [], nodeBudget: 100_000 };

test('A run that is explained has the digest of one that is not', () => {
  expect(runScenario(scenario, { explain: EVERYTHING }).digest).toBe(runScenario(scenario).digest);
});

test('Each pod that was placed is explained by the node it was bound to, chosen with the highest total', () => {
  const { explanations, cluster } = runScenario(scenario, { explain: EVERYTHING });
  const placed = explanations.filter(({ outcome }) => outcome === 'placed');
  expect(placed).toHaveLength(5);
  for (const { pod, node, candidates, scorers } of placed) {
    const [namespace, name] = pod.split('/');
    expect(cluster.api.get('Pod', namespace, name!).spec.nodeName).toBe(node);
    if (scorers.length > 0) expect(candidates.find((one) => one.node === node)?.total).toBe(candidates[0]!.total);
    for (const { total, scores } of candidates) expect(scores.reduce((sum, { weighted }) => sum + weighted, 0)).toBe(total);
  }
});

test('Half-way through, each waiting pod is told the change that the scenario then makes for three of them', () => {
  const { explanations, waiting } = runScenario(scenario, { explain: EVERYTHING, untilUs: 90_000_000 });
  const first = Object.fromEntries(
    explanations
      .filter(({ outcome }) => outcome === 'waits')
      .map(({ pod, changes }) => [pod.replace(/-[a-z0-9]+-[a-z0-9]{5}$/, ''), changes![0]?.text]),
  );
  expect(first).toEqual({
    'default/too-big': 'ask for 700m of cpu less (2500m instead of 3200m)',
    'default/wants-ssd': 'label node-1 disktype=ssd',
    'default/wants-gpu-node': 'tolerate the taint nvidia.com/gpu=present:NoSchedule',
    'default/other-scheduler': 'set schedulerName to default-scheduler',
    'default/gated': 'remove the scheduling gate example.com/quota-approved',
    'default/store': 'tolerate the taint nvidia.com/gpu=present:NoSchedule',
  });
  expect(waiting.map(({ why }) => why)).toContain('pod default/other-scheduler names scheduler packing-scheduler, which does not run here');
});
