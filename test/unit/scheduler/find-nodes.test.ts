import { expect, test } from 'vitest';
import { feasibleNodesToFind } from '../../../src/scheduler/find-nodes.ts';

// Worked examples of the specification (10.2, 1).
test.each([
  { nodes: 99, wanted: 99 },
  { nodes: 100, wanted: 100 },
  { nodes: 125, wanted: 100 },
  { nodes: 250, wanted: 120 },
  { nodes: 300, wanted: 144 },
  { nodes: 1000, wanted: 420 },
  { nodes: 3000, wanted: 780 },
  { nodes: 4999, wanted: 549 },
  { nodes: 5000, wanted: 500 },
  { nodes: 5625, wanted: 281 },
  { nodes: 6000, wanted: 300 },
  { nodes: 15000, wanted: 750 },
])('A search of $nodes nodes looks for $wanted feasible ones when the percentage adapts', ({ nodes, wanted }) => {
  expect(feasibleNodesToFind(nodes, 0)).toBe(wanted);
});

test('A search looks for every node at 100 percent', () => {
  expect(feasibleNodesToFind(5000, 100)).toBe(5000);
});
