/**
 * The beat of `@every`: a duration of Go, cut to whole seconds and never below one.
 *
 * Models time.ParseDuration and Every of robfig/cron v3 (constantdelay.go). Counted in whole nanoseconds: 1.15 minutes are 69 seconds, which
 * the nearest number of floating point falls short of.
 */
const UNITS_NS: { readonly [unit: string]: bigint } = {
  ns: 1n,
  us: 1_000n,
  // The micro sign, and the Greek letter.
  '\u00b5s': 1_000n,
  '\u03bcs': 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const SECOND_NS = 1_000_000_000n;
// What fits into the 64 bits of time.Duration: some 292 years.
const LONGEST_NS = 2n ** 63n - 1n;
const PART = /^(\d*)(?:\.(\d*))?/;
const UNIT = /^[^.\d]*/;

/** Throws an Error with the parser's words for the whole `descriptor`. */
export function everySeconds(text: string, descriptor: string): number {
  const fail = (why: string) => new Error(`failed to parse duration ${descriptor}: time: ${why}`);
  const isNegative = text.startsWith('-');
  let rest = text.replace(/^[+-]/, '');
  if (rest === '0') return 1;
  const invalid = `invalid duration ${JSON.stringify(text)}`;
  if (rest === '') throw fail(invalid);
  let totalNs = 0n;
  while (rest !== '') {
    const [amount, whole = '', fraction = ''] = PART.exec(rest)!;
    if (whole === '' && fraction === '') throw fail(invalid);
    rest = rest.slice(amount.length);
    const unit = UNIT.exec(rest)![0];
    if (unit === '') throw fail(`missing unit in duration ${JSON.stringify(text)}`);
    const unitNs = Object.hasOwn(UNITS_NS, unit) ? UNITS_NS[unit]! : undefined;
    if (unitNs === undefined) throw fail(`unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`);
    totalNs += BigInt(whole) * unitNs + (BigInt(fraction) * unitNs) / 10n ** BigInt(fraction.length);
    if (totalNs > LONGEST_NS) throw fail(invalid);
    rest = rest.slice(unit.length);
  }
  return isNegative || totalNs < SECOND_NS ? 1 : Number(totalNs / SECOND_NS);
}
