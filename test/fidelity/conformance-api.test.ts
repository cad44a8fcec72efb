import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { replayApi } from '../../src/scenario/conformance/api/conformance-api.ts';

const FOLDER = join(import.meta.dirname, '../../../shared/conformance/api');

/** So many cases were recorded of each, and at least so many of them have to agree in every answer: a number that only rises. */
const HELD = [
  { name: 'objects', cases: 1891, agreeing: 1886 },
  { name: 'updates', cases: 756, agreeing: 751 },
  { name: 'reads', cases: 554, agreeing: 551 },
] as const;

describe.skipIf(!existsSync(FOLDER))('The API, beside recordings of kube-apiserver 1.36.3 (skipped without ../shared)', () => {
  for (const { name, cases, agreeing } of HELD) {
    test(`agrees with at least ${agreeing} of the ${cases} cases of ${name}, word for word`, () => {
      const report = replayApi({ name: `${name}.jsonl.gz`, path: join(FOLDER, `${name}.jsonl.gz`) });
      expect(report.cases).toBe(cases);
      expect(report.agreeingCases).toBeGreaterThanOrEqual(agreeing);
    }, 60_000);
  }
});
