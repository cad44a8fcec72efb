/**
 * A quantity as Go holds it in memory after parsing: what pod-template-hash is computed over, beyond the amount itself.
 *
 * Models ParseQuantity of apimachinery/pkg/api/resource/quantity.go. Three things decide the print: whether the amount fits the integer
 * form, its scale there, and whether the text is kept. The text is kept only where it is already the canonical one as far as a glance
 * tells: a binary amount whose number is no multiple of 8 (1024 of a unit would be the next one's), a decimal one whose scale is a
 * multiple of 3 and whose digits neither begin with 0 nor end in 000.
 */

const DECIMAL_EXPONENT: { readonly [suffix: string]: number } = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const BINARY_EXPONENT: { readonly [suffix: string]: number } = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const MAX_INT64_FACTORS = 18; // maxInt64Factors in quantity.go: digits that surely fit
const NANO_DECIMALS = 9; // Nano: no amount is finer
const MAX_INT64 = 2n ** 63n - 1n;

const NO_AMOUNT = 'i:(resource.int64Amount){value:(int64)0 scale:(resource.Scale)0}';
const NO_DECIMAL = 'd:(resource.infDecAmount){Dec:(*inf.Dec)<nil>}';
/** A quantity that nobody set. */
export const ABSENT_QUANTITY = `{${NO_AMOUNT} ${NO_DECIMAL} s:(string) Format:(resource.Format)}`;

interface Parsed {
  readonly isNegative: boolean;
  /** Digits before the point without leading zeros (`0` for none), and after it. */
  readonly whole: string;
  readonly fraction: string;
  readonly base: 2 | 10;
  readonly exponent: number;
  readonly format: 'BinarySI' | 'DecimalSI' | 'DecimalExponent';
}

/** The Go value of a quantity's text in print; the text is valid, as the API server has checked it. */
export function goQuantity(text: string): string {
  if (text === '0') return `{${NO_AMOUNT} ${NO_DECIMAL} s:(string)0 Format:(resource.Format)DecimalSI}`;
  const parsed = parse(text);
  const { isNegative, whole, fraction, base, exponent, format } = parsed;
  const sign = isNegative ? -1n : 1n;
  const digits = BigInt(whole + fraction);
  const factor = base === 2 ? 1n << BigInt(exponent) : 1n;
  const scale = (base === 2 ? 0 : exponent) - fraction.length;
  if (sureDigitsLeft(parsed) >= 0 && scale >= -NANO_DECIMALS && digits * factor <= MAX_INT64) {
    const kept = isCanonicalAtAGlance(parsed, scale) ? text : '';
    const amount = `i:(resource.int64Amount){value:(int64)${sign * digits * factor} scale:(resource.Scale)${scale}}`;
    return `{${amount} ${NO_DECIMAL} s:(string)${kept} Format:(resource.Format)${format}}`;
  }
  const { unscaled, decimals } = roundedUp(digits * factor, -scale, format);
  const isFraction = format === 'BinarySI' && unscaled > 0n && unscaled < 10n ** BigInt(Math.max(0, decimals));
  const decimal = `unscaled:(big.Int){neg:(bool)${isNegative && unscaled !== 0n} abs:(big.nat)${words(unscaled)}} scale:(inf.Scale)${decimals}`;
  return `{${NO_AMOUNT} d:(resource.infDecAmount){Dec:(*inf.Dec){${decimal}}} s:(string) Format:(resource.Format)${isFraction ? 'DecimalSI' : format}}`;
}

function parse(text: string): Parsed {
  const [, sign = '', allWhole = '', fraction = '', suffix = ''] = /^([+-]?)(\d*)\.?(\d*)(.*)$/.exec(text) ?? [];
  const whole = allWhole.replace(/^0+/, '') || '0';
  const isNegative = sign === '-';
  const binary = BINARY_EXPONENT[suffix];
  if (binary !== undefined) return { isNegative, whole, fraction, base: 2, exponent: binary, format: 'BinarySI' };
  if (/^[eE][+-]?\d+$/.test(suffix)) {
    return { isNegative, whole, fraction, base: 10, exponent: Number(suffix.slice(1)), format: 'DecimalExponent' };
  }
  return { isNegative, whole, fraction, base: 10, exponent: DECIMAL_EXPONENT[suffix] ?? 0, format: 'DecimalSI' };
}

/** Below 0 the integer form is not even tried. 1Mi counts for about 6 digits, hence 3/10 of the exponent. */
function sureDigitsLeft({ base, whole, fraction, exponent }: Parsed): number {
  if (base === 10) return MAX_INT64_FACTORS - whole.length - fraction.length;
  return fraction === '' ? 15 - whole.length - Math.trunc((exponent * 3) / 10) - 1 : -1;
}

function isCanonicalAtAGlance({ base, whole, fraction }: Parsed, scale: number): boolean {
  if (base === 2) return BigInt(whole) % 8n !== 0n;
  const shifted = whole + fraction;
  return scale % 3 === 0 && !shifted.endsWith('000') && !shifted.startsWith('0');
}

/** Nothing is finer than nano: what is, counts as one more; binary amounts end at 2^63 - 1. */
function roundedUp(unscaled: bigint, decimals: number, format: Parsed['format']): { readonly unscaled: bigint; readonly decimals: number } {
  let rounded = unscaled;
  let scale = decimals;
  if (unscaled !== 0n) {
    scale = NANO_DECIMALS;
    if (decimals <= NANO_DECIMALS) rounded = unscaled * 10n ** BigInt(NANO_DECIMALS - decimals);
    else {
      const divisor = 10n ** BigInt(decimals - NANO_DECIMALS);
      rounded = unscaled / divisor + (unscaled % divisor === 0n ? 0n : 1n);
    }
  }
  if (format === 'BinarySI' && rounded > MAX_INT64 * 10n ** BigInt(Math.max(0, scale))) return { unscaled: MAX_INT64, decimals: 0 };
  return { unscaled: rounded, decimals: scale };
}

/** A big.nat: 64 bits a word, the lowest first. */
function words(value: bigint): string {
  if (value === 0n) return '<nil>';
  const list: string[] = [];
  for (let rest = value; rest > 0n; rest >>= 64n) list.push(String(rest & 0xffff_ffff_ffff_ffffn));
  return `[${list.join(' ')}]`;
}
