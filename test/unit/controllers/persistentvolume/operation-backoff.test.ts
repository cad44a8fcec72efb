import { expect, test } from 'vitest';
import { OperationBackoff } from '../../../../src/controllers/persistentvolume/operation-backoff.ts';
import { Simulation } from '../../../../src/sim/simulation.ts';

test('OperationBackoff lets one operation of a name run at a time', () => {
  const backoff = new OperationBackoff(new Simulation());
  expect([backoff.mayStart('a'), backoff.mayStart('a'), backoff.mayStart('b')]).toEqual([true, false, true]);
  backoff.succeeded('a');
  expect(backoff.mayStart('a')).toBe(true);
});

test('OperationBackoff waits 500 ms after a failure, then twice as long each time', () => {
  const sim = new Simulation();
  const backoff = new OperationBackoff(sim);
  for (const pauseMs of [500, 1000, 2000]) {
    expect(backoff.mayStart('a')).toBe(true);
    backoff.failed('a');
    sim.runUntil(sim.nowUs + pauseMs * 1000 - 1);
    expect(backoff.mayStart('a')).toBe(false);
    sim.runUntil(sim.nowUs + 1);
  }
  expect(backoff.mayStart('a')).toBe(true);
});
