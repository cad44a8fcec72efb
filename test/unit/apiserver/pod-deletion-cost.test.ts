/** The cost of deleting a pod is a 32-bit integer as Go reads one: GetDeletionCostFromPodAnnotations in pkg/apis/core/helper/helpers.go. */
import { expect, test } from 'vitest';
import { ApiServer } from '../../../src/apiserver/api-server.ts';
import { Observers } from '../../../src/model/observer.ts';
import { POD_DELETION_COST, type Pod, podDeletionCost } from '../../../src/model/pod.ts';
import { Random } from '../../../src/sim/random.ts';
import { Simulation } from '../../../src/sim/simulation.ts';

const BY = { author: 'test' };

test.each([
  ['0', 0],
  ['-0', -0],
  ['-008', -8],
  ['12', 12],
  ['2147483647', 2_147_483_647],
  ['-2147483648', -2_147_483_648],
  ['2147483648', undefined],
  ['08', undefined],
  ['+3', undefined],
  ['1.5', undefined],
  ['1e3', undefined],
  ['abc', undefined],
  ['', undefined],
  ['-', undefined],
])('%j means %j', (text, cost) => {
  expect(podDeletionCost({ [POD_DELETION_COST]: text })).toBe(cost);
});

test('What is no such number is refused, on creation and later', () => {
  const api = new ApiServer({ sim: new Simulation(), random: new Random(1), observers: new Observers() });
  const pod = (name: string, cost: string): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', annotations: { [POD_DELETION_COST]: cost } },
    spec: { containers: [{ name: 'c', image: 'i:1' }] },
  });
  const refusal = /metadata\.annotations\[controller\.kubernetes\.io\/pod-deletion-cost\]: Invalid value: "\+3": must be a 32bit integer/;
  expect(() => api.create('Pod', pod('a', '+3'), BY)).toThrow(refusal);
  api.create('Pod', pod('b', '-0'), BY);
  const patch = { type: 'merge', body: { metadata: { annotations: { [POD_DELETION_COST]: '+3' } } } } as const;
  expect(() => api.patch('Pod', 'default', 'b', patch, BY)).toThrow(refusal);
});
