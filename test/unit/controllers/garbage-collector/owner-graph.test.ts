import { describe, expect, test } from 'vitest';
import { OwnerGraph } from '../../../../src/controllers/garbage-collector/owner-graph.ts';
import type { KubeObject, ObjectMeta, OwnerReference } from '../../../../src/model/meta.ts';

const ref = (name: string, blockOwnerDeletion = true): OwnerReference => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name,
  uid: name,
  blockOwnerDeletion,
});
const object = (name: string, more: Partial<ObjectMeta> = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, uid: name, namespace: 'ns', ...more },
});
function graphWithLog() {
  const log: string[] = [];
  const graph = new OwnerGraph({
    attemptToDelete: (node) => log.push(`delete ${node.name}`),
    attemptToDeleteLater: (node) => log.push(`delete ${node.name} later`),
    attemptToOrphan: (node) => log.push(`orphan ${node.name}`),
    foundAbsent: (owner) => log.push(`absent ${owner.name}`),
    foundInOtherNamespace: (dependent, owner) => log.push(`${dependent.name} not in the namespace of ${owner.name}`),
  });
  return { graph, log };
}

describe('the owner graph', () => {
  test('asks about the dependents of an owner that is gone', () => {
    const { graph, log } = graphWithLog();
    graph.observe('ConfigMap', object('a'));
    graph.observe('ConfigMap', object('b', { ownerReferences: [ref('a')] }));
    expect(log).toEqual([]);
    graph.remove('a');
    expect(log).toEqual(['absent a', 'delete b']);
  });

  test('asks about an owner it has only heard of, until it sees it', () => {
    const { graph, log } = graphWithLog();
    graph.observe('ConfigMap', object('b', { ownerReferences: [ref('a')] }));
    expect(log).toEqual(['delete a']);
    expect(graph.get('a')!.isVirtual).toBe(true);
    graph.observe('ConfigMap', object('a'));
    expect(graph.get('a')!.isVirtual).toBe(false);
    expect(graph.get('a')!.blocking).toBe(1);
  });

  test('lets the dependents of a foreground deletion go before their owner', () => {
    const { graph, log } = graphWithLog();
    graph.observe('ConfigMap', object('a'));
    graph.observe('ConfigMap', object('b', { ownerReferences: [ref('a')] }));
    graph.observe('ConfigMap', object('a', { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['foregroundDeletion'] }));
    expect(log).toEqual(['delete b', 'delete a']);
    graph.remove('b');
    expect(graph.get('a')!.blocking).toBe(0);
    expect(log.at(-1)).toBe('delete a');
  });

  test('hands a deleted owner with the orphan finalizer to be orphaned, once', () => {
    const { graph, log } = graphWithLog();
    graph.observe('ConfigMap', object('a'));
    const leaving = object('a', { deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['orphan'] });
    graph.observe('ConfigMap', leaving);
    graph.observe('ConfigMap', leaving);
    expect(log).toEqual(['orphan a']);
  });

  test('forgets an owner once its reference is gone', () => {
    const { graph } = graphWithLog();
    graph.observe('ConfigMap', object('a'));
    graph.observe('ConfigMap', object('b', { ownerReferences: [ref('a')] }));
    graph.observe('ConfigMap', object('b'));
    expect([graph.get('a')!.dependents.size, graph.get('a')!.blocking]).toEqual([0, 0]);
  });

  test('doubts a dependent in another namespace than its owner, whichever it sees first', () => {
    const { graph, log } = graphWithLog();
    graph.observe('ConfigMap', object('a'));
    graph.observe('ConfigMap', object('b', { namespace: 'other', ownerReferences: [ref('a')] }));
    expect(log).toEqual(['b not in the namespace of a', 'delete b']);
    graph.observe('ConfigMap', object('d', { namespace: 'other', ownerReferences: [ref('c')] }));
    graph.observe('ConfigMap', object('c'));
    expect(log.slice(2)).toEqual(['delete c', 'd not in the namespace of c', 'delete d']);
    expect(graph.get('c')!.namespace).toBe('ns');
  });

  test('looks for an owner wherever its dependents say it is before it gives it up', () => {
    const { graph, log } = graphWithLog();
    graph.observe('ConfigMap', object('b', { ownerReferences: [ref('a')] }));
    graph.observe('ConfigMap', object('c', { ownerReferences: [{ ...ref('a'), name: 'z' }] }));
    expect(log).toEqual(['delete a', 'delete c']);
    const [first] = [graph.get('a')!].map(({ apiVersion, kind, name, uid, namespace }) => ({ apiVersion, kind, name, uid, namespace }));
    graph.removeUnfound(first!);
    expect(log.slice(2)).toEqual(['absent a', 'delete b', 'delete z later']);
    expect(graph.get('a')!.name).toBe('z');
  });
});
