/** A pod that is leaving can only be made to leave sooner: BeforeDelete in apiserver/pkg/registry/rest/delete.go. */
import { expect, test } from 'vitest';
import { ApiServer } from '../../../src/apiserver/api-server.ts';
import { SECOND_US } from '../../../src/base/units.ts';
import { Observers } from '../../../src/model/observer.ts';
import type { Pod } from '../../../src/model/pod.ts';
import { timeText } from '../../../src/model/time.ts';
import { Random } from '../../../src/sim/random.ts';
import { Simulation } from '../../../src/sim/simulation.ts';

const BY = { author: 'test' };

function leaving(): { sim: Simulation; api: ApiServer; pod: () => Pod | undefined; again: (grace?: number) => void } {
  const sim = new Simulation();
  const api = new ApiServer({ sim, random: new Random(1), observers: new Observers() });
  const spec = { containers: [{ name: 'c', image: 'i:1' }], nodeName: 'n1' };
  api.create('Pod', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default' }, spec }, BY);
  api.delete('Pod', 'default', 'p', {}, BY);
  const pod = () => api.store.get('Pod', 'default/p');
  const again = (gracePeriodSeconds?: number) =>
    void api.delete('Pod', 'default', 'p', gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }, BY);
  return { sim, api, pod, again };
}

test('A second deletion without a grace, or with a longer one, changes nothing', () => {
  const { pod, again } = leaving();
  const before = pod();
  again();
  again(30);
  again(60);
  expect(pod()).toBe(before);
});

test('A shorter grace counts from when the pod was deleted first', () => {
  const { sim, pod, again } = leaving();
  sim.runUntil(2 * SECOND_US);
  again(10);
  expect(pod()?.metadata).toMatchObject({ deletionGracePeriodSeconds: 10, deletionTimestamp: timeText(10 * SECOND_US) });
});

test('A grace that would be over by now is one second from now on', () => {
  const { sim, pod, again } = leaving();
  sim.runUntil(20 * SECOND_US);
  again(5);
  expect(pod()?.metadata).toMatchObject({ deletionGracePeriodSeconds: 1, deletionTimestamp: timeText(20 * SECOND_US) });
});

test('A pod that has ended since stays until its kubelet removes it', () => {
  const { api, pod, again } = leaving();
  const stored = pod()!;
  api.update('Pod', { ...stored, status: { ...stored.status, phase: 'Failed' } }, BY, 'status');
  again();
  again(1);
  expect(pod()?.metadata.deletionGracePeriodSeconds).toBe(1);
  again(0);
  expect(pod()).toBeUndefined();
});

test('Finalizers cannot be asked for any more', () => {
  const { api, pod } = leaving();
  api.delete('Pod', 'default', 'p', { propagationPolicy: 'Foreground' }, BY);
  expect(pod()?.metadata.finalizers).toBeUndefined();
});
