/**
 * The small values of a scenario as zod types: durations, rates, quantities, names, distributions. The message of each is
 * what would have been right, since that is what a problem has to say.
 */
import { z } from 'zod';
import { SECOND_US } from '../base/units.ts';
import { isQuantity, quantityMilli, quantityUnits } from '../model/quantity.ts';
import { constantUs, type Distribution, lognormalFromQuantiles } from '../sim/distribution.ts';
import { parseDurationUs, parseRatePerSecond } from './duration.ts';

const DURATION_WANTED = 'a duration such as "90s" or "1h30m"';
const POSITIVE_DURATION_WANTED = 'a duration longer than 0, such as "90s" or "1h30m"';
const RATE_WANTED = 'a rate such as "200/s", "30/m" or "5/h"';
const NAME_WANTED = 'a name of lower-case letters, digits, "-" and "."';

/** What the reference calls the type; kept in its metadata, which survives a description. */
export function namedType<T extends z.ZodType>(title: string, type: T): T {
  return type.meta({ title });
}

const scalar = (wanted: string) => z.union([z.string(), z.number()], { error: wanted }).transform(String);

export const duration = namedType(
  'duration',
  scalar(DURATION_WANTED)
    .refine((text) => parseDurationUs(text) !== undefined, { error: DURATION_WANTED })
    .transform((text) => parseDurationUs(text)!),
);
export const positiveDuration = namedType(
  'duration',
  scalar(POSITIVE_DURATION_WANTED)
    .refine((text) => (parseDurationUs(text) ?? 0) > 0, { error: POSITIVE_DURATION_WANTED })
    .transform((text) => parseDurationUs(text)!),
);

/** Whole seconds, which is what Kubernetes' own settings are counted in. */
export const seconds = namedType(
  'duration',
  scalar('a duration in whole seconds, such as "40s"')
    .refine((text) => (parseDurationUs(text) ?? 0.5) % SECOND_US === 0, { error: 'a duration in whole seconds, such as "40s"' })
    .transform((text) => parseDurationUs(text)! / SECOND_US),
);

export const rate = namedType(
  'rate',
  scalar(RATE_WANTED)
    .refine((text) => parseRatePerSecond(text) !== undefined, { error: RATE_WANTED })
    .transform((text) => parseRatePerSecond(text)!),
);

function quantityType(wanted: string) {
  return z.union([z.string(), z.number()], { error: wanted }).refine((value) => isQuantity(value) && !String(value).startsWith('-'), {
    error: wanted,
  });
}

const BYTES_WANTED = 'a Kubernetes quantity such as "16Gi"';
const CPU_WANTED = 'a Kubernetes quantity such as "500m" or 2';
export const quantity = namedType('quantity', quantityType('a Kubernetes quantity such as "16Gi", "500m" or 8'));
export const bytes = namedType('quantity', quantityType(BYTES_WANTED).transform(quantityUnits));
export const milliCpu = namedType('quantity', quantityType(CPU_WANTED).transform(quantityMilli));

export const resources = namedType(
  'map of quantities',
  z.record(z.string(), quantity, { error: 'a map from resource names to quantities' }),
);

