/** The scheduling queue by worked examples (specification 6 and 10.2, 44 to 46): back-off, gates, hints, timers, several profiles. */
import { describe, expect, test } from 'vitest';
import type { Pod } from '../../../src/model/pod.ts';
import { PodInfo } from '../../../src/scheduler/pod-info.ts';
import { QueuedPod } from '../../../src/scheduler/queued-pod.ts';
import { SchedulerWorld } from '../../support/scheduler-world.ts';

const TOO_BIG = { requests: { cpu: '8' } };
const placeOf = (world: SchedulerWorld, name: string) => world.core.queue.get(name)?.place;

/** A world with one node on which a pod was tried in vain at that second. */
function worldWithFailure(seconds: number, configuration: object = {}): SchedulerWorld {
  const world = new SchedulerWorld({ configuration });
  world.node('small');
  world.nowSeconds = seconds;
  world.pod('p', TOO_BIG);
  world.attempt();
  return world;
}

describe('Back-off', () => {
  test.each([
    [1, 10, [1, 2, 4, 8, 10, 10]],
    [3, 10, [3, 6, 10, 10]],
    [20, 30, [20, 30, 30]],
  ])('44: from %d to %d s is %j s', (initial, max, seconds) => {
    const entry = new QueuedPod(new PodInfo(new SchedulerWorld().pod('p')), 0, 0);
    const waits = seconds.map(() => {
      entry.failed(0, 0, new Set(['NodeResourcesFit']), new Set());
      return entry.expiryUs(initial * 1e6, max * 1e6) / 1e6;
    });
    expect(waits).toEqual(seconds);
  });

  test('44: of a pod that failed at 12.3 s ends at 14 s, at the second after the one in which it expires', () => {
    const world = worldWithFailure(12.3);
    world.nowSeconds = 12.5;
    world.node('large', { cpu: '16' });
    expect(placeOf(world, 'p')).toBe('backoff');
    const places = [13, 14].map((seconds) => {
      world.nowSeconds = seconds;
      world.core.queue.flushBackOff();
      return placeOf(world, 'p');
    });
    expect(places).toEqual(['backoff', 'active']);
  });

  test('44: is not waited for by an idle scheduler', () => {
    const world = worldWithFailure(12.3);
    world.nowSeconds = 12.5;
    world.node('large', { cpu: '16' });
    world.nowSeconds = 12.6;
    expect(world.attempt()?.node).toBe('large');
  });

  test('is waited for while other pods are active', () => {
    const world = worldWithFailure(12.3);
    world.nowSeconds = 12.5;
    world.node('large', { cpu: '16' });
    world.pod('other');
    expect(world.attempt()?.entry.info.name).toBe('other');
  });

  test('46: after an error is not cut short: with no node at all a pod is tried after 1, 2, 4, 8 and 10 s', () => {
    const world = new SchedulerWorld();
    world.pod('p');
    const tried: number[] = [];
    for (let seconds = 0; seconds <= 60; seconds++) {
      world.nowSeconds = seconds;
      world.core.queue.flushBackOff();
      while (world.attempt() !== undefined) tried.push(seconds);
    }
    // Each wait is the back-off, up to the whole second after it.
    expect(tried).toEqual([0, 2, 5, 10, 19, 30, 41, 52]);
  });

  test('begins again when the configuration says so: 3 s and at most 6 s', () => {
    const world = worldWithFailure(1, { podInitialBackoffSeconds: 3, podMaxBackoffSeconds: 6 });
    world.node('large', { cpu: '16' });
    const left = [4, 5].map((seconds) => {
      world.nowSeconds = seconds;
      world.core.queue.flushBackOff();
      return placeOf(world, 'p');
    });
    expect(left).toEqual(['backoff', 'active']);
  });
});

describe('The order of the queue', () => {
  test('45: is that of the last return, whenever a pod was created or requeued', () => {
    const world = new SchedulerWorld();
    world.node('small');
    world.nowSeconds = 1;
    world.pod('a', { nodeSelector: { disk: 'ssd' } });
    world.nowSeconds = 50;
    world.attempt();
    world.nowSeconds = 55;
    world.pod('b');
    world.nowSeconds = 60;
    world.node('large', { labels: { disk: 'ssd' } });
    expect(['a', 'b'].map((name) => placeOf(world, name))).toEqual(['active', 'active']);
    expect([world.attempt(), world.attempt()].map((attempt) => attempt?.entry.info.name)).toEqual(['a', 'b']);
  });

  test('is that of priority first, across all profiles', () => {
    const world = new SchedulerWorld({
      configuration: { profiles: [{ schedulerName: 'default-scheduler' }, { schedulerName: 'packer' }] },
    });
    world.node('n');
    world.pod('low', { priority: 1 });
    world.pod('middle', { priority: 5, schedulerName: 'packer' });
    world.pod('high', { priority: 9 });
    expect([1, 2, 3].map(() => world.attempt()?.entry.info.name)).toEqual(['high', 'middle', 'low']);
  });
});

