/**
 * A kubectl command line, taken apart: words, flags with their values, and what stands behind `--`. Everything that can be
 * wrong without asking the cluster is found here, before the run.
 *
 * Models the behaviour of cobra and pflag as far as kubectl's verbs use it, down to the words of their errors.
 */
import { nearestName } from '../../base/errors.ts';
import { CommandLineError } from './command-line-error.ts';
import { findVerb } from './find-verb.ts';
import { DEPRECATED_FLAGS, type FlagKind, type FlagKinds, GLOBAL_FLAGS, SHORT_FLAGS, valueWithout } from './flag-kinds.ts';
import { isGoDuration } from './go-duration.ts';
import { splitWords } from './split-words.ts';

/** What a verb understands; how it is carried out stands in verbs.ts. */
export interface VerbGrammar {
  /** Its words: `rollout undo`. */
  readonly words: string;
  /** Other words for it: `create ns`. */
  readonly aliases?: readonly string[];
  readonly flags: FlagKinds;
  /** What has to follow, as the usage line says it; `minimum` and `maximum` count the arguments. */
  readonly usage: string;
  readonly minimum: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
  /** Short letters that mean something else here than elsewhere. */
  readonly short?: { readonly [letter: string]: string };
}

export interface ParsedCommand<V extends VerbGrammar = VerbGrammar> {
  readonly verb: V;
  readonly args: readonly string[];
  readonly flags: Flags;
  /** Everything behind `--`. */
  readonly rest: readonly string[];
  /** Flags given that kubectl warns about. */
  readonly deprecated: readonly string[];
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

  /** Values separated by commas, from every time the flag was given. */
  list(name: string): string[] {
    return this.all(name).flatMap((value) => (value === '' ? [] : value.split(',')));
  }

  number(name: string): number | undefined {
    const value = this.text(name);
    return value === undefined ? undefined : Number(value);
  }

  /** A switch: `--wait`, `--wait=false`, or its default. */
  isOn(name: string, byDefault = false): boolean {
    const value = this.text(name);
    return value === undefined ? byDefault : isTrue(value);
  }
}

/** Reads a command line; a leading `kubectl` is allowed. Throws a CommandLineError. */
export function parseCommandLine<V extends VerbGrammar>(line: string, verbs: readonly V[]): ParsedCommand<V> {
  const words = splitWords(line);
  if (words[0] === 'kubectl') words.shift();
  const { verb, others } = findVerb(words, verbs);
  const known: FlagKinds = { ...GLOBAL_FLAGS, ...verb.flags };
  const args: string[] = [];
  const values = new Map<string, string[]>();
  const deprecated: string[] = [];
  const dash = others.indexOf('--');
  const rest = dash < 0 ? [] : others.splice(dash).slice(1);
  for (let word = others.shift(); word !== undefined; word = others.shift()) {
    if (!word.startsWith('-') || word === '-') args.push(word);
    else {
      for (const { flag, value } of flagsOf(word, others, verb, known)) {
        if (DEPRECATED_FLAGS[flag] !== undefined) deprecated.push(flag);
        values.set(flag, [...(values.get(flag) ?? []), value]);
      }
    }
  }
  const missing = (verb.required ?? []).filter((flag) => !values.has(flag));
  if (missing.length > 0)
    throw new CommandLineError({
      wanted: `the flag --${missing[0]} of "kubectl ${verb.words}"`,
      found: 'no such flag',
      words: `required flag(s) ${missing.map((flag) => `"${flag}"`).join(', ')} not set`,
    });
  return { verb, args, flags: new Flags(values), rest, deprecated };
}

/** Are there as many arguments as the verb takes? kubectl itself finds out only when it runs. */
export function checkArguments({ verb, args, flags }: ParsedCommand): void {
  // Objects may come from a file, nodes from a selector.
  const isNamedElsewhere = flags.has('filename') || flags.has('raw') || (verb.usage === 'NODE' && flags.has('selector'));
  if (args.length >= (isNamedElsewhere ? 0 : verb.minimum) && args.length <= (verb.maximum ?? Number.POSITIVE_INFINITY)) return;
  const wanted = `"kubectl ${verb.words}${verb.usage === '' ? '' : ` ${verb.usage}`}"`;
  const found = args.length === 0 ? 'no arguments' : `the arguments "${args.join(' ')}"`;
  throw new CommandLineError({ wanted, found, words: `expected ${wanted}` });
}

