/** What a KubeSchedulerConfiguration comes to: which plugins run where, in which order, with which weights. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { completeConfiguration, schedulerConfigurationProblems } from '../../../src/scheduler/configuration.ts';
import { DEFAULT_POINTS } from '../../../src/scheduler/profile-spec.ts';
import { SchedulerWorld } from '../../support/scheduler-world.ts';

const HEAD = { apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration' };
const pointsOf = (plugins: object) => completeConfiguration({ profiles: [{ plugins }] }).profiles[0]!.points;
const named = (...names: string[]) => names.map((name) => ({ name }));

describe('A profile', () => {
  test('with nothing said is the default one', () => {
    expect(pointsOf({})).toEqual(DEFAULT_POINTS);
    expect(completeConfiguration(undefined).profiles[0]!.points).toEqual(DEFAULT_POINTS);
  });

  test('loses at every point what multiPoint disables, and at one point what that point disables', () => {
    const everywhere = pointsOf({ multiPoint: { disabled: named('InterPodAffinity') } });
    expect(everywhere.filter).not.toContain('InterPodAffinity');
    expect(everywhere.score.map(({ name }) => name)).not.toContain('InterPodAffinity');
    const scoring = pointsOf({ score: { disabled: named('InterPodAffinity') } });
    expect(scoring.filter).toContain('InterPodAffinity');
    expect(scoring.score.map(({ name }) => name)).not.toContain('InterPodAffinity');
  });

  test('has only what it names where everything is disabled', () => {
    const points = pointsOf({ score: { disabled: named('*'), enabled: [{ name: 'ImageLocality', weight: 7 }] } });
    expect(points.score).toEqual([{ name: 'ImageLocality', weight: 7 }]);
    expect(points.filter).toEqual(DEFAULT_POINTS.filter);
  });

  test('runs defaults that it configures anew first, in their order, then the other defaults', () => {
    const { score } = pointsOf({ score: { enabled: [{ name: 'ImageLocality', weight: 9 }, { name: 'TaintToleration' }] } });
    expect(score.slice(0, 3)).toEqual([
      { name: 'ImageLocality', weight: 9 },
      // A weight that is left out there is 1, whatever the default was.
      { name: 'TaintToleration', weight: 1 },
      { name: 'NodeAffinity', weight: 2 },
    ]);
    expect(score).toHaveLength(DEFAULT_POINTS.score.length);
  });

  test('keeps the place of a default that multiPoint configures anew, with its weight at the score', () => {
    const { score, filter } = pointsOf({ multiPoint: { enabled: [{ name: 'NodeAffinity', weight: 20 }] } });
    expect(score[1]).toEqual({ name: 'NodeAffinity', weight: 20 });
    expect(filter).toEqual(DEFAULT_POINTS.filter);
  });

  test('puts plugins of the scenario behind the defaults, in every profile that does not name them', () => {
    const custom = new Map([['Mine', ['filter', 'score']]]);
    const profiles = [{ schedulerName: 'a' }, { schedulerName: 'b' }];
    for (const { points } of completeConfiguration({ profiles }, custom).profiles) {
      expect(points.filter.at(-1)).toBe('Mine');
      expect(points.score.at(-1)).toEqual({ name: 'Mine', weight: 1 });
      expect(points.preFilter).toEqual(DEFAULT_POINTS.preFilter);
    }
    const [naming] = completeConfiguration(
      { profiles: [{ plugins: { score: { enabled: [{ name: 'Mine', weight: 4 }] } } }] },
      custom,
    ).profiles;
    expect(naming!.points.filter).toEqual(DEFAULT_POINTS.filter);
    expect(naming!.points.score.at(-1)).toEqual({ name: 'Mine', weight: 4 });
  });

  test('takes an empty value for one that is not there', () => {
    expect(completeConfiguration({ profiles: null, percentageOfNodesToScore: null })).toEqual(completeConfiguration({}));
    expect(pointsOf({ score: null, filter: { enabled: null, disabled: null } })).toEqual(DEFAULT_POINTS);
  });
});

/** Pieces that are right, wrong in value, wrong in type or not known, put together at random. */
const name = fc.constantFrom('NodeResourcesFit', 'TaintToleration', 'ImageLocality', 'PrioritySort', 'NodePort', '*', '');
const odd = fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.string(), fc.constant([]), fc.constant({}));
const orOdd = <T>(right: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 8, arbitrary: right as fc.Arbitrary<unknown> }, { weight: 1, arbitrary: odd as fc.Arbitrary<unknown> });
const entry = fc.record({ name: orOdd(name), weight: orOdd(fc.integer({ min: -2, max: 200 })) }, { requiredKeys: ['name'] });
const set = fc.record(
  { enabled: orOdd(fc.array(orOdd(entry), { maxLength: 3 })), disabled: orOdd(fc.array(orOdd(entry), { maxLength: 2 })) },
  { requiredKeys: [] },
);
const args = fc.record(
  {
    scoringStrategy: orOdd(
      fc.record(
        {
          type: orOdd(fc.constantFrom('MostAllocated', 'RequestedToCapacityRatio', 'Best')),
          resources: orOdd(
            fc.array(fc.record({ name: orOdd(fc.constantFrom('cpu', 'memory')), weight: orOdd(fc.integer({ min: -1, max: 101 })) }), {
              maxLength: 2,
            }),
          ),
          requestedToCapacityRatio: orOdd(
            fc.record({
              shape: orOdd(
                fc.array(fc.record({ utilization: fc.integer({ min: -1, max: 101 }), score: fc.integer({ min: 0, max: 11 }) }), {
                  maxLength: 3,
                }),
              ),
            }),
          ),
        },
        { requiredKeys: [] },
      ),
    ),
    ignoredResources: orOdd(fc.array(fc.constantFrom('example.com/gpu', 'a b'), { maxLength: 2 })),
  },
  { requiredKeys: [] },
);
const profile = fc.record(
  {
    schedulerName: orOdd(fc.constantFrom('default-scheduler', 'packer')),
    percentageOfNodesToScore: orOdd(fc.integer({ min: -5, max: 105 })),
    plugins: orOdd(fc.dictionary(fc.constantFrom('multiPoint', 'filter', 'score', 'queueSort', 'scores'), orOdd(set), { maxKeys: 3 })),
    pluginConfig: orOdd(fc.array(orOdd(fc.record({ name: orOdd(name), args: orOdd(args) })), { maxLength: 2 })),
  },
  { requiredKeys: [] },
);
const configuration = fc.record(
  {
    profiles: orOdd(fc.array(orOdd(profile), { maxLength: 3 })),
    parallelism: orOdd(fc.integer({ min: 0, max: 32 })),
    podInitialBackoffSeconds: orOdd(fc.integer({ min: 0, max: 5 })),
    podMaxBackoffSeconds: orOdd(fc.integer({ min: 0, max: 20 })),
    leaderElection: orOdd(
      fc.record({ leaderElect: orOdd(fc.boolean()), leaseDuration: orOdd(fc.constantFrom('15s', '-1s', '1')) }, { requiredKeys: [] }),
    ),
    extenders: orOdd(fc.constant([])),
  },
  { requiredKeys: [] },
);

test('Whatever is written, it is refused with problems that have a path and words, or it is a configuration that schedules', () => {
  let accepted = 0;
  fc.assert(
    fc.property(configuration, (written) => {
      const problems = schedulerConfigurationProblems({ ...HEAD, ...written });
      for (const { path, found, wanted, words } of problems) {
        expect(path.length).toBeGreaterThan(0);
        expect(words ?? `${wanted}${found}`).not.toBe('');
      }
      if (problems.length > 0) return;
      accepted++;
      const world = new SchedulerWorld({ configuration: written });
      const [schedulerName] = world.core.profiles.keys();
      world.node('n1');
      world.node('n2');
      world.pod('p', { schedulerName: schedulerName! });
      expect(world.attempt()?.result).toBe('chosen');
    }),
    { numRuns: 600 },
  );
  expect(accepted).toBeGreaterThan(20);
});
