import { expect, test } from 'vitest';
import { selectorMatches } from '../../../src/model/selector.ts';
import { isTolerated } from '../../../src/model/toleration.ts';

const labels = { app: 'web', tier: 'front' };

test.each([
  ['an absent selector matches nothing', undefined, false],
  ['an empty selector matches everything', {}, true],
  ['all labels must match', { matchLabels: { app: 'web', tier: 'back' } }, false],
  ['In wants the value', { matchExpressions: [{ key: 'app', operator: 'In', values: ['web', 'api'] }] }, true],
  ['NotIn holds for an absent key', { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] }, true],
  ['Exists wants the key', { matchExpressions: [{ key: 'zone', operator: 'Exists' }] }, false],
  ['DoesNotExist wants it absent', { matchExpressions: [{ key: 'zone', operator: 'DoesNotExist' }] }, true],
] as const)('A label selector: %s', (_name, selector, expected) => {
  expect(selectorMatches(selector, labels)).toBe(expected);
});

const taint = { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' } as const;

test.each([
  ['an equal key and value', { key: 'dedicated', value: 'gpu' }, true],
  ['another value', { key: 'dedicated', value: 'cpu' }, false],
  ['Exists without a key', { operator: 'Exists' }, true],
  ['another effect', { key: 'dedicated', value: 'gpu', effect: 'NoExecute' }, false],
  ['an operator behind an alpha gate', { key: 'dedicated', operator: 'Gt', value: '1' }, false],
])('A toleration with %s', (_name, toleration, expected) => {
  expect(isTolerated([toleration], taint)).toBe(expected);
});
