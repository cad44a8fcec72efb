import { expect, test } from 'vitest';
import { jsonDifference } from '../../../../src/apiserver/validation/difference.ts';

test('A difference is the hunks of a unified diff, three lines around each', () => {
  const before = { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6, g: 7 };
  expect(jsonDifference(before, { ...before, d: 9 })).toBe(
    '@@ -2,7 +2,7 @@\n  "a": 1,\n  "b": 2,\n  "c": 3,\n- "d": 4,\n+ "d": 9,\n  "e": 5,\n  "f": 6,\n  "g": 7\n',
  );
});

test('The longest common block is found first: here the last item and what follows it', () => {
  const item = (name: string) => ({ name, kind: 'x' });
  const difference = jsonDifference([item('old')], [item('new'), item('old')]);
  expect(difference).toBe('@@ -1,4 +1,8 @@\n [\n+ {\n+  "name": "new",\n+  "kind": "x"\n+ },\n  {\n   "name": "old",\n   "kind": "x"\n');
});

test('What does not differ has no hunks', () => {
  expect(jsonDifference({ a: '<' }, { a: '<' })).toBe('');
});
