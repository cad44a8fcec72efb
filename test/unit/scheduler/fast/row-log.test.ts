import { expect, test } from 'vitest';
import { RowLog } from '../../../../src/scheduler/fast/row-log.ts';

test('RowLog tells rows in the order they changed, as far back as it is long', () => {
  const log = new RowLog();
  for (let row = 0; row < 3 * log.length; row++) log.push(row);
  const from = log.head - log.length;
  expect(Array.from({ length: log.length }, (_, i) => log.at(from + i))).toEqual(
    Array.from({ length: log.length }, (_, i) => 2 * log.length + i),
  );
});

test('RowLog that has had to grow leaves no reader in the belief that it has missed nothing', () => {
  const log = new RowLog();
  log.push(1);
  const reader = log.head;
  log.fit(10 * log.length);
  expect(log.head - reader).toBeGreaterThan(log.length);
});
