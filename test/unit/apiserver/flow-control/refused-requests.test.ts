/** What a client makes of a refusal by flow control: it sends the request again a second later, ten times. */
import { expect, test } from 'vitest';
import type { ApiError } from '../../../../src/apiserver/api-error.ts';
import { FlowControl } from '../../../../src/apiserver/flow-control/flow-control.ts';
import { RequestLatency } from '../../../../src/apiserver/request-latency.ts';
import { RequestPump } from '../../../../src/client/request-pump.ts';
import { Random } from '../../../../src/sim/random.ts';
import { Simulation } from '../../../../src/sim/simulation.ts';

const SECOND_US = 1_000_000;

function pumpOf(writeUs: number) {
  const sim = new Simulation();
  const constant = (valueUs: number) => ({ kind: 'constant', valueUs }) as const;
  const latencies = { write: constant(writeUs), read: constant(writeUs), answer: constant(500) };
  const pump = new RequestPump(sim, new RequestLatency(latencies, new Random(1).stream('latency')), new FlowControl());
  return { sim, pump };
}

test('A refused request is served when there is a seat at last', () => {
  const { sim, pump } = pumpOf(SECOND_US);
  const link = { isConnected: true, level: 'catch-all' } as const;
  const doneUs: number[] = [];
  for (let count = 0; count < 14; count++) {
    pump.send(
      0,
      true,
      link,
      () => undefined,
      () => doneUs.push(sim.nowUs),
      () => undefined,
    );
  }
  sim.runUntil(5 * SECOND_US);
  expect(doneUs).toEqual([...Array.from({ length: 13 }, () => SECOND_US + 500), 2 * SECOND_US + 500]);
});

test('After ten times it fails with 429', () => {
  const { sim, pump } = pumpOf(60 * SECOND_US);
  const link = { isConnected: true, level: 'catch-all' } as const;
  const failures = new Set<string>();
  const onFailure = (error: unknown) => {
    const { code, reason } = error as ApiError;
    failures.add(`${sim.nowUs} ${code} ${reason}`);
  };
  // More than there will be seats for when after ten seconds those of the other levels are lent.
  for (let count = 0; count < 900; count++) pump.send(0, true, link, () => undefined, undefined, onFailure);
  sim.runUntil(30 * SECOND_US);
  expect([...failures]).toEqual([`${10 * SECOND_US + 500} 429 TooManyRequests`]);
});

test('What its client holds back takes no seat until it is sent, and an administrator needs none', () => {
  const { sim, pump } = pumpOf(SECOND_US);
  const doneUs: string[] = [];
  const send = (name: string, delayUs: number, level?: 'catch-all') =>
    pump.send(
      delayUs,
      true,
      { isConnected: true, level },
      () => undefined,
      () => doneUs.push(`${name} ${sim.nowUs}`),
      () => undefined,
    );
  for (let count = 0; count < 13; count++) send('held back', 3 * SECOND_US, 'catch-all');
  send('sent', 0, 'catch-all');
  send('kubectl', 3 * SECOND_US);
  sim.runUntil(10 * SECOND_US);
  expect(doneUs[0]).toBe(`sent ${SECOND_US + 500}`);
  expect(doneUs).toContain(`kubectl ${4 * SECOND_US + 500}`);
});
