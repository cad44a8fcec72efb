import { expect, test } from 'vitest';
import { SECOND_US } from '../../src/base/units.ts';
import type { AutoscalerContext, ClusterAutoscaler } from '../../src/cluster/cluster-autoscaler.ts';
import { isPodReady, podCondition } from '../../src/model/pod.ts';
import { smallCluster } from '../support/small-cluster.ts';

const MACHINE = { capacity: { cpu: '8', memory: '16Gi', 'ephemeral-storage': '50Gi' } };
const BOOT_US = 45 * SECOND_US;

/** As plain as can be: a machine when a pod fits nowhere, given back when no pod is on it any more. */
class PlainAutoscaler implements ClusterAutoscaler {
  readonly #context: AutoscalerContext;
  #lent = false;

  constructor(context: AutoscalerContext) {
    this.#context = context;
  }

  start(): void {
    const { sim, informers, machines } = this.#context;
    const pods = informers.informer('Pod');
    const look = () => {
      const isShort = [...pods.values()].some((pod) => podCondition(pod, 'PodScheduled')?.reason === 'Unschedulable');
      if (isShort && !this.#lent) machines.lend({ name: 'extra', ...MACHINE }, BOOT_US);
      this.#lent ||= isShort;
      if (this.#lent && pods.size === 0 && informers.informer('Node').get('extra') !== undefined) machines.giveBack('extra');
      sim.after(10 * SECOND_US, look);
    };
    informers.informer('Node');
    look();
  }
}

test('An autoscaler sees that a pod fits nowhere, has a machine come for it, and gives it back when it is empty', () => {
  const site = smallCluster({ autoscaler: (context) => new PlainAutoscaler(context) });
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'large', namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'large:1', resources: { requests: { cpu: '6' } } }] },
  };
  site.cluster.client('kubectl').send(true, (api, request) => api.create('Pod', pod as never, request));
  site.run(45);
  expect(site.cluster.api.list('Node').items).toHaveLength(4);
  site.run(60);
  const placed = site.cluster.api.get('Pod', 'default', 'large');
  expect([placed.spec.nodeName, isPodReady(placed)]).toEqual(['extra', true]);
  site.cluster.client('kubectl').send(true, (api, request) => void api.delete('Pod', 'default', 'large', {}, request));
  site.run(60);
  expect(site.cluster.api.store.get('Node', 'extra')).toBeUndefined();
});

test('A pod of a cluster has the token of its service account, unless the cluster does without', () => {
  const volumesOf = (serviceAccountAdmission?: boolean) => {
    const site = smallCluster(serviceAccountAdmission === undefined ? {} : { serviceAccountAdmission });
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: { containers: [{ name: 'c', image: 'x:1' }] },
    };
    site.cluster.client('kubectl').send(true, (api, request) => api.create('Pod', pod as never, request));
    site.run(30);
    const { spec, status } = site.cluster.api.get('Pod', 'default', 'p');
    return [status?.phase, (spec.volumes ?? []).map(({ name }) => name.slice(0, 15))];
  };
  expect(volumesOf()).toEqual(['Running', ['kube-api-access']]);
  expect(volumesOf(false)).toEqual(['Running', []]);
});
