/** Whatever a scenario is made of, it comes to its end, and to the same end with the slow scheduler. `npm run swarm` tries many more. */
import { expect, test } from 'vitest';
import { swarmRun } from '../swarm/swarm-run.ts';

const SEEDS = [1, 2, 3, 5, 6, 7];

test.each(SEEDS)('Scenario %i of the swarm comes to its end', (seed) => {
  const { result, events, why } = swarmRun(seed);
  expect({ result, why }).toEqual({ result: 'agreed', why: '' });
  expect(events).toBeGreaterThan(1000);
});
