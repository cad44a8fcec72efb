/**
 * YAML as kubectl writes it: keys in order, lists not indented, long text folded at 80 columns.
 *
 * Models sigs.k8s.io/yaml, which writes JSON values through go-yaml v2 (encode.go, emitterc.go, resolve.go, sorter.go).
 */
import { isMap, type Json, type JsonMap } from '../json.ts';

/** Beyond this column the emitter breaks a line at the next blank (yaml_emitter_emit_stream_start). */
const BEST_WIDTH = 80;

/** A document, with a line end. */
export function yamlText(value: Json): string {
  const lines: string[] = [];
  writeBlock(value, 0, '', lines);
  return `${lines.join('\n')}\n`;
}

/** Writes `value` below or behind `before`, which is what stands on the line already. */
function writeBlock(value: Json, indent: number, before: string, lines: string[]): void {
  if (Array.isArray(value)) return writeList(value, indent, before, lines);
  if (isMap(value)) return writeMap(value, indent, before, lines);
  writeScalar(value, indent, before, lines);
}

function writeMap(map: JsonMap, indent: number, before: string, lines: string[]): void {
  const keys = Object.keys(map).filter((key) => map[key] !== undefined);
  if (keys.length === 0) {
    lines.push(`${before}{}`);
    return;
  }
  const margin = ' '.repeat(indent);
  keys.sort(compareKeys).forEach((key, at) => {
    const value = map[key];
    const start = `${at === 0 && before !== '' ? before : margin}${keyText(key)}:`;
    if (isCollection(value)) {
      lines.push(start);
      // A list stands below its key without an indentation of its own.
      writeBlock(value, Array.isArray(value) ? indent : indent + 2, '', lines);
    } else writeBlock(value, indent, `${start} `, lines);
  });
}

function writeList(list: readonly Json[], indent: number, before: string, lines: string[]): void {
  if (list.length === 0) {
    lines.push(`${before}[]`);
    return;
  }
  const margin = ' '.repeat(indent);
  list.forEach((item, at) => {
    const start = `${at === 0 && before !== '' ? before : margin}- `;
    writeBlock(item, indent + 2, start, lines);
  });
}

function isCollection(value: Json): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isMap(value) && Object.values(value).some((one) => one !== undefined);
}

function writeScalar(value: Json, indent: number, before: string, lines: string[]): void {
  if (typeof value !== 'string') {
    lines.push(before + (value === undefined ? 'null' : numberText(value)));
    return;
  }
  // The indentation of what a scalar continues on: one level below the map or list it is in.
  const inner = before === '' ? indent : before.trimEnd().endsWith(':') ? indent + 2 : indent;
  const style = styleOf(value);
  if (style === 'literal') lines.push(...literalLines(value, before, inner));
  else if (style === 'plain') lines.push(...foldedLines(value, before, inner));
  else if (style === 'single') lines.push(...foldedLines(`'${value.replaceAll("'", "''")}'`, before, inner));
  else lines.push(...doubleQuoted(value, before, inner));
}

function numberText(value: Json): string {
  if (typeof value !== 'number' || Number.isInteger(value)) return String(value);
  return String(value);
}

/** A key may not be folded, and not be a block. */
function keyText(key: string): string {
  const style = styleOf(key);
  if (style === 'plain') return key;
  return style === 'single' ? `'${key.replaceAll("'", "''")}'` : `"${escaped(key)}"`;
}

type Style = 'plain' | 'single' | 'double' | 'literal';

