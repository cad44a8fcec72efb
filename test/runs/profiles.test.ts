/** Several profiles in one scheduler: each speaks in the name its pods gave. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Event } from '../../src/model/configuration.ts';
import { readScenario } from '../../src/scenario/read-scenario.ts';
import { runScenario } from '../../src/scenario/runner.ts';

test('Events of a pod come from the scheduler it names', () => {
  const { cluster } = runScenario(readScenario(join(import.meta.dirname, '../../scenarios/bin-packing.yaml')), { untilUs: 30_000_000 });
  const sources = new Map<string, Set<string>>();
  for (const { involvedObject, reason, source } of cluster.api.store.values('Event') as Iterable<Event>) {
    if (reason !== 'Scheduled') continue;
    const app = involvedObject.name!.split('-')[0]!;
    sources.set(app, (sources.get(app) ?? new Set()).add(source?.component ?? ''));
  }
  expect(Object.fromEntries([...sources].map(([app, names]) => [app, [...names]]).sort())).toEqual({
    packed: ['packing-scheduler'],
    spread: ['default-scheduler'],
  });
});
