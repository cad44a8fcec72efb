/**
 * Reads JSON text, remembering which fields an object gives twice, and refuses what is no JSON in the words of Go's encoding/json.
 */
import { goQuote } from './go-text.ts';

/** What is no JSON, in encoding/json's words. */
export class JsonError extends Error {}

const duplicates = new WeakMap<object, string[]>();

/** The fields given more than once, in the order of their repetition. */
export function duplicatesOf(object: object): readonly string[] {
  return duplicates.get(object) ?? NONE;
}

/** Notes that `object` gave `field` again; for readers of other notations. */
export function noteDuplicate(object: object, field: string): void {
  const known = duplicates.get(object);
  if (known === undefined) duplicates.set(object, [field]);
  else known.push(field);
}

const NONE: readonly string[] = [];

export function readJson(text: string): unknown {
  const reader = new Reader(text);
  const value = reader.value();
  reader.end();
  return value;
}

/** Go reads a field that is given again into what it has: of structs and maps, the rest of the first stays. */
function together(before: unknown, value: unknown): unknown {
  if (!isObject(before) || !isObject(value)) return value;
  const merged: Record<string, unknown> = { ...before };
  for (const key in value) merged[key] = together(merged[key], value[key]);
  for (const key of [...duplicatesOf(before), ...duplicatesOf(value)]) noteDuplicate(merged, key);
  return merged;
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As Go shows it, which looks at bytes: the first of the character, as if it were one itself. */
function quotedByte(character: string): string {
  if (character === "'") return "'\\''";
  if (character === '"') return "'\"'";
  return `'${goQuote(String.fromCharCode(new TextEncoder().encode(character)[0]!)).slice(1, -1)}'`;
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  end(): void {
    this.#blank();
    if (this.#at < this.#text.length) this.#invalid('after top-level value');
  }

  value(): unknown {
    this.#blank();
    const character = this.#text[this.#at];
    if (character === undefined) throw new JsonError('unexpected end of JSON input');
    if (character === '{') return this.#object();
    if (character === '[') return this.#array();
    if (character === '"') return this.#string();
    if (character === 't') return this.#literal('true', true);
    if (character === 'f') return this.#literal('false', false);
    if (character === 'n') return this.#literal('null', null);
    if (character === '-' || (character >= '0' && character <= '9')) return this.#number();
    return this.#invalid('looking for beginning of value');
  }

  #object(): unknown {
    const object: Record<string, unknown> = {};
    this.#at++;
    this.#blank();
    if (this.#text[this.#at] === '}') {
      this.#at++;
      return object;
    }
    for (;;) {
      this.#blank();
      if (this.#text[this.#at] !== '"') this.#invalid('looking for beginning of object key string');
      const key = this.#string();
      this.#blank();
      if (this.#text[this.#at] !== ':') this.#invalid('after object key');
      this.#at++;
      const value = this.value();
      if (Object.hasOwn(object, key)) noteDuplicate(object, key);
      object[key] = together(object[key], value);
      this.#blank();
      const next = this.#text[this.#at];
      if (next === ',') this.#at++;
      else if (next === '}') {
        this.#at++;
        return object;
      } else this.#invalid('after object key:value pair');
    }
  }

  #array(): unknown {
    const items: unknown[] = [];
    this.#at++;
    this.#blank();
    if (this.#text[this.#at] === ']') {
      this.#at++;
      return items;
    }
    for (;;) {
      items.push(this.value());
      this.#blank();
      const next = this.#text[this.#at];
      if (next === ',') this.#at++;
      else if (next === ']') {
        this.#at++;
        return items;
      } else this.#invalid('after array element');
    }
  }

  #string(): string {
    const start = this.#at;
    this.#at++;
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined) throw new JsonError('unexpected end of JSON input');
      if (character === '"') break;
      if (character < ' ') this.#invalid('in string literal');
      this.#at += character === '\\' ? 2 : 1;
    }
    this.#at++;
    return JSON.parse(this.#text.slice(start, this.#at)) as string;
  }

  #number(): number {
    const match = /^-?(0|[1-9]\d*)(\.\d+)?([eE][-+]?\d+)?/.exec(this.#text.slice(this.#at));
    if (match === null) {
      this.#at++;
      return this.#invalid('in numeric literal');
    }
    this.#at += match[0].length;
    return Number(match[0]);
  }

  #literal<T>(word: string, value: T): T {
    for (let i = 0; i < word.length; i++) {
      if (this.#text[this.#at + i] !== word[i]) {
        this.#at += i;
        this.#invalid(`in literal ${word} (expecting '${word[i]}')`);
      }
    }
    this.#at += word.length;
    return value;
  }

  #blank(): void {
    while (this.#at < this.#text.length && ' \t\r\n'.includes(this.#text[this.#at]!)) this.#at++;
  }

  #invalid(where: string): never {
    const character = this.#text[this.#at];
    if (character === undefined) throw new JsonError('unexpected end of JSON input');
    throw new JsonError(`invalid character ${quotedByte(character)} ${where}`);
  }
}
