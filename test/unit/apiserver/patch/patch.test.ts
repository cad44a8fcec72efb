import { describe, expect, test } from 'vitest';
import { applyPatch } from '../../../../src/apiserver/patch.ts';

const deployment = {
  kind: 'Deployment',
  metadata: { name: 'web', finalizers: ['a/b', 'c/d'] },
  spec: {
    template: {
      spec: {
        containers: [
          { name: 'a', image: 'a:1' },
          { name: 'b', image: 'b:1', args: ['x'] },
        ],
      },
    },
  },
};
const strategic = (body: object) => applyPatch(deployment, { type: 'strategic', body }) as typeof deployment;
const containersOf = ({ spec }: typeof deployment) => spec.template.spec.containers;
const withContainers = (containers: readonly object[], more: object = {}) => ({ spec: { template: { spec: { containers, ...more } } } });

describe('A strategic merge patch', () => {
  test('changes an item of a list by its key, and puts a new one in front', () => {
    const containers = containersOf(
      strategic(
        withContainers([
          { name: 'b', image: 'b:2' },
          { name: 'c', image: 'c:1' },
        ]),
      ),
    );
    expect(containers.map(({ name, image }) => `${name} ${image}`)).toEqual(['a a:1', 'b b:2', 'c c:1']);
    expect(containersOf(strategic(withContainers([{ name: 'c' }]))).map(({ name }) => name)).toEqual(['c', 'a', 'b']);
  });

  test('takes away an item marked so, and orders a list as it is told', () => {
    expect(containersOf(strategic(withContainers([{ name: 'a', $patch: 'delete' }]))).map(({ name }) => name)).toEqual(['b']);
    const order = { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] };
    expect(containersOf(strategic({ spec: { template: { spec: order } } })).map(({ name }) => name)).toEqual(['b', 'a']);
  });

  test('takes values out of a list of plain ones', () => {
    expect(strategic({ metadata: { '$deleteFromPrimitiveList/finalizers': ['a/b'] } }).metadata.finalizers).toEqual(['c/d']);
  });

  test('replaces what is not merged', () => {
    expect(containersOf(strategic(withContainers([{ name: 'b', args: ['y'] }])))[1]).toMatchObject({ args: ['y'] });
  });

  test('refuses an item without its key, and a directive nobody knows', () => {
    expect(() => strategic(withContainers([{ image: 'x' }]))).toThrow('map: map[image:x] does not contain declared merge key: name');
    expect(() => strategic({ $patch: 'strange' })).toThrow('unknown patch type: strange in map: map[$patch:strange]');
  });
});

describe('A JSON patch', () => {
  const patched = (...operations: readonly object[]) => applyPatch({ a: [1, 2], b: { 'x/y': 1 } }, { type: 'json', body: operations });

  test('adds, moves, copies and removes by pointer', () => {
    expect(patched({ op: 'add', path: '/a/-', value: 3 }, { op: 'remove', path: '/a/0' })).toMatchObject({ a: [2, 3] });
    expect(patched({ op: 'move', from: '/b/x~1y', path: '/c' })).toEqual({ a: [1, 2], b: {}, c: 1 });
    expect(patched({ op: 'copy', from: '/a/1', path: '/c' })).toMatchObject({ a: [1, 2], c: 2 });
  });

  test('is refused as a whole when one of its operations does not apply', () => {
    for (const wrong of [
      { op: 'remove', path: '/none' },
      { op: 'test', path: '/a/0', value: 9 },
      { op: 'add', path: '/a/9', value: 1 },
    ]) {
      expect(() => patched({ op: 'add', path: '/d', value: 1 }, wrong)).toThrow('the server rejected our request');
    }
  });
});

test('A merge patch takes away what is null and replaces lists', () => {
  expect(applyPatch({ a: { b: 1, c: 2 }, d: [1] }, { type: 'merge', body: { a: { b: null }, d: [2] } })).toEqual({ a: { c: 2 }, d: [2] });
});
