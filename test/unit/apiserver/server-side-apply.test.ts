import { describe, expect, test } from 'vitest';
import type { ApiError } from '../../../src/apiserver/api-error.ts';
import { fieldsOfStruct, pathsOf } from '../../../src/apiserver/apply/field-set.ts';
import { appliedObject, managedFieldsOf } from '../../../src/apiserver/apply/server-side-apply.ts';
import { schemaOf } from '../../../src/apiserver/schema/struct-schema.ts';
import type { KubeObject } from '../../../src/model/meta.ts';

const POD = schemaOf('Pod');

function pod(spec: object): KubeObject {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'default' }, spec } as unknown as KubeObject;
}

function apply(live: KubeObject | undefined, applied: KubeObject, manager: string, isForced = false): KubeObject {
  return appliedObject(POD, live, applied, applied, { manager, isForced, time: '2026-01-01T00:00:00Z' });
}

const specOf = (object: KubeObject) => (object as KubeObject & { readonly spec: unknown }).spec;
const ownersOf = (object: KubeObject) => Object.fromEntries(managedFieldsOf(object).map((one) => [one.manager, pathsOf(one.fieldsV1)]));

test('Lists with keys are owned item by item and field by field, everything atomic as a whole', () => {
  const fields = fieldsOfStruct(POD, {
    spec: {
      containers: [{ name: 'c', image: 'x', args: ['a'], ports: [{ containerPort: 80 }] }],
      tolerations: [{ key: 'a' }],
      nodeSelector: { a: 'b' },
    },
  });
  expect(pathsOf(fields)).toEqual([
    '.spec.containers[name="c"].name',
    '.spec.containers[name="c"].image',
    '.spec.containers[name="c"].args',
    '.spec.containers[name="c"].ports[containerPort=80,protocol="TCP"].containerPort',
    '.spec.tolerations',
    '.spec.nodeSelector',
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
    expect(ownersOf(second).beta).toEqual(['.spec.containers[name="c"].name', '.spec.containers[name="c"].tty']);
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
