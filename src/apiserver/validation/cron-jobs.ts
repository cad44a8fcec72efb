/**
 * CronJobs: a schedule that can be read, a time zone that exists, a template for Jobs.
 *
 * Models validateCronJobSpec of pkg/apis/batch/validation/validation.go and the words of robfig/cron's parser.
 */

import { isTimeZone } from '../../model/time-zones.ts';
import { isSameValue } from '../same-value.ts';
import { goQuote } from '../schema/go-text.ts';
import type { FieldErrors } from './field-errors.ts';
import { validateJobSpec } from './jobs.ts';
import { validateNonnegative } from './metadata.ts';
import type { Sent } from './sent.ts';

const NAME_MAX = 52;
const POLICIES = ['Allow', 'Forbid', 'Replace'];

export function validateCronJob(errors: FieldErrors, { metadata, spec = {} }: Sent, before?: Sent): void {
  const { schedule = '', timeZone, concurrencyPolicy = '', jobTemplate = {} } = spec;
  if (schedule === '') errors.required('spec.schedule');
  else validateSchedule(errors, schedule, timeZone, (before?.spec.schedule ?? '').includes('TZ'));
  validateNonnegative(errors, 'spec.startingDeadlineSeconds', spec.startingDeadlineSeconds);
  if (before === undefined || !isSameValue(before.spec.timeZone, timeZone)) validateTimeZone(errors, timeZone);
  if (concurrencyPolicy === '') errors.required('spec.concurrencyPolicy');
  else if (!POLICIES.includes(concurrencyPolicy)) errors.notSupported('spec.concurrencyPolicy', concurrencyPolicy, POLICIES);
  const jobSpec = jobTemplate.spec ?? {};
  validateJobSpec(errors, jobSpec, 'spec.jobTemplate.spec');
  if (jobSpec.selector !== undefined)
    errors.invalid('spec.jobTemplate.spec.selector', jobSpec.selector, '`selector` will be auto-generated');
  if (jobSpec.manualSelector === true) errors.notSupported('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false']);
  validateNonnegative(errors, 'spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit);
  validateNonnegative(errors, 'spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit);
  const { name = '' } = metadata;
  // The names of its Jobs are eleven characters longer than its own.
  if (before === undefined && name.length > NAME_MAX) errors.invalid('metadata.name', name, `must be no more than ${NAME_MAX} characters`);
}

function validateSchedule(errors: FieldErrors, schedule: string, timeZone: string | undefined, allowsZone: boolean): void {
  const complaint = cronComplaint(schedule);
  if (complaint !== undefined) errors.invalid('spec.schedule', schedule, complaint);
  if (!schedule.includes('TZ')) return;
  if (!allowsZone) errors.invalid('spec.schedule', schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead');
  else if (timeZone !== undefined)
    errors.invalid('spec.schedule', schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule');
}

function validateTimeZone(errors: FieldErrors, timeZone: string | undefined): void {
  if (timeZone === undefined) return;
  const refuse = (why: string) => errors.invalid('spec.timeZone', timeZone, why);
  if (timeZone === '') return refuse('timeZone must be nil or non-empty string');
  for (const part of timeZone.split('/')) {
    if (part === '.' || part === '..' || part.startsWith('-') || !/^[A-Za-z._0-9+-]{1,14}$/.test(part)) {
      return refuse(`unknown time zone ${timeZone}`);
    }
  }
  const isLocal = timeZone.toLowerCase() === 'local';
  if (isLocal) refuse('timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones');
  if (timeZone !== 'Local' && !isTimeZone(timeZone)) refuse(`unknown time zone ${timeZone}`);
}

interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly names: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS: readonly Bounds[] = [
  { low: 0, high: 59, names: [] },
  { low: 0, high: 23, names: [] },
  { low: 1, high: 31, names: [] },
  { low: 1, high: 12, names: MONTHS },
  { low: 0, high: 6, names: WEEKDAYS },
];
const DESCRIPTORS = ['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly'];

/** What robfig/cron says of a schedule it cannot read. */
function cronComplaint(written: string): string | undefined {
  let spec = written;
  const zone = /^(TZ=|CRON_TZ=)(\S*)(\s+|$)/.exec(spec);
  if (zone !== null) {
    if (!isTimeZone(zone[2]!) && zone[2] !== '') return `provided bad location ${zone[2]}: unknown time zone ${zone[2]}`;
    spec = spec.slice(zone[0].length).trim();
  }
  if (spec.startsWith('@')) {
    if (DESCRIPTORS.includes(spec)) return undefined;
    if (spec.startsWith('@every ')) {
      const duration = spec.slice('@every '.length);
      return isGoDuration(duration) ? undefined : `failed to parse duration ${spec}: ${durationComplaint(duration)}`;
    }
    return `unrecognized descriptor: ${spec}`;
  }
  const fields = spec.split(/\s+/).filter((field) => field !== '');
  if (fields.length !== 5) return `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`;
  for (const [at, field] of fields.entries()) {
    for (const part of field.split(',').filter((one) => one !== '')) {
      const complaint = rangeComplaint(part, FIELDS[at]!);
      if (complaint !== undefined) return complaint;
    }
  }
  return undefined;
}

function rangeComplaint(expression: string, { low, high, names }: Bounds): string | undefined {
  const [range = '', step, ...moreSteps] = expression.split('/');
  const [first = '', second, ...moreEnds] = range.split('-');
  let start: number;
  let end: number;
  if (first === '*' || first === '?') {
    start = low;
    end = high;
  } else {
    const from = numberOrName(first, names, low);
    if (typeof from === 'string') return from;
    start = from;
    if (moreEnds.length > 0) return `too many hyphens: ${expression}`;
    if (second === undefined) end = start;
    else {
      const to = numberOrName(second, names, low);
      if (typeof to === 'string') return to;
      end = to;
    }
  }
  let by = 1;
  if (moreSteps.length > 0) return `too many slashes: ${expression}`;
  if (step !== undefined) {
    const parsed = wholeNumber(step);
    if (typeof parsed === 'string') return parsed;
    by = parsed;
    if (second === undefined) end = high;
  }
  if (start < low) return `beginning of range (${start}) below minimum (${low}): ${expression}`;
  if (end > high) return `end of range (${end}) above maximum (${high}): ${expression}`;
  if (start > end) return `beginning of range (${start}) beyond end of range (${end}): ${expression}`;
  return by === 0 ? `step of range should be a positive number: ${expression}` : undefined;
}

function numberOrName(text: string, names: readonly string[], low: number): number | string {
  const at = names.indexOf(text.toLowerCase());
  return at >= 0 ? at + low : wholeNumber(text);
}

function wholeNumber(text: string): number | string {
  if (!/^[+-]?\d+$/.test(text)) return `failed to parse int from ${text}: strconv.Atoi: parsing ${goQuote(text)}: invalid syntax`;
  return Number(text) < 0 ? `negative number (${Number(text)}) not allowed: ${text}` : Number(text);
}

function isGoDuration(text: string): boolean {
  return /^[+-]?(\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)((\d+(\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h))*$/.test(text) || /^[+-]?0$/.test(text);
}

function durationComplaint(text: string): string {
  const quoted = goQuote(text);
  if (/^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(text)) return `time: missing unit in duration ${quoted}`;
  const unknown = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)([^\d.]+)/.exec(text);
  if (unknown !== null) return `time: unknown unit ${goQuote(unknown[1]!)} in duration ${quoted}`;
  return `time: invalid duration ${quoted}`;
}
