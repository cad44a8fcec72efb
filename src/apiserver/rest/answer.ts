/**
 * What a handler answers, before warnings are added.
 */
export interface Answer {
  readonly code: number;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly text?: string;
}

export type Warn = (text: string) => void;
