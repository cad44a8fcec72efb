import { expect, test } from 'vitest';
import type { Network } from '../../../src/network/network.ts';
import { callTo } from '../../../src/network/route.ts';
import { Random } from '../../../src/sim/random.ts';
import { Simulation } from '../../../src/sim/simulation.ts';
import { type Arrivals, Traffic } from '../../../src/workload/traffic.ts';

const SECOND_US = 1_000_000;

/** The seconds in which requests come. */
function arrivals(spec: Arrivals, fromS = 0, untilS = 400): number[] {
  const sim = new Simulation();
  const seconds: number[] = [];
  const network = { send: () => void seconds.push(sim.nowUs / SECOND_US) } as unknown as Network;
  const route = { ...callTo('default/web'), traffic: 'visitors', timeoutUs: SECOND_US, clients: 0 };
  new Traffic(sim, network, new Random(9), { route, arrivals: spec, fromUs: fromS * SECOND_US, untilUs: untilS * SECOND_US }).start();
  sim.runUntil(1000 * SECOND_US);
  return seconds;
}

test('Traffic of a constant rate comes evenly spaced, from its beginning to before its end', () => {
  expect(arrivals({ kind: 'constant', perSecond: 2 }, 10, 12)).toEqual([10.5, 11, 11.5]);
});

test('Traffic in steps comes at the rate of the step that holds', () => {
  const steps = [
    { fromUs: 100 * SECOND_US, perSecond: 50 },
    { fromUs: 200 * SECOND_US, perSecond: 250 },
    { fromUs: 300 * SECOND_US, perSecond: 0 },
  ];
  const seconds = arrivals({ kind: 'poisson', perSecond: 0, steps });
  const between = (low: number, high: number) => seconds.filter((at) => at >= low && at < high).length;
  expect(between(0, 100)).toBe(0);
  // Poisson counts stay within five standard deviations: 5000 ± 354 and 25000 ± 791.
  expect(Math.abs(between(100, 200) - 5_000)).toBeLessThan(354);
  expect(Math.abs(between(200, 300) - 25_000)).toBeLessThan(791);
  expect(between(300, 400)).toBe(0);
});
