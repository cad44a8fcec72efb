import fc from 'fast-check';
import { expect, test } from 'vitest';
import { claimViolations, podViolations, withLimitDefaults } from '../../../src/apiserver/limit-range.ts';
import { Store } from '../../../src/apiserver/store.ts';
import type { ResourceList } from '../../../src/model/meta.ts';
import type { Pod } from '../../../src/model/pod.ts';
import type { LimitRange, LimitRangeItem } from '../../../src/model/policy.ts';
import type { PersistentVolumeClaim } from '../../../src/model/storage.ts';

function pod(...containers: readonly { readonly requests?: ResourceList; readonly limits?: ResourceList }[]): Pod {
  const named = containers.map((resources, index) => ({ name: `c${index}`, image: 'x', resources }));
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'shop' }, spec: { containers: named } };
}

function storeWith(...limits: readonly LimitRangeItem[]): Store {
  const store = new Store();
  const range: LimitRange = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'usual', namespace: 'shop' }, spec: { limits } };
  store.put('LimitRange', range);
  return store;
}

const CONTAINER = 'Container';
const CASES: readonly [LimitRangeItem, Pod, readonly string[]][] = [
  [{ type: CONTAINER, max: { cpu: '1' } }, pod({ limits: { cpu: '2' } }), ['maximum cpu usage per Container is 1, but limit is 2']],
  [{ type: CONTAINER, max: { cpu: '1' } }, pod({}), ['maximum cpu usage per Container is 1.  No limit is specified']],
  [
    { type: CONTAINER, min: { memory: '64Mi' } },
    pod({ requests: { memory: '32Mi' } }),
    ['minimum memory usage per Container is 64Mi, but request is 32Mi'],
  ],
  [
    { type: CONTAINER, min: { memory: '64Mi' } },
    pod({ requests: { memory: '64Mi' }, limits: { memory: '32Mi' } }),
    ['minimum memory usage per Container is 64Mi, but limit is 32Mi'],
  ],
  [
    { type: CONTAINER, maxLimitRequestRatio: { cpu: '2' } },
    pod({ requests: { cpu: '100m' }, limits: { cpu: '400m' } }, { limits: { cpu: '1' } }, { requests: { cpu: '1' } }),
    [
      'cpu max limit to request ratio per Container is 2, but provided ratio is 4.000000',
      'cpu max limit to request ratio per Container is 2, but no request is specified or request is 0',
      'cpu max limit to request ratio per Container is 2, but no limit is specified or limit is 0',
    ],
  ],
  [
    { type: 'Pod', max: { memory: '400Mi' } },
    pod({ limits: { memory: '300Mi' } }, { limits: { memory: '300Mi' } }),
    ['maximum memory usage per Pod is 400Mi, but limit is 600Mi'],
  ],
  [{ type: 'Pod', max: { memory: '600Mi' } }, pod({ limits: { memory: '300Mi' } }, { limits: { memory: '300Mi' } }), []],
];

test.each(CASES)('podViolations of %j', (item, candidate, violations) => {
  expect(podViolations([item], candidate)).toEqual(violations);
});

test('podViolations counts of init containers the largest, not the sum', () => {
  const limits = { cpu: '1' };
  const initContainers = ['a', 'b'].map((name) => ({ name, image: 'x', resources: { limits } }));
  const candidate = { ...pod({ limits }), spec: { ...pod({ limits }).spec, initContainers } };
  expect(podViolations([{ type: 'Pod', max: { cpu: '1' } }], candidate)).toEqual([]);
});

test('claimViolations looks at the request alone', () => {
  const claim = (storage: string): PersistentVolumeClaim => ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c' },
    spec: { resources: { requests: { storage } } },
  });
  const item = { type: 'PersistentVolumeClaim', min: { storage: '2Gi' }, max: { storage: '5Gi' } };
  expect(claimViolations([item], claim('1Gi'))).toEqual(['minimum storage usage per PersistentVolumeClaim is 2Gi, but request is 1Gi']);
  expect(claimViolations([item], claim('6Gi'))).toEqual(['maximum storage usage per PersistentVolumeClaim is 5Gi, but request is 6Gi']);
  expect(claimViolations([item], claim('2Gi'))).toEqual([]);
});

test('withLimitDefaults fills in what is missing and says so', () => {
  const store = storeWith({ type: CONTAINER, default: { cpu: '400m', memory: '200Mi' }, defaultRequest: { cpu: '200m' } });
  const filled = withLimitDefaults(store, pod({}, { limits: { cpu: '1' } }));
  expect(filled.spec.containers.map(({ resources }) => resources)).toEqual([
    { requests: { cpu: '200m' }, limits: { cpu: '400m', memory: '200Mi' } },
    { requests: { cpu: '200m' }, limits: { cpu: '1', memory: '200Mi' } },
  ]);
  expect(filled.metadata.annotations?.['kubernetes.io/limit-ranger']).toBe(
    'LimitRanger plugin set: cpu request for container c0; cpu, memory limit for container c0; cpu request for container c1; memory limit for container c1',
  );
});

test('withLimitDefaults leaves pods of other namespaces alone', () => {
  const stranger = { ...pod({}), metadata: { name: 'p', namespace: 'elsewhere' } };
  expect(withLimitDefaults(storeWith({ type: CONTAINER, default: { cpu: '1' } }), stranger)).toBe(stranger);
});

const someList = fc.dictionary(fc.constantFrom('cpu', 'memory'), fc.constantFrom('1', '2', '3'), { maxKeys: 2 });

test('withLimitDefaults never changes what a container says itself, and has nothing left to do a second time', () => {
  fc.assert(
    fc.property(someList, someList, someList, someList, (defaults, defaultRequest, requests, limits) => {
      const store = storeWith({ type: CONTAINER, default: defaults, defaultRequest });
      const filled = withLimitDefaults(store, pod({ requests, limits }));
      const { resources } = filled.spec.containers[0]!;
      expect(resources).toMatchObject({ requests, limits });
      for (const name in defaults) expect(resources?.limits?.[name]).toBe(limits[name] ?? defaults[name]);
      expect(withLimitDefaults(store, filled)).toBe(filled);
    }),
  );
});
