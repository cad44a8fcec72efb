import { expect, test } from 'vitest';
import { chosenNodes } from '../../../src/faults/node-choice.ts';
import { Random } from '../../../src/sim/random.ts';

const ZONE = 'topology.kubernetes.io/zone';
const nodes: Parameters<typeof chosenNodes>[0] = [
  { name: 'a1', labels: { [ZONE]: 'a', disk: 'ssd' }, isUp: true },
  { name: 'a2', labels: { [ZONE]: 'a' }, isUp: false },
  { name: 'b1', labels: { [ZONE]: 'b', disk: 'ssd' }, isUp: true },
  { name: 'b2', labels: { [ZONE]: 'b' }, isUp: true },
];
const random = () => new Random(3).stream('faults');

test.each([
  ['names, whatever their state', { names: ['a2', 'b1'] }, ['a2', 'b1']],
  ['a zone', { zone: 'a' }, ['a1', 'a2']],
  ['labels', { labels: { disk: 'ssd' } }, ['a1', 'b1']],
  ['a zone and labels', { zone: 'b', labels: { disk: 'ssd' } }, ['b1']],
  ['as many of a zone as are up when more are asked for', { zone: 'a', count: 2 }, ['a1']],
  ['no node of a zone that is none', { zone: 'c' }, []],
])('chosenNodes takes %s', (_about, target, expected) => {
  expect(chosenNodes(nodes, target, random())).toEqual(expected);
});

test('chosenNodes draws a count without taking a node twice or one that is down', () => {
  const chosen = chosenNodes(nodes, { count: 3 }, random());
  expect([...chosen].sort()).toEqual(['a1', 'b1', 'b2']);
});
