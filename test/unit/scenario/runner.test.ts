import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BrokenInvariant, fail } from '../../../src/base/fail.ts';
import { readScenario } from '../../../src/scenario/read-scenario.ts';
import { runScenario, ScenarioRun } from '../../../src/scenario/runner.ts';

test('ScenarioRun says of a broken promise where it broke, how to see it again, and keeps what broke it', () => {
  const scenario = readScenario(join(import.meta.dirname, '../../../scenarios/hello-world.yaml'));
  const breaking = {
    wrote: ({ kind, author }: { readonly kind: string; readonly author: string }) => {
      if (kind === 'Deployment' && author === 'kubectl') fail('Cannot like Deployments');
    },
  };
  const run = new ScenarioRun(scenario, { seed: 5, observers: [breaking] });
  let error: unknown;
  try {
    while (run.advance(1000));
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(BrokenInvariant);
  expect((error as Error).message).toMatch(
    /^Broken invariant at \d+\.\d+ s, event \d+: Cannot like Deployments\nSee it again: .*--seed 5 --until-event \d+$/,
  );
  expect(((error as Error).cause as Error).stack).toContain('runner.test.ts');
});

test('ScenarioRun counts what a cluster has from the beginning among its objects', () => {
  const scenario = readScenario(join(import.meta.dirname, '../../../scenarios/hello-world.yaml'), [
    'expect=["objects.Namespace.count == 4 at 0s", "objects.Namespace.count == 5", "objects.ServiceAccount.count == 5"]',
  ]);
  expect(runScenario(scenario).verdicts.map(({ outcome, observed }) => `${outcome} ${observed}`)).toEqual(['met 4', 'met 5', 'met 5']);
});
