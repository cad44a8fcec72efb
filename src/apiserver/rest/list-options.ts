/**
 * The options of a list or a watch in its query.
 *
 * Models apimachinery/pkg/apis/meta/internalversion: how they are read, and which go together (validation/validation.go).
 */
import { badRequest, invalidOf } from '../api-error.ts';
import { goQuote } from '../schema/go-text.ts';
import { FieldErrors } from '../validation/field-errors.ts';
import { type Query, queryValue } from './rest-request.ts';

export interface ListRequestOptions {
  readonly limit: number;
  readonly continueToken: string;
  /** As given: '' for none. */
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  readonly sendInitialEvents: boolean | undefined;
  readonly allowWatchBookmarks: boolean;
  readonly timeoutSeconds: number | undefined;
}

const MATCHES = ['Exact', 'NotOlderThan', ''];

/** Throws 400 for what cannot be read and 422 for what does not go together. */
export function listOptionsOf(query: Query | undefined, isWatch: boolean): ListRequestOptions {
  const integer = (name: string) => {
    const text = queryValue(query, name);
    if (text === undefined || text === '') return undefined;
    if (!/^[+-]?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${goQuote(text)}: invalid syntax`);
    return Number(text);
  };
  const options: ListRequestOptions = {
    limit: Math.max(0, integer('limit') ?? 0),
    timeoutSeconds: integer('timeoutSeconds'),
    continueToken: queryValue(query, 'continue') ?? '',
    resourceVersion: queryValue(query, 'resourceVersion') ?? '',
    resourceVersionMatch: queryValue(query, 'resourceVersionMatch') ?? '',
    sendInitialEvents: flag(queryValue(query, 'sendInitialEvents')),
    allowWatchBookmarks: flag(queryValue(query, 'allowWatchBookmarks')) === true,
  };
  checkTogether(options, isWatch);
  return options;
}

/** A parameter without a value says yes. */
export function flag(text: string | undefined): boolean | undefined {
  return text === undefined ? undefined : text !== 'false' && text !== '0';
}

/** The revision asked for; `wrap` puts the complaint into the words of who asks. */
export function revisionAsked(text: string, wrap: (why: string) => Error): number {
  if (text === '') return 0;
  if (!/^\d+$/.test(text)) {
    throw wrap(`resourceVersion: Invalid value: ${goQuote(text)}: strconv.ParseUint: parsing ${goQuote(text)}: invalid syntax`);
  }
  return Number(text);
}

function checkTogether(options: ListRequestOptions, isWatch: boolean): void {
  const { resourceVersion, resourceVersionMatch, sendInitialEvents, continueToken } = options;
  const errors = new FieldErrors();
  const field = 'resourceVersionMatch';
  if (isWatch && sendInitialEvents !== undefined) {
    if (resourceVersionMatch !== 'NotOlderThan') {
      errors.forbidden(field, 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
      if (resourceVersionMatch !== '') errors.notSupported(field, resourceVersionMatch, ['NotOlderThan']);
    }
  } else if (isWatch) {
    if (resourceVersionMatch !== '') {
      errors.forbidden(field, 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided');
    }
  } else {
    if (sendInitialEvents !== undefined) errors.forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list');
    if (resourceVersionMatch !== '') {
      if (resourceVersion === '') errors.forbidden(field, 'resourceVersionMatch is forbidden unless resourceVersion is provided');
      if (continueToken !== '') errors.forbidden(field, 'resourceVersionMatch is forbidden when continue is provided');
      if (!MATCHES.includes(resourceVersionMatch)) errors.notSupported(field, resourceVersionMatch, MATCHES);
      if (resourceVersionMatch === 'Exact' && resourceVersion === '0') {
        errors.forbidden(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
      }
    }
  }
  if (errors.causes.length > 0) throw invalidOf({ kind: 'ListOptions', group: 'meta.k8s.io' }, '', errors.causes);
}
