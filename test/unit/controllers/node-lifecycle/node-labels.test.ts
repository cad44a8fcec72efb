import { expect, test } from 'vitest';
import { labelsToReconcile } from '../../../../src/controllers/node-lifecycle/node-labels.ts';

const node = (labels: { [label: string]: string }) => ({ apiVersion: 'v1', kind: 'Node' as const, metadata: { name: 'n', labels } });

test('The older names of operating system and architecture follow the present ones', () => {
  const right = { 'kubernetes.io/os': 'linux', 'beta.kubernetes.io/os': 'linux' };
  expect(labelsToReconcile(node({}))).toBeUndefined();
  expect(labelsToReconcile(node(right))).toBeUndefined();
  expect(labelsToReconcile(node({ 'beta.kubernetes.io/os': 'linux' }))).toBeUndefined();
  expect(labelsToReconcile(node({ ...right, 'kubernetes.io/arch': 'arm64' }))).toEqual({ 'beta.kubernetes.io/arch': 'arm64' });
  expect(labelsToReconcile(node({ ...right, 'kubernetes.io/os': 'windows' }))).toEqual({ 'beta.kubernetes.io/os': 'windows' });
});
