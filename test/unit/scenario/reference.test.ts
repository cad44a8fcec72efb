import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scenarioReference } from '../../../src/scenario/reference.ts';

const FILE = join(import.meta.dirname, '../../../docs/scenario-reference.md');

test('The scenario reference says what the schema says (UPDATE_GOLDEN=1 writes it anew)', () => {
  const reference = scenarioReference();
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(FILE, reference);
  expect(existsSync(FILE) && readFileSync(FILE, 'utf8')).toBe(reference);
});

test('The scenario reference has a sentence about every field', () => {
  const empty = scenarioReference()
    .split('\n')
    .filter((line) => /^\| `\w+` \|.*\|\s*\|$/.test(line));
  expect(empty).toEqual([]);
});
