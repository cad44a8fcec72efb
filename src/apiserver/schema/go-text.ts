/**
 * How Go writes values into messages: quoted strings, JSON with its escapes, and numbers.
 *
 * Models strconv.Quote and encoding/json.Marshal, whose output stands in the words of nearly every refusal.
 */
const ESCAPES: { readonly [character: string]: string } = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
};

/** `%q`: in double quotes, with what cannot be printed escaped. */
export function goQuote(text: string): string {
  let quoted = '"';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const escaped = ESCAPES[character];
    if (escaped !== undefined) quoted += escaped;
    else if (code < 0x20 || code === 0x7f) quoted += `\\x${hex(code, 2)}`;
    else if (!isPrintable(character, code)) quoted += code < 0x10000 ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
    else quoted += character;
  }
  return `${quoted}"`;
}

/** Letters, marks, numbers, punctuation, symbols and the plain space (unicode.IsPrint). */
function isPrintable(character: string, code: number): boolean {
  return code === 0x20 || (code < 0x7f && code > 0x20) || /^[\p{L}\p{M}\p{N}\p{P}\p{S}]$/u.test(character);
}

/** json.Marshal: maps by sorted key when they are maps; `<`, `>` and `&` are escaped. */
export function goJson(value: unknown): string {
  return escapedForHtml(JSON.stringify(value) ?? 'null');
}

export function escapedForHtml(json: string): string {
  return json.replace(/[<>&\u2028\u2029]/g, (character) => `\\u${hex(character.charCodeAt(0), 4)}`);
}

/** A number as a JSON encoder other than JavaScript's writes it: `1e+20` from 10^16 on. */
export function numberText(value: number): string {
  if (!Number.isFinite(value) || Math.abs(value) < 1e16) return String(value);
  return value.toExponential().replace(/\.?0+e/, 'e');
}

function hex(code: number, width: number): string {
  return code.toString(16).padStart(width, '0');
}
