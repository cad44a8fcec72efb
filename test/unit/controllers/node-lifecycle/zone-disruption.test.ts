import { expect, test } from 'vitest';
import { SECOND_US } from '../../../../src/base/units.ts';
import { DEFAULT_CONTROLLER_OPTIONS } from '../../../../src/controllers/controller-options.ts';
import { evictionRate, ZoneQueue, zoneState } from '../../../../src/controllers/node-lifecycle/zone-disruption.ts';

test.each([
  [3, 0, 'Normal'],
  [0, 1, 'FullDisruption'],
  [0, 0, 'Normal'],
  // Two nodes are no partial disruption, however small the zone.
  [1, 2, 'Normal'],
  [2, 3, 'PartialDisruption'],
  // 54 and 55 of a hundred.
  [46, 54, 'Normal'],
  [45, 55, 'PartialDisruption'],
] as const)('zoneState of %i ready and %i silent nodes is %s', (ready, notReady, state) => {
  expect(zoneState(ready, notReady, 0.55)).toBe(state);
});

test('evictionRate stops in a small zone in partial disruption and slows down in a large one', () => {
  expect(evictionRate('PartialDisruption', 50, DEFAULT_CONTROLLER_OPTIONS)).toBe(0);
  expect(evictionRate('PartialDisruption', 51, DEFAULT_CONTROLLER_OPTIONS)).toBe(0.01);
  expect(evictionRate('FullDisruption', 51, DEFAULT_CONTROLLER_OPTIONS)).toBe(0.1);
  expect(evictionRate('Normal', 5, DEFAULT_CONTROLLER_OPTIONS)).toBe(0.1);
});

test('ZoneQueue lets a node through every ten seconds, in the order they came', () => {
  const queue = new ZoneQueue(0.1);
  for (const name of ['a', 'b', 'c']) queue.add(name);
  const taken = [0, 5, 10, 15, 20].map((second) => queue.take(second * SECOND_US));
  expect(taken).toEqual(['a', undefined, 'b', undefined, 'c']);
});

test('ZoneQueue lets nothing through at rate 0, and forgets a node that is ready again', () => {
  const queue = new ZoneQueue(0);
  queue.add('a');
  expect(queue.take(SECOND_US)).toBeUndefined();
  queue.remove('a');
  expect(queue.isEmpty).toBe(true);
});

test('ZoneQueue that waits goes on waiting at another rate', () => {
  const queue = new ZoneQueue(0.1);
  for (const name of ['a', 'b', 'c', 'd']) queue.add(name);
  const second = (at: number) => at * SECOND_US;
  expect(queue.take(second(100))).toBe('a');
  queue.enter('PartialDisruption', 0.01, second(101));
  expect([queue.take(second(101)), queue.take(second(200)), queue.take(second(201))]).toEqual([undefined, undefined, 'b']);
  queue.enter('PartialDisruption', 0, second(202));
  expect([queue.isOpen, queue.take(second(900))]).toEqual([false, undefined]);
  queue.enter('Normal', 0.1, second(900));
  expect([queue.take(second(909)), queue.take(second(910))]).toEqual([undefined, 'c']);
  // A bucket that is full lets the next one through at once, whatever its rate.
  queue.enter('PartialDisruption', 0.01, second(930));
  expect(queue.take(second(930))).toBe('d');
});
