import { expect, test } from 'vitest';
import { amountOf, amountText, sum } from '../../../src/model/amount.ts';
import type { Pod } from '../../../src/model/pod.ts';
import { concernedIn, missingFor, usageOf } from '../../../src/model/quota.ts';
import { isInScope } from '../../../src/model/quota-scope.ts';
import { timeText } from '../../../src/model/time.ts';

const pod = (resources: object, phase = 'Pending'): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'ns' },
    spec: { containers: [{ name: 'c', resources }] },
    status: { phase },
  }) as Pod;

test.each([
  ['100m', '500m', '600m'],
  ['500m', '500m', '1'],
  ['0', '3Gi', '3Gi'],
  ['512Mi', '512Mi', '1Gi'],
  ['1', '1', '2'],
  ['1k', '1', '1001'],
])('amounts %s and %s add up to %s', (a, b, total) => {
  expect(amountText(sum(amountOf(a), amountOf(b)))).toBe(total);
});

test('usageOf counts a pod once and what its containers ask for', () => {
  const usage = usageOf('Pod', pod({ requests: { cpu: '250m' }, limits: { memory: '1Gi' } }), 0);
  expect([...usage].map(([name, amount]) => `${name}=${amountText(amount)}`).sort()).toEqual([
    'count/pods=1',
    'cpu=250m',
    'limits.memory=1Gi',
    'pods=1',
    'requests.cpu=250m',
  ]);
});

test('usageOf leaves a finished pod nothing but its place among the objects', () => {
  expect([...usageOf('Pod', pod({ requests: { cpu: '1' } }, 'Succeeded'), 0).keys()]).toEqual(['count/pods']);
});

test('missingFor names what the quota counts and the container does not say', () => {
  expect(missingFor({ 'requests.cpu': '1', 'requests.memory': '1Gi', pods: '4' }, pod({ requests: { cpu: '1' } }))).toBe(
    'requests.memory for: c',
  );
  expect(missingFor({ pods: '4' }, pod({}))).toBe('');
});

const texts = (usage: ReadonlyMap<string, { readonly nanos: bigint; readonly isBinary: boolean }>) =>
  Object.fromEntries([...usage].map(([name, amount]) => [name, amountText(amount)]));

test('usageOf counts huge pages with and without their prefix, other extended resources as requests alone, and no limit of either', () => {
  const resources = { 'hugepages-2Mi': '4Mi', 'example.com/gpu': '2' };
  expect(texts(usageOf('Pod', pod({ requests: resources, limits: resources }), 0))).toEqual({
    'count/pods': '1',
    pods: '1',
    'hugepages-2Mi': '4Mi',
    'requests.hugepages-2Mi': '4Mi',
    'requests.example.com/gpu': '2',
  });
});

test('usageOf takes what a container still has on its node while that is more than it asks for', () => {
  const shrinking = pod({ requests: { cpu: '1' } });
  const status = { phase: 'Running', containerStatuses: [{ name: 'c', resources: { requests: { cpu: '2' } } }] };
  expect(texts(usageOf('Pod', { ...shrinking, status } as Pod, 0))['requests.cpu']).toBe('2');
});

test('usageOf adds the overhead of a pod to limits it has, and to no others', () => {
  const one = pod({ limits: { cpu: '1' } });
  const usage = texts(usageOf('Pod', { ...one, spec: { ...one.spec, overhead: { cpu: '100m', memory: '64Mi' } } } as Pod, 0));
  expect([usage['limits.cpu'], usage['limits.memory'], usage['requests.memory']]).toEqual(['1100m', undefined, '64Mi']);
});

test('usageOf leaves a pod nothing but its place once twice its grace is over', () => {
  const metadata = { name: 'p', namespace: 'ns', deletionTimestamp: timeText(60_000_000), deletionGracePeriodSeconds: 30 };
  const leaving = { ...pod({ requests: { cpu: '1' } }), metadata } as Pod;
  expect(usageOf('Pod', leaving, 90_000_000).has('pods')).toBe(true);
  expect(usageOf('Pod', leaving, 90_000_001).has('pods')).toBe(false);
});

test('usageOf counts the node ports of a load balancer, or those named where none are to be given', () => {
  const service = (spec: object) => ({ kind: 'Service', metadata: { name: 's' }, spec: { type: 'LoadBalancer', ...spec } }) as never;
  const ports = [{ port: 80 }, { port: 81, nodePort: 30081 }];
  expect(texts(usageOf('Service', service({ ports }), 0))['services.nodeports']).toBe('2');
  expect(texts(usageOf('Service', service({ ports, allocateLoadBalancerNodePorts: false }), 0))['services.nodeports']).toBe('1');
});

test('usageOf counts whole bytes of a claim, for the class its old annotation names, and the larger size it is being given', () => {
  const claim = {
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c', annotations: { 'volume.beta.kubernetes.io/storage-class': 'old' } },
    spec: { storageClassName: 'new', resources: { requests: { storage: '1500m' } } },
  };
  const byClass = (name: string) =>
    texts(usageOf('PersistentVolumeClaim', claim as never, 0))[`${name}.storageclass.storage.k8s.io/requests.storage`];
  expect([byClass('old'), byClass('new')]).toEqual(['2', undefined]);
  const growing = { ...claim, status: { allocatedResources: { storage: '1Gi' } } };
  expect(texts(usageOf('PersistentVolumeClaim', growing as never, 0))['requests.storage']).toBe('1Gi');
});

test('missingFor asks nothing of a pod that says it as a whole', () => {
  const silent = pod({});
  const whole = { ...silent, spec: { ...silent.spec, resources: { limits: { memory: '1Gi' } } } } as Pod;
  expect(missingFor({ 'requests.cpu': '1' }, whole)).toBe('');
});

test.each([
  ['Pod', 'requests.example.com/gpu', true],
  ['Pod', 'limits.example.com/gpu', false],
  ['Pod', 'hugepages-1Gi', true],
  ['Pod', 'limits.hugepages-1Gi', false],
  ['Pod', 'count/pods', true],
  ['Event', 'count/events', false],
  ['Lease', 'count/leases.coordination.k8s.io', true],
  ['PersistentVolumeClaim', 'gold.storageclass.storage.k8s.io/requests.storage', true],
  ['PersistentVolumeClaim', 'gold.storageclass.storage.k8s.io/limits.storage', false],
] as const)('A quota counts %s under %s: %s', (kind, resource, isCounted) => {
  expect(concernedIn({ [resource]: '1' }, kind).length > 0).toBe(isCounted);
});

const quotaOf = (scopeName: string, operator: string, values?: string[]) =>
  ({ spec: { scopeSelector: { matchExpressions: [{ scopeName, operator, values }] } } }) as never;

test.each([
  ['Exists', undefined, false, true],
  ['In', ['gold'], false, true],
  ['NotIn', ['gold'], true, true],
  ['DoesNotExist', undefined, true, false],
])('Scope VolumeAttributesClass %s %j takes a claim of no class: %s; one between gold and silver: %s', (operator, values, none, both) => {
  const quota = quotaOf('VolumeAttributesClass', operator, values);
  const claim = (spec: object, status: object) => ({ spec, status }) as never;
  expect(isInScope(quota, 'PersistentVolumeClaim', claim({}, {}))).toBe(none);
  const between = claim({ volumeAttributesClassName: 'silver' }, { currentVolumeAttributesClassName: 'gold' });
  expect(isInScope(quota, 'PersistentVolumeClaim', between)).toBe(both);
  expect(isInScope(quota, 'Pod', pod({}))).toBe(false);
});
