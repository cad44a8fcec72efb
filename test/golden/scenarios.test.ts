/** Every scenario that ships is run, meets its expectations, and gives the digest it gave before (UPDATE_GOLDEN=1 writes them anew). */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readScenario } from '../../src/scenario/read-scenario.ts';
import { runScenario, ScenarioRun } from '../../src/scenario/runner.ts';
import { SMALLER } from '../support/smaller-scenarios.ts';

const root = join(import.meta.dirname, '../..');
const GOLDEN = join(import.meta.dirname, 'digests.json');
const golden: { [scenario: string]: string } = existsSync(GOLDEN) ? JSON.parse(readFileSync(GOLDEN, 'utf8')) : {};
const files = readdirSync(join(root, 'scenarios')).filter((file) => file.endsWith('.yaml'));

test.each(files)('Scenario %s meets its expectations and gives its golden digest', (file) => {
  const outcome = runScenario(readScenario(join(root, 'scenarios', file), SMALLER[file]));
  expect(outcome.verdicts.filter((verdict) => verdict.outcome !== 'met')).toEqual([]);
  expect(outcome.stepFailures).toEqual([]);
  if (process.env.UPDATE_GOLDEN === '1') {
    golden[file] = outcome.digest;
    writeFileSync(GOLDEN, `${JSON.stringify(golden, undefined, 2)}\n`);
  }
  expect(outcome.digest).toBe(golden[file]);
});

test('A scenario gives the same digest however the run is cut into pieces and whoever watches', () => {
  const scenario = readScenario(join(root, 'scenarios/hello-world.yaml'));
  const digests = [1, 1000].map((events) => {
    const run = new ScenarioRun(scenario, { observers: events === 1 ? [{ noted: () => {} }] : [] });
    while (run.advance(events));
    return run.outcome(true).digest;
  });
  expect(digests[0]).toBe(digests[1]);
});

test('A scenario gives another digest for another seed', () => {
  const scenario = readScenario(join(root, 'scenarios/hello-world.yaml'));
  expect(runScenario(scenario, { seed: 1 }).digest).not.toBe(runScenario(scenario, { seed: 2 }).digest);
});
