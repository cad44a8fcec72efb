/** What the limits of client-go do to a cluster: each controller waits for its own tokens, and for nobody else's. */
import { expect, test } from 'vitest';
import { deploy, deploymentOf, type SmallCluster, smallCluster } from '../support/small-cluster.ts';

const SECOND_US = 1_000_000;

/** Seconds from the first to the last creation of a pod by the ReplicaSet controller. */
function creationSeconds(site: SmallCluster, replicas: number): number {
  const created: number[] = [];
  site.cluster.observers.add({
    wrote: ({ timeUs, kind, previous }) => {
      if (kind === 'Pod' && previous === undefined) created.push(timeUs);
    },
  });
  deploy(site, deploymentOf('web', replicas));
  site.run(120);
  expect(created).toHaveLength(replicas);
  return (created.at(-1)! - created[0]!) / SECOND_US;
}

test('A controller creates thirty pods at once and then twenty a second', () => {
  // 190 pods and the odd status write: (190 - 30) / 20 = 8 s.
  const seconds = creationSeconds(smallCluster(), 190);
  expect(seconds).toBeGreaterThan(7.9);
  expect(seconds).toBeLessThan(9);
});

test('A controller with ten times the tokens needs a tenth of the time', () => {
  const controllers = { kubeApiQps: 200, kubeApiBurst: 300 };
  expect(creationSeconds(smallCluster({ controllers }), 190)).toBeLessThan(1);
});

test('A controller that waits for its tokens keeps no other waiting', () => {
  const site = smallCluster();
  deploy(site, deploymentOf('large', 300));
  site.run(2);
  // The ReplicaSet controller is busy for another ten seconds and more; the Deployment controller has tokens of its own.
  deploy(site, deploymentOf('small', 1));
  site.run(0.5);
  const sets = site.cluster.api.list('ReplicaSet', { namespace: 'default' }).items;
  expect(sets.map(({ metadata }) => metadata.labels?.app).sort()).toEqual(['large', 'small']);
  const pods = site.pods().length;
  expect(pods).toBeGreaterThan(60);
  expect(pods).toBeLessThan(90);
});
