/** What the autoscaler keeps of its past, entry for entry. */
import { expect, test } from 'vitest';
import { remember, rememberScaling, type Scaling } from '../../../../src/controllers/horizontal-pod-autoscaler/memory.ts';

test('A new entry takes the place of the last old one, and other old ones stay', () => {
  const entries = [1, 2, 9, 3, 8];
  remember(entries, 7, (entry) => entry < 5);
  expect(entries).toEqual([1, 2, 9, 7, 8]);
  remember(entries, 6, (entry) => entry < 0);
  expect(entries).toEqual([1, 2, 9, 7, 8, 6]);
});

test('A change once found past every period stays so when a period is made longer', () => {
  const entries: Scaling[] = [
    { change: 1, timeUs: 0 },
    { change: 2, timeUs: 5 },
  ];
  rememberScaling(entries, { change: 3, timeUs: 20 }, 10);
  expect(entries.map(({ change }) => change)).toEqual([1, 3]);
  rememberScaling(entries, { change: 4, timeUs: 21 }, 1000);
  expect(entries.map(({ change }) => change)).toEqual([4, 3]);
});
