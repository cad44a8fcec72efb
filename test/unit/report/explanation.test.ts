/** Decisions in words and on the page. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { explanationsMarkup } from '../../../src/report/explanation-markup.ts';
import { explanationText } from '../../../src/report/explanation-text.ts';
import { readScenario } from '../../../src/scenario/read-scenario.ts';
import { runScenario } from '../../../src/scenario/runner.ts';
import type { Explanation } from '../../../src/scheduler/explain/explanation.ts';

const waiting: Explanation = {
  pod: 'default/<web>',
  timeUs: 90_000_000,
  scheduler: 'default-scheduler',
  outcome: 'waits',
  attempts: 3,
  message: '0/4822 nodes are available',
  waiting: 'for its back-off to end',
  isViaNominated: false,
  nodes: { total: 4822, examined: 4822, feasible: 0 },
  rejections: [
    {
      plugin: 'NodeResourcesFit',
      reasons: ['Insufficient cpu', 'Insufficient memory'],
      count: 4812,
      nodes: ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8'],
      canPreempt: true,
    },
    { plugin: 'TaintToleration', reasons: ['node(s) had untolerated taint(s)'], count: 2, nodes: ['t1', 't2'], canPreempt: false },
  ],
  scorers: [],
  candidates: [],
  ties: 0,
  turnings: [],
  changes: [
    { text: 'ask for 300m of cpu less (200m instead of 500m)', node: 'n7', fits: 12, parts: 1 },
    { text: 'add one more node like n1', node: 'n1-twin', fits: 1, parts: 1 },
  ],
  alike: ['default/a', 'default/b'],
};
const placed: Explanation = {
  ...waiting,
  outcome: 'placed',
  node: 'n2',
  message: '',
  nodes: { total: 300, examined: 146, feasible: 144 },
  rejections: [
    {
      plugin: 'NodePorts',
      reasons: ["node(s) didn't have free ports for the requested pod ports"],
      count: 2,
      nodes: ['n8', 'n9'],
      canPreempt: true,
    },
  ],
  scorers: [{ plugin: 'NodeAffinity', weight: 2 }],
  candidates: [
    { node: 'n2', total: 200, scores: [{ raw: 3, normalized: 100, weighted: 200 }] },
    { node: 'n3', total: 132, scores: [{ raw: 2, normalized: 66, weighted: 132 }] },
  ],
  ties: 1,
  turnings: [{ plugin: 'NodeAffinity', from: 2, to: 0, node: 'n3' }],
  alike: [],
};
const { waiting: _, changes: __, ...withoutEither } = placed;

describe('An explanation in words', () => {
  test('puts nodes together, and tells the smallest change first', () => {
    expect(explanationText(waiting)).toBe(`Pod default/<web> waits for a node, at 90.000000 s, after 3 attempts (profile default-scheduler)
  0/4822 nodes are available
  It waits for its back-off to end

4,822 nodes, all of them looked at, 0 fit
  4,812 nodes: NodeResourcesFit: Insufficient cpu, Insufficient memory (evictions might help)  [n1, n2, n3, n4, … 4,812 in all]
      2 nodes: TaintToleration: node(s) had untolerated taint(s)  [t1, t2]

The smallest change that would let it run, tried out:
  ask for 300m of cpu less (200m instead of 500m): then it fits on 12 nodes, n7 among them
Others that would
  add one more node like n1: then it fits on n1-twin

The same holds for default/a, default/b`);
  });

  test('shows what each plugin gave each node, and which was chosen', () => {
    expect(
      explanationText(withoutEither),
    ).toBe(`Pod default/<web> went to node n2, at 90.000000 s, at its third attempt (profile default-scheduler)

300 nodes, 146 looked at, 144 fit, which was enough
  2 nodes: NodePorts: node(s) didn't have free ports for the requested pod ports (evictions might help)  [n8, n9]

Scores, weighted (raw -> out of 100), the best 2 of 144
  node  total  NodeAffinity x2
  > n2  200    200 (3 -> 100)
    n3  132    132 (2 -> 66)

One other has the same total: the order of the search decided
With a weight of 0 for NodeAffinity instead of 2 it would have gone to n3`);
  });

  test.each([
    ['n3', 'Node n3 fits, with 132 against 200 of n2\n  NodeAffinity x2: 132 (2 -> 66), n2 200'],
    ['n2', 'Node n2 was chosen with 200\n  NodeAffinity x2: 200 (3 -> 100)'],
    ['n8', "Node n8 was refused by NodePorts: node(s) didn't have free ports for the requested pod ports (evictions might help)"],
    ['n200', 'Node n200 was not looked at: enough others fit before its turn came'],
  ])('says of node %s what there is to say', (node, words) => {
    expect(explanationText(withoutEither, node).split('\n\n')[1]).toBe(words);
  });
});

test('The page has a part for decisions, those that wait first and unfolded, and no text of a run becomes markup', () => {
  const scenario = readScenario(join(import.meta.dirname, '../../../scenarios/pending-why.yaml'));
  const { explanations } = runScenario(scenario, { explain: { pods: [], nodeBudget: 1000 }, untilUs: 90_000_000 });
  const markup = explanationsMarkup({ explanations: [...explanations, waiting], endUs: 90_000_000 } as never);
  const summaries = [...markup.matchAll(/<details class="decision"( open)?><summary>Pod (\S+) (waits|went)/g)].map(([, open, , what]) => [
    what,
    open !== undefined,
  ]);
  expect(summaries).toEqual([...Array(7).fill(['waits', true]), ...Array(2).fill(['went', false])]);
  expect(markup).toContain('default/&lt;web&gt;');
  expect(explanationsMarkup({ explanations: [], endUs: 0 } as never)).toBe('');
});
