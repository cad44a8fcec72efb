import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { replayControllers } from '../../src/scenario/conformance/controllers/conformance-controllers.ts';
import { KNOWN_DIFFERENCES } from '../../src/scenario/conformance/controllers/known-differences.ts';

const FOLDER = join(import.meta.dirname, '../../../shared/conformance/controllers');

/** So many cases and steps were recorded of each; all of them have to agree, but for what known-differences.ts lists with its reason. */
const HELD = [
  { name: 'autoscaler', cases: 24, steps: 355 },
  { name: 'cronjob', cases: 10, steps: 130 },
  { name: 'daemonset', cases: 26, steps: 490 },
  { name: 'daemonset-rolling', cases: 16, steps: 321 },
  { name: 'deployment-named', cases: 51, steps: 444 },
  { name: 'deployment-random', cases: 80, steps: 1432 },
  { name: 'deployment-rollout', cases: 50, steps: 817 },
  { name: 'disruption-budget', cases: 26, steps: 434 },
  { name: 'endpoints', cases: 24, steps: 394 },
  { name: 'garbage-collector', cases: 24, steps: 133 },
  { name: 'job', cases: 41, steps: 252 },
  { name: 'job-named', cases: 17, steps: 84 },
  { name: 'more-named', cases: 17, steps: 89 },
  { name: 'namespace', cases: 12, steps: 111 },
  { name: 'namespace-defaults', cases: 1, steps: 5 },
  { name: 'node-lifecycle', cases: 10, steps: 81 },
  { name: 'pod-gc', cases: 5, steps: 23 },
  { name: 'replicaset', cases: 24, steps: 319 },
  { name: 'replicaset-slow-start', cases: 6, steps: 18 },
  { name: 'replicaset-victims', cases: 26, steps: 168 },
  { name: 'resource-quota', cases: 18, steps: 214 },
  { name: 'statefulset', cases: 26, steps: 486 },
  { name: 'taint-eviction', cases: 14, steps: 146 },
  { name: 'volume-binding', cases: 20, steps: 275 },
] as const;

describe.skipIf(!existsSync(FOLDER))(
  'The controllers, beside recordings of kube-controller-manager 1.36.3 (skipped without ../shared)',
  () => {
    for (const { name, cases, steps } of HELD) {
      test(`agree with all ${steps} steps of ${name} in state, writes and Events, but for what is known to differ`, () => {
        const file = { name: `${name}.jsonl.gz`, path: join(FOLDER, `${name}.jsonl.gz`) };
        const [report] = [...replayControllers([file])];
        expect(report!.firsts).toEqual([]);
        expect([report!.cases, report!.steps, report!.disagreements]).toEqual([cases, steps, 0]);
        expect(report!.agreeingCases + report!.known.length).toBe(cases);
      }, 60_000);
    }

    test('differ in no case that is known to differ and agrees by now', () => {
      const files = HELD.map(({ name }) => ({ name: `${name}.jsonl.gz`, path: join(FOLDER, `${name}.jsonl.gz`) }));
      for (const known of KNOWN_DIFFERENCES) {
        expect([...replayControllers(files, known.id)].flatMap((report) => report.known)).toEqual([known]);
      }
    }, 30_000);
  },
);
