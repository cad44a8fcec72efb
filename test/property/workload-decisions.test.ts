import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bounded, boundedByRate, downRules, stabilized, upRules } from '../../src/controllers/horizontal-pod-autoscaler/scaling-rules.ts';
import { indexesText, parseIndexes } from '../../src/controllers/job/indexes.ts';
import { wantedActive } from '../../src/controllers/job/job-controller.ts';
import type { Job } from '../../src/model/batch.ts';
import type { HpaScalingRules } from '../../src/model/policy.ts';

const count = fc.integer({ min: 0, max: 200 });

test('Job never wants more pods than its parallelism, nor more than are still to succeed', () => {
  fc.assert(
    fc.property(count, count, count, fc.option(count, { nil: undefined }), (active, succeeded, parallelism, completions) => {
      const job = { spec: { parallelism, ...(completions === undefined ? {} : { completions }) } } as Job;
      const wanted = wantedActive(job, active, succeeded);
      expect(wanted).toBeGreaterThanOrEqual(0);
      if (completions === undefined) expect(wanted).toBe(succeeded > 0 ? active : parallelism);
      else {
        expect(wanted).toBeLessThanOrEqual(parallelism);
        expect(wanted).toBeLessThanOrEqual(Math.max(0, completions - succeeded));
      }
    }),
  );
});

test('Indexes survive being written and read back', () => {
  fc.assert(
    fc.property(fc.uniqueArray(count), (indexes) => {
      expect([...parseIndexes(indexesText(new Set(indexes)), 201)].sort((a, b) => a - b)).toEqual([...indexes].sort((a, b) => a - b));
    }),
  );
});

const policy = fc.record({
  type: fc.constantFrom('Pods' as const, 'Percent' as const),
  value: fc.integer({ min: 1, max: 200 }),
  periodSeconds: fc.integer({ min: 1, max: 60 }),
});
const rules: fc.Arbitrary<HpaScalingRules> = fc.record({
  stabilizationWindowSeconds: fc.integer({ min: 0, max: 600 }),
  selectPolicy: fc.constantFrom('Max' as const, 'Min' as const, 'Disabled' as const),
  policies: fc.array(policy, { minLength: 1, maxLength: 3 }),
});

test('Autoscaler stays between minimum and maximum when it starts there, and never moves away from what is wanted', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 50 }),
      fc.integer({ min: 0, max: 50 }),
      fc.integer({ min: 0, max: 50 }),
      count,
      rules,
      rules,
      (min, room, above, desired, upSpec, downSpec) => {
        const max = min + room;
        const current = Math.min(max, min + above);
        const up = upRules(upSpec);
        const down = downRules(downSpec, 300);
        const steady = stabilized({ current, desired, min, max }, [], up, down, 0);
        expect(steady).toBe(desired);
        for (const { replicas } of [
          bounded({ current, desired, min, max }),
          boundedByRate({ current, desired, min, max }, { added: [], removed: [], nowUs: 0 }, up, down),
        ]) {
          expect(replicas).toBeGreaterThanOrEqual(Math.min(min, current));
          expect(replicas).toBeLessThanOrEqual(max);
          if (desired > current) expect(replicas).toBeGreaterThanOrEqual(current);
          if (desired < current) expect(replicas).toBeLessThanOrEqual(current);
        }
      },
    ),
  );
});
