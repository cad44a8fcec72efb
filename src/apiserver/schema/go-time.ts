/**
 * Times as the API reads and writes them: RFC 3339, in whole seconds or, for MicroTime, with six digits after the point.
 *
 * Models apimachinery/pkg/apis/meta/v1/{time,micro_time}.go and the words of Go's time.Parse.
 */
const SECONDS_LAYOUT = '2006-01-02T15:04:05Z07:00';
const MICROS_LAYOUT = '2006-01-02T15:04:05.000000Z07:00';
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** What cannot be read, in time.Parse's words. */
export class TimeError extends Error {}

interface Parts {
  readonly seconds: number;
  readonly micros: number;
}

/** `2024-05-01T10:00:00Z` of any RFC 3339 text. */
export function canonicalTime(text: string): string {
  const { seconds } = parse(text, SECONDS_LAYOUT, false);
  return `${civil(seconds)}Z`;
}

/** `2024-05-01T10:00:00.123456Z`; the six digits must be there. */
export function canonicalMicroTime(text: string): string {
  const { seconds, micros } = parse(text, MICROS_LAYOUT, true);
  return `${civil(seconds)}.${String(micros).padStart(6, '0')}Z`;
}

/** The steps of the layout, each with the text it stands for and what it takes. */
const STEPS: readonly (readonly [string, RegExp])[] = [
  ['2006', /^\d{4}/],
  ['-', /^-/],
  ['01', /^\d{2}/],
  ['-', /^-/],
  ['02', /^\d{2}/],
  ['T', /^T/],
  ['15', /^\d{2}/],
  [':', /^:/],
  ['04', /^\d{2}/],
  [':', /^:/],
  ['05', /^\d{2}/],
];

function parse(text: string, layout: string, needsMicros: boolean): Parts {
  const refuse = (rest: string, element: string): never => {
    throw new TimeError(`parsing time ${JSON.stringify(text)} as "${layout}": cannot parse ${JSON.stringify(rest)} as "${element}"`);
  };
  const range = (what: string): never => {
    throw new TimeError(`parsing time ${JSON.stringify(text)}: ${what} out of range`);
  };
  let rest = text;
  const numbers: number[] = [];
  for (const [element, pattern] of STEPS) {
    const match = pattern.exec(rest);
    if (match === null) refuse(rest, element);
    if (/^\d/.test(element)) numbers.push(Number(match![0]));
    rest = rest.slice(match![0].length);
  }
  const [year, month, day, hour, minute, second] = numbers as [number, number, number, number, number, number];
  if (month < 1 || month > 12) range('month');
  if (hour > 23) range('hour');
  if (minute > 59) range('minute');
  if (second > 59) range('second');
  let micros = 0;
  const fraction = /^[.,](\d+)/.exec(rest);
  if (needsMicros && (fraction === null || fraction[1]!.length !== 6)) refuse(rest, '.000000');
  if (fraction !== null) {
    micros = Number(fraction[1]!.slice(0, 6).padEnd(6, '0'));
    rest = rest.slice(fraction[0].length);
  }
  const zone = /^(Z|([+-])(\d{2}):(\d{2}))/.exec(rest);
  if (zone === null) refuse(rest, 'Z07:00');
  rest = rest.slice(zone![0].length);
  if (rest !== '') throw new TimeError(`parsing time ${JSON.stringify(text)}: extra text: ${JSON.stringify(rest)}`);
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  if (day < 1 || day > (month === 2 && isLeap ? 29 : DAYS[month - 1]!)) range('day');
  const offset = zone![2] === undefined ? 0 : (zone![2] === '-' ? -1 : 1) * (Number(zone![3]) * 60 + Number(zone![4]));
  return { seconds: daysFromCivil(year, month, day) * 86_400 + hour * 3600 + (minute - offset) * 60 + second, micros };
}

/** Days since 1970-01-01 of a date of the Gregorian calendar (Howard Hinnant's algorithm). */
function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
}

function civil(seconds: number): string {
  const days = Math.floor(seconds / 86_400);
  const time = seconds - days * 86_400;
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1;
  const month = monthIndex + (monthIndex < 10 ? 3 : -9);
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(Math.floor(time / 3600))}:${two(Math.floor(time / 60) % 60)}:${two(time % 60)}`;
}
