import { expect, test } from 'vitest';
import { rootOf } from '../../../../src/apiserver/managed/typed-value.ts';
import { typingProblem } from '../../../../src/apiserver/managed/typing.ts';
import { schemaOf } from '../../../../src/apiserver/schema/struct-schema.ts';

const problem = (spec: unknown) => typingProblem(rootOf(schemaOf('Pod')), { spec });

test.each([
  [
    'a text that is a list',
    { nodeName: ['x'] },
    '.spec.nodeName: expected string, got &value.valueUnstructured{Value:[]interface {}{"x"}}',
  ],
  ['a map that is a list', { nodeSelector: ['a=b'] }, '.spec.nodeSelector: expected map, got &{[a=b]}'],
  ['a number that is a text', { priority: '1' }, '.spec.priority: expected numeric (int or float), got string'],
  ['a field nobody knows', { nodename: 'x' }, '.spec.nodename: field not declared in schema'],
  [
    'an item that is no map',
    { containers: [true] },
    '.spec.containers: element 0: associative list with keys may not have non-map elements',
  ],
  ['two items of one key', { containers: [{ name: 'c' }, { name: 'c' }] }, '.spec.containers: duplicate entries for key [name="c"]'],
])('A configuration with %s is refused in the words of server-side apply', (_, spec, wanted) => {
  expect(problem(spec)).toBe(wanted);
});

test('Several problems stand below one another', () => {
  expect(problem({ nodeName: 1, priority: true })).toMatch(/^errors:\n {2}\.spec\.nodeName.*\n {2}\.spec\.priority/);
});
