import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EVENT_REASONS } from '../../../src/scenario/event-reasons.ts';

test('EVENT_REASONS has every reason that a component writes out, once', () => {
  const folder = join(import.meta.dirname, '../../../src');
  const written = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...readFileSync(join(folder, file), 'utf8').matchAll(/'(?:Normal|Warning)',\s*'([A-Z][A-Za-z]+)'/g)])
    .map(([, reason]) => reason!);
  expect(new Set(written).size).toBeGreaterThan(60);
  expect([...new Set(written)].filter((reason) => !EVENT_REASONS.includes(reason))).toEqual([]);
  expect(new Set(EVENT_REASONS).size).toBe(EVENT_REASONS.length);
});
