/** The running sums agree with a fresh count of the set's pods, whatever happens to the pods and to the set. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Store } from '../../../../src/apiserver/store.ts';
import { Informer } from '../../../../src/client/informer.ts';
import { countPods, PodTallies } from '../../../../src/controllers/replicaset/pod-tally.ts';
import type { Pod } from '../../../../src/model/pod.ts';
import type { ReplicaSet } from '../../../../src/model/workloads.ts';
import { Random } from '../../../../src/sim/random.ts';
import { Simulation } from '../../../../src/sim/simulation.ts';

const LABELS = [{ app: 'a' }, { app: 'a', tier: 'front' }, { app: 'b' }, undefined] as const;

const change = fc.record({
  pod: fc.nat(4),
  isRemoved: fc.boolean(),
  owner: fc.constantFrom('mine', 'other', undefined),
  labels: fc.constantFrom(...LABELS),
  phase: fc.constantFrom('Pending', 'Running', 'Succeeded', 'Failed'),
  isReady: fc.boolean(),
  isDeleting: fc.boolean(),
  /** Another label map in the set's template, as a rollout back to an old set writes it. */
  isRelabelled: fc.boolean(),
  isAsked: fc.boolean(),
});

test('PodTallies agrees with a count of all pods, after any course of changes', () => {
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), (changes) => {
      const store = new Store();
      const sim = new Simulation();
      const informer = new Informer(sim, store, new Random(1), 'test', 'Pod', { kind: 'constant', valueUs: 10 });
      const tallies = new PodTallies(informer);
      let set = replicaSet({ app: 'a' });
      for (const one of changes) {
        if (one.isRelabelled) set = replicaSet({ app: 'a', ...(one.isReady ? { tier: 'front' } : {}) });
        const pod = podOf(one);
        if (!one.isRemoved) store.put('Pod', pod);
        else if (store.get('Pod', `default/${pod.metadata.name}`) !== undefined) store.remove('Pod', pod);
        sim.runUntil(sim.nowUs + 20);
        if (!one.isAsked) continue;
        const { active, fullyLabeled, ready, leaving, foreign } = tallies.of(set);
        expect({ active, fullyLabeled, ready, leaving, foreign }).toEqual(countPods(set, informer.byIndex('controllerUid', 'mine')));
      }
    }),
  );
});

function podOf({ pod, owner, labels, phase, isReady, isDeleting }: typeof change extends fc.Arbitrary<infer T> ? T : never): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `p${pod}`,
      namespace: 'default',
      uid: `u${pod}`,
      ...(labels === undefined ? {} : { labels }),
      ...(isDeleting ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}),
      ...(owner === undefined
        ? {}
        : { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: owner, uid: owner, controller: true }] }),
    },
    spec: { containers: [] },
    status: { phase, conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
  };
}

function replicaSet(labels: { readonly [key: string]: string }): ReplicaSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'mine', namespace: 'default', uid: 'mine' },
    spec: {
      selector: { matchLabels: { app: 'a' } },
      template: { metadata: { labels }, spec: { containers: [] } },
    },
  };
}
