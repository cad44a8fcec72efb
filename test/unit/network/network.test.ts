import { describe, expect, test } from 'vitest';
import { MILLISECOND_US, SECOND_US } from '../../../src/base/units.ts';
import { Failure } from '../../../src/network/failure.ts';
import { callTo, type Route } from '../../../src/network/route.ts';
import { constantUs } from '../../../src/sim/distribution.ts';
import { type Reason, Site } from '../../support/network-site.ts';

const TO_FRONT: Route = { ...callTo('default/front'), traffic: 'visitors', timeoutUs: 5 * SECOND_US, clients: 0 };
const THROUGH_BACK: Route = { ...TO_FRONT, calls: [callTo('default/back')] };

test('A request is answered by the pod behind the Service, after its service time', () => {
  const site = new Site();
  site.network.send(TO_FRONT);
  site.sim.runUntil(SECOND_US);
  expect(site.ends).toMatchObject([{ traffic: 'visitors', failure: undefined, node: 'n1', pod: 'front' }]);
  expect(site.ends[0]!.endUs).toBeGreaterThan(10 * MILLISECOND_US);
  expect(site.processes.get('front')!.busyUs).toBe(10 * MILLISECOND_US);
  expect(site.network.pending).toBe(0);
});

test('A request to a Service without endpoints fails at once, one to no Service too', () => {
  const site = new Site({}, false);
  site.network.send(TO_FRONT);
  site.network.send({ ...TO_FRONT, service: 'default/nothing' });
  expect(site.failures()).toEqual([Failure.NoEndpoints, Failure.UnknownService]);
});

test('A request to a pod whose process has gone is refused', () => {
  const site = new Site();
  site.end('front', 'exited');
  site.network.send(TO_FRONT);
  site.sim.runUntil(SECOND_US);
  expect(site.failures()).toEqual([Failure.Refused]);
});

test('A request that finds every worker and every waiting place taken is turned away, and the others are served in order', () => {
  const site = new Site({ concurrency: 1, queueLimit: 1 });
  for (let i = 0; i < 3; i++) site.network.send(TO_FRONT);
  site.sim.runUntil(SECOND_US);
  expect(site.failures()).toEqual([Failure.QueueFull, undefined, undefined]);
  // Its kubelet hears of it: a probe would be turned away too.
  expect(site.turnedAway).toEqual(['c']);
});

test('A request inside a process that is killed is reset at that instant', () => {
  const site = new Site({ service: constantUs(SECOND_US) });
  site.network.send(TO_FRONT);
  site.sim.after(500 * MILLISECOND_US, () => site.end('front', 'killed'));
  site.sim.runUntil(10 * SECOND_US);
  expect(site.ends).toMatchObject([{ failure: Failure.Reset, endUs: 500 * MILLISECOND_US }]);
});

test('A request to a pod on a machine without power ends by the timeout of its client', () => {
  const site = new Site();
  site.downNodes.add('n1');
  site.network.send(TO_FRONT);
  site.sim.runUntil(10 * SECOND_US);
  expect(site.ends).toMatchObject([{ failure: Failure.NodeDown, endUs: 5 * SECOND_US }]);
});

test('A call to a pod on a machine that is cut off names that, and one on the machine itself is answered', () => {
  const site = new Site();
  site.cutNodes.add('n2');
  site.network.send(THROUGH_BACK);
  site.sim.runUntil(10 * SECOND_US);
  expect(site.ends).toMatchObject([{ service: 'default/back', failure: Failure.CutOff }]);
  const alone = new Site();
  alone.cutNodes.add('n1');
  for (let i = 0; i < 40; i++) alone.network.send(TO_FRONT);
  alone.sim.runUntil(10 * SECOND_US);
  const failures = alone.ends.map(({ failure }) => failure);
  // Of forty clients on the two machines some are on each.
  expect(new Set(failures)).toEqual(new Set([undefined, Failure.CutOff]));
});

test('A request whose server calls another Service names the failure of that Service', () => {
  const site = new Site();
  site.sim.after(500 * MILLISECOND_US, () => site.end('back', 'killed'));
  site.network.send(THROUGH_BACK);
  site.sim.runUntil(10 * SECOND_US);
  expect(site.ends).toMatchObject([{ service: 'default/back', failure: Failure.Reset }]);
  expect(site.network.pending).toBe(0);
});

test.each<[Reason, string, number]>([
  ['killed', Failure.Reset, 500 * MILLISECOND_US],
  ['node-lost', Failure.NodeDown, 5 * SECOND_US],
])('A request whose server is %s while it waits for a call ends once, and the call reaches nobody', (reason, failure, endUs) => {
  const site = new Site();
  site.network.send(THROUGH_BACK);
  site.sim.after(500 * MILLISECOND_US, () => {
    if (reason === 'node-lost') site.downNodes.add('n1');
    site.end('front', reason);
  });
  site.sim.runUntil(10 * SECOND_US);
  expect(site.ends).toMatchObject([{ service: 'default/front', failure, endUs }]);
  expect(site.network.pending).toBe(0);
});

