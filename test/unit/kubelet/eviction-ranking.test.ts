import { expect, test } from 'vitest';
import { evictionVerdict, kibibytesText, rankForEviction } from '../../../src/kubelet/eviction-ranking.ts';
import { ImageStore } from '../../../src/kubelet/image-store.ts';
import { NodeState } from '../../../src/kubelet/node-state.ts';
import { PodWorker } from '../../../src/kubelet/pod-worker.ts';
import { Process, Run } from '../../../src/kubelet/runtime/container-record.ts';
import { DEFAULT_BEHAVIOUR } from '../../../src/model/behaviour.ts';
import { NODE, newPod } from './fleet-bench.ts';

const MIB = 2 ** 20;
const node = new NodeState(0, NODE, 0, ImageStore.of([]));

function using(name: string, usedMiB: number, requestMiB: number, priority = 0): PodWorker {
  const resources = { requests: { memory: `${requestMiB}Mi` } };
  const worker = new PodWorker(0, 0, node, newPod(name, { resources }, { priority }), `default/${name}`);
  worker.isAdmitted = true;
  worker.memoryBytes = requestMiB * MIB;
  const record = worker.containers[0]!;
  record.run = Run.Running;
  record.process = new Process({ nowUs: 0 }, worker, 'c', { ...DEFAULT_BEHAVIOUR, memoryBytes: usedMiB * MIB }, 0, 0);
  return worker;
}

test('Eviction takes those over their request first, then the lowest priority, then the furthest over', () => {
  const workers = [
    using('under', 900, 1000, -10),
    using('over-important', 500, 100, 1000),
    using('over-little', 110, 100),
    using('over-much', 300, 100),
    using('critical', 9000, 0, 2_000_000_000),
  ];
  expect(rankForEviction(workers, 'memory', 0).map((worker) => worker.name)).toEqual([
    'over-much',
    'over-little',
    'over-important',
    'under',
  ]);
});

test('An evicted pod is told in the eviction manager’s words', () => {
  const verdict = evictionVerdict(using('a', 300, 100), 'memory', '100Mi', 50 * MIB, 0);
  expect(verdict.message).toBe(
    'The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. Container c was using 300Mi, request is 100Mi, has larger consumption of memory. ',
  );
  expect(verdict.disruption?.reason).toBe('TerminationByKubelet');
});

test.each([
  [0, '0'],
  [1500, '1Ki'],
  [88_230 * 1024, '88230Ki'],
  [2 ** 30, '1Gi'],
])('%d bytes read %s', (bytes, text) => {
  expect(kibibytesText(bytes)).toBe(text);
});
