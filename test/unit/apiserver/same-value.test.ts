import { expect, test } from 'vitest';
import { EMPTY_MAP, isSameValue } from '../../../src/apiserver/same-value.ts';

test.each([
  [[1, 2], [1, 2], true],
  [[1, 2], [2, 1], false],
  [[1, 2], [1, 2, 3], false],
  [[{ a: 1, b: undefined }], [{ a: 1 }], true],
  [[{ a: [] }], [{}], true],
  [[undefined], [], true],
  [[], undefined, true],
  [[], {}, false],
  [{ list: [1] }, {}, false],
  [{}, { list: [1] }, false],
  [{ map: EMPTY_MAP }, {}, true],
  [{ struct: {} }, {}, false],
  [null, undefined, true],
  [null, 0, false],
])('%j and %j would be stored alike: %s', (a, b, expected) => {
  expect(isSameValue(a, b)).toBe(expected);
  expect(isSameValue(b, a)).toBe(expected);
});
