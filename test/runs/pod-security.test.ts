import { expect, test } from 'vitest';
import { deploymentOf, smallCluster } from '../support/small-cluster.ts';

const ENFORCE = 'pod-security.kubernetes.io/enforce';
const BASELINE = { by: { author: 'kubectl' }, level: 'baseline' } as const;

/** A cluster whose namespace `default` enforces that standard from the start, or the standard nobody asks for. */
function clusterEnforcing(level: string) {
  const { cluster, run, pods, readyPods } = smallCluster();
  const told: string[] = [];
  const by = { author: 'kubectl', warn: (text: string) => void told.push(text) };
  const enforce = (wanted: string) =>
    cluster.api.patch('Namespace', undefined, 'default', { type: 'merge', body: { metadata: { labels: { [ENFORCE]: wanted } } } }, by);
  if (level !== '') enforce(level);
  return { cluster, run, pods, readyPods, told, by, enforce };
}

test('A Deployment is taken with a warning, and its pods are refused one by one until their namespace allows them', () => {
  const { cluster, run, pods, readyPods, told, by, enforce } = clusterEnforcing('baseline');
  cluster.api.create('Deployment', deploymentOf('agent', 2, { hostNetwork: true }), by);
  expect(told).toEqual(['would violate PodSecurity "baseline:latest": host namespaces (hostNetwork=true)']);
  run(60);
  expect(pods()).toEqual([]);
  const [replicaSet] = cluster.api.list('ReplicaSet', { namespace: 'default' }).items;
  const failures = cluster.api.list('Event', { namespace: 'default' }).items.filter(({ reason }) => reason === 'FailedCreate');
  expect(failures.length).toBeGreaterThan(1);
  expect(failures[0]!.message).toMatch(
    new RegExp(
      `^Error creating: pods "${replicaSet!.metadata.name}-[a-z0-9]{5}" is forbidden: violates PodSecurity "baseline:latest": host namespaces \\(hostNetwork=true\\)$`,
    ),
  );
  expect(replicaSet!.status?.conditions?.[0]).toMatchObject({ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate' });
  enforce('privileged');
  // The controller tries again at the end of its back-off.
  run(1000);
  expect(readyPods()).toBe(2);
});

test('What runs already is left alone, told of once, and cannot be replaced', () => {
  const { cluster, run, pods, readyPods, told, by, enforce } = clusterEnforcing('');
  cluster.api.create('Deployment', deploymentOf('agent', 3, { hostPID: true }), by);
  run(60);
  expect(readyPods()).toBe(3);
  enforce('restricted');
  const [first] = pods()
    .map(({ metadata }) => metadata.name)
    .sort();
  expect(told).toEqual([
    'existing pods in namespace "default" violate the new PodSecurity enforce level "restricted:latest"',
    `${first} (and 2 other pods): host namespaces, allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile`,
  ]);
  run(60);
  expect(readyPods()).toBe(3);
  cluster.api.delete('Pod', 'default', first!, {}, by);
  run(120);
  expect(readyPods()).toBe(2);
});

test('An image may only be changed to one in a pod that its namespace would allow', () => {
  const { cluster, run, by, enforce } = clusterEnforcing('');
  cluster.api.create(
    'Pod',
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: { hostIPC: true, containers: [{ name: 'c', image: 'a:v1' }] } as never,
    },
    by,
  );
  run(10);
  enforce(BASELINE.level);
  const patch = (body: object) => cluster.api.patch('Pod', 'default', 'p', { type: 'strategic', body }, BASELINE.by);
  expect(patch({ metadata: { labels: { a: 'b' } } }).metadata.labels).toMatchObject({ a: 'b' });
  expect(() => patch({ spec: { containers: [{ name: 'c', image: 'a:v2' }] } })).toThrow(
    'pods "p" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostIPC=true)',
  );
});

test('A label that asks for no standard there is is invalid', () => {
  const { enforce } = clusterEnforcing('');
  expect(() => enforce('strict')).toThrow(
    `Namespace "default" is invalid: metadata.labels[${ENFORCE}]: Invalid value: "strict": must be one of privileged, baseline, restricted`,
  );
});
