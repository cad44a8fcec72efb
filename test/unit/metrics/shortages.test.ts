import { expect, test } from 'vitest';
import { isShort, type Shortage, Shortages } from '../../../src/metrics/shortages.ts';
import type { Write } from '../../../src/model/observer.ts';
import { shortageText } from '../../../src/report/in-short.ts';

const SECOND = 1_000_000;

type Step = readonly [second: number, available: number, wanted: number];

/** A Deployment whose status says each of these from that second on, until the run ends at 100 s. */
function shortageOf(steps: readonly Step[], removedAt?: number): Shortage {
  const shortages = new Shortages();
  const wrote = ([second, availableReplicas, replicas]: Step, removed: boolean) =>
    shortages.wrote({
      timeUs: second * SECOND,
      kind: 'Deployment',
      object: { metadata: { name: 'web', namespace: 'default' }, spec: { replicas }, status: { availableReplicas } },
      removed,
    } as unknown as Write);
  for (const step of steps) wrote(step, false);
  if (removedAt !== undefined) wrote([removedAt, 0, steps.at(-1)![2]], true);
  return shortages.list(100 * SECOND)[0]!;
}

test.each<[string, readonly Step[], string]>([
  [
    'once',
    [
      [0, 0, 3],
      [10, 3, 3],
      [20, 1, 3],
      [25, 2, 3],
      [50, 3, 3],
    ],
    'Deployment default/web was short of pods for 30s, from 20s to 50s; at worst 1 of 3 at 20s',
  ],
  [
    'twice, once because more were asked for',
    [
      [10, 3, 3],
      [20, 2, 3],
      [30, 3, 3],
      [60, 3, 6],
      [80, 6, 6],
    ],
    'Deployment default/web was short of pods 2 times, for 30s in all, from 20s to 1m20s; at worst 2 of 3 at 20s',
  ],
  [
    'to the end',
    [
      [10, 3, 3],
      [20, 2, 3],
      [30, 3, 3],
      [40, 0, 3],
      [70, 1, 3],
    ],
    'Deployment default/web is short of pods at the end, 1 of 3 available, since 40s, 2 times in all; at worst 0 of 3 at 40s',
  ],
  [
    'from the beginning',
    [
      [0, 0, 3],
      [10, 2, 3],
      [70, 1, 3],
    ],
    'Deployment default/web never had all of its 3 pods available: 2 at most, 1 at the end',
  ],
  ['with the only one it wants', [[0, 0, 1]], 'Deployment default/web never had its pod available'],
])('Shortages tells of a workload that is short of pods %s', (_, steps, text) => {
  expect(shortageText(shortageOf(steps), 100 * SECOND)).toBe(text);
});

test('Shortages counts the time until the run is over, or until the workload is deleted', () => {
  const steps: readonly Step[] = [
    [10, 3, 3],
    [40, 0, 3],
  ];
  expect(shortageOf(steps)).toMatchObject({ totalUs: 60 * SECOND, times: 1, isDeleted: false });
  expect(isShort(shortageOf(steps))).toBe(true);
  expect(shortageOf(steps, 55)).toMatchObject({ totalUs: 15 * SECOND, untilUs: 55 * SECOND, isDeleted: true });
});

test('Shortages takes a workload that wants no pods for neither whole nor short', () => {
  expect(shortageOf([[0, 0, 0]])).toMatchObject({ wholeUs: undefined, times: 0 });
  const scaledAway: readonly Step[] = [
    [10, 3, 3],
    [20, 0, 0],
  ];
  expect(shortageOf(scaledAway)).toMatchObject({ wholeUs: 10 * SECOND, times: 0, totalUs: 0 });
});
