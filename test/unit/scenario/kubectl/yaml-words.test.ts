import { expect, test } from 'vitest';
import { yamlProblem } from '../../../../src/scenario/kubectl/yaml-words.ts';

test.each([
  ['a: 1\nb: [x, y]\n', undefined],
  ['{"spec":{"replicas":2}}', undefined],
  ['not: a: manifest', 'yaml: mapping values are not allowed in this context'],
  ['apiVersion: v1\nkind: ConfigMap\nmetadata:\n\tname: x\n', 'yaml: line 4: found character that cannot start any token'],
  ['a: 1\n  b: 2\n', 'yaml: line 2: mapping values are not allowed in this context'],
  ['a: 1\nfoo\nb: 2\n', "yaml: line 3: could not find expected ':'"],
  ['a: "x\n', 'yaml: line 2: found unexpected end of stream'],
  ['{"spec":', 'yaml: did not find expected node content'],
  ['{"spec": {"replicas": 2}', "yaml: did not find expected ',' or '}'"],
  ['- a\nb: c\n', "yaml: line 1: did not find expected '-' indicator"],
  ['a:\n  b: 1\n c: 2\n', 'yaml: line 2: did not find expected key'],
])('yamlProblem says of %j what go-yaml says', (text, words) => {
  expect(yamlProblem(text)).toBe(words);
});
