/** The fast path of the scheduler changes nothing: each scenario that ships has the same digest when every decision is made the obvious way. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readScenario } from '../../src/scenario/read-scenario.ts';
import { runScenario } from '../../src/scenario/runner.ts';
import { SMALLER } from '../support/smaller-scenarios.ts';

const folder = join(import.meta.dirname, '../../scenarios');
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));

test.each(files)('Scenario %s has the same digest with the slow scheduler', (file) => {
  const scenario = readScenario(join(folder, file), SMALLER[file]);
  // With the fast path every decision is also explained, by making it once more: watching changes nothing, and the two ways agree.
  const fast = runScenario(scenario, { explain: { pods: [], nodeBudget: 20_000 } });
  const slow = runScenario(scenario, { isSlowScheduler: true });
  expect(fast.eventCount).toBeGreaterThan(0);
  expect(slow.digest).toBe(fast.digest);
});
