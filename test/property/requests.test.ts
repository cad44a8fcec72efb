/** Whatever a request is to do, and whatever happens to those who are to serve it: it ends exactly once, and nothing is left of it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Call, callTo, type Route } from '../../src/network/route.ts';
import { constantUs } from '../../src/sim/distribution.ts';
import { type Reason, Site } from '../support/network-site.ts';

const MS = 1000;
const SECOND_US = 1_000_000;

const service = fc.constantFrom('default/front', 'default/back', 'default/nothing');
const patience = fc.record({
  timeoutUs: fc.option(
    fc.integer({ min: 1, max: 3000 }).map((ms) => ms * MS),
    { nil: undefined },
  ),
  retries: fc.integer({ min: 0, max: 2 }),
  callsAtOnce: fc.boolean(),
});

/** Graphs of calls, three deep at most. */
function callsOf(depth: number): fc.Arbitrary<readonly Call[]> {
  if (depth === 0) return fc.constant([]);
  const call = fc.tuple(service, patience, callsOf(depth - 1)).map(([to, how, calls]) => callTo(to, { ...how, calls }));
  return fc.array(call, { maxLength: 2 });
}

const route: fc.Arbitrary<Route> = fc
  .tuple(service, patience, callsOf(3), fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 0, max: 3 }))
  .map(([to, how, calls, timeoutMs, clients]) => ({
    ...callTo(to, { ...how, calls }),
    traffic: 'visitors',
    timeoutUs: timeoutMs * MS,
    clients,
  }));

const disturbance = fc.record({
  atMs: fc.integer({ min: 0, max: 3000 }),
  target: fc.constantFrom('front', 'back'),
  what: fc.constantFrom<Reason | 'node-down' | 'node-up'>('killed', 'exited', 'node-lost', 'node-down', 'node-up'),
});

test('Every request ends exactly once, whatever it calls and whoever dies meanwhile', () => {
  let failed = 0;
  let answered = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: 0, max: 2000 }), route), { minLength: 1, maxLength: 8 }),
      fc.array(disturbance, { maxLength: 4 }),
      fc.record({
        concurrency: fc.integer({ min: 1, max: 3 }),
        queueLimit: fc.integer({ min: 0, max: 2 }),
        serviceMs: fc.integer({ min: 1, max: 800 }),
      }),
      (sent, disturbances, { concurrency, queueLimit, serviceMs }) => {
        const site = new Site({ concurrency, queueLimit, service: constantUs(serviceMs * MS) });
        for (const [atMs, one] of sent) site.sim.after(atMs * MS, () => site.network.send(one));
        for (const { atMs, target, what } of disturbances) {
          site.sim.after(atMs * MS, () => {
            const node = target === 'front' ? 'n1' : 'n2';
            if (what === 'node-down') site.downNodes.add(node);
            else if (what === 'node-up') site.downNodes.delete(node);
            else if (site.processes.get(target)!.isRunning) site.end(target, what);
          });
        }
        // The longest a request may take: three tries of three seconds on each level, and the pauses between them.
        site.sim.runUntil(200 * SECOND_US);
        expect(site.ends).toHaveLength(sent.length);
        expect(site.network.pending).toBe(0);
        expect(site.sim.pendingCount).toBe(0);
        for (const { startUs, endUs, failure } of site.ends) {
          expect(endUs).toBeGreaterThanOrEqual(startUs);
          if (failure === undefined) answered++;
          else failed++;
        }
      },
    ),
    { numRuns: 300 },
  );
  // The law would say little if nearly all of them ended in one way.
  expect(Math.min(failed, answered)).toBeGreaterThan((failed + answered) / 20);
});
