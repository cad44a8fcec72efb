import { expect, test } from 'vitest';
import { topologyHints, wantsTopologyHints, zoneShares } from '../../../../src/controllers/endpointslice/topology-hints.ts';
import type { Node } from '../../../../src/model/node.ts';
import type { Endpoint, Service } from '../../../../src/model/service.ts';

const node = (
  name: string,
  zone: string | undefined,
  cpu: string,
  more: { readonly ready?: 'True' | 'False'; readonly role?: string } = {},
): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    labels: {
      ...(zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone }),
      ...(more.role === undefined ? {} : { [`node-role.kubernetes.io/${more.role}`]: '' }),
    },
  },
  spec: {},
  status: { allocatable: { cpu }, conditions: [{ type: 'Ready', status: more.ready ?? 'True' }] },
});
/** `counts` endpoints in each zone, with ids `<zone>-<number>`. */
const endpoints = (counts: { readonly [zone: string]: number }, ready = true) =>
  new Map<string, Endpoint>(
    Object.entries(counts).flatMap(([zone, count]) =>
      Array.from({ length: count }, (_, k) => [`${zone}-${k}`, { addresses: [`10.0.0.${k}`], conditions: { ready }, zone }] as const),
    ),
  );
const perZone = (hints: ReturnType<typeof topologyHints>) => {
  if ('problem' in hints) return hints.problem;
  const counts: { [zone: string]: number } = {};
  for (const zone of hints.zones.values()) counts[zone] = (counts[zone] ?? 0) + 1;
  return counts;
};
const even = [node('n1', 'a', '4'), node('n2', 'b', '4'), node('n3', 'c', '4')];

test('zoneShares counts the CPU of ready nodes that are no control plane', () => {
  const nodes = [
    node('n1', 'a', '1'),
    node('n2', 'b', '3'),
    node('n3', 'c', '9', { ready: 'False' }),
    node('n4', 'd', '9', { role: 'control-plane' }),
  ];
  expect(zoneShares(nodes)).toEqual(
    new Map([
      ['a', 0.25],
      ['b', 0.75],
    ]),
  );
});

test.each([
  ['Nodes only ready in one zone', [node('n1', 'a', '4'), node('n2', 'a', '4')]],
  ['Insufficient Node information: allocatable CPU or zone not specified on one or more nodes', [...even, node('n4', undefined, '4')]],
])('topologyHints says "%s"', (problem, nodes) => {
  expect(topologyHints(endpoints({ a: 9 }), nodes)).toEqual({ problem });
});

test('topologyHints needs an endpoint a zone, and no zone to bear a fifth more than its share', () => {
  expect(perZone(topologyHints(endpoints({ a: 2 }), even))).toBe('Insufficient number of endpoints');
  // Four in three equal zones: each needs ceil(1.33 / 1.2) = 2, which makes six.
  expect(perZone(topologyHints(endpoints({ a: 4 }), even))).toBe(
    'Unable to allocate minimum required endpoints to each zone without exceeding overload threshold',
  );
});

test('topologyHints leaves endpoints in their own zone while the zones have what they need', () => {
  expect(perZone(topologyHints(endpoints({ a: 4, b: 3, c: 3 }), even))).toEqual({ a: 4, b: 3, c: 3 });
});

test('topologyHints gives from the zone that has most above its share to the one that lacks most', () => {
  // Each of three equal zones needs ceil(3 / 1.2) = 3 of nine.
  expect(perZone(topologyHints(endpoints({ a: 9 }), even))).toEqual({ a: 3, b: 3, c: 3 });
  expect(perZone(topologyHints(endpoints({ a: 6, b: 2, c: 1 }), even))).toEqual({ a: 3, b: 3, c: 3 });
});

test('topologyHints counts ready endpoints alone', () => {
  expect(perZone(topologyHints(endpoints({ a: 9 }, false), even))).toBe('Insufficient number of endpoints');
});

test.each([
  ['Auto', undefined, true],
  ['auto', undefined, true],
  ['Disabled', undefined, false],
  ['Auto', 'PreferClose', false],
] as const)('wantsTopologyHints with mode %s and distribution %s is %s', (mode, trafficDistribution, wanted) => {
  const service: Service = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 's', namespace: 'ns', annotations: { 'service.kubernetes.io/topology-mode': mode } },
    spec: trafficDistribution === undefined ? {} : { trafficDistribution },
  };
  expect(wantsTopologyHints(service)).toBe(wanted);
});
