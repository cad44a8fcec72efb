/**
 * Continue tokens: where a list in pages goes on, and at which revision.
 *
 * Models staging/src/k8s.io/apiserver/pkg/storage/continue.go: JSON in URL-safe base64.
 */
import { base64UrlOf, URL_ALPHABET } from '../../base/base64.ts';
import { badRequest } from '../api-error.ts';
import { JsonError, readJson } from '../schema/json-reader.ts';

export interface ContinueToken {
  /** Undefined when the rest is to be read as it is now. */
  readonly revision: number | undefined;
  /** The last key read, relative to what is listed. */
  readonly afterKey: string;
}

const VERSION = 'meta.k8s.io/v1';
const CURRENT = -1;

export function encodeContinue({ revision = CURRENT, afterKey }: ContinueToken): string {
  return base64UrlOf(JSON.stringify({ v: VERSION, rv: revision, start: `${afterKey}\0` }));
}

/** Throws 400 when it is none. */
export function decodeContinue(token: string): ContinueToken {
  const bad = (why: string) => badRequest(`invalid continue token: continue key is not valid: ${why}`);
  const text = unbase64(token, bad);
  let value: { readonly v?: string; readonly rv?: number; readonly start?: string };
  try {
    value = readJson(text) as typeof value;
  } catch (error) {
    if (error instanceof JsonError) throw bad(error.message);
    throw error;
  }
  const { v = '', rv = 0, start = '' } = value;
  if (v !== VERSION) throw bad(`server does not recognize this encoded version ${v}`);
  if (rv === 0) throw bad('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (start === '') throw bad('encoded start key empty (version meta.k8s.io/v1)');
  // A key may not lead out of what is listed.
  if (`/${start}`.includes('/../') || start.startsWith('../')) throw bad(start);
  return { revision: rv === CURRENT ? undefined : rv, afterKey: start.replace(/\0$/, '') };
}

/** The text as one character a byte: what is no ASCII is no token anyway. */
function unbase64(token: string, bad: (why: string) => Error): string {
  let bits = 0;
  let count = 0;
  let text = '';
  for (let at = 0; at < token.length; at++) {
    const digit = URL_ALPHABET.indexOf(token[at]!);
    if (digit < 0) throw bad(`illegal base64 data at input byte ${at}`);
    bits = ((bits << 6) | digit) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      text += String.fromCharCode((bits >> count) & 255);
    }
  }
  if (token.length % 4 === 1) throw bad(`illegal base64 data at input byte ${token.length - 1}`);
  return text;
}
