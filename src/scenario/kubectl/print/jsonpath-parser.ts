/**
 * Reads JSONPath templates into the steps that jsonpath.ts walks. Models client-go/util/jsonpath/parser.go.
 */
import { KubectlError } from '../errors.ts';
import type { Json } from '../json.ts';

export class JsonPathError extends KubectlError {
  override readonly name = 'JsonPathError';
}

export type Node =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'field'; readonly name: string }
  | {
      readonly type: 'array';
      readonly from: number | undefined;
      readonly to: number | undefined;
      readonly step: number;
      readonly isIndex: boolean;
    }
  | { readonly type: 'filter'; readonly left: Operand; readonly right: Operand | undefined; readonly operator: string }
  | { readonly type: 'wildcard' }
  | { readonly type: 'recursive' }
  | { readonly type: 'union'; readonly nodes: readonly (readonly Node[])[] }
  | { readonly type: 'list'; readonly nodes: readonly Node[] }
  | { readonly type: 'range' }
  | { readonly type: 'end' };

export type Operand = { readonly literal: Json } | { readonly path: readonly Node[] };

export function parseTemplate(template: string): Node[] {
  const nodes: Node[] = [];
  let at = 0;
  while (at < template.length) {
    const open = template.indexOf('{', at);
    if (open < 0) {
      nodes.push({ type: 'text', text: template.slice(at) });
      break;
    }
    if (open > at) nodes.push({ type: 'text', text: template.slice(at, open) });
    const action = new ActionParser(template, open + 1);
    nodes.push(...action.parse());
    at = action.end;
  }
  return nodes;
}

/** Reads what stands between a pair of braces. */
class ActionParser {
  readonly #text: string;
  #at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  /** Behind the closing brace. */
  get end(): number {
    return this.#at;
  }

