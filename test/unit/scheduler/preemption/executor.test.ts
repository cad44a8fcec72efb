import { expect, test } from 'vitest';
import { alreadyExists, notFound } from '../../../../src/apiserver/api-error.ts';
import type { Client } from '../../../../src/client/client.ts';
import type { Task } from '../../../../src/client/task.ts';
import type { Pod } from '../../../../src/model/pod.ts';
import type { PodInfo } from '../../../../src/scheduler/pod-info.ts';
import { PreemptionExecutor } from '../../../../src/scheduler/preemption/executor.ts';

const info = (name: string) =>
  ({
    uid: name,
    key: name,
    isTerminating: false,
    pod: { metadata: { name, namespace: 'default', generation: 4 }, spec: {} },
  }) as unknown as PodInfo;

/** A preemption of two pods whose API answers the first request about each with `error`. */
function preempt(error: Error | undefined) {
  const sent: unknown[] = [];
  const told: string[] = [];
  let failures = 0;
  const client = {
    // biome-ignore lint/correctness/useYield: it is over at once.
    *patch(_kind: string, _namespace: string, name: string, { body }: { readonly body: unknown }): Task<void> {
      sent.push([name, body]);
      if (error !== undefined) throw error;
    },
    // biome-ignore lint/correctness/useYield: it is over at once.
    *delete(_kind: string, _namespace: string, name: string): Task<void> {
      sent.push([name, 'delete']);
    },
  } as unknown as Client;
  const recorder = { event: (pod: Pod) => void told.push(pod.metadata.name) };
  const executor = new PreemptionExecutor(
    client,
    () => recorder as never,
    { get: () => undefined } as never,
    () => 90_500_000,
  );
  executor.start(info('urgent'), 'n1', [info('a'), info('b')], [], () => {
    failures++;
  });
  return { sent, told, failures };
}

test('PreemptionExecutor marks each victim with the time and the generation it speaks of, deletes it, and tells', () => {
  const { sent, told, failures } = preempt(undefined);
  expect(sent[0]).toEqual([
    'a',
    {
      status: {
        conditions: [
          {
            type: 'DisruptionTarget',
            status: 'True',
            reason: 'PreemptionByScheduler',
            message: ': preempting to accommodate a higher priority pod',
            observedGeneration: 4,
            lastTransitionTime: '2026-01-01T00:01:30Z',
          },
        ],
      },
    },
  ]);
  expect(sent.slice(1).map((one) => (one as unknown[])[1])).toEqual(['delete', expect.anything(), 'delete']);
  expect(told).toEqual(['a', 'b']);
  expect(failures).toBe(0);
});

test('PreemptionExecutor takes a victim that has gone by itself for no failure, and tells of no preemption', () => {
  expect(preempt(notFound('Pod', 'a'))).toMatchObject({ told: [], failures: 0 });
  expect(preempt(alreadyExists('Pod', 'a'))).toMatchObject({ told: [], failures: 1 });
});
