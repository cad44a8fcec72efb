/**
 * A kubectl command line, taken apart: words, flags with their values, and what stands behind `--`. Everything that can be
 * wrong without asking the cluster is found here, before the run.
 *
 * Models the behaviour of cobra and pflag as far as kubectl's verbs use it.
 */
import { nearestName } from '../../base/errors.ts';

/** `text` and `number` take a value, a `switch` may (`--wait=false`). */
export type FlagKind = 'text' | 'number' | 'switch';
export type FlagKinds = { readonly [name: string]: FlagKind };

/** What a verb understands; how it is carried out stands in verbs.ts. */
export interface VerbGrammar {
  /** Its words: `rollout undo`. */
  readonly words: string;
  readonly flags: FlagKinds;
  /** What has to follow, as the usage line says it; `minimum` and `maximum` count the arguments. */
  readonly usage: string;
  readonly minimum: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
}

export interface ParsedCommand<V extends VerbGrammar = VerbGrammar> {
  readonly verb: V;
  readonly args: readonly string[];
  readonly flags: Flags;
  /** Everything behind `--`. */
  readonly rest: readonly string[];
}

/** Why a command line cannot be read. */
export class CommandLineError extends Error {
  override readonly name = 'CommandLineError';
  readonly wanted: string;
  readonly found: string;
  readonly suggestion: string | undefined;

  constructor(wanted: string, found: string, suggestion?: string) {
    super(`expected ${wanted}, got ${found}`);
    this.wanted = wanted;
    this.found = found;
    this.suggestion = suggestion;
  }
}

export class Flags {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(values: ReadonlyMap<string, readonly string[]>) {
    this.#values = values;
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The last value given. */
  text(name: string): string | undefined {
    return this.#values.get(name)?.at(-1);
  }

  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  number(name: string): number | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : Number(value);
  }

  /** A switch: `--wait`, `--wait=false`, or its default. */
  isOn(name: string, byDefault = false): boolean {
    const value = this.text(name);
    return value === undefined ? byDefault : value !== 'false';
  }
}

const COMMON_FLAGS: FlagKinds = { namespace: 'text' };
const SHORT_FLAGS: { readonly [letter: string]: string } = {
  n: 'namespace',
  f: 'filename',
  l: 'selector',
  A: 'all-namespaces',
  o: 'output',
  c: 'container',
  p: 'patch',
  w: 'watch',
};

/** Reads a command line; a leading `kubectl` is allowed. Throws a CommandLineError. */
export function parseCommandLine<V extends VerbGrammar>(line: string, verbs: readonly V[]): ParsedCommand<V> {
  const words = splitWords(line);
  if (words[0] === 'kubectl') words.shift();
  const verb = findVerb(words, verbs);
  const known = { ...COMMON_FLAGS, ...verb.flags };
  const args: string[] = [];
  const values = new Map<string, string[]>();
  const rest = words.splice(words.indexOf('--') < 0 ? words.length : words.indexOf('--')).slice(1);
  const queue = words.slice(verb.words.split(' ').length);
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (!/^-[^-\d]|^--/.test(word)) {
      args.push(word);
      continue;
    }
    const { flag, given } = flagOf(word, verb, known);
    const kind = known[flag]!;
    const value = given ?? (kind === 'switch' ? 'true' : queue.shift());
    if (value === undefined) throw new CommandLineError(`a value for --${flag}`, `nothing after "${word}"`);
    if (kind === 'number' && !/^-?\d+$/.test(value)) throw new CommandLineError(`a whole number for --${flag}`, JSON.stringify(value));
    if (kind === 'switch' && value !== 'true' && value !== 'false')
      throw new CommandLineError(`true or false for --${flag}`, JSON.stringify(value));
    values.set(flag, [...(values.get(flag) ?? []), value]);
  }
  for (const flag of verb.required ?? [])
    if (!values.has(flag)) throw new CommandLineError(`the flag --${flag} of "kubectl ${verb.words}"`, 'no such flag');
  const isFromFile = values.has('filename');
  if (args.length < (isFromFile ? 0 : verb.minimum) || args.length > (verb.maximum ?? Number.POSITIVE_INFINITY))
    throw new CommandLineError(
      `"kubectl ${verb.words}${verb.usage === '' ? '' : ` ${verb.usage}`}"`,
      args.length === 0 ? 'no arguments' : `the arguments "${args.join(' ')}"`,
    );
  return { verb, args, flags: new Flags(values), rest };
}

function findVerb<V extends VerbGrammar>(words: readonly string[], verbs: readonly V[]): V {
  const names = verbs.map((verb) => verb.words);
  const family = names.filter((name) => name.startsWith(`${words[0]} `));
  // `create -f` is a verb of its own beside `create deployment`; `create deploymnt` is a typing error.
  const isBare = words[1] === undefined || words[1].startsWith('-') || family.length === 0;
  for (const length of isBare ? [2, 1] : [2]) {
    const verb = verbs.find((one) => one.words === words.slice(0, length).join(' '));
    if (verb !== undefined) return verb;
  }
  const given = words.slice(0, family.length > 0 ? 2 : 1).join(' ');
  const wanted = family.length > 0 ? `one of ${family.map((name) => `"${name}"`).join(', ')}` : 'a verb of kubectl that Orrery knows';
  throw new CommandLineError(
    wanted,
    given === '' ? 'nothing' : JSON.stringify(given),
    nearestName(given, family.length > 0 ? family : names),
  );
}

function flagOf(word: string, verb: VerbGrammar, known: FlagKinds): { flag: string; given: string | undefined } {
  const equals = word.indexOf('=');
  const name = equals < 0 ? word : word.slice(0, equals);
  let given = equals < 0 ? undefined : word.slice(equals + 1);
  let flag: string | undefined;
  if (name.startsWith('--')) flag = name.slice(2);
  else {
    flag = SHORT_FLAGS[name.charAt(1)];
    // `-nshop` is the value glued to the letter.
    if (name.length > 2) given = word.slice(2);
  }
  if (flag === undefined || !Object.hasOwn(known, flag)) {
    const flags = Object.keys(known).map((one) => `--${one}`);
    throw new CommandLineError(`a flag of "kubectl ${verb.words}": ${flags.join(', ')}`, JSON.stringify(name), nearestName(name, flags));
  }
  return { flag, given };
}

/** Words as a shell splits them: quotes group, a backslash takes the next character as it is. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = '';
  for (let i = 0; i < line.length; i++) {
    const char = line[i]!;
    if (quote !== '') {
      if (char === quote) quote = '';
      else if (char === '\\' && quote === '"') word += line[++i] ?? '';
      else word += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + (char === '\\' ? (line[++i] ?? '') : char);
  }
  if (quote !== '') throw new CommandLineError(`a closing ${quote}`, 'the end of the line');
  if (word !== undefined) words.push(word);
  return words;
}
