import { expect, test } from 'vitest';
import { knownEndpoint, knownPorts } from '../../../../src/controllers/endpointslice/known-endpoints.ts';
import { endpointOf, endpointPorts } from '../../../../src/controllers/endpointslice/pod-endpoint.ts';
import type { Node } from '../../../../src/model/node.ts';
import type { Pod } from '../../../../src/model/pod.ts';
import type { Service } from '../../../../src/model/service.ts';

const service: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'ns' },
  spec: { ports: [{ port: 80, targetPort: 'http' }], trafficDistribution: 'PreferClose' },
};
const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', namespace: 'ns', uid: 'u' },
  spec: { nodeName: 'n', containers: [{ name: 'c', ports: [{ name: 'http', containerPort: 8080 }] }] },
  status: { phase: 'Running', podIP: '10.0.0.1', conditions: [{ type: 'Ready', status: 'True' }] },
};
const node = (zone: string): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n', labels: { 'topology.kubernetes.io/zone': zone } },
});

test('An endpoint stays the same object until its pod, its service or the zone of its node changes', () => {
  const first = knownEndpoint(service, pod, node('a'));
  expect(first).toEqual(endpointOf(pod, node('a'), service));
  expect(knownEndpoint(service, pod, node('a'))).toBe(first);
  expect(knownEndpoint(service, pod, node('b'))).toEqual(endpointOf(pod, node('b'), service));
  const leaving = { ...pod, metadata: { ...pod.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
  expect(knownEndpoint(service, leaving, node('b'))).toEqual(endpointOf(leaving, node('b'), service));
  const open = { ...service, spec: { ...service.spec, publishNotReadyAddresses: true } };
  expect(knownEndpoint(open, leaving, node('b')).conditions).toEqual({ ready: true, serving: true, terminating: true });
});

test('Ports are those of the version of the service that is asked about', () => {
  expect(knownPorts(service, pod).ports).toEqual([{ name: '', protocol: 'TCP', port: 8080 }]);
  const moved = { ...service, spec: { ...service.spec, ports: [{ port: 80, targetPort: 9090 }] } };
  expect(knownPorts(moved, pod).ports).toEqual(endpointPorts(moved, pod));
  const other = { ...pod, spec: { ...pod.spec, containers: [{ name: 'c', ports: [{ name: 'http', containerPort: 81 }] }] } };
  expect(knownPorts(service, other).ports).toEqual([{ name: '', protocol: 'TCP', port: 81 }]);
});

test('A named port may be that of a sidecar, and of no other init container', () => {
  const containers = [{ name: 'c' }];
  const ports = [{ name: 'http', containerPort: 9000 }];
  const withInit = (init: Partial<NonNullable<Pod['spec']['initContainers']>[number]>): Pod => ({
    ...pod,
    spec: { ...pod.spec, containers, initContainers: [{ name: 'proxy', ports, ...init }] },
  });
  // The three share their containers, as templates of one Deployment may.
  expect(knownPorts(service, withInit({})).ports).toEqual([]);
  expect(knownPorts(service, withInit({ restartPolicy: 'Always' })).ports).toEqual([{ name: '', protocol: 'TCP', port: 9000 }]);
  expect(knownPorts(service, withInit({})).ports).toEqual([]);
});
