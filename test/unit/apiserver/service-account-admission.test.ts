import { expect, test } from 'vitest';
import { ApiServer } from '../../../src/apiserver/api-server.ts';
import type { ServiceAccount } from '../../../src/model/configuration.ts';
import { Observers } from '../../../src/model/observer.ts';
import type { Pod } from '../../../src/model/pod.ts';
import { Random } from '../../../src/sim/random.ts';
import { Simulation } from '../../../src/sim/simulation.ts';

const AUTHOR = { author: 'test' };

function server(account: Partial<ServiceAccount> | undefined): ApiServer {
  const options = { sim: new Simulation(), random: new Random(1), observers: new Observers(), isServiceAccountAdmissionOn: true };
  const api = new ApiServer(options);
  const whole = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default', namespace: 'default' },
    ...account,
  } as ServiceAccount;
  if (account !== undefined) api.create('ServiceAccount', whole, AUTHOR);
  return api;
}

function pod(name: string, spec: Partial<Pod['spec']> = {}): Pod {
  const containers = [{ name: 'c', image: 'x:1' }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { containers, ...spec } };
}

test('A pod gets the account default, and a token that each of its containers mounts', () => {
  const { spec } = server({}).create('Pod', pod('p', { initContainers: [{ name: 'i', image: 'x:1' }] }), AUTHOR);
  expect(spec.serviceAccountName).toBe('default');
  const [volume] = spec.volumes ?? [];
  expect(volume?.name).toMatch(/^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  const mount = { name: volume?.name, readOnly: true, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' };
  for (const container of [...spec.containers, ...spec.initContainers!]) expect(container.volumeMounts).toEqual([mount]);
});

test('A pod without its account is refused by name', () => {
  const api = server(undefined);
  const refused = 'pods "p" is forbidden: error looking up service account default/default: serviceaccount "default" not found';
  expect(() => api.create('Pod', pod('p'), AUTHOR)).toThrow(refused);
});

test.each([
  ['the pod', {}, { automountServiceAccountToken: false }],
  ['the account', { automountServiceAccountToken: false }, {}],
])('No token is mounted when %s does not want one', (_, account, spec) => {
  expect(server(account).create('Pod', pod('p', spec), AUTHOR).spec.volumes ?? []).toEqual([]);
});

test('The pod has the last word about its token, and pull secrets come from the account', () => {
  const api = server({ automountServiceAccountToken: false, imagePullSecrets: [{ name: 'registry' }] });
  const { spec } = api.create('Pod', pod('p', { automountServiceAccountToken: true }), AUTHOR);
  expect(spec.volumes).toHaveLength(1);
  expect(spec.imagePullSecrets).toEqual([{ name: 'registry' }]);
});

test('Equal pods share one filled-in spec', () => {
  const api = server({});
  const { spec } = pod('p');
  const [a, b] = ['a', 'b'].map((name) => api.create('Pod', { ...pod(name), spec }, AUTHOR));
  expect(a!.spec).toBe(b!.spec);
});
