import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BEAT_TICK_US, BeatWheel } from '../../../src/kubelet/beat-wheel.ts';
import { Simulation } from '../../../src/sim/simulation.ts';

test('BeatWheel serves each turn at the first tick from its time, and those of one tick in the order they were asked for', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20 * BEAT_TICK_US), { maxLength: 40 }), (delays) => {
      const sim = new Simulation();
      const served: [number, number, number][] = [];
      const wheel = new BeatWheel(sim, (node, epoch) => void served.push([sim.nowUs, node, epoch]));
      for (const [index, delayUs] of delays.entries()) wheel.schedule(delayUs, index, index * 2);
      sim.runUntil(30 * BEAT_TICK_US);
      const due = delays.map((delayUs, index) => [Math.ceil(delayUs / BEAT_TICK_US) * BEAT_TICK_US, index, index * 2] as const);
      expect(served).toEqual(due.sort((a, b) => a[0] - b[0] || a[1] - b[1]));
      expect(sim.eventCount).toBe(new Set(due.map(([dueUs]) => dueUs)).size);
    }),
  );
});

test('BeatWheel takes a turn that is asked for while a tick is being served', () => {
  const sim = new Simulation();
  const served: number[] = [];
  const wheel = new BeatWheel(sim, (node) => {
    served.push(sim.nowUs);
    if (served.length < 4) wheel.schedule(BEAT_TICK_US, node, 0);
  });
  wheel.schedule(0, 7, 0);
  sim.runUntil(10 * BEAT_TICK_US);
  expect(served).toEqual([0, 1, 2, 3].map((tick) => tick * BEAT_TICK_US));
});
