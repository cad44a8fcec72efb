/**
 * Raw values as somebody sent them: the server keeps their bytes, blanks and all, and compares those.
 *
 * Models runtime.RawExtension. A value whose text is not known is the shortest JSON of it, which is what a patch makes of any.
 */
import { goJson } from './go-text.ts';

const texts = new WeakMap<object, string>();

export function noteRawText(value: unknown, text: string): void {
  if (typeof value === 'object' && value !== null) texts.set(value, text);
}

export function rawTextOf(value: unknown): string {
  const known = typeof value === 'object' && value !== null ? texts.get(value) : undefined;
  return known ?? goJson(value);
}
