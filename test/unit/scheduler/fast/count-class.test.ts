import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { StringMap } from '../../../../src/model/meta.ts';
import { Cache } from '../../../../src/scheduler/cache.ts';
import { CountClass } from '../../../../src/scheduler/fast/count-class.ts';
import { TopologyDomains } from '../../../../src/scheduler/fast/topology-domains.ts';
import { Snapshot } from '../../../../src/scheduler/snapshot.ts';

const ZONES = ['a', 'b', 'c', undefined];

/** Nodes in the given zones; rows follow the scheduler's own order. */
function snapshotOf(zones: readonly number[]): Snapshot {
  const cache = new Cache();
  const snapshot = new Snapshot();
  zones.forEach((zone, i) => {
    const name = ZONES[zone];
    const labels: StringMap = name === undefined ? {} : { zone: name };
    cache.addNode({ apiVersion: 'v1', kind: 'Node', metadata: { name: `n${i}`, labels }, status: {} });
  });
  cache.updateSnapshot(snapshot);
  return snapshot;
}

test('DomainTable keeps the sums of its domains, their total and the least of them as pods come and go', () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(3), { minLength: 1, maxLength: 12 }),
      fc.array(fc.tuple(fc.nat(), fc.boolean()), { maxLength: 60 }),
      fc.nat(60),
      (zones, changes, askedAt) => {
        const snapshot = snapshotOf(zones);
        const domains = new TopologyDomains(snapshot);
        const counted = new CountClass(false);
        counted.reset(snapshot.nodes.length, snapshot.listVersion);
        const table = counted.table(domains.column('zone'), undefined);
        table.refresh(domains);
        const perRow = snapshot.nodes.map(() => 0);
        changes.forEach(([pick, isAdded], i) => {
          const row = pick % perRow.length;
          // Nobody leaves a node that nobody is on.
          const amount = isAdded || perRow[row] === 0 ? 1 : -1;
          perRow[row]! += amount;
          counted.add(row, amount);
          // From then on the minimum is kept, before it was not.
          if (i === askedAt) table.minimum();
        });
        const sums = new Map<string, number>();
        snapshot.nodes.forEach(({ labels }, row) => {
          if (labels.zone !== undefined) sums.set(labels.zone, (sums.get(labels.zone) ?? 0) + perRow[row]!);
        });
        const inTable = new Map<string, number>();
        snapshot.nodes.forEach(({ labels }, row) => {
          if (labels.zone !== undefined) inTable.set(labels.zone, table.sums[table.column.domainOf[row]!]!);
        });
        expect(inTable).toEqual(sums);
        expect(table.total).toBe([...sums.values()].reduce((sum, one) => sum + one, 0));
        expect(table.minimum()).toBe(sums.size === 0 ? undefined : Math.min(...sums.values()));
      },
    ),
  );
});

test('CountClass moves its counts along with the nodes when rows are dealt anew', () => {
  const counted = new CountClass(false);
  counted.reset(3, 1);
  counted.add(0, 5);
  counted.add(2, 7);
  // The node of row 1 has gone, the one of row 2 stands first now, and between the two old ones stands a new one.
  counted.move(Int32Array.from([2, -1, 0]), 2);
  expect([...counted.perRow]).toEqual([7, 0, 5]);
  expect(counted.listVersion).toBe(2);
});