  parse(): Node[] {
    this.#blanks();
    const word = /^(range|end)(?![\w-])/.exec(this.#text.slice(this.#at))?.[1];
    if (word === 'end') {
      this.#at += 3;
      this.#blanks();
      this.#close();
      return [{ type: 'end' }];
    }
    const nodes: Node[] = [];
    if (word === 'range') {
      nodes.push({ type: 'range' });
      this.#at += 5;
    }
    nodes.push(...this.#path('}'));
    this.#close();
    return [{ type: 'list', nodes }];
  }

  #path(closing: string): Node[] {
    const nodes: Node[] = [];
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined || char === '\n') throw new JsonPathError('unclosed action');
      if (closing.includes(char)) return nodes;
      if (char === ' ') this.#at++;
      else if (char === '@' || char === '$') this.#at++;
      else if (char === '.') {
        if (this.#text[this.#at + 1] === '.') {
          this.#at += 2;
          nodes.push({ type: 'recursive' });
          if (/[\w-]/.test(this.#text[this.#at] ?? '')) nodes.push(this.#field());
        } else {
          this.#at++;
          nodes.push(this.#field());
        }
      } else if (char === '[') nodes.push(this.#brackets());
      else if (char === '"' || char === "'") nodes.push({ type: 'text', text: this.#quoted() });
      else if (char === '*') {
        this.#at++;
        nodes.push({ type: 'wildcard' });
      } else if (/[\w-]/.test(char)) {
        const name = this.#word();
        if (nodes.length === 0 && closing === '}') throw new JsonPathError(`unrecognized identifier ${name}`);
        nodes.push({ type: 'field', name });
      } else
        throw new JsonPathError(
          `unrecognized character in action: U+${char.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${char}'`,
        );
    }
  }

  /** A name behind a dot; a backslash takes the next character as it is. */
  #field(): Node {
    if (this.#text[this.#at] === '*') {
      this.#at++;
      return { type: 'wildcard' };
    }
    return { type: 'field', name: this.#word() };
  }

  #word(): string {
    let name = '';
    for (; this.#at < this.#text.length; this.#at++) {
      const char = this.#text[this.#at]!;
      if (char === '\\') name += this.#text[++this.#at] ?? '';
      else if (/[ .[\]{}|&*,()=!<>@"'\n]/.test(char)) break;
      else name += char;
    }
    return name;
  }

  #brackets(): Node {
    const start = ++this.#at;
    if (this.#text[this.#at] === '?') return this.#filter();
    const end = this.#closingBracket();
    const inside = this.#text.slice(start, end);
    this.#at = end + 1;
    if (/^\s*\*\s*$/.test(inside)) return { type: 'wildcard' };
    const quoted = /^\s*(['"])((?:[^\\]|\\.)*?)\1\s*$/.exec(inside);
    if (quoted !== null && !/['"]\s*,\s*['"]/.test(inside)) return { type: 'field', name: quoted[2]!.replaceAll(/\\(.)/g, '$1') };
    if (inside.includes(',')) {
      const nodes = inside.split(',').map((part) => new ActionParser(`${unionPart(part.trim())}}`, 0).#path('}'));
      return { type: 'union', nodes };
    }
    const match = /^\s*(-?\d*)\s*(?::\s*(-?\d*)\s*(?::\s*(-?\d*)\s*)?)?$/.exec(inside);
    if (match === null || (inside.trim() === '' && !inside.includes(':'))) throw new JsonPathError(`invalid array index ${inside}`);
    const whole = (text: string | undefined) => (text === undefined || text === '' ? undefined : Number(text));
    const step = whole(match[3]) ?? 1;
    if (step <= 0) throw new JsonPathError('step must be > 0');
    return { type: 'array', from: whole(match[1]), to: whole(match[2]), step, isIndex: match[2] === undefined && !inside.includes(':') };
  }

  #closingBracket(): number {
    for (let at = this.#at, quote = ''; at < this.#text.length; at++) {
      const char = this.#text[at]!;
      if (quote !== '') {
        if (char === '\\') at++;
        else if (char === quote) quote = '';
      } else if (char === '"' || char === "'") quote = char;
      else if (char === ']') return at;
    }
    throw new JsonPathError('unterminated array');
  }

  /** `?(@.type=="Ready")`. */
  #filter(): Node {
    this.#at++;
    if (this.#text[this.#at] !== '(') throw new JsonPathError('unexpected character in filter');
    this.#at++;
    const left = this.#operand();
    this.#blanks();
    const operator = /^(==|!=|<=|>=|<|>)/.exec(this.#text.slice(this.#at))?.[1] ?? 'exists';
    let right: Operand | undefined;
    if (operator !== 'exists') {
      this.#at += operator.length;
      right = this.#operand();
      this.#blanks();
    }
    if (this.#text[this.#at] !== ')' || this.#text[this.#at + 1] !== ']') throw new JsonPathError('unterminated filter');
    this.#at += 2;
    return { type: 'filter', left, right, operator };
  }

  #operand(): Operand {
    this.#blanks();
    const rest = this.#text.slice(this.#at);
    if (rest.startsWith('"') || rest.startsWith("'")) return { literal: this.#quoted() };
    const literal = /^(true|false|-?\d+(?:\.\d+)?)/.exec(rest)?.[1];
    if (literal !== undefined) {
      this.#at += literal.length;
      return { literal: literal === 'true' ? true : literal === 'false' ? false : Number(literal) };
    }
    return { path: this.#path(')=!<>') };
  }

  #quoted(): string {
    const quote = this.#text[this.#at]!;
    let text = '';
    for (this.#at++; this.#text[this.#at] !== quote; this.#at++) {
      const char = this.#text[this.#at];
      if (char === undefined) throw new JsonPathError('unterminated quoted string');
      if (char !== '\\') text += char;
      else {
        const next = this.#text[++this.#at] ?? '';
        text += { n: '\n', t: '\t', r: '\r' }[next] ?? next;
      }
    }
    this.#at++;
    return text;
  }

  #blanks(): void {
    while (this.#text[this.#at] === ' ') this.#at++;
  }

  #close(): void {
    if (this.#text[this.#at] !== '}') throw new JsonPathError('unclosed action');
    this.#at++;
  }
}

function unionPart(part: string): string {
  return /^['"\d-]/.test(part) ? `[${part}]` : part.startsWith('.') ? part : `.${part}`;
}
