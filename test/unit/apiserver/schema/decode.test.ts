import { expect, test } from 'vitest';
import { decode, fatalProblem, pathText, strictProblems } from '../../../../src/apiserver/schema/decode.ts';
import { readJson } from '../../../../src/apiserver/schema/json-reader.ts';
import { schemaOf } from '../../../../src/apiserver/schema/struct-schema.ts';

const deployment = (spec: object) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' }, spec });

test('A field nobody knows is told by its path, in the order of the text, and each once', () => {
  const template = {
    spec: {
      containers: [
        { name: 'c', imgae: 'x' },
        { name: 'd', imgae: 'y' },
      ],
    },
  };
  const { problems } = decode(schemaOf('Deployment'), deployment({ replicaz: 1, template }));
  expect(strictProblems(problems)).toEqual([
    'unknown field "spec.replicaz"',
    'unknown field "spec.template.spec.containers[0].imgae"',
    'unknown field "spec.template.spec.containers[1].imgae"',
  ]);
});

test('A field in other letters is another field', () => {
  expect(strictProblems(decode(schemaOf('Deployment'), deployment({ Replicas: 1 })).problems)).toEqual(['unknown field "spec.Replicas"']);
});

test('A value of another type is refused in the words of encoding/json', () => {
  const { problems } = decode(schemaOf('Deployment'), deployment({ replicas: 'two' }));
  expect(fatalProblem(problems)?.message).toBe(
    'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
  );
  expect(pathText(problems[0]!.path)).toBe('spec.replicas');
});

test('A field given twice is told, and its last value holds', () => {
  const { value, problems } = decode(schemaOf('ConfigMap'), readJson('{"metadata":{"name":"a"},"data":{"k":"1","k":"2"}}'));
  expect(strictProblems(problems)).toEqual(['duplicate field "data.k"']);
  expect(value).toMatchObject({ data: { k: '2' } });
});

test('What a struct holds is written down: quantities in their canonical form, and empty fields Go does not leave out', () => {
  const pod = { spec: { containers: [{ name: 'c', resources: { requests: { cpu: '0.5', memory: '1024Ki' } } }] } };
  const { value } = decode(schemaOf('Pod'), pod);
  expect(value).toMatchObject({ spec: { containers: [{ resources: { requests: { cpu: '500m', memory: '1Mi' } } }] }, status: {} });
});
