import { expect, test } from 'vitest';
import { ItemExponential } from '../../../src/client/rate-limiter.ts';
import { run, sleep } from '../../../src/client/task.ts';
import { WorkQueue } from '../../../src/client/work-queue.ts';
import { Retry, startWorkers } from '../../../src/client/workers.ts';
import { Simulation } from '../../../src/sim/simulation.ts';

test('WorkQueue holds a key once, however often it is added', () => {
  const queue = new WorkQueue(new Simulation());
  queue.add('a');
  queue.add('a');
  queue.add('b');
  expect([queue.take(), queue.take(), queue.take()]).toEqual(['a', 'b', undefined]);
});

test('WorkQueue brings a key up again after its pass when it was added during the pass', () => {
  const queue = new WorkQueue(new Simulation());
  queue.add('a');
  queue.take();
  queue.add('a');
  expect(queue.take()).toBe(undefined);
  queue.finish('a');
  expect(queue.take()).toBe('a');
});

test('WorkQueue lets the earliest of several delays count', () => {
  const sim = new Simulation();
  const queue = new WorkQueue(sim);
  queue.addAfter('a', 100);
  queue.addAfter('a', 50);
  queue.addAfter('a', 80);
  sim.runUntil(49);
  expect(queue.length).toBe(0);
  sim.runUntil(50);
  expect(queue.take()).toBe('a');
  queue.finish('a');
  sim.runUntil(1000);
  expect(queue.take()).toBe(undefined);
});

test('ItemExponential doubles 5 ms up to its maximum, and starts over when forgotten', () => {
  const limiter = new ItemExponential(5_000, 1_000_000_000);
  const delaysMs = Array.from({ length: 20 }, () => limiter.whenUs('a') / 1000);
  expect(delaysMs.slice(0, 5)).toEqual([5, 10, 20, 40, 80]);
  expect(delaysMs.at(-1)).toBe(1_000_000);
  limiter.forget('a');
  expect(limiter.whenUs('a')).toBe(5_000);
});

test('startWorkers runs no more passes at once than it has workers, and never one key twice at once', () => {
  const sim = new Simulation();
  const queue = new WorkQueue(sim);
  let running = 0;
  let most = 0;
  const passes: string[] = [];
  startWorkers(sim, queue, 2, function* (key) {
    most = Math.max(most, ++running);
    passes.push(key);
    yield* sleep(sim, 1000);
    running--;
  });
  for (const key of ['a', 'b', 'c', 'a']) queue.add(key);
  sim.runUntil(10_000);
  expect(most).toBe(2);
  expect(passes).toEqual(['a', 'b', 'c']);
});

test('startWorkers tries a failing key again under the rate limit: 5 ms, then 10 ms', () => {
  const sim = new Simulation();
  const queue = new WorkQueue(sim);
  const times: number[] = [];
  startWorkers(sim, queue, 1, function* () {
    times.push(sim.nowUs);
    if (times.length < 3) throw new Retry('not yet');
    yield* sleep(sim, 1);
  });
  queue.add('a');
  sim.runUntil(1_000_000);
  expect(times).toEqual([0, 5_000, 15_000]);
});

test('startWorkers lets a mistake of our own through instead of retrying it for ever', () => {
  const sim = new Simulation();
  const queue = new WorkQueue(sim);
  startWorkers(sim, queue, 1, function* () {
    yield* sleep(sim, 1);
    throw new TypeError('x is not a function');
  });
  queue.add('a');
  expect(() => sim.runUntil(10)).toThrow(TypeError);
});

test('run resumes a task with what it waited for', () => {
  const sim = new Simulation();
  let result = 0;
  run(
    (function* () {
      yield* sleep(sim, 10);
      yield* sleep(sim, 20);
      return sim.nowUs;
    })(),
    (value) => {
      result = value;
    },
  );
  sim.runUntil(100);
  expect(result).toBe(30);
});
