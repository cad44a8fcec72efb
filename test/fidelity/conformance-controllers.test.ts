import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { replayControllers } from '../../src/scenario/conformance/controllers/conformance-controllers.ts';

const FOLDER = join(import.meta.dirname, '../../../shared/conformance/controllers');

/**
 * Cases that have to agree in every step, of so many recorded. In the others chance decided (which of two pods of one age has the smaller uid,
 * which of two sets is first to adopt), or a controller has its say that is held to recordings of its own.
 */
const HELD = [
  { name: 'deployment-rollout', cases: 50, agreeing: 46 },
  { name: 'deployment-named', cases: 51, agreeing: 45 },
  { name: 'deployment-random', cases: 80, agreeing: 72 },
  { name: 'replicaset', cases: 24, agreeing: 17 },
  { name: 'replicaset-victims', cases: 26, agreeing: 18 },
] as const;

describe.skipIf(!existsSync(FOLDER))(
  'The controllers, beside recordings of kube-controller-manager 1.36.3 (skipped without ../shared)',
  () => {
    for (const { name, cases, agreeing } of HELD) {
      test(`agree with at least ${agreeing} of the ${cases} cases of ${name}`, () => {
        const file = `${name}.jsonl.gz`;
        const report = replayControllers({ name: file, path: join(FOLDER, file) });
        expect(report.cases).toBe(cases);
        expect(report.agreeingCases).toBeGreaterThanOrEqual(agreeing);
      }, 30_000);
    }
  },
);
