/**
 * The traffic of a scenario: when requests come, which Service they ask, and which Services that one asks in turn.
 */
import { z } from 'zod';
import { duration, flag, list, name, namespacedName, oneOf, positiveDuration, rate, wholeNumber } from './schema-values.ts';

const SERVICE_OR_CALL = 'a Service, or a map with to';

const callFields = {
  to: namespacedName.describe('The Service that is asked.'),
  port: wholeNumber(1, 65_535).optional().describe("The Service's port; its first by default."),
  timeout: positiveDuration.optional().describe('What the caller waits for one try; as long as its own caller waits by default.'),
  retries: wholeNumber(0, 100).default(0).describe('How often a failed try is followed by another, 100ms later.'),
  callsAtOnce: flag.default(false).describe('It asks all of its calls at once, rather than one after the other.'),
};

/** `back` is short for `{ to: back }`. */
function shortCall<T extends z.ZodType>(call: T) {
  return z.preprocess((value) => (typeof value === 'string' ? { to: value } : value), call);
}

const aCall = { error: (issue: { readonly code?: string | undefined }) => (issue.code === 'invalid_type' ? SERVICE_OR_CALL : undefined) };

// Three deep behind the Service the traffic goes to; who has a deeper graph will want to see it as several traffics.
const leaf = shortCall(z.strictObject(callFields, aCall));
const inner = shortCall(
  z.strictObject(
    { ...callFields, calls: list(leaf, 'a list of Services').default([]).describe('What that one asks before it answers.') },
    aCall,
  ),
);
const call = shortCall(
  z.strictObject(
    { ...callFields, calls: list(inner, 'a list of Services').default([]).describe('What that one asks before it answers.') },
    aCall,
  ),
);

const step = z.strictObject(
  { at: duration.describe('From when on, counted from the start of the run.'), rate: rate.describe('The mean rate from there.') },
  { error: (issue) => (issue.code === 'invalid_type' ? 'a map with at and rate' : undefined) },
);

export const traffic = z.strictObject(
  {
    name: name.describe('What `expect` and the report call it.'),
    to: namespacedName.describe('The Service the requests go to: `shop`, `eshop/shop` or `shop.eshop.svc.cluster.local`.'),
    port: wholeNumber(1, 65_535).optional().describe("The Service's port; its first by default."),
    arrivals: oneOf({
      poisson: rate.optional().describe('By chance, at this mean rate.'),
      constant: rate.optional().describe('Evenly spaced, at this rate.'),
      steps: list(step, 'a list of steps')
        .min(1, { error: 'at least one step' })
        .optional()
        .describe('By chance, at a mean rate that changes: each step holds until the next.'),
    }).describe('When requests come.'),
    calls: list(call, 'a list of Services').default([]).describe('Services the server asks before it answers, by name or as a map.'),
    callsAtOnce: flag.default(false).describe('It asks them all at once, rather than one after the other.'),
    from: duration.default(0).describe('When it begins.'),
    until: positiveDuration.optional().describe('When it ends; with the run by default.'),
    timeout: positiveDuration.default(5_000_000).describe('After this a try has failed; 5s by default.'),
    retries: wholeNumber(0, 100).default(0).describe('How often a failed try is followed by another, 100ms later.'),
    clients: wholeNumber(1, 1_000_000)
      .optional()
      .describe('So many client addresses, which session affinity tells apart; by default each request comes from another.'),
  },
  { error: (issue) => (issue.code === 'invalid_type' ? 'a map with name, to and arrivals' : undefined) },
);

export type TrafficInput = z.output<typeof traffic>;
export type CallInput = z.output<typeof leaf> & { readonly calls?: readonly CallInput[] };
