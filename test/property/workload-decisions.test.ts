import { Cron } from 'croner';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_US, HOUR_US, MINUTE_US, SECOND_US } from '../../src/base/units.ts';
import { dateUs, parseSchedule } from '../../src/controllers/cronjob/cron-schedule.ts';
import { dueTick } from '../../src/controllers/cronjob/due-time.ts';
import { zoneOffsetUs } from '../../src/controllers/cronjob/time-zone.ts';
import { type NodePods, rollingStep } from '../../src/controllers/daemonset/rolling.ts';
import {
  maxSurge,
  maxUnavailable,
  newReplicas,
  oldResizes,
  proportionalResizes,
  replicasOf,
  sumOfReplicas,
} from '../../src/controllers/deployment/rolling.ts';
import { bounded, boundedByRate, downRules, stabilized, upRules } from '../../src/controllers/horizontal-pod-autoscaler/scaling-rules.ts';
import { indexesText, parseIndexes } from '../../src/controllers/job/indexes.ts';
import { wantedActive } from '../../src/controllers/job/job-pod-manager.ts';
import { podsToRemove } from '../../src/controllers/job/pod-removal.ts';
import { cheapestToLoseFirst } from '../../src/controllers/replicaset/victims.ts';
import type { CronJob, Job } from '../../src/model/batch.ts';
import type { Pod } from '../../src/model/pod.ts';
import type { HpaScalingRules } from '../../src/model/policy.ts';
import { timeText } from '../../src/model/time.ts';
import type { Deployment, ReplicaSet } from '../../src/model/workloads.ts';

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

const intOrPercent = fc.oneof(
  fc.integer({ min: 0, max: 30 }),
  fc.integer({ min: 0, max: 100 }).map((percent) => `${percent}%`),
);

/** A rollout in any state it can be in: sets of any size, of whose pods any number is available. */
const rollout = fc
  .record({
    replicas: fc.integer({ min: 0, max: 40 }),
    surge: intOrPercent,
    unavailable: intOrPercent,
    sets: fc.array(fc.record({ replicas: fc.integer({ min: 0, max: 40 }), lacking: fc.integer({ min: 0, max: 10 }) }), {
      minLength: 1,
      maxLength: 5,
    }),
  })
  .map(({ replicas, surge, unavailable, sets }) => {
    const running = sets.reduce((sum, one) => sum + one.replicas, 0);
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } };
    const deployment = { metadata: { name: 'web' }, spec: { replicas, strategy }, status: { replicas: running } } as unknown as Deployment;
    const replicaSets = sets.map(
      (one, index) =>
        ({
          metadata: { name: `web-${index}`, creationTimestamp: timeText(index * SECOND_US) },
          spec: { replicas: one.replicas },
          status: { replicas: one.replicas, availableReplicas: Math.max(0, one.replicas - one.lacking) },
        }) as unknown as ReplicaSet,
    );
    return { deployment, replicaSets };
  });

test('Rolling update never has more pods than surge allows, nor takes available ones below what must be there', () => {
  fc.assert(
    fc.property(rollout, ({ deployment, replicaSets }) => {
      const newest = replicaSets.at(-1)!;
      const old = replicaSets.slice(0, -1);
      const total = sumOfReplicas(replicaSets);
      const grown = newReplicas(deployment, replicaSets, replicasOf(newest));
      if (replicasOf(newest) <= replicasOf(deployment)) {
        expect(grown).toBeGreaterThanOrEqual(replicasOf(newest));
        expect(grown).toBeLessThanOrEqual(replicasOf(deployment));
        const after = total - replicasOf(newest) + grown;
        expect(after).toBeLessThanOrEqual(Math.max(total, replicasOf(deployment) + maxSurge(deployment)));
      }

      const sizes = new Map(old.map((one) => [one, replicasOf(one)]));
      for (const { replicaSet, replicas } of oldResizes(deployment, newest, old).resizes) {
        expect(replicas).toBeGreaterThanOrEqual(0);
        expect(replicas).toBeLessThan(sizes.get(replicaSet)!);
        sizes.set(replicaSet, replicas);
      }
      // A set that shrinks loses what is not available first.
      const availableOf = (one: ReplicaSet) => one.status!.availableReplicas!;
      const left = old.reduce((sum, one) => sum + Math.min(availableOf(one), sizes.get(one)!), availableOf(newest));
      const before = replicaSets.reduce((sum, one) => sum + availableOf(one), 0);
      expect(left).toBeGreaterThanOrEqual(Math.min(before, replicasOf(deployment) - maxUnavailable(deployment)));
    }),
  );
});

