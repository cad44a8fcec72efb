import { expect, test } from 'vitest';
import type { KubeObject } from '../../../src/model/meta.ts';
import type { RequestEnd, Write } from '../../../src/model/observer.ts';
import { parseExpectation } from '../../../src/scenario/expectation-syntax.ts';
import { Expectations } from '../../../src/scenario/expectations.ts';

const SECOND = 1_000_000;

/** Ready endpoints of service web over time: [second, count]. */
function verdictOf(text: string, steps: readonly (readonly [number, number])[], endSecond = 100, isWhole = true) {
  const expectations = new Expectations([parseExpectation(text)]);
  let previous: KubeObject | undefined;
  for (const [second, count] of steps) {
    const object = {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'web-1', namespace: 'default', labels: { 'kubernetes.io/service-name': 'web' } },
      endpoints: Array.from({ length: count }, () => ({ addresses: ['10.0.0.1'], conditions: { ready: true } })),
    } as KubeObject;
    expectations.wrote({ timeUs: second * SECOND, kind: 'EndpointSlice', object, previous, removed: false } as Write);
    previous = object;
  }
  const [verdict] = expectations.finish(endSecond * SECOND, isWhole);
  return [verdict!.outcome, verdict!.observed];
}

const STEPS = [
  [10, 2],
  [20, 0],
  [20, 3],
  [30, 1],
] as const;

test.each([
  ['service.web.endpoints == 1 at end', ['met', '1']],
  ['service.web.endpoints == 1', ['met', '1']],
  ['service.web.endpoints == 2 at 10s', ['met', '2']],
  ['service.web.endpoints == 2 at 20s', ['missed', '3 at 20s']],
  // The 0 between two writes of one instant was never to be seen.
  ['service.web.endpoints >= 1 between 10s and 40s', ['met', '1 to 3']],
  ['service.web.endpoints <= 3 between 22s and 28s', ['met', '3']],
  ['service.web.endpoints >= 2 between 10s and 40s', ['missed', '1 at 30s']],
  ['service.web.endpoints >= 1 always', ['missed', '0 at 0s']],
  ['service.web.endpoints == 3 by 25s', ['met', '3 at 20s']],
  ['service.web.endpoints == 3 by 15s', ['missed', '0 to 2']],
  ['service.web.endpoints == 3 within 4s of 25s', ['met', '3 all along']],
  // What held when the stretch began was the state of before: lost, it has to come back.
  ['service.web.endpoints == 3 within 10s of 25s', ['missed', '1 to 3']],
  ['service.web.endpoints >= 2 within 15s of 10s', ['met', '2 all along']],
  ['service.web.endpoints >= 2 within 25s of 10s', ['missed', '1 to 3']],
  ['service.web.endpoints != 1 within 20s of 15s', ['missed', '1 to 3']],
  ['service.web.endpoints == 1 within 20s of 15s', ['met', '1 at 30s']],
  ['service.web.endpoints <= 2 within 25s of 10s', ['met', '1 at 30s']],
  ['service.web.endpoints <= 1 after 30s', ['met', '1']],
])('Expectation "%s" of 2, 3, then 1 endpoints is judged by hand-worked answers', (text, verdict) => {
  expect(verdictOf(text, STEPS)).toEqual(verdict);
});

test('Expectations leave open what an interruption kept from being seen, and keep what was already decided', () => {
  expect(verdictOf('service.web.endpoints == 1 at end', STEPS, 35, false)).toEqual(['open', '1 so far']);
  expect(verdictOf('service.web.endpoints >= 2 between 10s and 90s', STEPS, 35, false)).toEqual(['missed', '1 at 30s']);
  expect(verdictOf('service.web.endpoints == 3 by 90s', STEPS, 35, false)).toEqual(['met', '3 at 20s']);
});

test('Expectations count requests in the stretch in which they end', () => {
  const texts = [
    'requests.v.failed == 1 between 0s and 5s',
    'requests.v.total == 3',
    'requests.v.failedRatio < 50%',
    'requests.v.max == 40ms',
    'requests.w.p99 < 1s',
  ];
  const expectations = new Expectations(texts.map(parseExpectation));
  const ended = (endUs: number, failure: string | undefined): RequestEnd => ({
    traffic: 'v',
    service: 'default/web',
    startUs: endUs - 40_000,
    endUs,
    failure,
    node: undefined,
    pod: undefined,
  });
  for (const request of [ended(SECOND, undefined), ended(5 * SECOND, 'timed out'), ended(6 * SECOND, 'timed out')])
    expectations.requestEnded(request);
  expect(expectations.finish(10 * SECOND, true).map(({ outcome, observed }) => [outcome, observed])).toEqual([
    ['met', '1 of 2'],
    ['met', '3'],
    ['missed', '66.6667%'],
    ['met', '40ms'],
    ['missed', 'no request was answered'],
  ]);
});
