/**
 * JSONPath templates: `{.items[*].metadata.name}`, `{range .items[*]}{.a}{"\n"}{end}`, `{.b[?(@.c=="d")]}`.
 *
 * Models client-go/util/jsonpath/jsonpath.go: the text it prints, what is missing, and the words of its errors.
 */
import { goJson, isMap, type Json, sorted } from '../json.ts';
import { goValueText } from './go-value.ts';
import { JsonPathError, type Node, type Operand, parseTemplate } from './jsonpath-parser.ts';

export class JsonPath {
  readonly #nodes: readonly Node[];
  readonly #template: string;

  /** Throws a JsonPathError when the template cannot be read. */
  constructor(template: string) {
    this.#template = template;
    this.#nodes = parseTemplate(template);
  }

  /** The text the template makes of the value. */
  print(value: Json): string {
    return this.#results(value)
      .map((results) => results.map(resultText).join(' '))
      .join('');
  }

  /** As JSON, for `-o jsonpath-as-json`. */
  printJson(value: Json): string {
    return this.#results(value)
      .map((results) => `${goJson(sorted(results), 4)}\n`)
      .join('');
  }

  /** What each part of the template finds. */
  find(value: Json): Json[][] {
    return this.#results(value);
  }

  #results(value: Json): Json[][] {
    const results: Json[][] = [];
    if (this.#run(0, value, results) < this.#nodes.length) throw new JsonPathError('not in range, nothing to end');
    return results;
  }

  /** Runs from node `at` until the end, or the `end` of the range it is in; answers where that was. */
  #run(start: number, value: Json, results: Json[][]): number {
    for (let at = start; at < this.#nodes.length; at++) {
      const node = this.#nodes[at]!;
      if (node.type === 'end') return at;
      if (node.type !== 'list') {
        results.push(evaluate([value], node, value));
        continue;
      }
      const [first, ...others] = node.nodes;
      if (first?.type !== 'range') {
        results.push(walk([value], node.nodes, value));
        continue;
      }
      const items = walk([value], others, value);
      let end = this.#skip(at + 1);
      for (const item of items) end = this.#run(at + 1, item, results);
      at = end;
    }
    return this.#nodes.length;
  }

  /** Where the range that begins before `at` ends. */
  #skip(at: number): number {
    let depth = 0;
    for (let index = at; index < this.#nodes.length; index++) {
      const node = this.#nodes[index]!;
      if (node.type === 'list' && node.nodes[0]?.type === 'range') depth++;
      if (node.type === 'end' && depth-- === 0) return index;
    }
    throw new JsonPathError(`unterminated range in ${this.#template}`);
  }
}

function walk(values: readonly Json[], nodes: readonly Node[], root: Json): Json[] {
  let found = [...values];
  for (const node of nodes) found = evaluate(found, node, root);
  return found;
}

function evaluate(values: readonly Json[], node: Node, root: Json): Json[] {
  switch (node.type) {
    case 'text':
      return [node.text];
    case 'list':
      return walk(values, node.nodes, root);
    case 'field':
      return values.flatMap((value) => fieldOf(value, node.name));
    case 'array':
      return values.flatMap((value) => sliceOf(value, node));
    case 'wildcard':
      return values.flatMap((value) => (Array.isArray(value) ? value : isMap(value) ? entriesOf(value) : []));
    case 'recursive':
      return values.flatMap(descendants);
    case 'union':
      return node.nodes.flatMap((nodes) => walk(values, nodes, root));
    case 'filter':
      return values.flatMap((value) => filtered(value, node, root));
    case 'range':
    case 'end':
      return [...values];
  }
}

function entriesOf(map: { readonly [field: string]: Json }): Json[] {
  return Object.keys(map)
    .filter((key) => map[key] !== undefined)
    .sort()
    .map((key) => map[key]);
}

function fieldOf(value: Json, name: string): Json[] {
  if (name === '') return [value];
  return isMap(value) && value[name] !== undefined ? [value[name]] : [];
}

function sliceOf(value: Json, { from, to, step, isIndex }: Extract<Node, { type: 'array' }>): Json[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw new JsonPathError(`${goValueText(value)} is not array or slice`);
  const { length } = value;
  if (length === 0 && isIndex) throw new JsonPathError(`array index out of bounds: index ${from}, length ${length}`);
  const start = from === undefined ? 0 : from < 0 ? from + length : from;
  if (isIndex) {
    if (start < 0 || start >= length) throw new JsonPathError(`array index out of bounds: index ${from}, length ${length}`);
    return [value[start]];
  }
  const end = Math.min(to === undefined ? length : to < 0 ? to + length : to, length);
  const found: Json[] = [];
  for (let at = start; at < end; at += step) found.push(value[at]);
  return found;
}

function descendants(value: Json): Json[] {
  const children = Array.isArray(value) ? value : isMap(value) ? entriesOf(value) : [];
  return [value, ...children.flatMap(descendants)];
}

function filtered(value: Json, { left, right, operator }: Extract<Node, { type: 'filter' }>, root: Json): Json[] {
  if (!Array.isArray(value)) return [];
  return value.filter((item) => {
    const first = operandOf(left, item, root);
    if (operator === 'exists') return first.length > 0;
    const second = operandOf(right!, item, root);
    return first.length > 0 && second.length > 0 && compares(first[0], second[0], operator);
  });
}

function operandOf(operand: Operand, item: Json, root: Json): Json[] {
  return 'literal' in operand ? [operand.literal] : walk([item], operand.path, root);
}

function compares(a: Json, b: Json, operator: string): boolean {
  const isBefore = () =>
    (typeof a === 'string' && typeof b === 'string') || (typeof a === 'number' && typeof b === 'number') ? a < b : false;
  if (operator === '==') return a === b;
  if (operator === '!=') return a !== b;
  if (operator === '<') return isBefore();
  if (operator === '<=') return isBefore() || a === b;
  if (operator === '>') return !isBefore() && a !== b;
  return !isBefore();
}

/** Maps and lists as JSON, everything else as it is. */
function resultText(value: Json): string {
  if (value === null || value === undefined) return '';
  return isMap(value) || Array.isArray(value) ? goJson(sorted(value)) : String(value);
}
