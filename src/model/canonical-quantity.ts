/**
 * A quantity as the API writes it back: `0.5` is `500m`, `1024Ki` is `1Mi`, `1e3` stays `1e3`.
 *
 * Models ParseQuantity and CanonicalizeBytes of staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go.
 */

/** What cannot be read as a quantity, in upstream's words. */
export class QuantityError extends Error {}

const FORM = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[-+]?\d*)$/;
const DECIMAL: { readonly [suffix: string]: number } = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY: { readonly [suffix: string]: number } = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const DECIMAL_SUFFIXES: { readonly [exponent: number]: string } = {
  [-9]: 'n',
  [-6]: 'u',
  [-3]: 'm',
  0: '',
  3: 'k',
  6: 'M',
  9: 'G',
  12: 'T',
  15: 'P',
  18: 'E',
};
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const WRONG_FORM = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const INT64_DIGITS_MAX = 18; // maxInt64Factors in amount.go
const INT64_MAX = 2n ** 63n - 1n;
/** Nothing below a nano-unit is kept. */
const SMALLEST = -9;

type Format = 'decimal' | 'exponent' | 'binary';

interface Amount {
  readonly unscaled: bigint;
  readonly exponent: number;
  readonly format: Format;
  /** The text as written, when it is canonical already. */
  readonly text: string | undefined;
}

export function canonicalQuantity(written: string): string {
  const text = written.trim();
  const known = cache.get(text);
  if (known !== undefined) return known;
  if (cache.size >= CACHE_LIMIT) cache.clear();
  const amount = parse(text);
  const result = amount.text ?? format(amount);
  cache.set(text, result);
  return result;
}

/** The quantity rounded up to thousandths, as resource lists are kept (SetDefaults_ResourceList). */
export function roundedToMilli(quantity: string): string {
  const { unscaled, exponent, format: form } = parse(quantity);
  if (exponent >= -3) return quantity;
  const divisor = 10n ** BigInt(-3 - exponent);
  if (unscaled % divisor === 0n) return quantity;
  return format({ unscaled: divideAway(unscaled, divisor), exponent: -3, format: form, text: undefined });
}

const cache = new Map<string, string>();
const CACHE_LIMIT = 50_000;

function parse(text: string): Amount {
  if (text === '') throw new QuantityError(WRONG_FORM);
  if (text === '0') return { unscaled: 0n, exponent: 0, format: 'decimal', text };
  const match = FORM.exec(text);
  if (match === null) throw new QuantityError(WRONG_FORM);
  const [, sign, whole = '', fraction = '', suffix = ''] = match;
  const { base, power, form } = interpreted(suffix);
  const digits = whole.replace(/^0+/, '') || '0';
  const isNegative = sign === '-';
  const shifted = digits + fraction;
  const value = BigInt(shifted);
  const signed = isNegative ? -value : value;
  if (base === 10) {
    const exponent = power - fraction.length;
    if (shifted.length <= INT64_DIGITS_MAX && exponent >= SMALLEST) {
      const isCanonical = exponent % 3 === 0 && !shifted.endsWith('000') && shifted[0] !== '0';
      return { unscaled: signed, exponent, format: form, text: isCanonical ? text : undefined };
    }
    return atLeastNano(signed, exponent, form);
  }
  const isShort = fraction === '' && 15 - digits.length - Math.trunc((power * 3) / 10) - 1 >= 0;
  const scaled = signed * 2n ** BigInt(power);
  if (isShort) {
    const isCanonical = power % 10 === 0 && (value & 7n) !== 0n;
    return { unscaled: scaled, exponent: 0, format: 'binary', text: isCanonical ? text : undefined };
  }
  const capped = fraction === '' && scaled > INT64_MAX ? INT64_MAX : scaled;
  const isBelowOne = scaled > 0n && scaled < 10n ** BigInt(fraction.length);
  return atLeastNano(capped, -fraction.length, isBelowOne ? 'decimal' : 'binary');
}

function interpreted(suffix: string): { readonly base: 2 | 10; readonly power: number; readonly form: Format } {
  const decimal = DECIMAL[suffix];
  if (decimal !== undefined) return { base: 10, power: decimal, form: 'decimal' };
  const binary = BINARY[suffix];
  if (binary !== undefined) return { base: 2, power: binary, form: 'binary' };
  if (/^[eE][-+]?\d+$/.test(suffix)) return { base: 10, power: Number(suffix.slice(1)), form: 'exponent' };
  throw new QuantityError("unable to parse quantity's suffix");
}

function atLeastNano(unscaled: bigint, exponent: number, form: Format): Amount {
  if (exponent >= SMALLEST) return { unscaled, exponent, format: form, text: undefined };
  return { unscaled: divideAway(unscaled, 10n ** BigInt(SMALLEST - exponent)), exponent: SMALLEST, format: form, text: undefined };
}

function format({ unscaled, exponent, format: form }: Amount): string {
  if (unscaled === 0n) return '0';
  let effective: Format = form;
  if (form === 'binary') {
    // Below 1024 there is nothing a binary suffix could say, and no fraction fits one.
    const whole = exponent >= 0 ? unscaled * 10n ** BigInt(exponent) : undefined;
    const isWhole = whole !== undefined || unscaled % 10n ** BigInt(-exponent) === 0n;
    const value = whole ?? unscaled / 10n ** BigInt(-exponent);
    const size = value < 0n ? -value : value;
    if (!isWhole || size < 1024n) effective = 'decimal';
    else return binaryText(value);
  }
  let digits = unscaled;
  let power = exponent;
  while (digits % 10n === 0n) {
    digits /= 10n;
    power++;
  }
  while (power % 3 !== 0 || (effective === 'decimal' && power > 18)) {
    digits *= 10n;
    power--;
  }
  if (effective === 'decimal') return `${digits}${DECIMAL_SUFFIXES[power] ?? ''}`;
  return power === 0 ? `${digits}` : `${digits}e${power}`;
}

function binaryText(value: bigint): string {
  let digits = value;
  let step = 0;
  while (digits % 1024n === 0n && step < BINARY_SUFFIXES.length - 1) {
    digits /= 1024n;
    step++;
  }
  return `${digits}${BINARY_SUFFIXES[step]}`;
}

/** Division that rounds away from zero. */
function divideAway(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  if (quotient * denominator === numerator) return quotient;
  return numerator > 0n ? quotient + 1n : quotient - 1n;
}
