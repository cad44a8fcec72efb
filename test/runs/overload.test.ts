/** What probes make of a process that has no place left for anybody. */
import { expect, test } from 'vitest';
import { DEFAULT_BEHAVIOUR } from '../../src/model/behaviour.ts';
import type { KubeObject } from '../../src/model/meta.ts';
import type { Container } from '../../src/model/pod.ts';
import { callTo } from '../../src/network/route.ts';
import { constantUs } from '../../src/sim/distribution.ts';
import { Traffic } from '../../src/workload/traffic.ts';
import { deploy, deploymentOf, type SmallCluster, smallCluster } from '../support/small-cluster.ts';

const SECOND_US = 1_000_000;
const SERVICE = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
} as KubeObject;

/** Two pods that can serve four requests of a second each, with as many waiting; forty a second come for one minute. */
function overloaded(probes: Partial<Container>, perSecond = 40): SmallCluster {
  const behaviours = [{ ...DEFAULT_BEHAVIOUR, service: constantUs(SECOND_US), cpuShare: 0, concurrency: 2, queueLimit: 2 }];
  const small = smallCluster({ behaviours, objects: [SERVICE] });
  deploy(small, deploymentOf('web', 2, { containers: [{ name: 'c', image: 'web:v1', ...probes }] }));
  const { sim, network, random } = small.cluster;
  new Traffic(sim, network, random, {
    route: { ...callTo('default/web'), traffic: 'visitors', timeoutUs: 10 * SECOND_US, clients: 0 },
    arrivals: { kind: 'constant', perSecond },
    fromUs: 30 * SECOND_US,
    untilUs: 90 * SECOND_US,
  }).start();
  small.run(29);
  expect(small.readyPods()).toBe(2);
  return small;
}

const HTTP = { httpGet: { path: '/', port: 80 }, periodSeconds: 2 };
const restarts = (small: SmallCluster) =>
  small.pods().reduce((sum, { status }) => sum + (status?.containerStatuses?.[0]?.restartCount ?? 0), 0);

test('A readiness probe takes an overloaded pod out of its Service, and back when it has caught its breath', () => {
  const small = overloaded({ readinessProbe: HTTP });
  let fewest = 2;
  for (let second = 0; second < 60; second++) {
    small.run(1);
    fewest = Math.min(fewest, small.readyPods());
  }
  expect(fewest).toBeLessThan(2);
  small.run(30);
  expect(small.readyPods()).toBe(2);
  expect(restarts(small)).toBe(0);
});

test('A liveness probe restarts an overloaded pod, which mends nothing', () => {
  const small = overloaded({ livenessProbe: HTTP });
  small.run(60);
  expect(restarts(small)).toBeGreaterThan(0);
});

test('A probe by a command, or of a bare connection, does not notice the load', () => {
  for (const probe of [{ exec: { command: ['true'] } }, { tcpSocket: { port: 80 } }]) {
    const small = overloaded({ livenessProbe: { ...probe, periodSeconds: 2 } });
    small.run(60);
    expect(restarts(small)).toBe(0);
  }
});

test('A probe of a pod that keeps up is not disturbed', () => {
  const small = overloaded({ livenessProbe: HTTP, readinessProbe: HTTP }, 2);
  small.run(60);
  expect(restarts(small)).toBe(0);
  expect(small.readyPods()).toBe(2);
});
