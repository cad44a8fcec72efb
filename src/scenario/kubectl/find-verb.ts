/**
 * Finds the verb in the words of a command line, or the group of verbs a mistyped one belongs to. Models cobra's Find and stripFlags.
 */
import { nearestName } from '../../base/errors.ts';
import type { VerbGrammar } from './command-line.ts';
import { CommandLineError } from './command-line-error.ts';
import { type FlagKind, GLOBAL_FLAGS, SHORT_FLAGS, valueWithout } from './flag-kinds.ts';

export function findVerb<V extends VerbGrammar>(words: readonly string[], verbs: readonly V[]): { verb: V; others: string[] } {
  const positions = commandWords(words, verbs);
  for (const length of [3, 2, 1]) {
    const name = positions
      .slice(0, length)
      .map((at) => words[at])
      .join(' ');
    if (positions.length < length) continue;
    const verb = verbs.find((one) => one.words === name || one.aliases?.includes(name));
    if (verb === undefined) continue;
    const own = new Set(positions.slice(0, length));
    const others = words.filter((_, at) => !own.has(at));
    // `create -f` is a verb of its own beside `create deployment`; `create deploymnt` is a typing error.
    const family = verbs.filter((one) => one.words.startsWith(`${name} `));
    const next = positions[length] === undefined ? undefined : words[positions[length]];
    if (family.length > 0 && next !== undefined)
      throw unknownVerb(
        positions.map((position) => words[position]!),
        verbs,
      );
    return { verb, others };
  }
  throw unknownVerb(
    positions.map((at) => words[at]!),
    verbs,
  );
}

/** Names as many of the words as there are groups of verbs: `create secret nope`. */
function unknownVerb(words: readonly string[], verbs: readonly VerbGrammar[]): CommandLineError {
  let length = 0;
  const familyOf = (count: number) => verbs.filter((one) => one.words.startsWith(`${words.slice(0, count).join(' ')} `));
  while (length < words.length && familyOf(length + 1).length > 0) length++;
  if (length === 0) return unknownWord(words[0] ?? '', verbs, false);
  return unknownWord(words.slice(0, length + 1).join(' '), familyOf(length));
}

function unknownWord(given: string, candidates: readonly VerbGrammar[], isFamily = true): CommandLineError {
  const names = candidates.map(({ words }) => words);
  const parts = given.split(' ');
  return new CommandLineError({
    wanted: isFamily ? `one of ${names.map((name) => `"${name}"`).join(', ')}` : 'a verb of kubectl that Orrery knows',
    found: given === '' ? 'nothing' : JSON.stringify(given),
    suggestion: nearestName(given, names),
    words: unknownText(parts.slice(0, -1).join(' '), parts.at(-1)!),
  });
}

function unknownText(group: string, last: string): string {
  if (group === '') return `unknown command "${last}" for "kubectl"`;
  const words = group === 'create' || group === 'apply' ? `Unexpected args: [${last}]` : `unknown command "${last}"`;
  return `${words}\nSee 'kubectl ${group} -h' for help and examples`;
}

/** Where the words are that could name the verb: flags before it, and their values, are stepped over. */
function commandWords(words: readonly string[], verbs: readonly VerbGrammar[]): number[] {
  const positions: number[] = [];
  for (let at = 0; at < words.length && words[at] !== '--'; at++) {
    const word = words[at]!;
    if (!word.startsWith('-') || word === '-') positions.push(at);
    else if (!word.includes('=')) {
      const name = word.startsWith('--') ? word.slice(2) : word.length === 2 ? SHORT_FLAGS[word[1]!] : undefined;
      if (name !== undefined && valueWithout(kindOf(name, verbs)) === undefined) at++;
    }
  }
  return positions;
}

/** What the flag takes, wherever it is known. */
function kindOf(flag: string, verbs: readonly VerbGrammar[]): FlagKind {
  return GLOBAL_FLAGS[flag] ?? verbs.find(({ flags }) => Object.hasOwn(flags, flag))?.flags[flag] ?? 'switch';
}
