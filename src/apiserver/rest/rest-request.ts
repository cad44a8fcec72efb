/**
 * A request as HTTP carries it, and the answer, without any network: what an HTTP door hands in and sends out.
 */
export interface RestRequest {
  readonly method: string;
  readonly path: string;
  /** A list as value is a parameter given several times. */
  readonly query?: { readonly [name: string]: string | readonly string[] };
  readonly contentType?: string;
  readonly accept?: string;
  readonly userAgent?: string;
  /** The body as read from JSON, or the text as sent. */
  readonly body?: unknown;
  readonly bodyText?: string;
}

export interface RestResponse {
  readonly code: number;
  readonly contentType?: string;
  readonly body?: unknown;
  /** Instead of a body, where the server answers with plain text. */
  readonly text?: string;
  /** Every Warning header. */
  readonly warnings: readonly string[];
  /** The Retry-After header. */
  readonly retryAfterSeconds?: number;
}

export type Query = NonNullable<RestRequest['query']>;

/** The parameter's value, the first if there are several; undefined when it is not given. */
export function queryValue(query: Query | undefined, name: string): string | undefined {
  const value = query?.[name];
  return typeof value === 'string' || value === undefined ? value : value[0];
}

export function queryValues(query: Query | undefined, name: string): readonly string[] {
  const value = query?.[name];
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}