describe('A client that tries again', () => {
  test('gets its answer when a later try succeeds, and ends once', () => {
    const site = new Site({ concurrency: 1, queueLimit: 0 });
    site.network.send(TO_FRONT);
    site.network.send({ ...TO_FRONT, retries: 1 });
    site.sim.runUntil(SECOND_US);
    // The worker is free again after 10 ms, the second try comes after 100 ms.
    expect(site.failures()).toEqual([undefined, undefined]);
    expect(site.ends[1]!.endUs - site.ends[1]!.startUs).toBeGreaterThan(110 * MILLISECOND_US);
    expect(site.network.pending).toBe(0);
  });

  test('fails with the cause of its last try', () => {
    const site = new Site();
    site.end('front', 'exited');
    site.network.send({ ...TO_FRONT, retries: 2 });
    site.sim.runUntil(SECOND_US);
    expect(site.failures()).toEqual([Failure.Refused]);
    expect(site.ends[0]!.endUs).toBeGreaterThan(200 * MILLISECOND_US);
    expect(site.network.pending).toBe(0);
  });

  test('gives each try the whole timeout', () => {
    const site = new Site();
    site.downNodes.add('n1');
    site.network.send({ ...TO_FRONT, timeoutUs: SECOND_US, retries: 1 });
    site.sim.runUntil(10 * SECOND_US);
    expect(site.ends).toMatchObject([{ failure: Failure.NodeDown, endUs: 2 * SECOND_US + 100 * MILLISECOND_US }]);
  });
});

describe('A server that asks others', () => {
  const twice = [callTo('default/back'), callTo('default/back')];

  test('asks one after the other, or all at once', () => {
    const took = (callsAtOnce: boolean) => {
      const site = new Site();
      site.network.send({ ...TO_FRONT, calls: twice, callsAtOnce });
      site.sim.runUntil(10 * SECOND_US);
      expect(site.failures()).toEqual([undefined]);
      expect(site.network.pending).toBe(0);
      return site.ends[0]!.endUs / SECOND_US;
    };
    // A second each.
    expect(took(false)).toBeGreaterThan(2);
    expect(took(true)).toBeLessThan(1.1);
  });

  test('fails when one of its calls does, and waits for none of the others', () => {
    const site = new Site();
    site.network.send({ ...TO_FRONT, calls: [callTo('default/nothing'), ...twice], callsAtOnce: true });
    site.sim.runUntil(10 * SECOND_US);
    expect(site.ends).toMatchObject([{ service: 'default/nothing', failure: Failure.UnknownService }]);
    expect(site.ends[0]!.endUs).toBeLessThan(SECOND_US);
    expect(site.network.pending).toBe(0);
  });

  test('gives up a call after the timeout of its own, and tries it again as often as it is told', () => {
    const site = new Site();
    const call = callTo('default/back', { timeoutUs: 300 * MILLISECOND_US, retries: 1 });
    site.downNodes.add('n2');
    site.network.send({ ...TO_FRONT, calls: [call] });
    site.sim.runUntil(10 * SECOND_US);
    // Twice 300 ms and 100 ms between them, plus its own 10 ms and the way.
    expect(site.ends).toMatchObject([{ service: 'default/back', failure: Failure.NodeDown }]);
    expect(Math.floor(site.ends[0]!.endUs / MILLISECOND_US / 10)).toBe(71);
    expect(site.network.pending).toBe(0);
  });

  test('is blamed for nothing that lies further down its calls', () => {
    const site = new Site();
    const deep = callTo('default/back', { calls: [callTo('default/nothing')] });
    site.network.send({ ...TO_FRONT, calls: [deep] });
    site.sim.runUntil(10 * SECOND_US);
    expect(site.ends).toMatchObject([{ service: 'default/nothing', failure: Failure.UnknownService }]);
    expect(site.network.pending).toBe(0);
  });
});

test('A container at its CPU limit holds its requests up', () => {
  const site = new Site({ service: constantUs(100 * MILLISECOND_US) });
  site.processes.get('front')!.cpuLimitMilli = 500;
  for (let i = 0; i < 4; i++) site.network.send(TO_FRONT);
  site.sim.runUntil(10 * SECOND_US);
  // 400 ms of CPU at half a core, of which one period's 50 ms come at once: the last is through after 100 + 2 * (400 - 50) ms.
  expect(Math.floor(Math.max(...site.ends.map(({ endUs }) => endUs)) / MILLISECOND_US / 10)).toBe(80);
});
