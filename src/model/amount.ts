/**
 * Amounts of resources, exact to the nano-unit, and how they are added up and written.
 *
 * Models the canonical form of staging/src/k8s.io/apimachinery/pkg/api/resource (CanonicalizeBytes, Add).
 */
import type { Quantity } from './meta.ts';
import { divideUp, quantityNanos } from './quantity.ts';

export interface Amount {
  readonly nanos: bigint;
  readonly isBinary: boolean;
}

const UNIT = 1_000_000_000n;
export const ONE: Amount = { nanos: UNIT, isBinary: false };
export const NOTHING: Amount = { nanos: 0n, isBinary: false };
const BINARY_SUFFIXES = ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki'];
const DECIMAL_SUFFIXES = ['E', 'P', 'T', 'G', 'M', 'k'];

export function amountOf(quantity: Quantity): Amount {
  return { nanos: quantityNanos(quantity) ?? 0n, isBinary: /i$/.test(String(quantity)) };
}

export function amountOfCount(count: number): Amount {
  return { nanos: BigInt(count) * UNIT, isBinary: false };
}

/** Of two amounts the form of the first counts, unless that is nothing. */
export function sum(a: Amount, b: Amount): Amount {
  return { nanos: a.nanos + b.nanos, isBinary: a.nanos === 0n ? b.isBinary : a.isBinary };
}

/** The next whole unit, where there is a fraction of one. */
export function roundedUp({ nanos, isBinary }: Amount): Amount {
  return { nanos: divideUp(nanos, UNIT) * UNIT, isBinary };
}

/** In canonical form: the largest suffix that leaves a whole number. */
export function amountText({ nanos, isBinary }: Amount): string {
  if (nanos % UNIT !== 0n) {
    if (nanos % 1_000_000n === 0n) return `${nanos / 1_000_000n}m`;
    return nanos % 1000n === 0n ? `${nanos / 1000n}u` : `${nanos}n`;
  }
  const units = nanos / UNIT;
  if (units === 0n) return '0';
  const suffixes = isBinary ? BINARY_SUFFIXES : DECIMAL_SUFFIXES;
  for (const [index, suffix] of suffixes.entries()) {
    const size = (isBinary ? 1024n : 1000n) ** BigInt(suffixes.length - index);
    if (units % size === 0n) return `${units / size}${suffix}`;
  }
  return String(units);
}
