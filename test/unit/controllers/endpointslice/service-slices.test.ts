import { describe, expect, test } from 'vitest';
import { planSlices } from '../../../../src/controllers/endpointslice/service-slices.ts';
import { TriggerTimes } from '../../../../src/controllers/endpointslice/trigger-times.ts';
import type { Pod } from '../../../../src/model/pod.ts';
import type { EndpointSlice, Service } from '../../../../src/model/service.ts';

const service: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'ns', uid: 's', creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }], clusterIP: '10.0.0.1' },
};
const pod = (k: number, ready: boolean, deletionTimestamp?: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `p${k}`, namespace: 'ns', uid: `u${k}`, ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }) },
  spec: { containers: [{ name: 'c' }], nodeName: 'n1' },
  status: {
    phase: 'Running',
    podIP: `10.1.0.${k}`,
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: `2026-01-01T00:00:0${k}Z` }],
  },
});
const plan = (pods: readonly Pod[], existing: readonly EndpointSlice[], of = service) =>
  planSlices(of, pods, () => undefined, existing, 100, undefined);

describe('a service', () => {
  test('that nothing stands behind has one empty slice, which is then left alone', () => {
    const first = plan([], []);
    expect(first.creates.map((slice) => [slice.endpoints, slice.ports])).toEqual([[[], []]]);
    expect(plan([], first.creates)).toEqual({ creates: [], updates: [], deletes: [] });
  });

  test('turns its placeholder into its first real slice', () => {
    const { creates } = plan([], []);
    const next = plan([pod(1, false)], creates);
    expect([next.creates.length, next.updates.length, next.deletes.length]).toEqual([0, 1, 0]);
    expect(next.updates[0]!.ports).toEqual([{ name: '', protocol: 'TCP', port: 8080 }]);
  });

  test('shows a terminating pod as serving but not ready, unless it publishes addresses that are not', () => {
    const pods = [pod(1, true, '2026-01-01T00:01:00Z')];
    expect(plan(pods, []).creates[0]!.endpoints[0]!.conditions).toEqual({ ready: false, serving: true, terminating: true });
    const open = { ...service, spec: { ...service.spec, publishNotReadyAddresses: true } };
    expect(plan(pods, [], open).creates[0]!.endpoints[0]!.conditions!.ready).toBe(true);
  });

  test('that is headless says so on its slices', () => {
    const headless = { ...service, spec: { ...service.spec, clusterIP: 'None' } };
    expect(plan([], [], headless).creates[0]!.metadata.labels).toHaveProperty(['service.kubernetes.io/headless'], '');
  });
});

describe('the trigger time', () => {
  test('is the earliest change since the last pass, or none', () => {
    const times = new TriggerTimes();
    expect(times.take('ns/web', service, [pod(1, true)])).toBe('2026-01-01T00:00:00Z');
    expect(times.take('ns/web', service, [pod(1, true)])).toBeUndefined();
    expect(times.take('ns/web', service, [pod(1, true), pod(2, true), pod(3, true)])).toBe('2026-01-01T00:00:02Z');
  });

  test('counts a pod anew that had gone', () => {
    const times = new TriggerTimes();
    times.take('ns/web', service, [pod(1, true), pod(2, true)]);
    expect(times.take('ns/web', service, [pod(2, true), pod(3, true)])).toBe('2026-01-01T00:00:03Z');
    expect(times.take('ns/web', service, [pod(1, true), pod(2, true), pod(3, true)])).toBe('2026-01-01T00:00:01Z');
  });

  test('of a pod that has come back under its name is measured by what was known of the former, once', () => {
    const times = new TriggerTimes();
    const one = (ready: Pod, isGone = false) => ({ pod: ready, order: 0, isGone });
    times.take('ns/web', service, [pod(1, true)]);
    const next = { ...pod(3, true), metadata: pod(1, true).metadata };
    expect(times.takeChanged('ns/web', service, [one(pod(1, true), true), one(next)])).toBe('2026-01-01T00:00:03Z');
    expect(times.takeChanged('ns/web', service, [one({ ...next })])).toBeUndefined();
    expect(times.takeChanged('ns/web', service, [one(next, true)])).toBeUndefined();
    expect(times.takeChanged('ns/web', service, [one(next)])).toBe('2026-01-01T00:00:03Z');
  });
});
