/**
 * Holds an answer against a recorded one in which chance and the clock have been replaced by placeholders.
 *
 * A placeholder stands for the same value throughout a case, and two placeholders of one sort for two values: so an unchanged resourceVersion
 * shows. `<time>` and its kin only ask for something of their form.
 */
import { SECOND_US } from '../../../base/units.ts';
import { microTimeText, timeText, timeUsOf } from '../../../model/time.ts';

export interface Mismatch {
  readonly path: string;
  readonly recorded: unknown;
  readonly ours: unknown;
}

const TOKEN = /<([a-zA-Z]+[a-zA-Z0-9]*?)(-?\d*)>|<now([+-]\d+)s>|<nowmicro-(\d+)s>/g;
/** Placeholders of a fixed meaning, by the form of what they stand for. */
const FORMS: { readonly [sort: string]: RegExp } = {
  time: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z$/,
  age: /^(<unknown>|\d+[smhdy](\d+[smhd])?)$/,
  bookmarkRv: /^\d+$/,
  rvNow: /^\d+$/,
  n: /^\d+$/,
  hash: /^\w+$/,
  server: /^.*$/,
  token: /^.*$/s,
};
/** Sorts whose numbered placeholders stand for different values. */
const DISTINCT = new Set(['uid', 'rv', 'continue', 'rand5', 'listRv']);

export class Placeholders {
  readonly #values = new Map<string, string>();
  readonly #names = new Map<string, string>();
  readonly #nowUs: () => number;
  /** What `<now-90s>` of a request was replaced by, so that an answer may repeat it. */
  readonly #given = new Map<string, string>();

  constructor(nowUs: () => number, from?: Placeholders) {
    this.#nowUs = nowUs;
    if (from !== undefined) {
      for (const [name, value] of from.#values) this.#values.set(name, value);
      for (const [key, name] of from.#names) this.#names.set(key, name);
    }
  }

  /** The request with our own values in the place of placeholders. */
  filledIn<T>(value: T): T {
    if (typeof value === 'string') return this.#text(value) as T;
    if (Array.isArray(value)) return value.map((item) => this.filledIn(item)) as T;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [this.#text(key), this.filledIn(item)])) as T;
  }

  /** Every place where `ours` is not what was recorded. */
  mismatches(recorded: unknown, ours: unknown, path = ''): Mismatch[] {
    if (typeof recorded === 'string') return this.#matches(recorded, ours) ? [] : [{ path, recorded, ours }];
    if (Array.isArray(recorded)) {
      if (!Array.isArray(ours)) return [{ path, recorded, ours }];
      const found = recorded.flatMap((item, at) => this.mismatches(item, ours[at], `${path}[${at}]`));
      for (let at = recorded.length; at < ours.length; at++) found.push({ path: `${path}[${at}]`, recorded: undefined, ours: ours[at] });
      return found;
    }
    if (typeof recorded === 'object' && recorded !== null) {
      if (typeof ours !== 'object' || ours === null || Array.isArray(ours)) return [{ path, recorded, ours }];
      return this.#objectMismatches(recorded as { [field: string]: unknown }, ours as { [field: string]: unknown }, path);
    }
    return recorded === ours ? [] : [{ path, recorded, ours }];
  }

  #objectMismatches(
    recorded: { readonly [field: string]: unknown },
    ours: { readonly [field: string]: unknown },
    path: string,
  ): Mismatch[] {
    const found: Mismatch[] = [];
    const under = (field: string) => (path === '' ? field : `${path}.${field}`);
    for (const field in recorded) {
      if (!field.includes('<')) found.push(...this.mismatches(recorded[field], ours[field], under(field)));
    }
    const known = new Set(Object.keys(recorded).map((field) => this.#text(field)));
    for (const field in recorded)
      if (field.includes('<')) found.push(...this.mismatches(recorded[field], ours[this.#text(field)], under(field)));
    for (const field in ours) {
      if (ours[field] !== undefined && !known.has(field)) found.push({ path: under(field), recorded: undefined, ours: ours[field] });
    }
    return found;
  }

  #matches(recorded: string, ours: unknown): boolean {
    if (!recorded.includes('<')) return recorded === ours;
    if (typeof ours !== 'string' && typeof ours !== 'number') return false;
    const text = String(ours);
    const tokens = [...recorded.matchAll(TOKEN)];
    if (tokens.length === 0) return recorded === text;
    let pattern = '^';
    let from = 0;
    for (const token of tokens) {
      pattern += `${escaped(recorded.slice(from, token.index))}([\\s\\S]*?)`;
      from = token.index + token[0].length;
    }
    const match = new RegExp(`${pattern}${escaped(recorded.slice(from))}$`).exec(text);
    return match !== null && tokens.every((token, at) => this.#stands(token[0], token[1], match[at + 1]!));
  }

  /** Can the placeholder stand for this value? Remembers it when it is the first. */
  #stands(token: string, sort: string | undefined, value: string): boolean {
    const given = this.#given.get(token);
    if (given !== undefined) return given === value;
    const ahead = /^<now([+-]\d+)s>$/.exec(token);
    if (ahead !== null) return isAbout(value, this.#nowUs() + Number(ahead[1]) * SECOND_US);
    const form = FORMS[sort ?? ''];
    if (form !== undefined && !/\d>$/.test(token)) return form.test(value);
    const known = this.#values.get(token);
    if (known !== undefined) return known === value;
    if (value === '') return false;
    const key = `${sort} ${value}`;
    if (DISTINCT.has(sort ?? '') && this.#names.has(key)) return false;
    this.#values.set(token, value);
    this.#names.set(key, token);
    return true;
  }

  #text(text: string): string {
    if (!text.includes('<')) return text;
    return text.replace(TOKEN, (token) => {
      const past = /^<now(micro)?-(\d+)s>$/.exec(token);
      if (past !== null) {
        const timeUs = this.#nowUs() - Number(past[2]) * SECOND_US;
        const written = past[1] === undefined ? timeText(timeUs) : microTimeText(timeUs);
        this.#given.set(token, written);
        return written;
      }
      if (token === '<rvNow>') return this.#values.get(token) ?? token;
      return this.#values.get(token) ?? token;
    });
  }

  /** Says what `<rvNow>` of the next request stands for. */
  setNow(revision: string): void {
    this.#values.set('<rvNow>', revision);
  }
}

/** The clocks of two servers a second apart show the same. */
function isAbout(text: string, timeUs: number): boolean {
  return Math.abs(timeUsOf(text) - timeUs) <= SECOND_US;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
