/** Pods that fit nowhere, one after the other: what the scheduler found out for one is not taken for what it found out for the next. */
import { expect, test } from 'vitest';
import type { Pod, PodSpec } from '../../src/model/pod.ts';
import { smallCluster } from '../support/small-cluster.ts';

const pod = (name: string, spec: Partial<PodSpec> = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'c', image: 'a:v1', resources: { requests: { cpu: '3' } } }], ...spec },
});

test('A pod that waits for its claim is not asked about nodes another pod was too large for', () => {
  const { cluster, run } = smallCluster({}, 2);
  const client = cluster.client('kubectl');
  const create = (one: Pod) => client.send(true, (api, by) => api.create('Pod', one, by));
  run(1);
  for (const name of ['first', 'second', 'third']) create(pod(name));
  run(60);
  // There is room for the third now, on a node that had none when it was looked at for somebody to evict.
  client.send(true, (api, by) => api.delete('Pod', 'default', 'first', { gracePeriodSeconds: 0 }, by));
  run(30);
  create(pod('waiting', { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'absent' } }] }));
  run(5);
  const told = (name: string) => cluster.api.get('Pod', 'default', name).status?.conditions?.find(({ type }) => type === 'PodScheduled');
  expect(told('third')?.status).toBe('True');
  expect(told('waiting')?.message).toMatch(/persistentvolumeclaim "absent" not found/);
});
