/**
 * Kubernetes quantities: `500m`, `1.5Gi`, `2e3`. Read exactly, as a whole number of nano-units, never through floating point.
 *
 * Models staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go.
 */
import type { Quantity } from './meta.ts';

const FORM = /^([+-]?)(\d*)(?:\.(\d*))?(?:(Ki|Mi|Gi|Ti|Pi|Ei|n|u|m|k|M|G|T|P|E)|[eE]([+-]?\d+))?$/;

const BINARY: { readonly [suffix: string]: bigint } = {
  Ki: 1024n,
  Mi: 1024n ** 2n,
  Gi: 1024n ** 3n,
  Ti: 1024n ** 4n,
  Pi: 1024n ** 5n,
  Ei: 1024n ** 6n,
};
const DECIMAL_EXPONENT: { readonly [suffix: string]: number } = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const NANO = 1_000_000_000n;

const nanosCache = new Map<string, bigint | undefined>();
const CACHE_LIMIT = 50_000;

/** Whole nano-units, rounded away from zero beyond that (as upstream does); undefined when it is no quantity. */
export function quantityNanos(quantity: Quantity): bigint | undefined {
  const text = String(quantity);
  if (nanosCache.has(text)) return nanosCache.get(text);
  if (nanosCache.size >= CACHE_LIMIT) nanosCache.clear();
  const nanos = parseNanos(text);
  nanosCache.set(text, nanos);
  return nanos;
}

export function isQuantity(quantity: unknown): quantity is Quantity {
  return (typeof quantity === 'string' || typeof quantity === 'number') && quantityNanos(quantity) !== undefined;
}

const milliCache = new Map<Quantity, number>();
const unitCache = new Map<Quantity, number>();

/** Thousandths, rounded up: how CPU is counted. 0 for what is no quantity. */
export function quantityMilli(quantity: Quantity | undefined): number {
  if (quantity === undefined) return 0;
  return cached(milliCache, quantity, (nanos) => Number(divideUp(nanos, 1_000_000n)));
}

/** Whole units, rounded up: how bytes and counts are counted. 0 for what is no quantity. */
export function quantityUnits(quantity: Quantity | undefined): number {
  if (quantity === undefined) return 0;
  return cached(unitCache, quantity, (nanos) => Number(divideUp(nanos, NANO)));
}

function cached(cache: Map<Quantity, number>, quantity: Quantity, convert: (nanos: bigint) => number): number {
  let value = cache.get(quantity);
  if (value === undefined) {
    if (cache.size >= CACHE_LIMIT) cache.clear();
    value = convert(quantityNanos(quantity) ?? 0n);
    cache.set(quantity, value);
  }
  return value;
}

/** Division that rounds away from zero. */
export function divideUp(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  if (quotient * denominator === numerator) return quotient;
  return numerator > 0n ? quotient + 1n : quotient - 1n;
}

function parseNanos(text: string): bigint | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', suffix = '', exponentText] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(whole + fraction);
  const binary = BINARY[suffix];
  const exponent = exponentText === undefined ? (DECIMAL_EXPONENT[suffix] ?? 0) : Number(exponentText);
  if (Math.abs(exponent) > 100) return undefined;
  const scaled = digits * NANO * (binary ?? 1n) * 10n ** BigInt(Math.max(0, exponent));
  const nanos = divideUp(scaled, 10n ** BigInt(fraction.length + Math.max(0, -exponent)));
  return sign === '-' ? -nanos : nanos;
}
