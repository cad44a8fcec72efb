import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PodSelectors } from '../../../src/controllers/pod-selectors.ts';
import type { LabelSelector } from '../../../src/model/meta.ts';
import type { Pod } from '../../../src/model/pod.ts';
import { selectorMatches } from '../../../src/model/selector.ts';

const pod = (name: string, labels?: { [key: string]: string }): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'ns', ...(labels === undefined ? {} : { labels }) },
  spec: { containers: [{ name: 'c' }] },
});

test('A pod names the objects that select it, and those that did before its labels changed', () => {
  const selectors = new PodSelectors();
  const old = pod('p', { app: 'web' });
  selectors.set('ns/web', 'ns', { matchLabels: { app: 'web' } }, () => [old]);
  selectors.set('ns/api', 'ns', { matchLabels: { app: 'api' } }, () => []);
  selectors.set('ns/none', 'ns', undefined, () => [old]);
  expect([...selectors.podsOf('ns/web')]).toEqual([old]);
  const moved = pod('p', { app: 'api' });
  expect([...selectors.setPod(old, moved)].sort()).toEqual(['ns/api', 'ns/web']);
  expect([...selectors.podsOf('ns/web')]).toEqual([]);
  expect([...selectors.podsOf('ns/api')]).toEqual([moved]);
  expect(selectors.setPod(moved, undefined)).toEqual(['ns/api']);
});

test('What has changed is told once, in full where it is not known, and one that comes back is another at the end of the line', () => {
  const selectors = new PodSelectors();
  const [a, b] = [pod('a', { app: 'web' }), pod('b', { app: 'web' })];
  selectors.set('ns/web', 'ns', { matchLabels: { app: 'web' } }, () => [a, b]);
  expect(selectors.takeChanges('ns/web')).toBeUndefined();
  expect(selectors.takeChanges('ns/web')).toEqual([]);
  selectors.setPod(b, b);
  expect(selectors.takeChanges('ns/web')).toEqual([]);
  selectors.setPod(a, undefined);
  selectors.setPod(undefined, a);
  expect(selectors.podsOf('ns/web')).toEqual([b, a]);
  expect(selectors.takeChanges('ns/web')?.map(({ pod: { metadata }, isGone }) => [metadata.name, isGone])).toEqual([
    ['a', true],
    ['a', false],
  ]);
  // Four that come and go beside two that stay: all of them are then the shorter list.
  for (const name of ['c', 'd', 'e', 'f']) {
    selectors.setPod(undefined, pod(name, { app: 'web' }));
    selectors.setPod(pod(name, { app: 'web' }), undefined);
  }
  expect(selectors.takeChanges('ns/web')).toBeUndefined();
});

const labels = fc.option(fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2'), { maxKeys: 2 }), { nil: undefined });
const expression = fc.oneof(
  fc.record({ key: fc.constantFrom('a', 'b'), operator: fc.constantFrom('Exists' as const, 'DoesNotExist' as const) }),
  fc.record({
    key: fc.constantFrom('a', 'b'),
    operator: fc.constantFrom('In' as const, 'NotIn' as const),
    values: fc.constantFrom(['1'], ['2'], ['1', '2']),
  }),
);
const selector: fc.Arbitrary<LabelSelector> = fc.record(
  {
    matchLabels: fc.dictionary(fc.constantFrom('a', 'b'), fc.constantFrom('1', '2'), { maxKeys: 2 }),
    matchExpressions: fc.array(expression, { maxLength: 2 }),
  },
  { requiredKeys: [] },
);
const act = fc.oneof(
  fc.record({ pod: fc.nat(3), labels }),
  fc.record({ pod: fc.nat(3) }),
  fc.record({ object: fc.nat(2), selector: fc.option(selector, { nil: undefined }) }),
);

test('What is kept is what every selector says of every pod', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
      const selectors = new PodSelectors();
      const pods = new Map<string, Pod>();
      const objects = new Map<string, LabelSelector>();
      const matching = (one: Pod | undefined) =>
        one === undefined ? [] : [...objects].filter(([, its]) => selectorMatches(its, one.metadata.labels)).map(([key]) => key);
      for (const one of acts) {
        if ('object' in one) {
          const key = `ns/${one.object}`;
          selectors.set(key, 'ns', one.selector, () => pods.values());
          if (one.selector === undefined) objects.delete(key);
          else objects.set(key, one.selector);
        } else {
          const name = `pod-${one.pod}`;
          const before = pods.get(name);
          const after = 'labels' in one ? pod(name, one.labels) : undefined;
          if (before === undefined && after === undefined) continue;
          const named = selectors.setPod(before, after);
          expect(new Set(named)).toEqual(new Set([...matching(before), ...matching(after)]));
          if (after === undefined) pods.delete(name);
          else pods.set(name, after);
        }
        for (const [key, its] of objects) {
          const selected = [...pods.values()].filter(({ metadata }) => selectorMatches(its, metadata.labels));
          expect(new Set(selectors.podsOf(key))).toEqual(new Set(selected));
        }
      }
    }),
  );
});
