import { expect, test } from 'vitest';
import { ControllersAlone } from '../support/controllers-alone.ts';

test('The claim of an ephemeral volume goes with a pod the kubelet is done with, though a finalizer holds the pod', () => {
  const site = new ControllersAlone();
  const claim = { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } };
  const volumes = [{ name: 'v', ephemeral: { volumeClaimTemplate: claim } }];
  site.create('v1', 'Pod', 'p', { spec: { containers: [{ name: 'c', image: 'i' }], volumes } }, { finalizers: ['example.com/held'] });
  site.do({ act: 'pods', op: 'bind', count: 1, pick: { name: 'p' } });
  site.do({ act: 'delete', on: 'PersistentVolumeClaim/p-v' });
  expect(site.get('PersistentVolumeClaim/p-v')).toBeDefined();
  site.do({ act: 'pods', op: 'remove', count: 1, pick: { name: 'p' } });
  expect(site.get('PersistentVolumeClaim/p-v')).toBeUndefined();
});
