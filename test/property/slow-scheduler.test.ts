/**
 * The fast path of the scheduler changes nothing: each scenario that ships, with every decision made the obvious way, has the digest it
 * has with the fast path, which test/golden keeps.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readScenario } from '../../src/scenario/read-scenario.ts';
import { runScenario } from '../../src/scenario/runner.ts';
import { SMALLER } from '../support/smaller-scenarios.ts';

const root = join(import.meta.dirname, '../..');
const golden: { readonly [scenario: string]: string } = JSON.parse(readFileSync(join(root, 'test/golden/digests.json'), 'utf8'));
const files = readdirSync(join(root, 'scenarios')).filter((file) => file.endsWith('.yaml'));

test.each(files)('Scenario %s has the same digest with the slow scheduler', (file) => {
  const scenario = readScenario(join(root, 'scenarios', file), SMALLER[file]);
  expect(runScenario(scenario, { isSlowScheduler: true }).digest).toBe(golden[file]);
});

// Explaining makes each decision once more, the obvious way, and stops the run if it comes to another.
test.each(['bin-packing.yaml', 'classifier.yaml', 'node-crash.yaml'])(
  'Scenario %s has the same digest when its decisions are explained',
  (file) => {
    const scenario = readScenario(join(root, 'scenarios', file), SMALLER[file]);
    const { digest, explanations } = runScenario(scenario, { explain: { pods: [], nodeBudget: 20_000 } });
    expect(digest).toBe(golden[file]);
    expect(explanations.length).toBeGreaterThan(0);
  },
);
