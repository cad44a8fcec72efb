/** Laws that hold for every scenario, whatever is done to the cluster on the way. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MINUTE_US } from '../../src/base/units.ts';
import { ClusterLaws } from '../support/cluster-laws.ts';
import { FULL_AND_ROLLED, NODE_MILLI, play, timeline } from '../support/disturbed-cluster.ts';

test('No pod moves, no node is over-committed, revisions and time only grow, and every request ends exactly once', () => {
  fc.assert(
    fc.property(timeline, (one) => {
      const laws = new ClusterLaws(NODE_MILLI);
      const outcome = play(one, [laws]);
      expect(laws.broken).toEqual([]);
      expect(laws.ended + outcome.requestsPending).toBe(outcome.requestsSent);
      expect(outcome.requestsPending).toBe(0);
    }),
    { numRuns: 26, examples: [[FULL_AND_ROLLED]] },
  );
});

test('A run repeated, watched or unwatched, has the same digest', () => {
  fc.assert(
    fc.property(timeline, (one) => {
      expect(play(one, [new ClusterLaws(NODE_MILLI)]).digest).toBe(play(one).digest);
    }),
    { numRuns: 8 },
  );
});

test('When the disturbance stops, a rollout converges to what was asked for, and the cluster falls quiet', () => {
  fc.assert(
    fc.property(timeline, (one) => {
      const laws = new ClusterLaws(NODE_MILLI);
      const { cluster } = play(one, [laws]);
      const deployment = cluster.api.get('Deployment', 'default', 'web');
      const wanted = deployment.spec.replicas ?? 1;
      expect([
        deployment.status?.availableReplicas ?? 0,
        deployment.status?.updatedReplicas ?? 0,
        deployment.status?.replicas ?? 0,
      ]).toEqual([wanted, wanted, wanted]);
      // Disturbed for four minutes at most, served for five; nodes are given up and pods replaced within six more.
      expect(laws.busyUs).toBeLessThan(15 * MINUTE_US);
    }),
    { numRuns: 26, examples: [[FULL_AND_ROLLED]] },
  );
});
