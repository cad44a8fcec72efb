/** What the autoscaler and the CronJob controller make of a target, or a tick, that there is none of. */
import { expect, test } from 'vitest';
import { SECOND_US } from '../../src/base/units.ts';
import { chances } from '../../src/scenario/conformance/controllers/replay-chance.ts';
import { ReplayControlPlane } from '../../src/scenario/conformance/controllers/replay-control-plane.ts';
import { ControllerActs } from '../../src/scenario/conformance/controllers/replay-controller-acts.ts';

function controlPlane() {
  const plane = new ReplayControlPlane({ syncPeriodSeconds: 3 }, [...chances('nothing', 1)][0]!, false, 3 * 86_400, false);
  const acts = new ControllerActs(plane, false);
  return {
    plane,
    create: (object: object) => acts.run({ act: 'create', object: object as never }),
    delete: (on: string) => acts.run({ act: 'delete', on }),
    run: (seconds: number) => plane.sim.runUntil(plane.sim.nowUs + seconds * SECOND_US),
    events: () => plane.journal.take().events,
  };
}

test('HorizontalPodAutoscaler whose target is gone says so, and keeps what the metrics last said', () => {
  const { plane, ...world } = controlPlane();
  const containers = [{ name: 'c', image: 'web:v1', resources: { requests: { cpu: '100m' } } }];
  const selector = { matchLabels: { app: 'web' } };
  const template = { metadata: { labels: selector.matchLabels }, spec: { containers } };
  world.create({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec: { replicas: 1, selector, template } });
  plane.settle();
  new ControllerActs(plane, false).run({
    act: 'pods',
    op: 'run',
    count: 1,
    pick: { state: 'unbound' },
    args: { startedAgo: 900, readyAgo: 800 },
  });
  plane.metrics.usage = { otherwise: 80, memory: 1 };
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  const spec = { scaleTargetRef, maxReplicas: 3 };
  world.create({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'web' }, spec });
  world.run(4);
  const status = () => plane.api.get('HorizontalPodAutoscaler', 'ns', 'web').status;
  const currentMetrics = [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 80, averageValue: '80m' } } }];
  expect(status()).toMatchObject({ currentMetrics, currentReplicas: 1 });

  world.events();
  world.delete('Deployment/web');
  world.run(4);
  const what = 'deployments/scale.apps "web" not found';
  expect(world.events()).toContainEqual(expect.objectContaining({ type: 'Warning', reason: 'FailedGetScale', message: what }));
  const message = `the HPA controller was unable to get the target's current scale: ${what}`;
  const condition = expect.objectContaining({ type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message });
  expect(status()).toMatchObject({ currentMetrics, currentReplicas: 1, conditions: expect.arrayContaining([condition]) });
});

test('CronJob for a day that no year has says so once, and does not look again', () => {
  const { plane, ...world } = controlPlane();
  const jobTemplate = { spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'tick:v1' }] } } } };
  world.create({ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'never' }, spec: { schedule: '59 23 31 2 *', jobTemplate } });
  world.run(60);
  const message = 'invalid schedule: 59 23 31 2 * : time difference between two schedules is less than 1 second';
  const events = world.events().filter(({ on }) => on === 'CronJob/never');
  expect(events).toEqual([expect.objectContaining({ type: 'Warning', reason: 'InvalidSchedule', message })]);
  expect(events[0]).not.toHaveProperty('n');
});

test.each([
  [{ apiVersion: 'apps/v1', kind: 'Fleet', name: 'web' }, 'no matches for kind "Fleet" in group "apps"'],
  [{ apiVersion: 'extensions/v1beta1', kind: 'Deployment', name: 'web' }, 'no matches for kind "Deployment" in group "extensions"'],
  [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'web' }, 'the server could not find the requested resource'],
  [{ apiVersion: 'apps/v9', kind: 'StatefulSet', name: 'web' }, 'statefulsets.apps "web" not found'],
])('HorizontalPodAutoscaler of %o says what is wrong with that', (scaleTargetRef, words) => {
  const { plane, ...world } = controlPlane();
  const metadata = { name: 'web' };
  world.create({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata, spec: { scaleTargetRef, maxReplicas: 3 } });
  world.run(10);
  expect(world.events()).toContainEqual(expect.objectContaining({ type: 'Warning', reason: 'FailedGetScale', message: words }));
  expect(plane.api.get('HorizontalPodAutoscaler', 'ns', 'web').status?.conditions).toEqual([
    expect.objectContaining({
      type: 'AbleToScale',
      status: 'False',
      message: `the HPA controller was unable to get the target's current scale: ${words}`,
    }),
  ]);
});
