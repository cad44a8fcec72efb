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
  const [fast, slow] = [false, true].map((isSlowScheduler) => runScenario(scenario, { isSlowScheduler }));
  expect(fast!.eventCount).toBeGreaterThan(0);
  expect(slow!.digest).toBe(fast!.digest);
});
