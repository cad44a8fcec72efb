/**
 * Reads Go templates into parts. Models text/template/parse.
 */
import { KubectlError } from '../errors.ts';
import type { Json } from '../json.ts';

export class GoTemplateError extends KubectlError {
  override readonly name = 'GoTemplateError';
}

export type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'print'; readonly pipeline: Pipeline }
  | {
      readonly type: 'if' | 'with' | 'range';
      readonly pipeline: Pipeline;
      readonly body: readonly Part[];
      readonly otherwise: readonly Part[];
    };

export interface Pipeline {
  /** `$name :=`, or `$key, $value :=` of a range. */
  readonly variables: readonly string[];
  readonly commands: readonly (readonly Term[])[];
}

export type Term =
  | { readonly type: 'literal'; readonly value: Json }
  | { readonly type: 'path'; readonly root: string; readonly fields: readonly string[] }
  | { readonly type: 'function'; readonly name: string }
  | { readonly type: 'group'; readonly pipeline: Pipeline; readonly fields: readonly string[] };

const TOKEN = /\s*(:=|,|\||\(|\)|"(?:[^"\\]|\\.)*"|`[^`]*`|-?\d+(?:\.\d+)?|\$?(?:\.[\w-]+)+|\$[\w]*(?:\.[\w-]+)*|\.|[A-Za-z_]\w*)/y;

export class TemplateParser {
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
