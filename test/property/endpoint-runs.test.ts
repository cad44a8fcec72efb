/** A whole run decides alike whether passes look at the pods that have changed or at all of a Service's pods. */
import fc from 'fast-check';
import { afterEach, expect, test, vi } from 'vitest';
import { SECOND_US } from '../../src/base/units.ts';
import { Cluster } from '../../src/cluster/cluster.ts';
import { ServiceAddresses } from '../../src/controllers/endpoints/service-addresses.ts';
import { ServiceEndpoints } from '../../src/controllers/endpointslice/service-endpoints.ts';
import { PodSelectors } from '../../src/controllers/pod-selectors.ts';
import type { Pod } from '../../src/model/pod.ts';
import type { Service } from '../../src/model/service.ts';
import type { Deployment } from '../../src/model/workloads.ts';

const ZONE = 'topology.kubernetes.io/zone';

afterEach(() => vi.restoreAllMocks());

const clusterAct = fc.record({
  atUs: fc.nat(60 * SECOND_US),
  what: fc.constantFrom('scale', 'image', 'kill', 'relabel', 'ports', 'open', 'touch', 'zone', 'lose node', 'edit slice', 'delete slice'),
  number: fc.nat(7),
});
type ClusterAct = typeof clusterAct extends fc.Arbitrary<infer T> ? T : never;

test('A run with passes over changes and one with passes over all pods are the same run', () => {
  fc.assert(
    fc.property(fc.array(clusterAct, { maxLength: 12 }), (acts) => {
      const quick = runOf(acts);
      vi.spyOn(PodSelectors.prototype, 'takeChanges').mockReturnValue(undefined);
      vi.spyOn(ServiceEndpoints.prototype, 'plan').mockReturnValue(undefined);
      vi.spyOn(ServiceAddresses.prototype, 'subsets').mockReturnValue(undefined);
      const whole = runOf(acts);
      vi.restoreAllMocks();
      expect(quick).toEqual(whole);
    }),
    { numRuns: 25 },
  );
});

function runOf(acts: readonly ClusterAct[]): { writes: string[]; digest: string } {
  const cluster = new Cluster({
    seed: 3,
    nodes: ['a', 'b', 'c'].map((name) => ({ name, labels: { [ZONE]: name }, capacity: { cpu: 8, memory: '16Gi' }, images: ['i:1'] })),
    controllers: { maxEndpointsPerSlice: 2 },
  });
  const writes: string[] = [];
  cluster.observers.add({
    wrote: ({ timeUs, verb, kind, object }) => {
      if (kind === 'EndpointSlice' || kind === 'Endpoints') writes.push(`${timeUs} ${verb} ${JSON.stringify(object)}`);
    },
  });
  cluster.start();
  const client = cluster.client('kubectl');
  client.send(true, (api, by) => api.create('Service', WEB, by));
  client.send(true, (api, by) => api.create('Deployment', DEPLOYMENT, by));
  for (const one of acts) cluster.sim.after(one.atUs, () => change(cluster, one));
  cluster.sim.runUntil(90 * SECOND_US);
  return { writes, digest: cluster.sim.digest };
}

function change(cluster: Cluster, { what, number }: ClusterAct): void {
  const client = cluster.client('kubectl');
  const patch = (kind: 'Service' | 'Deployment' | 'Pod' | 'EndpointSlice' | 'Node', name: string | undefined, body: object) => {
    const namespace = kind === 'Node' ? undefined : 'default';
    if (name !== undefined) client.send(true, (api, by) => api.patch(kind, namespace, name, { type: 'merge', body }, by));
  };
  const nth = (kind: 'Pod' | 'EndpointSlice') => {
    const all = [...cluster.api.store.values(kind)];
    return all[number % Math.max(1, all.length)]?.metadata.name;
  };
  const remove = (kind: 'Pod' | 'EndpointSlice', name: string | undefined) => {
    if (name !== undefined) client.send(true, (api, by) => api.delete(kind, 'default', name, {}, by));
  };
  switch (what) {
    case 'scale':
      return patch('Deployment', 'web', { spec: { replicas: number } });
    case 'image':
      return patch('Deployment', 'web', { spec: { template: { spec: { containers: containersOf(number) } } } });
    case 'kill':
      return remove('Pod', nth('Pod'));
    case 'relabel':
      return patch('Pod', nth('Pod'), { metadata: { labels: { app: number % 2 === 0 ? 'stray' : 'web' } } });
    case 'ports':
      return patch('Service', 'web', { spec: { ports: [{ port: 80, targetPort: number % 2 === 0 ? 'http' : 8000 + number }] } });
    case 'open':
      return patch('Service', 'web', { spec: { publishNotReadyAddresses: number % 2 === 0 } });
    case 'touch':
      return patch('Service', 'web', { metadata: { labels: { round: `${number}` } } });
    case 'zone':
      return patch('Node', 'b', { metadata: { labels: { [ZONE]: `zone-${number}` } } });
    case 'lose node':
      return client.send(true, (api, by) => api.delete('Node', undefined, 'c', {}, by));
    case 'edit slice':
      return patch('EndpointSlice', nth('EndpointSlice'), { endpoints: number % 2 === 0 ? [] : [{ addresses: ['10.9.9.9'] }] });
    default:
      return remove('EndpointSlice', nth('EndpointSlice'));
  }
}

const WEB: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
};
const DEPLOYMENT: Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas: 5,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { terminationGracePeriodSeconds: 1, containers: containersOf(0) } },
  },
};

function containersOf(number: number): Pod['spec']['containers'] {
  return [{ name: 'c', image: number % 3 === 0 ? 'i:1' : `i:${number}`, ports: [{ name: 'http', containerPort: 8000 + (number % 2) }] }];
}
