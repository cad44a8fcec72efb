import { expect, test } from 'vitest';
import { SECOND_US } from '../../src/base/units.ts';
import { Cluster } from '../../src/cluster/cluster.ts';

const WRITE = { author: 'test' };
const template = { spec: { containers: [{ name: 'c', image: 'i' }], restartPolicy: 'Never' } };

test('A CronJob takes every Job whose controller has its name for its own, but hears only of those with its uid', () => {
  // Nobody collects the Job of a CronJob that never was.
  const cluster = new Cluster({ seed: 3, nodes: [], disabledControllers: ['garbage-collector-controller'] });
  cluster.start();
  const { api, sim } = cluster;
  const unexpected = (name: string, uid: string): readonly string[] => {
    const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'CronJob', name: 'tick', uid, controller: true }];
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name, namespace: 'default', ownerReferences },
      spec: { suspend: true, template },
    };
    api.create('Job', job as never, WRITE);
    sim.runUntil(sim.nowUs + 5 * SECOND_US);
    const events = api.list('Event', { namespace: 'default' }).items.filter(({ reason }) => reason === 'UnexpectedJob');
    return [...new Set(events.map(({ message }) => message.slice(message.lastIndexOf(' ') + 1)))].sort();
  };
  const metadata = { name: 'tick', namespace: 'default' };
  const spec = { schedule: '59 23 1 1 *', jobTemplate: { spec: { template } } };
  const cronJob = api.create('CronJob', { apiVersion: 'batch/v1', kind: 'CronJob', metadata, spec } as never, WRITE);
  sim.runUntil(5 * SECOND_US);
  expect(unexpected('left', 'uid-of-another')).toEqual([]);
  expect(unexpected('own', cronJob.metadata.uid!)).toEqual(['left', 'own']);
});
