/**
 * What a request is to do: which Service it asks, which Services that one asks in turn, and how patient everyone is.
 */
import type { ObjectKey } from '../model/meta.ts';

/** One link of a call graph. */
export interface Call {
  readonly service: ObjectKey;
  /** The Service's port; undefined for its first. */
  readonly port: number | undefined;
  /** What the caller waits for one try; undefined: as long as its own caller still waits. */
  readonly timeoutUs: number | undefined;
  /** How often a try that failed is followed by another. */
  readonly retries: number;
  /** What the server asks before it answers. */
  readonly calls: readonly Call[];
  /** It asks them all at once, rather than one after the other. */
  readonly callsAtOnce: boolean;
}

/** One kind of request from outside of the call graph. */
export interface Route extends Call {
  readonly traffic: string;
  readonly timeoutUs: number;
  /** Distinct client addresses the requests come from; 0: each from another. */
  readonly clients: number;
}

/** A link to that Service with nothing behind it. */
export function callTo(service: ObjectKey, further: Partial<Call> = {}): Call {
  return { service, port: undefined, timeoutUs: undefined, retries: 0, calls: NO_CALLS, callsAtOnce: false, ...further };
}

const NO_CALLS: readonly Call[] = [];