test('Rolling update can always do something until it is done: some pod may be added or taken once all are available', () => {
  fc.assert(
    fc.property(rollout, ({ deployment, replicaSets }) => {
      const newest = replicaSets.at(-1)!;
      const old = replicaSets.slice(0, -1);
      for (const { status, spec } of replicaSets) Object.assign(status!, { availableReplicas: spec.replicas });
      const isDone = sumOfReplicas(old) === 0 && replicasOf(newest) === replicasOf(deployment);
      if (isDone || replicasOf(newest) > replicasOf(deployment)) return;
      const grows = newReplicas(deployment, replicaSets, replicasOf(newest)) > replicasOf(newest);
      expect(grows || oldResizes(deployment, newest, old).resizes.length > 0).toBe(true);
    }),
  );
});

test('Resized rollout comes to exactly as many pods as surge allows, and no set changes against the rest', () => {
  fc.assert(
    fc.property(rollout, ({ deployment, replicaSets }) => {
      const active = replicaSets.filter((one) => replicasOf(one) > 0);
      if (active.length === 0) return;
      const toAdd = (replicasOf(deployment) > 0 ? replicasOf(deployment) + maxSurge(deployment) : 0) - sumOfReplicas(active);
      const resizes = proportionalResizes(deployment, active);
      expect(resizes.reduce((sum, { replicas }) => sum + replicas, 0)).toBe(sumOfReplicas(active) + toAdd);
      for (const { replicas } of resizes) expect(replicas).toBeGreaterThanOrEqual(0);
      // The largest set takes what rounding leaves over, so it alone may go the other way.
      for (const { replicaSet, replicas } of resizes.slice(1)) {
        if (toAdd < 0) expect(replicas).toBeLessThanOrEqual(replicasOf(replicaSet));
      }
    }),
  );
});

const NOW_US = 1000 * SECOND_US;
const podTraits = fc.record({
  node: fc.constantFrom('', 'n1', 'n2'),
  phase: fc.constantFrom('Pending', 'Running', 'Unknown'),
  readyFor: fc.option(fc.integer({ min: 0, max: 900 }), { nil: undefined }),
  cost: fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined }),
  restarts: fc.integer({ min: 0, max: 3 }),
  age: fc.integer({ min: 0, max: 900 }),
  index: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
});
const pods = fc.array(podTraits, { maxLength: 12 }).map((all) =>
  all.map(
    ({ node, phase, readyFor, cost, restarts, age, index }, number) =>
      ({
        metadata: {
          name: `p${number}`,
          uid: `p${number}`,
          creationTimestamp: timeText(NOW_US - age * SECOND_US),
          annotations: {
            ...(cost === undefined ? {} : { 'controller.kubernetes.io/pod-deletion-cost': String(cost) }),
            ...(index === undefined ? {} : { 'batch.kubernetes.io/job-completion-index': String(index) }),
          },
        },
        spec: { nodeName: node },
        status: {
          phase,
          containerStatuses: [{ name: 'c', restartCount: restarts }],
          conditions:
            readyFor === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: timeText(NOW_US - readyFor * SECOND_US) }],
        },
      }) as unknown as Pod,
  ),
);

test('Scale-down goes by node, phase, readiness and cost before anything else, and loses no pod', () => {
  const key = ({ metadata, spec, status }: Pod) => [
    Number(spec.nodeName !== ''),
    ['Pending', 'Unknown', 'Running'].indexOf(status!.phase!),
    status!.conditions!.length,
    Number(metadata.annotations!['controller.kubernetes.io/pod-deletion-cost'] ?? 0),
  ];
  fc.assert(
    fc.property(pods, (all) => {
      const sorted = cheapestToLoseFirst(all, () => 0, NOW_US);
      expect(new Set(sorted)).toEqual(new Set(all));
      for (const [index, pod] of sorted.slice(1).entries()) {
        const [before, after] = [key(sorted[index]!), key(pod)];
        const first = before.findIndex((value, part) => value !== after[part]);
        if (first >= 0) expect(before[first]).toBeLessThan(after[first]!);
      }
    }),
  );
});

