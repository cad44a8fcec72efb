import fc from 'fast-check';
import { expect, test } from 'vitest';
import { applyPatch } from '../../../src/apiserver/patch.ts';
import { threeWayPatch } from '../../../src/scenario/kubectl/merge-patch.ts';

const container = (name: string, image: string, more: object = {}) => ({ name, image, ...more });

test('Apply changes what the file changed, keeps what others set, and removes what left the file', () => {
  const original = { spec: { replicas: 1, paused: true, template: { containers: [container('a', 'a:1'), container('b', 'b:1')] } } };
  const modified = { spec: { replicas: 3, template: { containers: [container('a', 'a:2')] } } };
  const current = {
    spec: {
      replicas: 5,
      paused: true,
      minReadySeconds: 7,
      template: { containers: [container('a', 'a:1', { tty: true }), container('b', 'b:1'), container('c', 'c:1')] },
    },
  };
  const body = threeWayPatch(original, modified, current);
  expect(applyPatch(current, { type: 'strategic', body })).toEqual({
    spec: { replicas: 3, minReadySeconds: 7, template: { containers: [container('a', 'a:2', { tty: true }), container('c', 'c:1')] } },
  });
});

test('Apply of what was applied already sends nothing', () => {
  const { map } = fc.letrec<{ value: unknown; map: Record<string, unknown> }>((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, fc.nat(), fc.string(), fc.boolean(), tie('map')),
    map: fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('value')),
  }));
  fc.assert(fc.property(map, (object) => threeWayPatch(object, object, object) === undefined));
});