describe('Several profiles', () => {
  test('decide each for the pods that name them, and turn over one search between them', () => {
    const packing = {
      name: 'NodeResourcesFit',
      args: { scoringStrategy: { type: 'MostAllocated', resources: [{ name: 'cpu', weight: 1 }] } },
    };
    const onlyFit = { score: { disabled: [{ name: '*' }], enabled: [{ name: 'NodeResourcesFit' }] } };
    const profiles = [
      { schedulerName: 'default-scheduler', plugins: onlyFit },
      { schedulerName: 'packer', plugins: onlyFit, pluginConfig: [packing] },
    ];
    const world = new SchedulerWorld({ configuration: { profiles } });
    world.node('empty');
    world.node('half');
    world.pod('there', { nodeName: 'half', requests: { cpu: '2' } });
    world.pod('spread');
    world.pod('packed', { schedulerName: 'packer' });
    expect([world.attempt()?.node, world.attempt()?.node]).toEqual(['empty', 'half']);
    expect(world.core.searchPosition).toBe(0);
  });

  test('leave a pod that names none of them alone', () => {
    const world = new SchedulerWorld();
    world.node('n');
    world.pod('stranger', { schedulerName: 'packer' });
    expect(world.core.queue.has('stranger')).toBe(false);
    expect(world.attempt()).toBeUndefined();
  });
});

describe('Gates', () => {
  const without =
    (...names: string[]) =>
    (pod: Pod): Pod => ({ ...pod, spec: { ...pod.spec, schedulingGates: names.map((name) => ({ name })) } });

  test('keep a pod out until the last of them is gone, and its time runs from there', () => {
    const world = new SchedulerWorld();
    world.node('n');
    const gated = world.pod('p', { schedulingGates: [{ name: 'a' }, { name: 'b' }] });
    expect(world.core.queue.counts).toEqual({ active: 0, backoff: 0, unschedulable: 0, gated: 1 });
    expect(world.attempt()).toBeUndefined();
    world.nowSeconds = 10;
    const half = world.update(gated, without('b'));
    expect(world.core.queue.counts.gated).toBe(1);
    world.nowSeconds = 20;
    world.update(half, without());
    expect(world.core.queue.get('p')).toMatchObject({ place: 'active', firstActiveUs: 20_000_000, gatedBy: undefined });
    expect(world.attempt()?.node).toBe('n');
  });

  test('are opened by no event of the cluster and by no timer', () => {
    const world = new SchedulerWorld();
    world.pod('p', { schedulingGates: [{ name: 'a' }] });
    world.nowSeconds = 3600;
    world.node('n');
    world.core.queue.flushUnschedulable();
    expect(world.core.queue.counts.gated).toBe(1);
  });
});

describe('The unschedulable pods', () => {
  test('are left alone by events that cannot help them, and taken up by those that may', () => {
    const world = worldWithFailure(1);
    world.nowSeconds = 100;
    world.node('other-small', { cpu: '2' });
    expect(placeOf(world, 'p')).toBe('unschedulable');
    world.node('large', { cpu: '16' });
    expect(placeOf(world, 'p')).toBe('active');
  });

  test('are tried again after more than 5 minutes, whatever happened', () => {
    const world = worldWithFailure(1);
    const places = [301, 302].map((seconds) => {
      world.nowSeconds = seconds;
      world.core.queue.flushUnschedulable();
      return placeOf(world, 'p');
    });
    expect(places).toEqual(['unschedulable', 'active']);
  });

  test('do not miss what happened while they were being tried', () => {
    const world = new SchedulerWorld();
    world.node('small');
    world.nowSeconds = 5;
    world.pod('p', TOO_BIG);
    const attempt = world.core.attempt()!;
    world.node('large', { cpu: '16' });
    world.core.giveBack(attempt, attempt.entry.pod);
    expect(placeOf(world, 'p')).toBe('backoff');
  });

  test('come back at once, past every back-off, when they are activated', () => {
    const world = worldWithFailure(1);
    world.core.queue.activate('p');
    expect(placeOf(world, 'p')).toBe('active');
  });

  test('are dropped when they are deleted, and when somebody else has bound them', () => {
    const world = worldWithFailure(1);
    const pod = world.core.queue.get('p')!.pod;
    world.core.onPod(pod, undefined);
    expect(world.core.queue.has('p')).toBe(false);
    const other = world.pod('q', TOO_BIG);
    world.attempt();
    world.update(other, (one) => ({ ...one, spec: { ...one.spec, nodeName: 'small' } }));
    expect(world.core.queue.has('q')).toBe(false);
    expect(world.core.cache.getNode('small')?.pods.map(({ name }) => name)).toEqual(['q']);
  });
});

test('A promised node is kept from lesser pods, and given back when the promise ends', () => {
  const world = new SchedulerWorld();
  world.node('n', { cpu: '2' });
  world.pod('victim', { nodeName: 'n', requests: { cpu: '2' } });
  world.pod('preemptor', { priority: 10, requests: { cpu: '2' } });
  expect(world.attempt()?.nominatedNode).toBe('n');
  // The victim goes: the room is free, but not for a pod of less importance.
  world.core.onPod(world.core.cache.getPod('victim')!.pod, undefined);
  world.pod('lesser', { priority: 5, requests: { cpu: '2' } });
  const order = [world.attempt(), world.attempt()].map((attempt) => [attempt?.entry.info.name, attempt?.node]);
  expect(order).toEqual([
    ['lesser', undefined],
    ['preemptor', 'n'],
  ]);
});
