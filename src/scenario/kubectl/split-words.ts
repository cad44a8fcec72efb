/**
 * Words as a shell splits them: quotes group, a backslash takes the next character as it is.
 */
import { CommandLineError } from './command-line-error.ts';

/** Inside double quotes a backslash is special before these only. */
const ESCAPED_IN_QUOTES = '$`"\\';

export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!;
    if (quote !== '') {
      if (char === quote) quote = '';
      else if (char === '\\' && quote === '"' && ESCAPED_IN_QUOTES.includes(line[i + 1] ?? ' ')) word += line[++i]!;
      else word += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + (char === '\\' ? (line[++i] ?? '') : char);
  }
  if (quote !== '') {
    const found = 'the end of the line';
    throw new CommandLineError({ wanted: `a closing ${quote}`, found, words: `expected a closing ${quote}, got ${found}` });
  }
  if (word !== undefined) words.push(word);
  return words;
}
