import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type EventId, EventQueue } from '../../../src/sim/event-queue.ts';

test('EventQueue pops equal times in the order they were scheduled', () => {
  const queue = new EventQueue();
  for (let a = 0; a < 100; a++) queue.push(7, 4, 0, 0, a, 0);
  const order: number[] = [];
  while (queue.pop()) order.push(queue.a);
  expect(order).toEqual(Array.from({ length: 100 }, (_, a) => a));
});

test('EventQueue lets a lower priority go first among equal times', () => {
  const queue = new EventQueue();
  queue.push(7, 4, 0, 0, 1, 0);
  queue.push(7, 0, 0, 0, 2, 0);
  queue.push(6, 7, 0, 0, 3, 0);
  const order: number[] = [];
  while (queue.pop()) order.push(queue.a);
  expect(order).toEqual([3, 2, 1]);
});

test('EventQueue refuses the name of an event whose slot another has taken', () => {
  const queue = new EventQueue();
  const stale = queue.push(1, 4, 0, 0, 1, 0);
  queue.pop();
  queue.push(2, 4, 0, 0, 2, 0);
  expect(queue.cancel(stale)).toBe(false);
  expect(queue.length).toBe(1);
});

test('EventQueue agrees with a sorted list for any interleaving of push, pop and cancel', () => {
  const act = fc.oneof(
    fc.record({
      do: fc.constant('push' as const),
      delayUs: fc.oneof(fc.nat(20), fc.nat(5_000_000)),
      priority: fc.nat(7),
      count: fc.constantFrom(1, 1, 1, 400),
    }),
    fc.record({ do: fc.constant('pop' as const) }),
    fc.record({ do: fc.constant('cancel' as const), which: fc.nat() }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 120 }), (acts) => {
      const queue = new EventQueue();
      let obvious: { timeUs: number; priority: number; n: number; id: EventId }[] = [];
      let n = 0;
      let nowUs = 0;
      for (const step of acts) {
        if (step.do === 'push') {
          // Bursts are large enough for the wheel to be laid; the law must hold across its tiers.
          for (let i = 0; i < step.count; i++) {
            const timeUs = nowUs + ((step.delayUs * (i + 1)) % 5_000_011);
            const id = queue.push(timeUs, step.priority, 1, 2, n, 3);
            obvious.push({ timeUs, priority: step.priority, n: n++, id });
          }
        } else if (step.do === 'cancel' && obvious.length > 0) {
          const victim = obvious[step.which % obvious.length]!;
          expect(queue.cancel(victim.id)).toBe(true);
          expect(queue.cancel(victim.id)).toBe(false);
          obvious = obvious.filter((event) => event !== victim);
        } else if (step.do === 'pop') {
          obvious.sort((x, y) => x.timeUs - y.timeUs || x.priority - y.priority || x.n - y.n);
          const next = obvious.shift();
          expect(queue.pop()).toBe(next !== undefined);
          if (next !== undefined) {
            expect([queue.timeUs, queue.a]).toEqual([next.timeUs, next.n]);
            nowUs = next.timeUs;
          }
        }
        expect(queue.length).toBe(obvious.length);
      }
    }),
  );
});