const DNS_NAME = /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/;
export const name = namedType('name', z.string({ error: NAME_WANTED }).regex(DNS_NAME, { error: NAME_WANTED }));
/** `name`, or `namespace/name`. */
export const namespacedName = namedType(
  'name or namespace/name',
  z
    .string({ error: 'a name or "namespace/name"' })
    .regex(/^([a-z0-9]([-a-z0-9]*[a-z0-9])?\/)?[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, { error: 'a name or "namespace/name"' }),
);
export const text = namedType('text', z.string({ error: 'a text' }).min(1, { error: 'a text that is not empty' }));
export const flag = namedType('true or false', z.boolean({ error: 'true or false' }));
export const labels = namedType(
  'map of texts',
  z.record(z.string(), z.string({ error: 'a text; quote a number or true' }), { error: 'a map from label names to texts' }),
);

export function wholeNumber(low: number, high: number = Number.MAX_SAFE_INTEGER) {
  const wanted = high === Number.MAX_SAFE_INTEGER ? `a whole number from ${low}` : `a whole number from ${low} to ${high}`;
  return namedType(
    'whole number',
    z.number({ error: wanted }).int({ error: wanted }).min(low, { error: wanted }).max(high, { error: wanted }),
  );
}

/** A part of a whole. */
export const share = namedType(
  'number from 0 to 1',
  z.number({ error: 'a number from 0 to 1' }).min(0, { error: 'a number from 0 to 1' }).max(1, { error: 'a number from 0 to 1' }),
);

export function list<T extends z.ZodType>(item: T, wanted: string) {
  return z.array(item, { error: wanted });
}

/** A value, or a list of such values. */
export function oneOrMany<T extends z.ZodType>(item: T, wanted: string) {
  return z.preprocess(
    (value) => (Array.isArray(value) || value === undefined ? value : [value]),
    z.array(item, { error: wanted }).min(1, { error: wanted }),
  );
}

/** A map of which exactly one key may be given: one kind of thing out of several. */
export function oneOf<S extends z.ZodRawShape>(shape: S, others: readonly string[] = []) {
  const kinds = Object.keys(shape).filter((key) => !others.includes(key));
  const wanted = `exactly one of ${kinds.join(', ')}`;
  return z.strictObject(shape, { error: (issue) => (issue.code === 'invalid_type' ? `a map with ${wanted}` : undefined) }).refine(
    (value) =>
      typeof value === 'object' &&
      value !== null &&
      kinds.filter((kind) => (value as Record<string, unknown>)[kind] !== undefined).length === 1,
    // Also when a field inside is wrong: all problems at once.
    { error: wanted, when: ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value) },
  );
}

const quantiles = z
  .strictObject(
    { median: positiveDuration.describe('Half are shorter.'), p99: positiveDuration.describe('One in a hundred is longer.') },
    { error: (issue) => (issue.code === 'invalid_type' ? 'a map with median and p99' : undefined) },
  )
  .refine(({ median, p99 }) => p99 >= median, { error: 'a p99 that is not below the median', path: ['p99'] });

const distributionMap = oneOf({
  constant: duration.optional().describe('Always this long.'),
  uniform: z
    .strictObject(
      { low: duration.describe('The shortest.'), high: duration.describe('The longest.') },
      { error: (issue) => (issue.code === 'invalid_type' ? 'a map with low and high' : undefined) },
    )
    .refine(({ low, high }) => high >= low, { error: 'a high end that is not below the low end', path: ['high'] })
    .optional()
    .describe('Anything between `low` and `high`, equally likely.'),
  exponential: z
    .strictObject(
      { mean: positiveDuration.describe('The mean.') },
      { error: (issue) => (issue.code === 'invalid_type' ? 'a map with mean' : undefined) },
    )
    .optional()
    .describe('Memoryless, with this `mean`.'),
  lognormal: quantiles.optional().describe('Through its `median` and `p99`, the way people measure latency.'),
}).transform(({ constant, uniform, exponential, lognormal }): Distribution => {
  if (uniform !== undefined) return { kind: 'uniform', lowUs: uniform.low, highUs: uniform.high };
  if (exponential !== undefined) return { kind: 'exponential', meanUs: exponential.mean };
  if (lognormal !== undefined) return lognormalFromQuantiles(lognormal.median, lognormal.p99);
  return constantUs(constant ?? 0);
});

/** `20ms` is short for `{constant: 20ms}`, and `{median: …, p99: …}` for a lognormal one. */
export const distribution = namedType(
  'distribution',
  z.preprocess((value) => {
    if (typeof value === 'string' || typeof value === 'number') return { constant: value };
    if (typeof value === 'object' && value !== null && ('median' in value || 'p99' in value)) return { lognormal: value };
    return value;
  }, distributionMap),
);
