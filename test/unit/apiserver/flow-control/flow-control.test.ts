/** Who waits for the API server, for how long, and who is refused. */
import { expect, test } from 'vitest';
import { FlowControl } from '../../../../src/apiserver/flow-control/flow-control.ts';
import { nominalSeats, PRIORITY_LEVELS, seatsKept } from '../../../../src/apiserver/flow-control/priority-levels.ts';
import { sharedOut } from '../../../../src/apiserver/flow-control/seat-demand.ts';

const SECOND_US = 1_000_000;

test('The levels have the seats of a server with the default limits', () => {
  const seats = Object.fromEntries(PRIORITY_LEVELS.map((level) => [level.name, nominalSeats(level)]));
  expect(seats).toEqual({
    'leader-election': 25,
    'node-high': 98,
    system: 74,
    'workload-high': 98,
    'workload-low': 245,
    'global-default': 49,
    'catch-all': 13,
  });
  expect(seatsKept(PRIORITY_LEVELS[0]!)).toBe(25);
  expect(seatsKept(PRIORITY_LEVELS[3]!)).toBe(49);
});

test('While there are seats nobody waits; then the next one waits for the first that is done', () => {
  const flow = new FlowControl();
  const waits = Array.from({ length: 99 }, () => flow.admit('workload-high', 0, 5000));
  expect(waits.slice(0, 98).every((wait) => wait === 0)).toBe(true);
  expect(waits[98]).toBe(5000);
  expect(flow.figures.find(({ level }) => level === 'workload-high')).toMatchObject({ requests: 99, waited: 1, longestWaitUs: 5000 });
});

test('A level that is full takes nothing from another', () => {
  const flow = new FlowControl();
  for (let count = 0; count < 300; count++) flow.admit('workload-high', 0, 5000);
  expect(flow.admit('leader-election', 0, 5000)).toBe(0);
});

test('Three hundred requests of a flow may wait; the next is refused at once', () => {
  const flow = new FlowControl();
  for (let count = 0; count < 98 + 300; count++) expect(flow.admit('workload-high', 0, SECOND_US)).toBeTypeOf('number');
  expect(flow.admit('workload-high', 0, SECOND_US)).toEqual({ afterUs: 0 });
});

test('Who would wait more than fifteen seconds is refused after them', () => {
  const flow = new FlowControl();
  for (let count = 0; count < 98; count++) flow.admit('workload-high', 0, 16 * SECOND_US);
  expect(flow.admit('workload-high', 0, 1)).toEqual({ afterUs: 15 * SECOND_US });
  expect(flow.figures.find(({ level }) => level === 'workload-high')!.refused).toBe(1);
});

test('Nobody waits in catch-all', () => {
  const flow = new FlowControl();
  for (let count = 0; count < 13; count++) flow.admit('catch-all', 0, 1000);
  expect(flow.admit('catch-all', 0, 1000)).toEqual({ afterUs: 0 });
});

test('A write that 5,000 kube-proxies hear of keeps ten seats for a quarter of a second more', () => {
  const flow = new FlowControl((kind) => (kind === 'EndpointSlice' ? 5000 : 0));
  for (let count = 0; count < 9; count++) expect(flow.admit('workload-high', 0, 6000, 'EndpointSlice')).toBe(0);
  // Eight of 98 seats are left.
  expect(flow.admit('workload-high', 0, 6000, 'Pod')).toBe(0);
  expect(flow.admit('workload-high', 0, 6000, 'EndpointSlice')).toBe(6000 + 250_000);
});

test('A level that needs more than its own gets what others have not used, ten seconds later', () => {
  const flow = new FlowControl();
  for (let atUs = 0; atUs < 10 * SECOND_US; atUs += 1000) flow.admit('workload-high', atUs, 100_000);
  expect(flow.seatsOf('workload-high')).toBe(98);
  flow.admit('workload-high', 10 * SECOND_US, 1000);
  expect(flow.seatsOf('workload-high')).toBeGreaterThan(110);
  expect(flow.seatsOf('leader-election')).toBeGreaterThanOrEqual(25);
  expect(flow.seatsOf('node-high')).toBeGreaterThanOrEqual(73);
});

test('Seats are shared in proportion to what is wanted, and nobody gets less than what is his', () => {
  expect(
    sharedOut(100, [
      { lower: 10, target: 30 },
      { lower: 10, target: 10 },
      { lower: 40, target: 40 },
    ]),
  ).toEqual([38, 13, 50]);
  expect(
    sharedOut(100, [
      { lower: 10, target: 30 },
      { lower: 60, target: 60 },
      { lower: 10, target: 10 },
    ]),
  ).toEqual([30, 60, 10]);
  expect(
    sharedOut(10, [
      { lower: 8, target: 8 },
      { lower: 7, target: 7 },
    ]),
  ).toEqual([8, 7]);
});
