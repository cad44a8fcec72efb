import { describe, expect, test } from 'vitest';
import type { ApiError } from '../../../src/apiserver/api-error.ts';
import { FieldSet, pathText } from '../../../src/apiserver/managed/field-set.ts';
import * as managed from '../../../src/apiserver/managed/managed-fields.ts';
import { fieldsOf, rootOf } from '../../../src/apiserver/managed/typed-value.ts';
import { schemaOf } from '../../../src/apiserver/schema/struct-schema.ts';
import type { KubeObject } from '../../../src/model/meta.ts';

const POD = managed.managedTypeOf('Pod');

function pod(spec: object): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'default' }, spec } as unknown as KubeObject;
}

function apply(live: KubeObject | undefined, config: KubeObject, manager: string, isForced = false): KubeObject {
  const writer = { manager, subresource: '', now: '2026-01-01T00:00:00Z' };
  const { object, managers } = managed.apply(POD, live, config, writer, isForced);
  return managed.withManagers(object, managers);
}

const pathsOf = (set: FieldSet) => set.paths().map(pathText);
const specOf = (object: KubeObject) => (object as KubeObject & { readonly spec: unknown }).spec;
const ownersOf = (object: KubeObject) => {
  const { managedFields } = object.metadata as unknown as { readonly managedFields: readonly managed.ManagerEntry[] };
  return Object.fromEntries(managedFields.map((one) => [one.manager, pathsOf(FieldSet.of(one.fieldsV1))]));
};

test('Lists with keys are owned item by item and field by field, everything atomic as a whole', () => {
  const fields = fieldsOf(rootOf(schemaOf('Pod')), {
    spec: {
      containers: [{ name: 'c', image: 'x', args: ['a'], ports: [{ containerPort: 80 }] }],
      tolerations: [{ key: 'a' }],
      nodeSelector: { a: 'b' },
    },
  });
  expect(pathsOf(fields)).toEqual([
    '.spec.nodeSelector',
    '.spec.tolerations',
    '.spec.containers[name="c"]',
    '.spec.containers[name="c"].args',
    '.spec.containers[name="c"].image',
    '.spec.containers[name="c"].name',
    '.spec.containers[name="c"].ports[containerPort=80,protocol="TCP"]',
    '.spec.containers[name="c"].ports[containerPort=80,protocol="TCP"].containerPort',
  ]);
});

describe('Of what is applied to an object', () => {
  const first = apply(
    undefined,
    pod({
      containers: [
        { name: 'c', image: 'x:1' },
        { name: 'd', image: 'y:1' },
      ],
      hostname: 'h',
    }),
    'alpha',
  );

  test('each manager owns what it gave', () => {
    const second = apply(first, pod({ containers: [{ name: 'c', tty: true }] }), 'beta');
    expect(specOf(second)).toEqual({
      containers: [
        { name: 'c', image: 'x:1', tty: true },
        { name: 'd', image: 'y:1' },
      ],
      hostname: 'h',
    });
    expect(ownersOf(second).beta).toEqual([
      '.spec.containers[name="c"]',
      '.spec.containers[name="c"].name',
      '.spec.containers[name="c"].tty',
    ]);
  });

  test('what a manager no longer gives goes, unless somebody else owns it too', () => {
    const shared = apply(first, pod({ hostname: 'h' }), 'beta');
    const next = apply(shared, pod({ containers: [{ name: 'c', image: 'x:1' }] }), 'alpha');
    expect(specOf(next)).toEqual({ containers: [{ name: 'c', image: 'x:1' }], hostname: 'h' });
  });

  test("a change of somebody else's field is a conflict, and taken over by force", () => {
    const other = pod({ hostname: 'g' });
    expect(() => apply(first, other, 'beta')).toThrow('Apply failed with 1 conflict: conflict with "alpha": .spec.hostname');
    try {
      apply(first, other, 'beta');
    } catch (error) {
      expect((error as ApiError).causes).toEqual([
        { reason: 'FieldManagerConflict', message: 'conflict with "alpha"', field: '.spec.hostname' },
      ]);
    }
    const taken = apply(first, other, 'beta', true);
    expect(specOf(taken)).toMatchObject({ hostname: 'g' });
    expect(ownersOf(taken)).toMatchObject({ beta: ['.spec.hostname'] });
    expect(ownersOf(taken).alpha).not.toContain('.spec.hostname');
  });
});
