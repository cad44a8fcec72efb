import { expect, test } from 'vitest';
import { SECOND_US } from '../../src/base/units.ts';
import { Cluster } from '../../src/cluster/cluster.ts';
import type { Pod } from '../../src/model/pod.ts';

function clusterOf(nodes: number, seed = 1): Cluster {
  return new Cluster({
    seed,
    nodes: Array.from({ length: nodes }, (_, index) => ({ name: `n${index}`, capacity: { cpu: '4', memory: '8Gi' } })),
  });
}

function createPods(cluster: Cluster, count: number): void {
  const client = cluster.client('kubectl');
  for (let index = 0; index < count; index++) {
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `p${index}`, namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '100m' } } }] },
    };
    client.send(true, (server, request) => server.create('Pod', pod, request));
  }
}

test('Cluster schedules and starts plain pods', () => {
  const cluster = clusterOf(3);
  cluster.start();
  createPods(cluster, 30);
  cluster.sim.runUntil(120 * SECOND_US);
  const pods = cluster.api.list('Pod', {}).items;
  expect(pods).toHaveLength(30);
  for (const pod of pods) expect(pod.status?.phase).toBe('Running');
  expect(new Set(pods.map((pod) => pod.spec.nodeName)).size).toBe(3);
});

test('Cluster gives the same digest for the same seed, and another for another', () => {
  const digests = [1, 1, 2].map((seed) => {
    const cluster = clusterOf(2, seed);
    cluster.start();
    createPods(cluster, 10);
    cluster.sim.runUntil(60 * SECOND_US);
    return cluster.sim.digest;
  });
  expect(digests[0]).toBe(digests[1]);
  expect(digests[2]).not.toBe(digests[0]);
});
