import { expect, test } from 'vitest';
import { SECOND_US } from '../../src/base/units.ts';
import { Cluster } from '../../src/cluster/cluster.ts';
import { isPodReady, podCondition } from '../../src/model/pod.ts';
import type { Deployment } from '../../src/model/workloads.ts';

function deployment(namespace: string): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'web:v1' }] } },
    },
  };
}

function startedCluster(nodes = 3): Cluster {
  const specs = Array.from({ length: nodes }, (_, index) => ({ name: `n${index}`, capacity: { cpu: '4', memory: '8Gi' } }));
  const cluster = new Cluster({ seed: 11, nodes: specs });
  cluster.start();
  return cluster;
}

test('Cluster deletes sets and pods after their Deployment', () => {
  const cluster = startedCluster();
  const client = cluster.client('kubectl');
  client.send(true, (api, request) => api.create('Deployment', deployment('default'), request));
  cluster.sim.runUntil(60 * SECOND_US);
  expect(cluster.api.list('Pod', { namespace: 'default' }).items).toHaveLength(3);
  client.send(true, (api, request) => api.delete('Deployment', 'default', 'web', {}, request));
  cluster.sim.runUntil(120 * SECOND_US);
  expect(cluster.api.list('ReplicaSet', { namespace: 'default' }).items).toEqual([]);
  expect(cluster.api.list('Pod', { namespace: 'default' }).items).toEqual([]);
});

test('Cluster empties a namespace and lets it go', () => {
  const cluster = startedCluster();
  const client = cluster.client('kubectl');
  client.send(true, (api, request) =>
    api.create('Namespace', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }, request),
  );
  cluster.sim.runUntil(2 * SECOND_US);
  client.send(true, (api, request) => api.create('Deployment', deployment('shop'), request));
  cluster.sim.runUntil(60 * SECOND_US);
  client.send(true, (api, request) => api.delete('Namespace', undefined, 'shop', {}, request));
  cluster.sim.runUntil(180 * SECOND_US);
  expect(cluster.api.list('Namespace', {}).items.map((namespace) => namespace.metadata.name)).not.toContain('shop');
  expect(cluster.api.list('Pod', { namespace: 'shop' }).items).toEqual([]);
});

test('Cluster finds a dead node after 50 to 65 seconds and moves its pods after five minutes more', () => {
  const cluster = startedCluster();
  cluster.client('kubectl').send(true, (api, request) => api.create('Deployment', deployment('default'), request));
  cluster.sim.runUntil(60 * SECOND_US);
  const victim = cluster.api.list('Pod', { namespace: 'default' }).items[0]!.spec.nodeName!;
  const podsThere = () => cluster.api.list('Pod', { namespace: 'default' }).items.filter((pod) => pod.spec.nodeName === victim);
  cluster.fleet.crashNode(victim);

  cluster.sim.runUntil(100 * SECOND_US);
  expect(podsThere().every(isPodReady)).toBe(true);
  cluster.sim.runUntil(126 * SECOND_US);
  expect(podsThere().some(isPodReady)).toBe(false);
  const taints = cluster.api.get('Node', undefined, victim).spec?.taints?.map((taint) => `${taint.key}:${taint.effect}`);
  expect(taints).toContain('node.kubernetes.io/unreachable:NoSchedule');

  // 300 s of toleration after the NoExecute taint, which the zone's bucket lets through at once.
  cluster.sim.runUntil(460 * SECOND_US);
  const pods = cluster.api.list('Pod', { namespace: 'default' }).items;
  expect(pods.filter((pod) => pod.spec.nodeName !== victim && isPodReady(pod))).toHaveLength(3);
  for (const pod of podsThere()) {
    expect(pod.metadata.deletionTimestamp).toBeDefined();
    expect(podCondition(pod, 'DisruptionTarget')?.reason).toBe('DeletionByTaintManager');
  }

  cluster.fleet.restartNode(victim);
  cluster.sim.runUntil(600 * SECOND_US);
  expect(cluster.api.list('Pod', { namespace: 'default' }).items.every(isPodReady)).toBe(true);
  expect(cluster.api.get('Node', undefined, victim).spec?.taints ?? []).toEqual([]);
});
