/**
 * Go templates, as far as people use them with `-o go-template`: fields, range, if, with, variables, pipelines and the common functions.
 *
 * Models text/template on unstructured values, and cli-runtime/pkg/printers/template.go. Left out: defining and calling templates, blocks.
 */
import { KubectlError } from '../errors.ts';
import { goJson, isMap, type Json, sorted } from '../json.ts';
import { goValueText } from './go-value.ts';

export class GoTemplateError extends KubectlError {
  override readonly name = 'GoTemplateError';
}

type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'print'; readonly pipeline: Pipeline }
  | {
      readonly type: 'if' | 'with' | 'range';
      readonly pipeline: Pipeline;
      readonly body: readonly Part[];
      readonly otherwise: readonly Part[];
    };

interface Pipeline {
  /** `$name :=`, or `$key, $value :=` of a range. */
  readonly variables: readonly string[];
  readonly commands: readonly (readonly Term[])[];
}

type Term =
  | { readonly type: 'literal'; readonly value: Json }
  | { readonly type: 'path'; readonly root: string; readonly fields: readonly string[] }
  | { readonly type: 'function'; readonly name: string }
  | { readonly type: 'group'; readonly pipeline: Pipeline; readonly fields: readonly string[] };

type Scope = ReadonlyMap<string, Json>;

const NO_VALUE = '<no value>';

export class GoTemplate {
  readonly #parts: readonly Part[];

  /** Throws a GoTemplateError when the template cannot be read. */
  constructor(template: string) {
    this.#parts = new TemplateParser(template).parse();
  }

