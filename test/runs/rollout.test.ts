import { expect, test } from 'vitest';
import { SECOND_US } from '../../src/base/units.ts';
import { Cluster } from '../../src/cluster/cluster.ts';
import type { Deployment } from '../../src/model/workloads.ts';

function deployment(image: string, replicas: number): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image }] } },
    },
  };
}

function startedCluster(): Cluster {
  const nodes = Array.from({ length: 3 }, (_, index) => ({ name: `n${index}`, capacity: { cpu: '4', memory: '8Gi' } }));
  const cluster = new Cluster({ seed: 7, nodes, registry: { missingImages: ['web:typo'] } });
  cluster.start();
  return cluster;
}

function setImage(cluster: Cluster, image: string): void {
  const body = { spec: { template: { spec: { containers: [{ name: 'c', image }] } } } };
  cluster.client('kubectl').send(true, (api, request) => api.patch('Deployment', 'default', 'web', { type: 'strategic', body }, request));
}

test('Cluster rolls a Deployment to a new image, never below its replicas, and keeps the old set empty', () => {
  const cluster = startedCluster();
  cluster.client('kubectl').send(true, (api, request) => api.create('Deployment', deployment('web:v1', 3), request));
  cluster.sim.runUntil(60 * SECOND_US);
  expect(cluster.api.get('Deployment', 'default', 'web').status?.availableReplicas).toBe(3);

  setImage(cluster, 'web:v2');
  let least = 3;
  for (let second = 61; second <= 180; second++) {
    cluster.sim.runUntil(second * SECOND_US);
    least = Math.min(least, cluster.api.get('Deployment', 'default', 'web').status?.availableReplicas ?? 0);
  }
  expect(least).toBe(3);
  const sets = cluster.api.list('ReplicaSet', { namespace: 'default' }).items;
  expect(sets.map((set) => set.spec.replicas).sort()).toEqual([0, 3]);
  const pods = cluster.api.list('Pod', { namespace: 'default' }).items;
  expect(pods.map((pod) => pod.spec.containers[0]!.image)).toEqual(['web:v2', 'web:v2', 'web:v2']);
});

test('Cluster keeps the old pods when the new image does not exist', () => {
  const cluster = startedCluster();
  cluster.client('kubectl').send(true, (api, request) => api.create('Deployment', deployment('web:v1', 3), request));
  cluster.sim.runUntil(60 * SECOND_US);
  setImage(cluster, 'web:typo');
  cluster.sim.runUntil(300 * SECOND_US);
  const { status } = cluster.api.get('Deployment', 'default', 'web');
  expect(status).toMatchObject({ replicas: 4, updatedReplicas: 1, availableReplicas: 3, unavailableReplicas: 1 });
  const waiting = cluster.api
    .list('Pod', { namespace: 'default' })
    .items.filter((pod) => pod.status?.phase === 'Pending')
    .map((pod) => pod.status?.containerStatuses?.[0]?.state?.waiting?.reason);
  expect(waiting).toHaveLength(1);
  expect(['ErrImagePull', 'ImagePullBackOff']).toContain(waiting[0]);
});
