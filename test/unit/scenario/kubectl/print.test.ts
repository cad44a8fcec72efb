import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { customColumns, customColumnsText } from '../../../../src/scenario/kubectl/print/custom-columns.ts';
import { goValueText } from '../../../../src/scenario/kubectl/print/go-value.ts';
import { alignedTable } from '../../../../src/scenario/kubectl/print/tab-writer.ts';
import { unifiedHunks } from '../../../../src/scenario/kubectl/print/unified-diff.ts';
import { yamlText } from '../../../../src/scenario/kubectl/print/yaml.ts';

test('yamlText quotes what another reader would take for something else', () => {
  const value = {
    a: 'true',
    b: '1',
    c: 'on',
    d: '',
    e: 'a: b',
    f: 'two\nlines\n',
    g: [],
    h: {},
    i: null,
    j: '-',
    k: 'plain text',
    l: '0x1f',
  };
  expect(yamlText(value)).toBe(`a: "true"
b: "1"
c: "on"
d: ""
e: 'a: b'
f: |
  two
  lines
g: []
h: {}
i: null
j: '-'
k: plain text
l: "0x1f"
`);
});

test('What yamlText writes is read back as it was', () => {
  const text = fc.string({ unit: fc.constantFrom('a', ' ', ':', '#', '-', '"', "'", '\n', '1', '{', '*', '~') });
  const { map } = fc.letrec<{ value: unknown; map: Record<string, unknown> }>((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, fc.integer(), text, fc.boolean(), fc.constant(null), fc.array(tie('value')), tie('map')),
    map: fc.dictionary(fc.constantFrom('a', 'b', 'c-d', 'e.f/g'), tie('value')),
  }));
  fc.assert(
    fc.property(map, (value) => {
      expect(parse(yamlText(value), { version: '1.1' })).toEqual(value);
    }),
  );
});

test('alignedTable leaves three blanks between columns, none of them narrower than six', () => {
  expect(alignedTable('NAME\tX\tAGE\na\tlonger\t1s\n')).toBe('NAME   X        AGE\na      longer   1s\n');
});

test('customColumnsText prints lists as Go does and what is missing as <none>', () => {
  const columns = customColumns('N:.metadata.name,I:.spec.items[*].a,M:.spec.map,X:.nope');
  const object = { metadata: { name: 'x' }, spec: { items: [{ a: 1 }, { a: 2 }], map: { b: 'c', a: [1] } } };
  expect(customColumnsText(columns, [object], true)).toBe('N     I     M                X\nx     1,2   map[a:[1] b:c]   <none>\n');
  expect(goValueText({ a: { b: null }, c: [true, 'x'] })).toBe('map[a:map[b:<nil>] c:[true x]]');
});

test('unifiedHunks prints three lines around each change, and joins changes that are near', () => {
  const lines = (...more: string[]) => `${['1', '2', '3', '4', '5', '6', '7', '8', '9', ...more].join('\n')}\n`;
  expect(unifiedHunks(lines(), lines())).toEqual([]);
  expect(unifiedHunks(lines(), lines().replace('5', 'x'))).toEqual(['@@ -2,7 +2,7 @@', ' 2', ' 3', ' 4', '-5', '+x', ' 6', ' 7', ' 8']);
  expect(unifiedHunks('', '1\n2\n')).toEqual(['@@ -0,0 +1,2 @@', '+1', '+2']);
  expect(unifiedHunks(lines('10'), lines())).toEqual(['@@ -7,4 +7,3 @@', ' 7', ' 8', ' 9', '-10']);
});
