import { expect, test } from 'vitest';
import { SECOND_US } from '../../src/base/units.ts';
import { Cluster } from '../../src/cluster/cluster.ts';
import type { RequestEnd } from '../../src/model/observer.ts';
import type { Service } from '../../src/model/service.ts';
import type { Deployment } from '../../src/model/workloads.ts';
import { callTo } from '../../src/network/route.ts';
import { Traffic } from '../../src/workload/traffic.ts';

const SERVICE: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default' },
  spec: { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80 }] },
};

function deployment(image: string, isCareful: boolean): Deployment {
  // A preStop pause gives every kube-proxy time to forget the pod before it stops listening.
  const lifecycle = isCareful ? { lifecycle: { preStop: { sleep: { seconds: 5 } } } } : {};
  const probe = isCareful ? { readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 1 } } : {};
  const containers = [{ name: 'c', image, ports: [{ containerPort: 80 }], ...lifecycle, ...probe }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers } },
    },
  };
}

function rollOut(isCareful: boolean): { readonly ends: RequestEnd[]; readonly sent: number; readonly pending: number } {
  const nodes = Array.from({ length: 3 }, (_, index) => ({ name: `n${index}`, capacity: { cpu: '4', memory: '8Gi' } }));
  const cluster = new Cluster({
    seed: 5,
    nodes,
    behaviours: [{ ...BEHAVIOUR, startup: { kind: 'constant', valueUs: 2 * SECOND_US }, servesWhileTerminating: false }],
  });
  const ends: RequestEnd[] = [];
  cluster.observers.add({ requestEnded: (end) => ends.push(end) });
  cluster.start();
  const client = cluster.client('kubectl');
  client.send(true, (api, request) => api.create('Deployment', deployment('web:v1', isCareful), request));
  client.send(true, (api, request) => api.create('Service', SERVICE, request));
  const route = { ...callTo('default/web', { port: 80 }), traffic: 'visitors', timeoutUs: 5 * SECOND_US, clients: 0 };
  const traffic = new Traffic(cluster.sim, cluster.network, cluster.random, {
    route,
    arrivals: { kind: 'poisson', perSecond: 200 },
    fromUs: 30 * SECOND_US,
    untilUs: 120 * SECOND_US,
  });
  traffic.start();
  cluster.sim.runUntil(60 * SECOND_US);
  client.send(true, (api, request) =>
    api.patch('Deployment', 'default', 'web', { type: 'merge', body: { spec: deployment('web:v2', isCareful).spec } }, request),
  );
  cluster.sim.runUntil(130 * SECOND_US);
  return { ends, sent: traffic.sent, pending: cluster.network.pending };
}

import { DEFAULT_BEHAVIOUR as BEHAVIOUR } from '../../src/model/behaviour.ts';

test('Traffic through a careful rollout loses no request, and every request ends exactly once', () => {
  const { ends, sent, pending } = rollOut(true);
  expect(sent).toBeGreaterThan(15_000);
  expect(ends).toHaveLength(sent);
  expect(pending).toBe(0);
  expect(ends.filter((end) => end.failure !== undefined)).toEqual([]);
});

test('Traffic through a careless rollout loses requests, each with the link that was missing', () => {
  const { ends, sent } = rollOut(false);
  expect(ends).toHaveLength(sent);
  const failures = new Set(ends.map((end) => end.failure).filter((failure) => failure !== undefined));
  expect(failures.size).toBeGreaterThan(0);
  for (const failure of failures) expect(['connection refused', 'connection reset', 'no route to the pod']).toContain(failure);
});
