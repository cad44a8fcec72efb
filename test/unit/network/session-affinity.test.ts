import { expect, test } from 'vitest';
import type { Target } from '../../../src/network/service-rules.ts';
import { SessionAffinity } from '../../../src/network/session-affinity.ts';
import { Random } from '../../../src/sim/random.ts';

const SECOND_US = 1_000_000;
const target = (host: number): Target => ({ ip: `10.0.0.${host}`, port: 80, nodeName: 'n', podUid: '', forZones: [], forNodes: [] });
const ALL = Array.from({ length: 50 }, (_, at) => target(at + 1));
const affinity = () => new SessionAffinity(new Random(5).stream('choice'));

test('SessionAffinity keeps a client to its endpoint as long as each connection comes within the timeout of the last', () => {
  const kept = affinity();
  const first = kept.choose(ALL, 'client', 60, 0);
  for (let minute = 1; minute < 30; minute++) expect(kept.choose(ALL, 'client', 60, minute * 59 * SECOND_US)).toBe(first);
});

test('SessionAffinity chooses anew after the timeout, and when the endpoint is gone', () => {
  const kept = affinity();
  const first = kept.choose(ALL, 'client', 60, 0);
  const rest = ALL.filter(({ ip }) => ip !== first.ip);
  const second = kept.choose(rest, 'client', 60, SECOND_US);
  expect(second.ip).not.toBe(first.ip);
  // From now on it stays with the second, though the first is back.
  expect(kept.choose(ALL, 'client', 60, 2 * SECOND_US)).toBe(second);
  const later = new Set(Array.from({ length: 20 }, (_, at) => kept.choose(ALL, 'client', 60, (100 + at * 61) * SECOND_US).ip));
  expect(later.size).toBeGreaterThan(5);
});

test('SessionAffinity tells clients, and nodes, apart by their keys', () => {
  const kept = affinity();
  const chosen = new Set(Array.from({ length: 30 }, (_, at) => kept.choose(ALL, `client-${at}`, 60, 0).ip));
  expect(chosen.size).toBeGreaterThan(10);
});
