/**
 * Recorded output as a pattern: a placeholder stands for any value of its class, and for the same value wherever its number occurs again.
 */
const AGE = '(?:(?:\\d+[ydhms])+|<invalid>|<unknown>)';
const TIME =
  '(?:\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)? [+-]\\d{4}(?: UTC)?|[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d [+-]\\d{4}|\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?:Z|[+-]\\d\\d:\\d\\d))';
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const ADDRESS = '\\d+\\.\\d+\\.\\d+\\.\\d+';

const CLASSES: { readonly [name: string]: string } = {
  age: AGE,
  time: TIME,
  uid: UUID,
  ip: ADDRESS,
  podIP: ADDRESS,
  nodePort: '3[0-2]\\d{3}',
  rv: '\\d+',
  listRv: '\\d+',
  'rand5-': '[a-z0-9]{5}',
  event: '[0-9a-f]+',
  n: '\\d+',
  hash: '\\S+',
  server: '(?:https?://)?[^\\s/"]+',
  token: '\\S+',
  gitCommit: '\\S+',
};

/** Classes whose values are looked up again in later outputs of the session. */
const BOUND: ReadonlySet<string> = new Set(['uid', 'rv', 'ip', 'nodePort']);

const PLACEHOLDER = /<(age|time|uid|ip|podIP|nodePort|rv|listRv|rand5-|event|n|hash|server|token|gitCommit)(\d*)>|<now[^>]*>/g;

export class Placeholders {
  readonly #bound = new Map<string, string>();

  /** Does our line say what the recorded one says? */
  matches(recorded: string, ours: string): boolean {
    if (recorded === ours) return true;
    const names: string[] = [];
    const match = new RegExp(`^${this.#pattern(recorded, names)}$`, 's').exec(ours);
    if (match === null) return false;
    for (const [i, name] of names.entries()) if (!this.#bound.has(name)) this.#bound.set(name, match[i + 1]!);
    return true;
  }

  #pattern(recorded: string, names: string[]): string {
    let pattern = '';
    let from = 0;
    for (const match of recorded.matchAll(PLACEHOLDER)) {
      pattern += literal(recorded.slice(from, match.index));
      from = match.index + match[0].length;
      const [placeholder, name, number] = match;
      if (name === undefined) pattern += TIME;
      else if (number === '' || !BOUND.has(name)) pattern += CLASSES[name]!;
      else if (this.#bound.has(placeholder)) pattern += literal(this.#bound.get(placeholder)!);
      else if (names.includes(placeholder)) pattern += `\\${names.indexOf(placeholder) + 1}`;
      else {
        names.push(placeholder);
        pattern += `(${CLASSES[name]!})`;
      }
    }
    return pattern + literal(recorded.slice(from));
  }
}

/** The text itself; where the recorder left a number that depends on the run, any number. */
function literal(text: string): string {
  const escaped = text.replaceAll(/[$()*+.?[\\\]^{|}]/g, '\\$&');
  return escaped.replaceAll(/Resource Version: {3}\d+/g, 'Resource Version: {3}\\d+');
}