function styleOf(text: string): Style {
  if (text === '' || isOtherType(text)) return 'double';
  const isSpecial = /[^\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(text) || /[\u2028\u2029\ufeff\x85]/.test(text);
  const hasBreak = text.includes('\n');
  // A blank before a line break would be lost in a block.
  if (hasBreak)
    return isSpecial || / \n/.test(text) || (/^[\s]/.test(text.slice(0, 1)) && text[0] !== ' ' && text[0] !== '\n')
      ? 'double'
      : literalOrDouble(text);
  if (isSpecial) return 'double';
  return isPlainAllowed(text) ? 'plain' : 'single';
}

function literalOrDouble(text: string): Style {
  return text.endsWith(' ') ? 'double' : 'literal';
}

/** Would be read back as something else than text. */
function isOtherType(text: string): boolean {
  if (/^(y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF|true|True|TRUE|false|False|FALSE|null|Null|NULL|~)$/.test(text)) return true;
  if (/^(<<|\.nan|\.NaN|\.NAN|[+-]?\.(inf|Inf|INF))$/.test(text)) return true;
  const plain = text.replaceAll('_', '');
  if (/^[-+]?(0b[01]+|0o?[0-7]+|0x[0-9a-fA-F]+|\d+)$/.test(plain) && /^[-+\d]/.test(text)) return true;
  if (/^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/.test(plain) && /^[-+.\d]/.test(text)) return true;
  if (/^[-+]?\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?$/.test(text)) return true;
  return isTimestamp(text);
}

function isTimestamp(text: string): boolean {
  return (
    /^\d{4}-\d{1,2}-\d{1,2}([Tt ]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?( ?(Z|[+-]\d\d:\d\d))?)?$/.test(text) &&
    (text.length === 10 || /[Tt ]/.test(text))
  );
}

/** yaml_emitter_analyze_scalar, for text on one line in block context. */
function isPlainAllowed(text: string): boolean {
  if (/^ | $/.test(text)) return false;
  if (/^(---|\.\.\.)/.test(text)) return false;
  if (/^[#,[\]{}&*!|>'"%@`]/.test(text)) return false;
  if (/^[-?:]( |$)/.test(text)) return false;
  return !/: |:$| #/.test(text);
}

function literalLines(text: string, before: string, indent: number): string[] {
  const chomp = text.endsWith('\n') ? (text.endsWith('\n\n') || text === '\n' ? '+' : '') : '-';
  // Text that begins with a blank or an empty line says how deep it is indented.
  const hint = /^[ \n]/.test(text) ? '2' : '';
  const body = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
  const margin = ' '.repeat(indent);
  return [`${before}|${hint}${chomp}`, ...body.map((line) => (line === '' ? '' : margin + line))];
}

/** Breaks at single blanks once the line is full. */
function foldedLines(text: string, before: string, indent: number): string[] {
  const lines: string[] = [];
  let line = before;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    const isSingle = char === ' ' && text[at - 1] !== ' ' && text[at + 1] !== ' ' && at > 0 && at < text.length - 1;
    if (isSingle && line.length > BEST_WIDTH) {
      lines.push(line);
      line = ' '.repeat(indent);
    } else line += char;
  }
  lines.push(line);
  return lines;
}

function doubleQuoted(text: string, before: string, indent: number): string[] {
  const lines: string[] = [];
  let line = `${before}"`;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === ' ' && at > 0 && at < text.length - 1 && text[at - 1] !== ' ' && line.length > BEST_WIDTH) {
      lines.push(line);
      line = ' '.repeat(indent) + (text[at + 1] === ' ' ? '\\' : '');
    } else line += escaped(char);
  }
  return [...lines, `${line}"`];
}

const ESCAPES: { readonly [char: string]: string } = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\xa0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function escaped(text: string): string {
  let result = '';
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (ESCAPES[char] !== undefined) result += ESCAPES[char];
    else if (code < 0x20 || code === 0x7f) result += `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`;
    else result += char;
  }
  return result;
}

/** Numbers inside keys count as numbers, and letters come behind everything else. */
export function compareKeys(a: string, b: string): number {
  for (let at = 0; at < a.length && at < b.length; at++) {
    if (a[at] === b[at]) continue;
    const isLetterA = isLetter(a[at]!);
    const isLetterB = isLetter(b[at]!);
    if (isLetterA && isLetterB) return a[at]! < b[at]! ? -1 : 1;
    if (isLetterA || isLetterB) return isLetterB ? -1 : 1;
    const digitsA = /^\d*/.exec(a.slice(at))![0];
    const digitsB = /^\d*/.exec(b.slice(at))![0];
    // A zero behind other digits is part of their number.
    const carry = (a[at] === '0' || b[at] === '0') && /[1-9]\d*$/.test(/\d*$/.exec(a.slice(0, at))![0]) ? '1' : '';
    const numberA = Number(carry + digitsA);
    const numberB = Number(carry + digitsB);
    if (numberA !== numberB) return numberA - numberB;
    if (digitsA.length !== digitsB.length) return digitsA.length - digitsB.length;
    return a[at]! < b[at]! ? -1 : 1;
  }
  return a.length - b.length;
}

function isLetter(char: string): boolean {
  return /\p{L}/u.test(char);
}
