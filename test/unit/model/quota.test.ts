import { expect, test } from 'vitest';
import type { Pod } from '../../../src/model/pod.ts';
import { amountOf, amountText, missingFor, sum, usageOf } from '../../../src/model/quota.ts';

const pod = (resources: object, phase = 'Pending'): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'ns' },
    spec: { containers: [{ name: 'c', resources }] },
    status: { phase },
  }) as Pod;

test.each([
  ['100m', '500m', '600m'],
  ['500m', '500m', '1'],
  ['0', '3Gi', '3Gi'],
  ['512Mi', '512Mi', '1Gi'],
  ['1', '1', '2'],
  ['1k', '1', '1001'],
])('amounts %s and %s add up to %s', (a, b, total) => {
  expect(amountText(sum(amountOf(a), amountOf(b)))).toBe(total);
});

test('usageOf counts a pod once and what its containers ask for', () => {
  const usage = usageOf('Pod', pod({ requests: { cpu: '250m' }, limits: { memory: '1Gi' } }));
  expect([...usage].map(([name, amount]) => `${name}=${amountText(amount)}`).sort()).toEqual([
    'count/pods=1',
    'cpu=250m',
    'limits.memory=1Gi',
    'pods=1',
    'requests.cpu=250m',
  ]);
});

test('usageOf leaves a finished pod nothing but its place among the objects', () => {
  expect([...usageOf('Pod', pod({ requests: { cpu: '1' } }, 'Succeeded')).keys()]).toEqual(['count/pods']);
});

test('missingFor names what the quota counts and the container does not say', () => {
  expect(missingFor({ 'requests.cpu': '1', 'requests.memory': '1Gi', pods: '4' }, pod({ requests: { cpu: '1' } }))).toBe(
    'requests.memory for: c',
  );
  expect(missingFor({ pods: '4' }, pod({}))).toBe('');
});
