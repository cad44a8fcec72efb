import { describe, expect, test } from 'vitest';
import type { Endpoint, EndpointSlice, Service } from '../../../src/model/service.ts';
import { candidates, hasEndpoints } from '../../../src/network/endpoint-choice.ts';
import { rulesOf } from '../../../src/network/service-rules.ts';

const READY = { ready: true, serving: true, terminating: false };
const NOT_READY = { ready: false, serving: false, terminating: false };
const LEAVING = { ready: false, serving: true, terminating: true };
const GONE = { ready: false, serving: false, terminating: true };

interface One {
  readonly node: string;
  readonly is?: Endpoint['conditions'];
  readonly zones?: readonly string[];
  readonly nodes?: readonly string[];
}

/** The rules of a Service whose endpoints are 10.0.0.1, 10.0.0.2, …, in that order. */
function portRules(all: readonly One[]) {
  const endpoints = all.map(({ node, is = READY, zones, nodes }, at): Endpoint => {
    const hints = {
      ...(zones === undefined ? {} : { forZones: zones.map((name) => ({ name })) }),
      ...(nodes === undefined ? {} : { forNodes: nodes.map((name) => ({ name })) }),
    };
    return { addresses: [`10.0.0.${at + 1}`], conditions: is, nodeName: node, hints };
  });
  const service = { metadata: { name: 's', namespace: 'default' }, spec: { ports: [{ port: 80 }] } } as unknown as Service;
  const slice = { metadata: { name: 's-1' }, ports: [{ port: 8080 }], endpoints } as unknown as EndpointSlice;
  return rulesOf(service, [slice]).ports[0]!;
}

const on = (nodeName: string, zone = '') => ({ nodeName, zone });

describe('candidates under the policy Cluster', () => {
  test.each<[string, readonly One[], { nodeName: string; zone: string }, readonly number[]]>([
    ['takes every ready endpoint', [{ node: 'n1' }, { node: 'n2' }, { node: 'n3', is: NOT_READY }], on('n1'), [1, 2]],
    ['leaves terminating ones alone while one is ready', [{ node: 'n1', is: LEAVING }, { node: 'n2' }], on('n1'), [2]],
    [
      'falls back to all that serve while they terminate',
      [
        { node: 'n1', is: LEAVING },
        { node: 'n2', is: LEAVING },
        { node: 'n3', is: GONE },
      ],
      on('n3'),
      [1, 2],
    ],
    [
      'has none when nobody serves',
      [
        { node: 'n1', is: GONE },
        { node: 'n2', is: NOT_READY },
      ],
      on('n1'),
      [],
    ],
    [
      "keeps to the node's zone when every ready endpoint is hinted",
      [
        { node: 'n1', zones: ['a'] },
        { node: 'n2', zones: ['b'] },
      ],
      on('n9', 'b'),
      [2],
    ],
    ['ignores zone hints when one ready endpoint has none', [{ node: 'n1', zones: ['a'] }, { node: 'n2' }], on('n9', 'a'), [1, 2]],
    [
      'ignores zone hints when none is for the zone',
      [
        { node: 'n1', zones: ['a'] },
        { node: 'n2', zones: ['b'] },
      ],
      on('n9', 'c'),
      [1, 2],
    ],
    [
      'does not count hints of endpoints that are not ready',
      [
        { node: 'n1', zones: ['a'] },
        { node: 'n2', is: LEAVING },
      ],
      on('n9', 'a'),
      [1],
    ],
    [
      'prefers the node itself when every ready endpoint is hinted for a node',
      [
        { node: 'n1', nodes: ['n1'], zones: ['a'] },
        { node: 'n2', nodes: ['n2'], zones: ['a'] },
      ],
      on('n2', 'a'),
      [2],
    ],
    [
      'falls back from node hints to zone hints',
      [
        { node: 'n1', nodes: ['n1'], zones: ['a'] },
        { node: 'n2', nodes: ['n2'], zones: ['b'] },
      ],
      on('n3', 'b'),
      [2],
    ],
    [
      'lets hints go when nobody is ready',
      [
        { node: 'n1', is: LEAVING, zones: ['a'] },
        { node: 'n2', is: LEAVING, zones: ['b'] },
      ],
      on('n1', 'a'),
      [1, 2],
    ],
  ])('%s', (_about, all, place, expected) => {
    expect(candidates(portRules(all), 'Cluster', place).map(({ ip }) => Number(ip.split('.')[3]))).toEqual(expected);
  });
});

describe('candidates under the policy Local', () => {
  test.each<[string, readonly One[], string, readonly number[]]>([
    ["takes the node's own", [{ node: 'n1' }, { node: 'n2' }], 'n2', [2]],
    ['never another node', [{ node: 'n1' }], 'n2', []],
    ['prefers ready ones', [{ node: 'n1', is: LEAVING }, { node: 'n1' }], 'n1', [2]],
    [
      'takes its own that serve while they terminate, though others are ready elsewhere',
      [{ node: 'n1', is: LEAVING }, { node: 'n2' }],
      'n1',
      [1],
    ],
    [
      'takes no notice of hints',
      [
        { node: 'n1', zones: ['a'] },
        { node: 'n2', zones: ['b'] },
      ],
      'n1',
      [1],
    ],
  ])('%s', (_about, all, nodeName, expected) => {
    expect(candidates(portRules(all), 'Local', on(nodeName, 'b')).map(({ ip }) => Number(ip.split('.')[3]))).toEqual(expected);
  });

  test('tells a node without endpoints from a Service without any', () => {
    expect(hasEndpoints(portRules([{ node: 'n1', is: LEAVING }]))).toBe(true);
    expect(hasEndpoints(portRules([{ node: 'n1', is: GONE }]))).toBe(false);
  });
});

test('rulesOf takes an endpoint that publishes not-ready addresses as it is told: ready', () => {
  // The EndpointSlice controller writes ready=true for it, and terminating=true beside it when the pod goes (cluster.md 4.12).
  const rules = portRules([{ node: 'n1', is: { ready: true, serving: false, terminating: true } }]);
  expect(rules.ready).toHaveLength(1);
  expect(rules.leaving).toHaveLength(0);
});