  print(value: Json): string {
    return rendered(this.#parts, value, new Map([['$', value]]));
  }
}

function rendered(parts: readonly Part[], dot: Json, scope: Scope): string {
  let text = '';
  let variables = scope;
  for (const part of parts) {
    if (part.type === 'text') text += part.text;
    else if (part.type === 'print') {
      const value = evaluated(part.pipeline, dot, variables);
      if (part.pipeline.variables.length > 0) variables = new Map([...variables, [part.pipeline.variables[0]!, value]]);
      else text += value === undefined ? NO_VALUE : typeof value === 'string' ? value : goValueText(value);
    } else text += renderedBlock(part, dot, variables);
  }
  return text;
}

function renderedBlock(part: Exclude<Part, { type: 'text' | 'print' }>, dot: Json, scope: Scope): string {
  const { pipeline, body, otherwise } = part;
  const value = evaluated(pipeline, dot, scope);
  const inner = new Map(scope);
  const [first, second] = pipeline.variables;
  if (part.type !== 'range') {
    if (first !== undefined) inner.set(first, value);
    if (!isTrue(value)) return rendered(otherwise, dot, scope);
    return rendered(body, part.type === 'with' ? value : dot, inner);
  }
  const entries: [Json, Json][] = Array.isArray(value)
    ? value.map((one, at) => [at, one])
    : isMap(value)
      ? Object.keys(value)
          .sort()
          .map((key) => [key, value[key]])
      : [];
  if (entries.length === 0) return rendered(otherwise, dot, scope);
  return entries
    .map(([key, one]) => {
      if (second !== undefined) inner.set(first!, key).set(second, one);
      else if (first !== undefined) inner.set(first, one);
      return rendered(body, one, new Map(inner));
    })
    .join('');
}

function evaluated({ commands }: Pipeline, dot: Json, scope: Scope): Json {
  let piped: { readonly value: Json } | undefined;
  for (const [head, ...others] of commands) {
    if (head === undefined) continue;
    const args = others.map((term) => termValue(term, dot, scope));
    if (piped !== undefined) args.push(piped.value);
    piped = { value: head.type === 'function' ? called(head.name, args) : termValue(head, dot, scope) };
  }
  return piped?.value;
}

function termValue(term: Term, dot: Json, scope: Scope): Json {
  switch (term.type) {
    case 'literal':
      return term.value;
    case 'function':
      return called(term.name, []);
    case 'group':
      return fieldsOf(evaluated(term.pipeline, dot, scope), term.fields);
    case 'path':
      return fieldsOf(term.root === '' ? dot : scope.get(term.root), term.fields);
  }
}

function fieldsOf(value: Json, fields: readonly string[]): Json {
  let found = value;
  for (const field of fields) found = isMap(found) ? found[field] : undefined;
  return found;
}

function isTrue(value: Json): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isMap(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

function called(name: string, args: readonly Json[]): Json {
  const [first, second] = args;
  switch (name) {
    case 'eq':
      return args.slice(1).some((one) => one === first);
    case 'ne':
      return first !== second;
    case 'lt':
      return compare(first, second) < 0;
    case 'le':
      return compare(first, second) <= 0;
    case 'gt':
      return compare(first, second) > 0;
    case 'ge':
      return compare(first, second) >= 0;
    case 'and':
      return args.find((one) => !isTrue(one)) ?? args.at(-1);
    case 'or':
      return args.find(isTrue) ?? args.at(-1);
    case 'not':
      return !isTrue(first);
    case 'len':
      return typeof first === 'string' || Array.isArray(first) ? first.length : isMap(first) ? Object.keys(first).length : 0;
    case 'index':
      return args
        .slice(1)
        .reduce((value: Json, key) => (isMap(value) ? value[String(key)] : Array.isArray(value) ? value[Number(key)] : undefined), first);
    case 'exists':
      return (
        args
          .slice(1)
          .reduce(
            (value: Json, key) => (isMap(value) ? value[String(key)] : Array.isArray(value) ? value[Number(key)] : undefined),
            first,
          ) !== undefined
      );
    case 'print':
      return args.map(goValueText).join('');
    case 'println':
      return `${args.map(goValueText).join(' ')}\n`;
    case 'printf':
      return formatted(String(first), args.slice(1));
    case 'js':
    case 'html':
      return goValueText(first);
    case 'base64decode':
      return Buffer.from(String(first), 'base64').toString('utf8');
    case 'json':
      return goJson(sorted(first));
    default:
      throw new GoTemplateError(`function "${name}" not defined`);
  }
}

function compare(a: Json, b: Json): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

function formatted(format: string, args: readonly Json[]): string {
  let at = 0;
  return format.replaceAll(/%(-?\d*)([sdvqt%])/g, (_, width: string, verb: string) => {
    if (verb === '%') return '%';
    const value = args[at++];
    const text = verb === 'q' ? JSON.stringify(value) : typeof value === 'string' ? value : goValueText(value);
    const columns = Number(width || 0);
    return columns < 0 ? text.padEnd(-columns) : text.padStart(columns);
  });
}

const TOKEN = /\s*(:=|,|\||\(|\)|"(?:[^"\\]|\\.)*"|`[^`]*`|-?\d+(?:\.\d+)?|\$?(?:\.[\w-]+)+|\$[\w]*(?:\.[\w-]+)*|\.|[A-Za-z_]\w*)/y;

class TemplateParser {
  readonly #pieces: { readonly text: string; readonly isAction: boolean; readonly line: number }[] = [];
  #at = 0;

