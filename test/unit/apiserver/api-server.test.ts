import { expect, test } from 'vitest';
import { ApiServer } from '../../../src/apiserver/api-server.ts';
import { Observers } from '../../../src/model/observer.ts';
import type { Pod } from '../../../src/model/pod.ts';
import type { Deployment } from '../../../src/model/workloads.ts';
import { Random } from '../../../src/sim/random.ts';
import { Simulation } from '../../../src/sim/simulation.ts';

const KUBECTL = { author: 'kubectl' };
const newServer = () => new ApiServer({ sim: new Simulation(), random: new Random(1), observers: new Observers() });
const pod = (name: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'c', image: 'nginx:1.27' }] },
});

test('a created pod carries uid, generation, defaults, tolerations and its QoS class', () => {
  const created = newServer().create('Pod', pod('a'), KUBECTL);
  expect(created.metadata).toMatchObject({ generation: 1, creationTimestamp: '2026-01-01T00:00:00Z' });
  expect(created.metadata.uid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(created.spec).toMatchObject({ restartPolicy: 'Always', schedulerName: 'default-scheduler', priority: 0 });
  expect(created.spec.tolerations).toHaveLength(2);
  expect(created.status).toEqual({ phase: 'Pending', qosClass: 'BestEffort' });
});

test('pods made from one spec share the filled-in spec', () => {
  const server = newServer();
  const { spec } = pod('a');
  const [a, b] = ['a', 'b'].map((name) => server.create('Pod', { ...pod(name), spec }, KUBECTL));
  expect(a!.spec).toBe(b!.spec);
});

test('a pod is bound once, and the second try is a conflict', () => {
  const server = newServer();
  server.create('Pod', pod('a'), KUBECTL);
  server.bind('default', 'a', 'n1', KUBECTL);
  expect(server.get('Pod', 'default', 'a').spec.nodeName).toBe('n1');
  expect(() => server.bind('default', 'a', 'n2', KUBECTL)).toThrow('pod a is already assigned to node "n1"');
});

test('an update that changes nothing takes no revision, and a stale one is a conflict', () => {
  const server = newServer();
  const first = server.create('Pod', pod('a'), KUBECTL);
  expect(server.update('Pod', first, KUBECTL)).toBe(first);
  server.update('Pod', { ...first, status: { phase: 'Running' } }, KUBECTL, 'status');
  expect(() => server.update('Pod', first, KUBECTL, 'status')).toThrow('the object has been modified');
});

test('deleting a bound pod marks it first, and grace 0 takes two revisions', () => {
  const server = newServer();
  server.create('Pod', pod('a'), KUBECTL);
  server.bind('default', 'a', 'n1', KUBECTL);
  const marked = server.delete('Pod', 'default', 'a', {}, KUBECTL);
  expect(marked.metadata).toMatchObject({ deletionTimestamp: '2026-01-01T00:00:30Z', deletionGracePeriodSeconds: 30, generation: 2 });
  const before = server.store.revision;
  server.delete('Pod', 'default', 'a', { gracePeriodSeconds: 0 }, KUBECTL);
  expect(server.store.revision).toBe(before + 2);
  expect(() => server.get('Pod', 'default', 'a')).toThrow('pods "a" not found');
});

test('a Deployment counts the changes of its spec, and keeps its selector', () => {
  const server = newServer();
  const template = { metadata: { labels: { app: 'a' } }, spec: pod('a').spec };
  const deployment: Deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'a', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'a' } }, template },
  };
  const created = server.create('Deployment', deployment, KUBECTL);
  expect(created.spec).toMatchObject({ replicas: 1, progressDeadlineSeconds: 600 });
  server.updateScale('Deployment', 'default', 'a', 3, KUBECTL);
  expect(server.get('Deployment', 'default', 'a')).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 3 } });
  const other = { type: 'merge' as const, body: { spec: { selector: { matchLabels: { app: 'b' } } } } };
  expect(() => server.patch('Deployment', 'default', 'a', other, KUBECTL)).toThrow('field is immutable');
});

test('a strategic merge patch changes the container it names', () => {
  const server = newServer();
  server.create('Pod', pod('a'), KUBECTL);
  const body = { spec: { containers: [{ name: 'c', image: 'nginx:1.28' }] } };
  const patched = server.patch('Pod', 'default', 'a', { type: 'strategic', body }, KUBECTL);
  expect(patched.spec.containers).toMatchObject([{ name: 'c', image: 'nginx:1.28', imagePullPolicy: 'IfNotPresent' }]);
  expect(patched.metadata.generation).toBe(2);
});

test('a watch of one node sees its pods come when they are bound', () => {
  const server = newServer();
  const seen: string[] = [];
  server.store.watch('Pod', 0, (event) => seen.push(`${event.type} ${event.object.metadata.name}`), { nodeName: 'n1' });
  for (const name of ['a', 'b']) server.create('Pod', pod(name), KUBECTL);
  server.bind('default', 'a', 'n1', KUBECTL);
  server.bind('default', 'b', 'n2', KUBECTL);
  server.delete('Pod', 'default', 'a', { gracePeriodSeconds: 0 }, KUBECTL);
  expect(seen).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
});

test('a watch from a compacted revision is told that it is too old', () => {
  const server = newServer();
  server.create('Pod', pod('a'), KUBECTL);
  server.store.compact(server.store.revision);
  expect(() => server.store.watch('Pod', 2, () => {})).toThrow('too old resource version: 2');
});

test('a Service gets an address and, as NodePort, a port', () => {
  const server = newServer();
  const service = {
    apiVersion: 'v1',
    kind: 'Service' as const,
    metadata: { name: 's', namespace: 'default' },
    spec: { type: 'NodePort' as const, ports: [{ port: 80 }] },
  };
  const created = server.create('Service', service, KUBECTL);
  expect(created.spec.clusterIP).toMatch(/^10\.(9[6-9]|1\d\d)\./);
  expect(created.spec.ports![0]!.nodePort).toBeGreaterThanOrEqual(30_086);
});
