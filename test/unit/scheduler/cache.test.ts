import { describe, expect, test } from 'vitest';
import type { Node } from '../../../src/model/node.ts';
import type { Pod } from '../../../src/model/pod.ts';
import { Cache } from '../../../src/scheduler/cache.ts';
import { PodInfo } from '../../../src/scheduler/pod-info.ts';
import { Snapshot } from '../../../src/scheduler/snapshot.ts';

function node(name: string, zone: string): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'topology.kubernetes.io/zone': zone } },
    status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110' } },
  };
}

function pod(name: string, nodeName?: string): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: `uid-${name}` },
    spec: { nodeName, containers: [{ name: 'main', resources: { requests: { cpu: '500m', memory: '1Gi' } } }] },
  };
}

function snapshotOf(cache: Cache, snapshot: Snapshot): string[] {
  cache.updateSnapshot(snapshot);
  return snapshot.nodes.map(({ name }) => name);
}

describe('Cache', () => {
  test('lists one node of each zone in turn, in the order the zones appeared', () => {
    const cache = new Cache();
    for (const [name, zone] of ['a1', 'b1', 'c1', 'd2', 'e3', 'f3'].map((text) => [text[0]!, `z${text[1]}`] as const)) {
      cache.addNode(node(name, zone));
    }
    // z1 holds a, b, c; z2 holds d; z3 holds e and f (spec 10.2, 6).
    expect(snapshotOf(cache, new Snapshot())).toEqual(['a', 'd', 'e', 'b', 'f', 'c']);
  });

  test('keeps the list as it is when a node only changes its zone, until the next node comes', () => {
    const cache = new Cache();
    const snapshot = new Snapshot();
    for (const name of ['a', 'b', 'c']) cache.addNode(node(name, name === 'c' ? 'z2' : 'z1'));
    expect(snapshotOf(cache, snapshot)).toEqual(['a', 'c', 'b']);
    cache.updateNode(node('a', 'z2'));
    expect(snapshotOf(cache, snapshot)).toEqual(['a', 'c', 'b']);
    cache.addNode(node('d', 'z1'));
    expect(snapshotOf(cache, snapshot)).toEqual(['b', 'c', 'd', 'a']);
  });

  test('takes a heartbeat for no change, but keeps the object it brought', () => {
    const cache = new Cache();
    const snapshot = new Snapshot();
    cache.addNode(node('a', 'z1'));
    cache.updateSnapshot(snapshot);
    const { head } = snapshot.log;
    const ready = { type: 'Ready', status: 'True' as const, lastHeartbeatTime: '2026-01-01T00:00:10Z' };
    const beat: Node = { ...node('a', 'z1'), status: { ...node('a', 'z1').status, conditions: [ready] } };
    cache.updateNode(beat);
    cache.updateSnapshot(snapshot);
    expect(snapshot.log.head).toBe(head);
    expect(snapshot.get('a')?.node).toBe(beat);

    cache.updateNode({ ...beat, spec: { unschedulable: true } });
    cache.updateSnapshot(snapshot);
    expect(snapshot.log.head).toBe(head + 1);
  });

  test('tells where each node stood before rows were dealt anew', () => {
    const cache = new Cache();
    const snapshot = new Snapshot();
    for (const name of ['a', 'b', 'c']) cache.addNode(node(name, 'z1'));
    cache.updateSnapshot(snapshot);
    cache.removeNode('b');
    cache.addNode(node('d', 'z0'));
    expect(snapshotOf(cache, snapshot)).toEqual(['a', 'd', 'c']);
    expect([...snapshot.previousRows]).toEqual([0, -1, 2]);
  });

  test('counts an assumed pod at once, and no longer when it is forgotten', () => {
    const cache = new Cache();
    cache.addNode(node('a', 'z1'));
    const info = new PodInfo(pod('p'));
    cache.assumePod(info, 'a');
    expect(cache.getNode('a')?.requestedMilliCpu).toBe(500);
    expect(cache.isAssumed('uid-p')).toBe(true);
    cache.forgetPod('uid-p');
    expect(cache.getNode('a')?.requestedMilliCpu).toBe(0);
    expect(cache.podCount).toBe(0);
  });

  test('counts an assumed pod once when its binding is confirmed', () => {
    const cache = new Cache();
    cache.addNode(node('a', 'z1'));
    cache.assumePod(new PodInfo(pod('p')), 'a');
    cache.addPod(pod('p', 'a'));
    expect(cache.getNode('a')?.requestedMilliCpu).toBe(500);
    expect(cache.assumedCount).toBe(0);
  });

  test('holds pods of a node it has not seen, and keeps a deleted node out of the snapshot while pods are left on it', () => {
    const cache = new Cache();
    const snapshot = new Snapshot();
    cache.addPod(pod('p', 'a'));
    expect(snapshotOf(cache, snapshot)).toEqual([]);
    cache.addNode(node('a', 'z1'));
    expect(snapshotOf(cache, snapshot)).toEqual(['a']);
    expect(snapshot.get('a')?.pods.length).toBe(1);
    cache.removeNode('a');
    expect(snapshotOf(cache, snapshot)).toEqual([]);
    expect(cache.getNode('a')).toBeDefined();
    cache.removePod('uid-p');
    expect(cache.getNode('a')).toBeUndefined();
  });
});
