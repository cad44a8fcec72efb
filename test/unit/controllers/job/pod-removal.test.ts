import { describe, expect, test } from 'vitest';
import { cheapestActiveFirst } from '../../../../src/controllers/job/active-pods.ts';
import { podsToRemove } from '../../../../src/controllers/job/pod-removal.ts';
import type { Job } from '../../../../src/model/batch.ts';
import type { Pod } from '../../../../src/model/pod.ts';

interface Traits {
  readonly node?: string;
  readonly phase?: string;
  readonly readySince?: string;
  readonly restarts?: number;
  readonly created?: string;
  readonly index?: number;
}

function pod(name: string, { node = 'n', phase = 'Running', readySince, restarts = 0, created = '00:00:00', index }: Traits = {}): Pod {
  return {
    metadata: {
      name,
      uid: name,
      creationTimestamp: `2026-01-01T${created}Z`,
      annotations: index === undefined ? {} : { 'batch.kubernetes.io/job-completion-index': String(index) },
    },
    spec: { nodeName: node },
    status: {
      phase,
      containerStatuses: [{ name: 'c', restartCount: restarts }],
      conditions: readySince === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: `2026-01-01T${readySince}Z` }],
    },
  } as unknown as Pod;
}

const names = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name);

describe('A Job that has too many pods gives up', () => {
  test.each<[string, Traits, Traits]>([
    ['the one without a node', { node: '', phase: 'Pending' }, { phase: 'Pending' }],
    ['the pending one', { phase: 'Pending' }, {}],
    ['the one that is not ready', {}, { readySince: '00:00:01' }],
    ['the one that became ready later, be it by a second', { readySince: '00:00:02' }, { readySince: '00:00:01' }],
    ['the one that restarted more often', { restarts: 2 }, { restarts: 1 }],
    ['the younger one', { created: '00:00:01' }, {}],
  ])('%s', (_rule, victim, survivor) => {
    expect(names(cheapestActiveFirst([pod('a', survivor), pod('b', victim)]))).toEqual(['b', 'a']);
  });

  test('doubles of an index and indexes it does not have, also when nothing else is to go', () => {
    const job = { spec: { completionMode: 'Indexed', completions: 3 } } as unknown as Job;
    const pods = [
      pod('one', { index: 0, readySince: '00:00:01' }),
      pod('double', { index: 0 }),
      pod('two', { index: 1 }),
      pod('beyond', { index: 3 }),
      pod('nameless'),
    ];
    expect(names(podsToRemove(job, pods, 0)).sort()).toEqual(['beyond', 'double', 'nameless']);
    expect(names(podsToRemove(job, pods, 4)).sort()).toEqual(['beyond', 'double', 'nameless', 'two']);
    const plain = { spec: {} } as unknown as Job;
    expect(podsToRemove(plain, pods, 0)).toEqual([]);
  });
});
