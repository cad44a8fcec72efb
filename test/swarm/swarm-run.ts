/** One run of the swarm: a scenario by chance, run twice, once with every scheduling decision made the obvious way. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readScenario } from '../../src/scenario/read-scenario.ts';
import { runScenario } from '../../src/scenario/runner.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { ClusterLaws } from '../support/cluster-laws.ts';
import { randomScenario } from './random-scenario.ts';

export interface SwarmAnswer {
  readonly seed: number;
  /** `refused` is what the reader found wrong with it: chance puts together what no cluster takes. */
  readonly result: 'agreed' | 'refused' | 'broke' | 'differed' | 'stopped';
  readonly events: number;
  /** What was wrong, in words. */
  readonly why: string;
}

/** Keeps the files in `folder`, if given. */
export function swarmRun(seed: number, folder?: string): SwarmAnswer {
  const place = folder ?? mkdtempSync(join(tmpdir(), 'swarm-'));
  try {
    mkdirSync(place, { recursive: true });
    for (const [file, text] of Object.entries(randomScenario(seed))) writeFileSync(join(place, file), text);
    let scenario: Scenario;
    try {
      scenario = readScenario(join(place, 'scenario.yaml'));
    } catch (error) {
      return { seed, result: 'refused', events: 0, why: wordsOf(error) };
    }
    return answerOf(seed, scenario);
  } finally {
    if (folder === undefined) rmSync(place, { recursive: true });
  }
}

function answerOf(seed: number, scenario: Scenario): SwarmAnswer {
  try {
    const laws = new ClusterLaws(Number(scenario.cluster.nodes?.[0]?.capacity.cpu) * 1000);
    const { digest, eventCount: events } = runScenario(scenario, { observers: [laws] });
    if (laws.broken.length > 0) return { seed, result: 'broke', events, why: laws.broken.join('\n') };
    const slow = runScenario(scenario, { isSlowScheduler: true }).digest;
    if (slow === digest) return { seed, result: 'agreed', events, why: '' };
    return { seed, result: 'differed', events, why: `digest ${digest}, and ${slow} with the slow scheduler` };
  } catch (error) {
    return { seed, result: 'stopped', events: 0, why: wordsOf(error) };
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
