import { expect, test } from 'vitest';
import { BrokenInvariant } from '../../../src/base/fail.ts';
import { Random } from '../../../src/sim/random.ts';
import { Simulation } from '../../../src/sim/simulation.ts';

test('Simulation sets the clock to each event it runs, and to the end when nothing is left', () => {
  const sim = new Simulation();
  const seen: number[] = [];
  sim.after(30, () => seen.push(sim.nowUs));
  sim.after(10, () => sim.after(5, () => seen.push(sim.nowUs)));
  sim.runUntil(100);
  expect(seen).toEqual([15, 30]);
  expect(sim.nowUs).toBe(100);
});

test('Simulation refuses to go back in time', () => {
  expect(() => new Simulation().after(-1, () => {})).toThrow(BrokenInvariant);
  expect(() => new Simulation().after(0.5, () => {})).toThrow(BrokenInvariant);
});

test('Simulation stops what goes on and on without time passing', () => {
  const sim = new Simulation(1000);
  const again = () => void sim.after(0, again);
  sim.after(7, again);
  expect(() => sim.runUntil(100)).toThrow('1000 events have run at 7 us, and the clock must move on');
});

test('Simulation lets time pass after any number of events', () => {
  const sim = new Simulation(1000);
  for (let at = 0; at < 3000; at++) sim.after(Math.floor(at / 900), () => {});
  sim.runUntil(100);
  expect(sim.eventCount).toBe(3000);
});

test('Simulation gives the same digest for the same events, and another one for others', () => {
  const run = (delayUs: number) => {
    const sim = new Simulation();
    const handler = sim.register({ on: () => {} });
    sim.schedule(delayUs, handler, 1, 2);
    sim.schedule(5, handler, 1, 3);
    sim.runUntil(100);
    return sim.digest;
  };
  expect(run(4)).toBe(run(4));
  expect(run(4)).not.toBe(run(6));
});

test('A random stream depends on the seed and its own name alone', () => {
  const one = new Random(42);
  const other = new Random(42);
  other.stream('kubelet', 'n1').uniform();
  expect(one.stream('scheduler').uniform()).toBe(other.stream('scheduler').uniform());
  expect(new Random(43).stream('scheduler').uniform()).not.toBe(new Random(42).stream('scheduler').uniform());
});
