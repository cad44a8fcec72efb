import { expect, test } from 'vitest';
import { ControllersAlone } from '../support/controllers-alone.ts';

test('A node keeps the number its annotation says in other words, and gets its own for what is none', () => {
  const site = new ControllersAlone({}, true);
  site.create('v1', 'Node', 'n');
  const written = (value: string) =>
    site.do({ act: 'patch', on: 'Node/n', patch: { metadata: { annotations: { 'node.alpha.kubernetes.io/ttl': value } } } }).writes.length;
  expect([written('00'), written('+0'), written('soon')]).toEqual([0, 0, 1]);
});
