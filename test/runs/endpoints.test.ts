import { expect, test } from 'vitest';
import { SECOND_US } from '../../src/base/units.ts';
import { Cluster } from '../../src/cluster/cluster.ts';
import type { Service } from '../../src/model/service.ts';
import type { Deployment } from '../../src/model/workloads.ts';

const DEPLOYMENT: Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'default' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'web:v1' }] } },
  },
};
const SERVICE: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
};

test('Cluster lists every ready pod of a service in its slices, and drops the ones that go', () => {
  const nodes = Array.from({ length: 3 }, (_, index) => ({ name: `n${index}`, capacity: { cpu: '4', memory: '8Gi' } }));
  const cluster = new Cluster({ seed: 3, nodes });
  cluster.start();
  const client = cluster.client('kubectl');
  client.send(true, (api, request) => api.create('Deployment', DEPLOYMENT, request));
  client.send(true, (api, request) => api.create('Service', SERVICE, request));
  cluster.sim.runUntil(60 * SECOND_US);
  const addresses = () =>
    cluster.api
      .list('EndpointSlice', { namespace: 'default' })
      .items.filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === 'web')
      .flatMap((slice) =>
        slice.endpoints.filter((endpoint) => endpoint.conditions?.ready === true).flatMap((endpoint) => endpoint.addresses),
      )
      .sort();
  const podIps = () =>
    cluster.api
      .list('Pod', { namespace: 'default' })
      .items.map((pod) => pod.status?.podIP)
      .sort();
  expect(addresses()).toHaveLength(3);
  expect(addresses()).toEqual(podIps());

  client.send(true, (api, request) => api.updateScale('Deployment', 'default', 'web', 1, request));
  cluster.sim.runUntil(120 * SECOND_US);
  expect(addresses()).toHaveLength(1);
  expect(addresses()).toEqual(podIps());
});

test('Endpoints that no longer have to be cut short lose the mark, though their addresses stay the same', () => {
  const cluster = new Cluster({ seed: 3, nodes: [] });
  cluster.start();
  const write = { author: 'test' };
  const { api } = cluster;
  api.create('Service', SERVICE, write);
  cluster.sim.runUntil(5 * SECOND_US);
  const known = api.get('Endpoints', 'default', 'web');
  const annotations = { ...known.metadata.annotations, 'endpoints.kubernetes.io/over-capacity': 'truncated' };
  api.update('Endpoints', { ...known, metadata: { ...known.metadata, annotations } }, write);
  cluster.sim.runUntil(10 * SECOND_US);
  const service = api.get('Service', 'default', 'web');
  api.update('Service', { ...service, spec: { ...service.spec, sessionAffinity: 'ClientIP' } }, write);
  cluster.sim.runUntil(15 * SECOND_US);
  expect(api.get('Endpoints', 'default', 'web').metadata.annotations ?? {}).not.toHaveProperty('endpoints.kubernetes.io/over-capacity');
});
