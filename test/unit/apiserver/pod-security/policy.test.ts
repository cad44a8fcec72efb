import { expect, test } from 'vitest';
import { levelText, policyOf } from '../../../../src/apiserver/pod-security/policy.ts';

const PREFIX = 'pod-security.kubernetes.io/';

function read(labels: { readonly [label: string]: string }): string[] {
  const { enforce, warn, problems } = policyOf(Object.fromEntries(Object.entries(labels).map(([key, value]) => [PREFIX + key, value])));
  return [levelText(enforce), levelText(warn), ...problems.map(({ field, message }) => `${field}: ${message}`)];
}

test('A namespace without labels allows everything', () => {
  expect(read({})).toEqual(['privileged:latest', 'privileged:latest']);
  expect(levelText(policyOf(undefined).enforce)).toBe('privileged:latest');
});

test('What is enforced is warned of too, unless the labels say otherwise', () => {
  expect(read({ enforce: 'baseline', 'enforce-version': 'v1.24' })).toEqual(['baseline:v1.24', 'baseline:v1.24']);
  expect(read({ enforce: 'baseline', 'enforce-version': 'v1.24', 'warn-version': 'latest' })).toEqual([
    'baseline:v1.24',
    'baseline:latest',
  ]);
  expect(read({ enforce: 'restricted', warn: 'privileged' })).toEqual(['restricted:latest', 'privileged:latest']);
  expect(read({ warn: 'restricted', 'warn-version': 'v1.0' })).toEqual(['privileged:latest', 'restricted:v1.0']);
});

test('What cannot be read is named, enforced as the strictest and warned of not at all', () => {
  expect(read({ enforce: 'strict', 'enforce-version': '1.24', audit: '', warn: 'x', 'warn-version': 'v1.01' })).toEqual([
    'restricted:latest',
    'privileged:latest',
    `metadata.labels[${PREFIX}enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted`,
    `metadata.labels[${PREFIX}enforce-version]: Invalid value: "1.24": must be "latest" or "v1.x"`,
    `metadata.labels[${PREFIX}audit]: Invalid value: "": must be one of privileged, baseline, restricted`,
    `metadata.labels[${PREFIX}warn]: Invalid value: "x": must be one of privileged, baseline, restricted`,
    `metadata.labels[${PREFIX}warn-version]: Invalid value: "v1.01": must be "latest" or "v1.x"`,
  ]);
});
