/** How far behind the load an autoscaler is: a scrape, a pass of its own, and the start of what it has asked for. */
import { expect, test } from 'vitest';
import { DEFAULT_BEHAVIOUR } from '../../src/model/behaviour.ts';
import type { KubeObject } from '../../src/model/meta.ts';
import { callTo } from '../../src/network/route.ts';
import { constantUs } from '../../src/sim/distribution.ts';
import { Traffic } from '../../src/workload/traffic.ts';
import { deploy, deploymentOf, type SmallCluster, smallCluster } from '../support/small-cluster.ts';

const SECOND_US = 1_000_000;

const AUTOSCALER = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    minReplicas: 2,
    maxReplicas: 12,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }],
  },
} as KubeObject;

const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
} as KubeObject;

/** `web` with two pods of half a core each, every request 50 ms of CPU; the rate changes to `laterPerSecond` after five minutes. */
function site(laterPerSecond: number, limit = '1'): SmallCluster {
  const behaviours = [{ ...DEFAULT_BEHAVIOUR, service: constantUs(50_000), cpuMilli: 0 }];
  const small = smallCluster({ behaviours, objects: [AUTOSCALER, SERVICE] });
  const resources = { requests: { cpu: '500m' }, limits: { cpu: limit } };
  deploy(small, deploymentOf('web', 2, { containers: [{ name: 'c', image: 'web:v1', resources }] }));
  const { sim, network, random } = small.cluster;
  new Traffic(sim, network, random, {
    route: { ...callTo('default/web'), traffic: 'visitors', timeoutUs: 2 * SECOND_US, clients: 0 },
    // 8 a second are 0.4 cores: 40 % of what the two pods ask for.
    arrivals: { kind: 'poisson', perSecond: 8, steps: [{ fromUs: 300 * SECOND_US, perSecond: laterPerSecond }] },
    fromUs: 30 * SECOND_US,
    untilUs: 600 * SECOND_US,
  }).start();
  return small;
}

const sample = ({ cluster }: SmallCluster) => cluster.metricsServer.podSamples('default', { matchLabels: { app: 'web' } });
const desired = ({ cluster }: SmallCluster) => cluster.api.get('Deployment', 'default', 'web').spec.replicas;

test('Metrics of a pod are the CPU its requests took between the last two scrapes, fifteen seconds apart', () => {
  const small = site(8);
  small.run(290);
  const samples = sample(small);
  expect(samples.map(({ windowUs }) => windowUs)).toEqual([15 * SECOND_US, 15 * SECOND_US]);
  // Four requests a second for each pod, 50 ms each: 200m, give or take what chance makes of sixty of them.
  for (const { containers } of samples) {
    expect(containers[0]!.cpuMilli).toBeGreaterThan(100);
    expect(containers[0]!.cpuMilli).toBeLessThan(320);
  }
});

test('A container uses no more CPU than its limit, however many ask', () => {
  const small = site(200, '500m');
  small.run(345);
  // 500m, and what the first sixteen requests were charged for in advance: 0.8 s of a window of 15.
  for (const { containers } of sample(small)) expect(containers[0]!.cpuMilli).toBeLessThan(620);
});

test('An autoscaler sees a spike after the next scrape and its own next pass, and not before', () => {
  const small = site(40);
  small.run(300);
  expect(desired(small)).toBe(2);
  // Asked every second: the first answer is at most one scrape and one pass of 15 s each behind, and never ahead of the load.
  let seconds = 0;
  while (desired(small) === 2 && seconds < 60) {
    small.run(1);
    seconds++;
  }
  expect(seconds).toBeGreaterThan(1);
  expect(seconds).toBeLessThanOrEqual(31);
  // 40 a second are two cores: at half of 500m each that is eight pods.
  small.run(120);
  expect(desired(small)).toBeGreaterThanOrEqual(7);
  expect(desired(small)).toBeLessThanOrEqual(10);
  expect(small.readyPods()).toBe(desired(small));
});
