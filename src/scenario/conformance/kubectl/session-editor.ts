/**
 * The editors of the recorded sessions: `true`, which changes nothing, and `sed -i` with one substitution.
 */
import { splitWords } from '../../kubectl/split-words.ts';

export function editorOf(command: string | undefined): (text: string) => string {
  const [program, ...args] = splitWords(command ?? 'true');
  if (program !== 'sed') return (text) => text;
  const [, pattern = '', replacement = '', flags = ''] = (args.at(-1) ?? '').split('/');
  const expression = new RegExp(pattern, flags);
  return (text) =>
    text
      .split('\n')
      .map((line) => line.replace(expression, replacement))
      .join('\n');
}