test('Indexed Job gives up doubles and strangers at least, and otherwise no more than it has to', () => {
  fc.assert(
    fc.property(pods, fc.integer({ min: 0, max: 5 }), (all, atLeast) => {
      const job = { spec: { completionMode: 'Indexed', completions: 5, parallelism: 5 } } as Job;
      const indexOf = (pod: Pod) => Number(pod.metadata.annotations!['batch.kubernetes.io/job-completion-index'] ?? 99);
      const removed = new Set(podsToRemove(job, all, atLeast));
      const kept = all.filter((pod) => !removed.has(pod));
      const indexes = kept.map(indexOf);
      expect(new Set(indexes).size).toBe(indexes.length);
      for (const index of indexes) expect(index).toBeLessThan(5);
      const distinct = new Set(all.map(indexOf).filter((index) => index < 5)).size;
      expect(kept.length).toBe(Math.max(0, Math.min(distinct, all.length - atLeast)));
    }),
  );
});

const nodes = fc
  .array(fc.record({ has: fc.constantFrom('old', 'new', 'both', 'none'), isOldReady: fc.boolean(), isNewReady: fc.boolean() }), {
    maxLength: 12,
  })
  .map((all) =>
    all.map(({ has, isOldReady, isNewReady }, number): NodePods => {
      const pod = (revision: string, isReady: boolean) =>
        ({
          metadata: { name: `${revision}-${number}`, labels: { revision }, creationTimestamp: timeText(0) },
          spec: { nodeName: `n${number}` },
          status: {
            phase: 'Running',
            conditions: isReady ? [{ type: 'Ready', status: 'True', lastTransitionTime: timeText(0) }] : [],
          },
        }) as unknown as Pod;
      const found = [];
      if (has === 'old' || has === 'both') found.push(pod('old', isOldReady));
      if (has === 'new' || has === 'both') found.push(pod('new', isNewReady));
      return { node: `n${number}`, shouldRun: true, pods: found };
    }),
  );

test('Rolling daemon pods keeps within its budget, and does not wait for what is unavailable anyway', () => {
  const isUpdated = ({ metadata }: Pod) => metadata.labels!.revision === 'new';
  const isReady = (pod: Pod) => pod.status!.conditions!.length > 0;
  fc.assert(
    fc.property(nodes, fc.boolean(), fc.integer({ min: 1, max: 5 }), (all, surges, size) => {
      const budget = surges ? { maxSurge: size, maxUnavailable: 0 } : { maxSurge: 0, maxUnavailable: size };
      const { remove, createOn } = rollingStep(all, { budget, minReadySeconds: 0, nowUs: NOW_US, isUpdated });
      expect(remove.every((pod) => !isUpdated(pod))).toBe(true);
      const readyNodes = (gone: ReadonlySet<Pod>) => all.filter(({ pods: on }) => on.some((pod) => isReady(pod) && !gone.has(pod))).length;
      const before = readyNodes(new Set());
      const after = readyNodes(new Set(remove));
      if (surges) {
        expect(after).toBe(before);
        const surging = all.filter(({ pods: on }) => on.length === 2 && on.every((pod) => !isUpdated(pod) || !isReady(pod))).length;
        const fresh = createOn.filter((name) => all.find(({ node }) => node === name)!.pods.every(isReady));
        expect(fresh.length).toBeLessThanOrEqual(Math.max(0, size - surging));
        const stuck = all.filter(({ pods: on }) => on.length === 1 && on.every((pod) => !isUpdated(pod) && !isReady(pod)));
        for (const { node } of stuck) expect(createOn).toContain(node);
      } else {
        expect(createOn).toEqual([]);
        expect(after).toBeGreaterThanOrEqual(Math.min(before, all.length - size));
        const stuck = all.filter(({ pods: on }) => on.length === 1 && on.every((pod) => !isUpdated(pod) && !isReady(pod)));
        for (const { pods: on } of stuck) expect(remove).toContain(on[0]);
      }
    }),
  );
});

const fields = fc
  .tuple(
    fc.constantFrom('*', '0', '*/7', '5-20/5', '59', '0,30'),
    fc.constantFrom('*', '0', '2', '3', '*/5', '1-3', '23'),
    fc.constantFrom('*', '1', '29-31', '13', '*/2'),
    fc.constantFrom('*', '2', '3,10', 'mar', '*/1'),
    fc.constantFrom('*', 'sun', '1-5', '?', '5'),
  )
  .map((all) => all.join(' '));
