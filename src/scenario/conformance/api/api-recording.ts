/**
 * The form of a recording of kube-apiserver: requests and the answers the real one gave (README of ../shared/conformance/api).
 */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly query?: { readonly [name: string]: string | readonly string[] };
  readonly contentType?: string;
  readonly accept?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: unknown;
  readonly bodyText?: string;
}

export interface RecordedResponse {
  readonly code: number;
  readonly warnings?: readonly string[];
  readonly retryAfter?: string;
  readonly contentType?: string;
  readonly body?: unknown;
  readonly text?: string;
  readonly items?: 'names';
}

export interface RecordedStep {
  readonly request: RecordedRequest | { readonly waitSeconds: number };
  readonly response?: RecordedResponse;
}

export interface RecordedWatch {
  readonly request: RecordedRequest;
  readonly code: number;
  readonly events?: readonly { readonly type: string; readonly object: unknown }[];
  readonly body?: unknown;
}

export interface RecordedCase {
  readonly id: string;
  readonly kind: string;
  readonly rule: string;
  readonly about?: string;
  readonly steps?: readonly RecordedStep[];
  readonly before?: readonly RecordedStep[];
  readonly during?: readonly RecordedStep[];
  readonly watch?: RecordedWatch;
  readonly world?: string;
  readonly managedFields?: boolean;
  readonly unordered?: boolean;
  readonly varies?: boolean;
}
