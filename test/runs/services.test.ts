import { expect, test } from 'vitest';
import type { RequestEnd } from '../../src/model/observer.ts';
import type { Service, ServiceSpec } from '../../src/model/service.ts';
import { candidates } from '../../src/network/endpoint-choice.ts';
import { callTo, type Route } from '../../src/network/route.ts';
import { deploy, deploymentOf, type SmallCluster, smallCluster } from '../support/small-cluster.ts';

const SECOND_US = 1_000_000;

interface Site extends SmallCluster {
  readonly ends: RequestEnd[];
  /** Sends so many requests, 10 ms apart, and lets all of them end. */
  send(service: string, count: number, further?: Partial<Route>): readonly RequestEnd[];
}

/** A cluster with `web` behind one Service of each sort asked for. */
function siteOf(services: { readonly [name: string]: Partial<ServiceSpec> }, replicas = 2): Site {
  const small = smallCluster();
  const ends: RequestEnd[] = [];
  small.cluster.observers.add({ requestEnded: (end) => void ends.push(end) });
  deploy(small, deploymentOf('web', replicas));
  for (const [name, spec] of Object.entries(services)) addService(small, name, spec);
  small.run(30);
  return {
    ...small,
    ends,
    send(service, count, further = {}) {
      const before = ends.length;
      const route: Route = { ...callTo(service), traffic: 'visitors', timeoutUs: 2 * SECOND_US, clients: 0, ...further };
      for (let i = 0; i < count; i++) {
        small.cluster.network.send(route);
        small.run(0.01);
      }
      small.run(30);
      expect(small.cluster.network.pending).toBe(0);
      expect(ends.length - before).toBe(count);
      return ends.slice(before);
    },
  };
}

function addService({ cluster }: SmallCluster, name: string, spec: Partial<ServiceSpec>, namespace = 'default'): void {
  const service: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector: { app: 'web' }, ports: [{ port: 80 }], ...spec },
  };
  cluster.client('kubectl').send(true, (api, request) => api.create('Service', service, request));
}

const failuresOf = (ends: readonly RequestEnd[]) => [...new Set(ends.map(({ failure }) => failure))];

test('A Service with internalTrafficPolicy Local answers on nodes with an endpoint, and drops on the others', () => {
  const site = siteOf({ near: { internalTrafficPolicy: 'Local' } });
  const ends = site.send('default/near', 100);
  const nodes = new Set(site.pods().map(({ spec }) => spec.nodeName));
  for (const { failure, node, startUs, endUs } of ends) {
    expect(failure === undefined).toBe(nodes.has(node));
    if (failure !== undefined) expect(endUs - startUs).toBe(2 * SECOND_US);
  }
  expect(new Set(failuresOf(ends))).toEqual(new Set([undefined, 'no endpoints on the node']));
});

test('A load balancer with externalTrafficPolicy Local learns to leave out nodes without an endpoint', () => {
  const site = siteOf({ edge: { type: 'LoadBalancer', externalTrafficPolicy: 'Local' } });
  site.send('default/edge', 40);
  // Its checks have failed twice on the nodes without one by now.
  expect(failuresOf(site.send('default/edge', 100))).toEqual([undefined]);
});

test('A NodePort Service with externalTrafficPolicy Cluster answers through every node', () => {
  const site = siteOf({ open: { type: 'NodePort' } });
  expect(failuresOf(site.send('default/open', 100))).toEqual([undefined]);
});

test('A Service with session affinity keeps each client of a node with one pod', () => {
  const site = siteOf({ sticky: { sessionAffinity: 'ClientIP' } }, 4);
  // One client: at most one pod for each of the four nodes it may be on.
  const one = new Set(site.send('default/sticky', 200, { clients: 1 }).map(({ pod }) => pod));
  const many = new Set(site.send('default/sticky', 200).map(({ pod }) => pod));
  expect(many.size).toBe(4);
  expect(one.size).toBeLessThanOrEqual(4);
  const again = new Set(site.send('default/sticky', 200, { clients: 1 }).map(({ pod }) => pod));
  expect(again).toEqual(one);
});

test('A Service that prefers the same zone is answered in the zone of the node the connection enters', () => {
  const site = siteOf({ near: { trafficDistribution: 'PreferClose' } }, 4);
  const zoneOf = (node: string) => site.cluster.api.get('Node', undefined, node).metadata.labels?.['topology.kubernetes.io/zone'];
  site.send('default/near', 50);
  for (const nodeName of site.cluster.fleet.nodeNames) {
    const rules = site.cluster.network.proxies.rulesOn(nodeName, 'default/near')!.ports[0]!;
    const chosen = candidates(rules, 'Cluster', { nodeName, zone: zoneOf(nodeName)! });
    expect(chosen.length).toBe(2);
    expect(new Set(chosen.map((target) => zoneOf(target.nodeName)))).toEqual(new Set([zoneOf(nodeName)]));
  }
});

test('A headless Service leads to its pods, and one without ready pods to nobody', () => {
  const site = siteOf({ bare: { clusterIP: 'None' }, empty: { clusterIP: 'None', selector: { app: 'nobody' } } });
  const ends = site.send('default/bare', 50);
  expect(failuresOf(ends)).toEqual([undefined]);
  expect(new Set(ends.map(({ pod }) => pod)).size).toBe(2);
  expect(failuresOf(site.send('default/empty', 5))).toEqual(['no endpoints']);
});

test('A name that is missing, and one for something outside the cluster, are told apart', () => {
  const site = siteOf({ outside: { type: 'ExternalName', externalName: 'example.com', ports: [] } });
  expect(failuresOf(site.send('default/nothing', 3))).toEqual(['no such service']);
  expect(failuresOf(site.send('default/outside', 3))).toEqual(['the service is a name outside the cluster']);
});

test('Names resolve as long as a pod behind kube-dns answers, and a dead one costs the resolver its timeout', () => {
  const site = siteOf({ shop: {} });
  const dns = deploymentOf('coredns', 2);
  site.cluster
    .client('kubectl')
    .send(true, (api, request) => api.create('Deployment', { ...dns, metadata: { ...dns.metadata, namespace: 'kube-system' } }, request));
  addService(site, 'kube-dns', { selector: { app: 'coredns' }, ports: [{ port: 53 }] }, 'kube-system');
  site.run(30);
  expect(failuresOf(site.send('default/shop', 50))).toEqual([undefined]);
  const [first] = site.cluster.api.list('Pod', { namespace: 'kube-system' }).items;
  site.inject({ kind: 'crashNodes', nodes: { names: [first!.spec.nodeName!] } });
  const ends = site.send('default/shop', 100, { timeoutUs: 30 * SECOND_US });
  const slow = ends.filter(({ startUs, endUs }) => endUs - startUs >= 5 * SECOND_US);
  expect(slow.length).toBeGreaterThan(10);
});

test('Requests fail for want of DNS when no pod behind kube-dns answers', () => {
  const site = siteOf({ shop: {} });
  addService(site, 'kube-dns', { selector: { app: 'coredns' }, ports: [{ port: 53 }] }, 'kube-system');
  site.run(10);
  const ends = site.send('default/shop', 5, { timeoutUs: 30 * SECOND_US });
  expect(failuresOf(ends)).toEqual(['DNS does not answer']);
  // Two attempts of five seconds.
  for (const { startUs, endUs } of ends) expect(Math.floor((endUs - startUs) / SECOND_US)).toBe(10);
});