const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe');
// Around the changes of summer time of those zones, where the difficulties are.
const start = fc
  .tuple(
    fc.constantFrom(dateUs(2026, 3, 7), dateUs(2026, 3, 28), dateUs(2026, 4, 4), dateUs(2026, 10, 3), dateUs(2026, 10, 24)),
    fc.integer({ min: 0, max: 3 * 1440 * 60 }),
  )
  .map(([day, seconds]) => day + seconds * SECOND_US);

test('Schedule fires at the first minute whose clock fits, as one finds who looks at every minute', () => {
  fc.assert(
    fc.property(fields, zone, start, (text, zoneName, afterUs) => {
      const next = parseSchedule(text, zoneName).next(afterUs);
      const parsed = text.split(' ');
      const until = afterUs + 2 * DAY_US;
      let slow: number | undefined;
      for (let at = (Math.floor(afterUs / MINUTE_US) + 1) * MINUTE_US; at <= until && slow === undefined; at += MINUTE_US) {
        if (fits(parsed, at + zoneOffsetUs(zoneName, at))) slow = at;
      }
      if (slow !== undefined) expect(next).toBe(slow);
      else if (next !== undefined) expect(next).toBeGreaterThan(until);
    }),
    { numRuns: 60 },
  );
});

/** The slow twin of the schedule: does the clock that shows `localUs` fit? */
function fits(parts: readonly string[], localUs: number): boolean {
  const date = new Date(Date.UTC(2026, 0, 1) + localUs / 1000);
  const values = [date.getUTCMinutes(), date.getUTCHours(), date.getUTCDate(), date.getUTCMonth() + 1, date.getUTCDay()];
  const lows = [0, 0, 1, 1, 0];
  const highs = [59, 23, 31, 12, 6];
  const names: { readonly [name: string]: string } = { mar: '3', sun: '0' };
  const [minute, hour, day, month, weekday] = parts.map((text, part) =>
    text.split(',').some((one) => {
      const [range = '', step = '1'] = (names[one] ?? one).split('/');
      const [low, high = low] = /^[*?]$/.test(range) ? [lows[part], highs[part]] : range.split('-').map(Number);
      const value = values[part]!;
      return value >= low! && value <= high! && (value - low!) % Number(step) === 0;
    }),
  );
  const isAny = /^[*?]$/.test(parts[2]!) || /^[*?]$/.test(parts[4]!) || parts[2] === '*/1' || parts[4] === '*/1';
  return minute! && hour! && month! && (isAny ? day! && weekday! : day! || weekday!);
}

test('Schedule agrees with another reader of cron lines for years ahead', () => {
  fc.assert(
    fc.property(fields, start, (text, afterUs) => {
      const epochMs = Date.UTC(2026, 0, 1);
      const theirs = new Cron(text, { timezone: 'UTC' }).nextRun(new Date(epochMs + afterUs / 1000));
      const ours = parseSchedule(text, 'UTC').next(afterUs);
      expect(ours === undefined ? undefined : epochMs + ours / 1000).toBe(theirs?.getTime());
    }),
  );
});

test('CronJob owes the last tick that has come, never one that has not', () => {
  fc.assert(
    fc.property(fields, start, fc.integer({ min: 0, max: 30 * 24 }), (text, lastUs, hours) => {
      const schedule = parseSchedule(text, 'UTC');
      const nowUs = lastUs + hours * HOUR_US;
      const cronJob = { metadata: {}, spec: {}, status: { lastScheduleTime: timeText(lastUs) } } as unknown as CronJob;
      const { tickUs, missed } = dueTick(cronJob, schedule, nowUs, true);
      const first = schedule.next(lastUs);
      if (first === undefined || first > nowUs) expect(tickUs).toBeUndefined();
      if (missed === 'none' && tickUs !== undefined) {
        expect(tickUs).toBe(first);
        expect(schedule.next(tickUs) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(nowUs);
      }
      if (tickUs !== undefined) {
        expect(tickUs).toBeLessThanOrEqual(nowUs);
        expect(tickUs).toBeGreaterThan(lastUs);
      }
    }),
  );
});
