import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { replayKubectl } from '../../src/scenario/conformance/kubectl/conformance-kubectl.ts';

const NAME = 'kubectl.jsonl.gz';
const PATH = join(import.meta.dirname, '../../../shared/conformance/api', NAME);

/** Commands that agree in output, errors and exit code, of so many recorded. */
const HELD: { readonly [session: string]: readonly [agreeing: number, commands: number] } = {
  hello: [17, 17],
  classifier: [29, 29],
  formats: [52, 53],
  describe: [45, 45],
  create: [70, 71],
  apply: [51, 52],
  scale: [33, 33],
  setcmd: [28, 28],
  expose_run: [29, 29],
  labels: [33, 33],
  nodes: [36, 37],
  drainpdb: [12, 13],
  deletes: [38, 38],
  rollout: [45, 45],
  waits: [24, 24],
  failing: [17, 17],
  discovery: [40, 40],
  events: [15, 16],
  jobs: [26, 27],
  sets: [26, 26],
  patches: [36, 36],
  errors: [53, 53],
  quota: [18, 18],
  podstates: [18, 18],
  namespaces: [26, 26],
};

describe.skipIf(!existsSync(PATH))('kubectl, beside recorded sessions of kubectl 1.36.3 (skipped without ../shared)', () => {
  for (const [session, [agreeing, commands]] of Object.entries(HELD)) {
    test(`agrees in at least ${agreeing} of the ${commands} commands of session ${session}`, () => {
      const [report, ...others] = replayKubectl({ name: NAME, path: PATH }, `kubectl/s/${session}/1`);
      expect(others).toEqual([]);
      expect(report?.commands).toBe(commands);
      expect(report?.agreements).toBeGreaterThanOrEqual(agreeing);
    }, 30_000);
  }
});