  constructor(template: string) {
    let rest = 0;
    let trimNext = false;
    const lineAt = (index: number) => template.slice(0, index).split('\n').length;
    for (;;) {
      const open = template.indexOf('{{', rest);
      let text = template.slice(rest, open < 0 ? undefined : open);
      if (trimNext) text = text.trimStart();
      if (open >= 0 && /^\{\{-\s/.test(template.slice(open))) text = text.trimEnd();
      if (text !== '') this.#pieces.push({ text, isAction: false, line: lineAt(rest) });
      if (open < 0) return;
      const close = template.indexOf('}}', open);
      if (close < 0) throw new GoTemplateError(`template: output:${lineAt(open)}: unclosed action`);
      const action = template.slice(open + 2, close);
      trimNext = /\s-$/.test(action);
      const inside = action.replace(/^-\s/, '').replace(/\s-$/, '').trim();
      if (!inside.startsWith('/*')) this.#pieces.push({ text: inside, isAction: true, line: lineAt(open) });
      rest = close + 2;
    }
  }

  parse(): Part[] {
    const parts = this.#parts();
    if (this.#at < this.#pieces.length) this.#fail(`unexpected {{${this.#pieces[this.#at]!.text}}}`);
    return parts;
  }

  /** Until an `end` or an `else`, which is left standing. */
  #parts(): Part[] {
    const parts: Part[] = [];
    for (; this.#at < this.#pieces.length; ) {
      const { text, isAction } = this.#pieces[this.#at]!;
      if (!isAction) parts.push({ type: 'text', text });
      else {
        const keyword = /^(if|with|range|else|end)\b/.exec(text)?.[1];
        if (keyword === 'end' || keyword === 'else') return parts;
        if (keyword !== undefined) {
          parts.push(this.#block(keyword as 'if' | 'with' | 'range', text.slice(keyword.length)));
          continue;
        }
        parts.push({ type: 'print', pipeline: this.#pipeline(text) });
      }
      this.#at++;
    }
    return parts;
  }

  #block(type: 'if' | 'with' | 'range', text: string): Part {
    const pipeline = this.#pipeline(text);
    this.#at++;
    const body = this.#parts();
    let otherwise: Part[] = [];
    const next = this.#pieces[this.#at]?.text ?? this.#fail('unexpected EOF');
    const chained = /^else\s+(if|with)\b(.*)$/s.exec(next);
    if (chained !== null) return { type, pipeline, body, otherwise: [this.#block(chained[1] as 'if' | 'with', chained[2]!)] };
    if (next === 'else') {
      this.#at++;
      otherwise = this.#parts();
      if (this.#pieces[this.#at] === undefined) this.#fail('unexpected EOF');
    }
    this.#at++;
    return { type, pipeline, body, otherwise };
  }

  #pipeline(text: string): Pipeline {
    const tokens: string[] = [];
    TOKEN.lastIndex = 0;
    for (let end = 0; text.slice(end).trim() !== ''; end = TOKEN.lastIndex) {
      const match = TOKEN.exec(text);
      if (match === null) return this.#fail(`unexpected ${JSON.stringify(text.slice(end).trim())} in command`);
      tokens.push(match[1]!);
    }
    return this.#fromTokens(tokens);
  }

  #fromTokens(tokens: string[]): Pipeline {
    const assign = tokens.indexOf(':=');
    const variables = assign < 0 ? [] : tokens.splice(0, assign + 1).filter((token) => token.startsWith('$'));
    const commands: Term[][] = [[]];
    for (let token = tokens.shift(); token !== undefined && token !== ')'; token = tokens.shift()) {
      if (token === '|') commands.push([]);
      else commands.at(-1)!.push(this.#term(token, tokens));
    }
    if (commands.some((command) => command.length === 0)) this.#fail('missing value for command');
    return { variables, commands };
  }

  #term(token: string, following: string[]): Term {
    if (token === '(') {
      const pipeline = this.#fromTokens(following);
      const fields = following[0]?.startsWith('.') === true ? following.shift()!.slice(1).split('.') : [];
      return { type: 'group', pipeline, fields };
    }
    if (token.startsWith('"')) return { type: 'literal', value: JSON.parse(token) as Json };
    if (token.startsWith('`')) return { type: 'literal', value: token.slice(1, -1) };
    if (/^-?\d/.test(token)) return { type: 'literal', value: Number(token) };
    if (token === 'true' || token === 'false') return { type: 'literal', value: token === 'true' };
    if (token === 'nil') return { type: 'literal', value: null };
    if (token === '.') return { type: 'path', root: '', fields: [] };
    if (token.startsWith('.')) return { type: 'path', root: '', fields: token.slice(1).split('.') };
    if (token.startsWith('$')) {
      const [root = '', ...fields] = token.split('.');
      return { type: 'path', root, fields };
    }
    return { type: 'function', name: token };
  }

  #fail(why: string): never {
    throw new GoTemplateError(`template: output:${this.#pieces[Math.min(this.#at, this.#pieces.length - 1)]?.line ?? 1}: ${why}`);
  }
}
