/** When a line says a request is served, held to a simulation that looks at every instant. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SeatLine } from '../../../../src/apiserver/flow-control/seat-line.ts';

const request = fc.record({ gapUs: fc.nat(20), width: fc.integer({ min: 1, max: 5 }), holdUs: fc.integer({ min: 1, max: 60 }) });

test('Requests are served first come, first served, as soon as enough seats are free', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(request, { maxLength: 40 }), (seats, requests) => {
      const line = new SeatLine(seats);
      let nowUs = 0;
      const starts = requests.map(({ gapUs, width, holdUs }) => {
        nowUs += gapUs;
        const startUs = line.startUs(nowUs, width);
        line.take(nowUs, startUs, width, holdUs);
        return startUs;
      });
      expect(starts).toEqual(watched(seats, requests));
    }),
  );
});

/** Instant by instant: who is at the head of the line is served when as many seats are free as it needs, or all there are. */
function watched(seats: number, requests: readonly { gapUs: number; width: number; holdUs: number }[]): number[] {
  let arrivalUs = 0;
  const arrivals = requests.map(({ gapUs, width, holdUs }) => {
    arrivalUs += gapUs;
    return { arrivalUs, width: Math.min(width, seats), holdUs };
  });
  const starts: number[] = [];
  const served: { endUs: number; width: number }[] = [];
  for (let nowUs = 0; starts.length < arrivals.length; nowUs++) {
    for (let next = arrivals[starts.length]; next !== undefined && next.arrivalUs <= nowUs; next = arrivals[starts.length]) {
      const busy = served.filter(({ endUs }) => endUs > nowUs).reduce((sum, { width }) => sum + width, 0);
      if (busy + next.width > seats) break;
      served.push({ endUs: nowUs + next.holdUs, width: next.width });
      starts.push(nowUs);
    }
  }
  return starts;
}

test('It counts who waits at an instant', () => {
  const line = new SeatLine(1);
  for (let count = 0; count < 3; count++) line.take(0, line.startUs(0, 1), 1, 10);
  expect([line.waiting(0), line.waiting(9), line.waiting(10), line.waiting(20)]).toEqual([2, 2, 1, 0]);
});

test('A seat that comes is free at once, and one that goes is one that is free', () => {
  const line = new SeatLine(1);
  line.take(0, 0, 1, 100);
  line.resize(2, 5);
  expect(line.startUs(5, 1)).toBe(5);
  line.resize(1, 5);
  expect(line.startUs(5, 1)).toBe(100);
});
