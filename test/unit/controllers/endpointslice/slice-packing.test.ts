import { describe, expect, test } from 'vitest';
import { hasEndpoint, isEndpointChange, targetPort } from '../../../../src/controllers/endpointslice/pod-endpoint.ts';
import { endpointId, packSlices } from '../../../../src/controllers/endpointslice/slice-packing.ts';
import type { Pod } from '../../../../src/model/pod.ts';
import type { Endpoint, EndpointSlice } from '../../../../src/model/service.ts';

const endpoint = (k: number, ready = true): Endpoint => ({
  addresses: [`10.1.0.${k}`],
  conditions: { ready, serving: ready, terminating: false },
  targetRef: { kind: 'Pod', namespace: 'ns', name: `p${k}`, uid: `u${k}` },
});
const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => endpoint(from + index));
const slice = (name: string, endpoints: readonly Endpoint[]): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace: 'ns' },
  addressType: 'IPv4',
  endpoints,
});
const desired = (endpoints: readonly Endpoint[]) => new Map(endpoints.map((one) => [endpointId(one), one]));
const fresh = () => false;
const pod = (name: string, labels: { [key: string]: string }, status: Pod['status'] = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'ns', labels },
  spec: { containers: [{ name: 'c', ports: [{ name: 'http', containerPort: 8080 }] }] },
  status,
});
describe('slices', () => {
  test('hold at most so many endpoints, the last one the rest', () => {
    const changes = packSlices([], desired(range(0, 250)), 100, fresh);
    expect(changes.creates.map((one) => one.length)).toEqual([100, 100, 50]);
  });

  test('are left alone when nothing they show has changed', () => {
    const changes = packSlices([slice('a', range(0, 3))], desired(range(0, 3)), 100, fresh);
    expect(changes).toEqual({ creates: [], updates: [], deletes: [] });
  });

  test('that are written anyway are filled before others', () => {
    const a = slice('a', range(0, 10));
    const b = slice('b', range(10, 50));
    const changes = packSlices([a, b], desired([...range(1, 50), endpoint(60)]), 100, fresh);
    expect(changes.updates.map((one) => [one.slice.metadata.name, one.endpoints.length])).toEqual([['a', 10]]);
  });

  test('that nobody touches take what is left where the fullest has room', () => {
    const a = slice('a', range(0, 10));
    const b = slice('b', range(10, 50));
    const changes = packSlices([a, b], desired(range(0, 51)), 100, fresh);
    expect(changes.updates.map((one) => [one.slice.metadata.name, one.endpoints.length])).toEqual([['b', 41]]);
  });

  test('with no endpoint left are deleted', () => {
    expect(packSlices([slice('a', range(0, 2))], new Map(), 100, fresh).deletes.length).toBe(1);
  });
});

describe('a pod', () => {
  test('has no endpoint without an address or once it has finished', () => {
    expect(hasEndpoint(pod('p', {}))).toBe(false);
    expect(hasEndpoint(pod('p', {}, { podIP: '10.0.0.1', phase: 'Failed' }))).toBe(false);
    expect(hasEndpoint(pod('p', {}, { podIP: '10.0.0.1', phase: 'Running' }))).toBe(true);
  });

  test('changes nothing for its services by its phase alone', () => {
    const before = pod('p', {}, { podIP: '10.0.0.1', phase: 'Running' });
    expect(isEndpointChange(before, { ...before, status: { ...before.status, phase: 'Failed' } })).toBe(false);
    expect(isEndpointChange(before, { ...before, status: { ...before.status, podIP: '10.0.0.2' } })).toBe(true);
  });

  test('answers a named target port by its container port', () => {
    expect(targetPort({ port: 80, targetPort: 'http' }, pod('p', {}))).toBe(8080);
    expect(targetPort({ port: 80, targetPort: 'metrics' }, pod('p', {}))).toBeUndefined();
  });
});
