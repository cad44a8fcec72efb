import { expect, test } from 'vitest';
import { Autoscalings } from '../../../src/metrics/autoscalings.ts';
import type { Write } from '../../../src/model/observer.ts';
import { autoscalingText } from '../../../src/report/in-short.ts';

const SECOND = 1_000_000;

/** An autoscaler that wants so many replicas from that second on, and is told by its maximum or not; the run ends at 100 s. */
function textOf(steps: readonly (readonly [second: number, desired: number, isCapped: boolean])[]): string {
  const autoscalings = new Autoscalings();
  for (const [second, desiredReplicas, isCapped] of steps) {
    const limited = {
      type: 'ScalingLimited',
      status: isCapped ? 'True' : 'False',
      reason: isCapped ? 'TooManyReplicas' : 'DesiredWithinRange',
    };
    const object = { metadata: { name: 'web', namespace: 'default' }, status: { desiredReplicas, conditions: [limited] } };
    autoscalings.wrote({ timeUs: second * SECOND, object, removed: false } as unknown as Write);
  }
  return autoscalings
    .list(100 * SECOND)
    .map(autoscalingText)
    .join();
}

test.each([
  [[[0, 0, false]], ''],
  [
    [
      [0, 0, false],
      [15, 3, false],
      [30, 3, false],
    ],
    'HorizontalPodAutoscaler default/web wanted 3 replicas all along',
  ],
  [
    [
      [15, 3, false],
      [30, 6, false],
      [45, 8, true],
      [60, 8, false],
      [75, 2, false],
    ],
    'HorizontalPodAutoscaler default/web wanted 2 to 8 replicas, the most from 45s on, changed its mind 3 times, more than it may for 15s; 2 at the end',
  ],
  [
    [
      [15, 8, true],
      [30, 8, true],
    ],
    'HorizontalPodAutoscaler default/web wanted 8 replicas all along, more than it may for 1m25s',
  ],
] as const)('Autoscalings tells what came of %j', (steps, text) => {
  expect(textOf(steps)).toBe(text);
});
