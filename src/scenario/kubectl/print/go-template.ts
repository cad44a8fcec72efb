/**
 * Go templates, as far as people use them with `-o go-template`: fields, range, if, with, variables, pipelines and the common functions.
 *
 * Models text/template on unstructured values, and cli-runtime/pkg/printers/template.go. Left out: defining and calling templates, blocks.
 */
import { goJson, isMap, type Json, sorted } from '../json.ts';
import { GoTemplateError, type Part, type Pipeline, TemplateParser, type Term } from './go-template-parser.ts';
import { goValueText } from './go-value.ts';

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
