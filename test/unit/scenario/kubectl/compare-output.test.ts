import { expect, test } from 'vitest';
import { collapseBlanks, sameOutput } from '../../../../src/scenario/conformance/kubectl/compare-output.ts';
import { Placeholders } from '../../../../src/scenario/conformance/kubectl/output-pattern.ts';

const same = (recorded: string, ours: string, compare?: string) => sameOutput(recorded, ours, compare, new Placeholders());

test('A placeholder stands for any value of its class, and for one value wherever its number occurs', () => {
  expect(same('web <age> <ip1>', 'web 2m5s 10.0.0.7')).toBe(true);
  expect(same('web <age>', 'web soon')).toBe(false);
  expect(same('<ip1> <ip1>', '10.0.0.7 10.0.0.7')).toBe(true);
  expect(same('<ip1> <ip1>', '10.0.0.7 10.0.0.8')).toBe(false);
  expect(same('at <time>', 'at Thu, 01 Jan 2026 00:00:01 +0000')).toBe(true);
  expect(same('a.b', 'axb')).toBe(false);
});

test('A value once found is looked for in later outputs', () => {
  const placeholders = new Placeholders();
  expect(placeholders.matches('rv <rv1>', 'rv 12')).toBe(true);
  expect(placeholders.matches('rv <rv1>', 'rv 13')).toBe(false);
  expect(placeholders.matches('rv <rv2>', 'rv 13')).toBe(true);
});

test('Rows of pods with generated names and Events come in any order, everything else as it was recorded', () => {
  expect(same('NAME\nweb-<rand5-1> a\nweb-<rand5-2> b', 'NAME\nweb-zzzzz b\nweb-aaaaa a')).toBe(true);
  expect(same('NAME\nweb-<rand5-1> a\nweb-<rand5-2> a', 'NAME\nweb-zzzzz b\nweb-aaaaa a')).toBe(false);
  expect(same('Events:\n  Normal A <age>\n  Normal B <age>', 'Events:\n  Normal B 1s\n  Normal A 2s')).toBe(true);
  expect(same('one\ntwo', 'two\none')).toBe(false);
  expect(same('one\ntwo', 'two\none', 'unorderedLines')).toBe(true);
  expect(same('one\ntwo', 'other\nmore\ntwo', 'lastLine')).toBe(true);
});

test('collapseBlanks keeps what a line begins with and makes every gap behind it three blanks', () => {
  expect(collapseBlanks('NAME      AGE  \n  a \t b\tc d')).toBe('NAME   AGE\n  a   b   c d');
});
