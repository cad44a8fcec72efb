import { expect, test } from 'vitest';
import { SECOND_US } from '../../../../src/base/units.ts';
import { staleAtUs } from '../../../../src/controllers/disruption/stale-disruptions.ts';
import type { Pod } from '../../../../src/model/pod.ts';

function pod(reason: string, rest: Partial<Pod['status']> = {}, deletionTimestamp?: string): Pod {
  const mark = { type: 'DisruptionTarget', status: 'True' as const, reason, lastTransitionTime: '2026-01-01T00:00:10Z' };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
    spec: { containers: [] },
    status: { phase: 'Running', conditions: [mark], ...rest },
  };
}

test('staleAtUs gives a disruption two minutes to come', () => {
  expect(staleAtUs(pod('EvictionByEvictionAPI'))).toBe(130 * SECOND_US);
});

test('staleAtUs takes a mark without a time for one that is too old', () => {
  const conditions = [{ type: 'DisruptionTarget', status: 'True' as const, reason: 'SomebodySaidSo' }];
  expect(staleAtUs(pod('', { conditions }))).toBe(120 * SECOND_US);
});

test.each([
  ['the kubelet announced', pod('TerminationByKubelet')],
  ['is under way', pod('EvictionByEvictionAPI', {}, '2026-01-01T00:00:11Z')],
  ['comes too late for a pod that has ended', pod('EvictionByEvictionAPI', { phase: 'Failed' })],
  ['was taken back', pod('', { conditions: [{ type: 'DisruptionTarget', status: 'False' }] })],
])('staleAtUs never gives up a disruption that %s', (_, marked) => {
  expect(staleAtUs(marked)).toBeUndefined();
});
