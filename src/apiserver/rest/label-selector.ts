/**
 * Label selectors as they stand in a query, such as `app=web,tier in (a,b),!canary`, and the parser's complaints.
 *
 * Models apimachinery/pkg/labels/selector.go.
 */
import type { StringMap } from '../../model/meta.ts';
import { badRequest } from '../api-error.ts';
import { goQuote } from '../schema/go-text.ts';
import { isLabelValue, isQualifiedName } from '../validation/names.ts';

export type LabelTest = (labels: StringMap) => boolean;

interface Item {
  readonly token: string;
  readonly text: string;
}

const END = 'end';
const WORD = 'word';
const SYMBOLS = ['!', '!=', '=', '==', '>', '<', '(', ')', ','];
const OPERATORS = 'in, notin, =, ==, !=, gt, lt';

/** A test of an object's labels; throws 400. Nothing at all matches everything. */
export function parseLabelSelector(text: string): LabelTest {
  const tests = new LabelSelectorParser(scan(text)).requirements();
  return (labels) => tests.every((test) => test(labels));
}

function scan(text: string): readonly Item[] {
  const items: Item[] = [];
  let at = 0;
  while (at < text.length) {
    if (/[ \t\r\n]/.test(text[at]!)) at++;
    else if (/[=!(),><]/.test(text[at]!)) {
      const two = text.slice(at, at + 2);
      const symbol = SYMBOLS.includes(two) ? two : text[at]!;
      items.push({ token: symbol, text: symbol });
      at += symbol.length;
    } else {
      const word = /^[^=!(),><\s]+/.exec(text.slice(at))![0];
      items.push({ token: word === 'in' || word === 'notin' ? word : WORD, text: word });
      at += word.length;
    }
  }
  return [...items, { token: END, text: '' }];
}

class LabelSelectorParser {
  readonly #items: readonly Item[];
  #at = 0;

  constructor(items: readonly Item[]) {
    this.#items = items;
  }

  requirements(): readonly LabelTest[] {
    const tests: LabelTest[] = [];
    for (;;) {
      const { token, text } = this.#peek();
      if (token === END) return tests;
      if (token !== WORD && token !== '!') throw badRequest(`found '${text}', expected: !, identifier, or 'end of string'`);
      tests.push(this.#requirement());
      const next = this.#take();
      if (next.token === END) return tests;
      if (next.token !== ',') throw badRequest(`found '${next.text}', expected: ',' or 'end of string'`);
      const after = this.#peek();
      if (after.token !== WORD && after.token !== '!') throw badRequest(`found '${after.text}', expected: identifier after ','`);
    }
  }

  #requirement(): LabelTest {
    let item = this.#take();
    const isNegated = item.token === '!';
    if (isNegated) item = this.#take();
    if (item.token !== WORD) throw bad(`found '${item.text}', expected: identifier`);
    const key = item.text;
    const keyProblems = isQualifiedName(key);
    if (keyProblems.length > 0) throw bad(`<nil>: Invalid value: ${goQuote(key)}: ${keyProblems.join('; ')}`);
    const isLast = this.#peek().token === END || this.#peek().token === ',';
    if (isNegated) return (labels) => labels[key] === undefined;
    if (isLast) return (labels) => labels[key] !== undefined;
    const operator = this.#take(false);
    switch (operator.token) {
      case 'in':
      case 'notin': {
        const values = this.#values();
        checkValues(key, values);
        return operator.token === 'in' ? isIn(key, values) : isNotIn(key, values);
      }
      case '=':
      case '==':
      case '!=': {
        const values = [this.#value()];
        checkValues(key, values);
        return operator.token === '!=' ? isNotIn(key, values) : isIn(key, values);
      }
      case '>':
      case '<': {
        const value = this.#value();
        const isInteger = /^[+-]?\d+$/.test(value);
        const words = "for 'Gt', 'Lt' operators, the value must be an integer";
        if (!isInteger) throw bad(`values[0]: Invalid value: ${goQuote(value)}: ${words}`);
        return compares(key, operator.token === '>', Number(value));
      }
      default:
        throw bad(`found '${operator.text}', expected: ${OPERATORS}`);
    }
  }

  #values(): readonly string[] {
    const open = this.#take();
    if (open.token !== '(') throw bad(`found '${open.text}' expected: '('`);
    const first = this.#peek();
    if (first.token === ')') {
      this.#take();
      return [''];
    }
    if (first.token !== WORD && first.token !== ',') throw bad(`found '${first.text}', expected: ',', ')' or identifier`);
    const values = new Set<string>();
    for (;;) {
      const { token, text } = this.#take();
      const next = this.#peek();
      if (token === WORD) {
        values.add(text);
        if (next.token === ')') break;
        if (next.token !== ',') throw bad(`found '${next.text}', expected: ',' or ')'`);
      } else if (token === ',') {
        if (values.size === 0) values.add('');
        if (next.token === ')' || next.token === ',') values.add('');
        if (next.token === ')') break;
      } else throw bad(`found '${text}', expected: ',', or identifier`);
    }
    this.#take();
    return [...values].sort();
  }

  #value(): string {
    const { token } = this.#peek();
    if (token === END || token === ',') return '';
    const item = this.#take();
    if (item.token !== WORD) throw bad(`found '${item.text}', expected: identifier`);
    return item.text;
  }

  #peek(isValue = true): Item {
    const item = this.#items[Math.min(this.#at, this.#items.length - 1)]!;
    return isValue && (item.token === 'in' || item.token === 'notin') ? { token: WORD, text: item.text } : item;
  }

  #take(isValue = true): Item {
    const item = this.#peek(isValue);
    this.#at++;
    return item;
  }
}

function checkValues(key: string, values: readonly string[]): void {
  const problems = values.flatMap((value, at) => {
    const words = isLabelValue(value);
    return words.length === 0 ? [] : [`values[${at}][${key}]: Invalid value: ${goQuote(value)}: ${words.join('; ')}`];
  });
  if (problems.length > 0) throw bad(problems.length === 1 ? problems[0]! : `[${problems.join(', ')}]`);
}

function isIn(key: string, values: readonly string[]): LabelTest {
  return (labels) => labels[key] !== undefined && values.includes(labels[key]!);
}

function isNotIn(key: string, values: readonly string[]): LabelTest {
  return (labels) => labels[key] === undefined || !values.includes(labels[key]!);
}

function compares(key: string, isGreater: boolean, limit: number): LabelTest {
  return (labels) => {
    const value = labels[key];
    if (value === undefined || !/^[+-]?\d+$/.test(value)) return false;
    return isGreater ? Number(value) > limit : Number(value) < limit;
  };
}

function bad(why: string): Error {
  return badRequest(`unable to parse requirement: ${why}`);
}