interface GivenFlag {
  readonly flag: string;
  readonly value: string;
}

function flagsOf(word: string, following: string[], verb: VerbGrammar, known: FlagKinds): GivenFlag[] {
  return word.startsWith('--') ? [longFlag(word, following, verb, known)] : shortFlags(word, following, verb, known);
}

function longFlag(word: string, following: string[], verb: VerbGrammar, known: FlagKinds): GivenFlag {
  const equals = word.indexOf('=');
  const flag = equals < 0 ? word.slice(2) : word.slice(2, equals);
  const kind = Object.hasOwn(known, flag) ? known[flag]! : undefined;
  if (kind === undefined) throw unknownFlag(`--${flag}`, `unknown flag: --${flag}`, verb, known);
  if (equals >= 0) return checked(flag, word.slice(equals + 1), kind, `--${flag}`, verb);
  const without = valueWithout(kind);
  if (without !== undefined) return { flag, value: without };
  const value = following.shift();
  if (value === undefined) throw missingValue(flag, word, `flag needs an argument: --${flag}`, verb);
  return checked(flag, value, kind, `--${flag}`, verb);
}

/** `-n shop`, `-nshop`, `-n=shop`, `-Aw`. */
function shortFlags(word: string, following: string[], verb: VerbGrammar, known: FlagKinds): GivenFlag[] {
  const given: GivenFlag[] = [];
  for (let letters = word.slice(1); letters !== ''; ) {
    const [letter] = letters as unknown as [string];
    const flag = verb.short?.[letter] ?? SHORT_FLAGS[letter];
    const kind = flag !== undefined && Object.hasOwn(known, flag) ? known[flag] : undefined;
    if (flag === undefined || kind === undefined)
      throw unknownFlag(`-${letter}`, `unknown shorthand flag: '${letter}' in -${letters}`, verb, known);
    const name = `-${letter}, --${flag}`;
    if (letters.length > 2 && letters[1] === '=') return [...given, checked(flag, letters.slice(2), kind, name, verb)];
    const without = valueWithout(kind);
    if (without !== undefined) {
      given.push({ flag, value: without });
      letters = letters.slice(1);
      continue;
    }
    const value = letters.length > 1 ? letters.slice(1) : following.shift();
    if (value === undefined) throw missingValue(flag, word, `flag needs an argument: '${letter}' in -${letters}`, verb);
    return [...given, checked(flag, value, kind, name, verb)];
  }
  return given;
}

function checked(flag: string, value: string, kind: FlagKind, name: string, verb: VerbGrammar): GivenFlag {
  const refuse = (wanted: string, why: string) =>
    new CommandLineError({
      wanted: `${wanted} for --${flag}`,
      found: JSON.stringify(value),
      words: withUsage(`invalid argument "${value}" for "${name}" flag: ${why}`, verb),
    });
  if (kind === 'number' && !/^[+-]?\d+$/.test(value))
    throw refuse('a whole number', `strconv.ParseInt: parsing "${value}": invalid syntax`);
  if (kind === 'switch' && !/^(1|0|t|f|T|F|true|false|TRUE|FALSE|True|False)$/.test(value))
    throw refuse('true or false', `strconv.ParseBool: parsing "${value}": invalid syntax`);
  if (kind === 'duration' && !isGoDuration(value)) throw refuse('a duration such as "30s"', `time: invalid duration "${value}"`);
  return { flag, value };
}

function isTrue(value: string): boolean {
  return /^(1|t|true)$/i.test(value);
}

function missingValue(flag: string, word: string, words: string, verb: VerbGrammar): CommandLineError {
  return new CommandLineError({ wanted: `a value for --${flag}`, found: `nothing after "${word}"`, words: withUsage(words, verb) });
}

function unknownFlag(name: string, words: string, verb: VerbGrammar, known: FlagKinds): CommandLineError {
  const flags = Object.keys(known).map((one) => `--${one}`);
  return new CommandLineError({
    wanted: `a flag that "kubectl ${verb.words}" has`,
    found: JSON.stringify(name),
    suggestion: nearestName(name, flags),
    words: withUsage(words, verb),
  });
}

function withUsage(words: string, verb: VerbGrammar): string {
  return `${words}\nSee 'kubectl ${verb.words} --help' for usage.`;
}
