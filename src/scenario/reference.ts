/**
 * The scenario reference, generated from the schema, the figures of `expect` and the verbs of kubectl: it cannot fall behind.
 */
import type { z } from 'zod';
import { FAMILIES, type FigureFamily } from './expectation-syntax.ts';
import { FLAG_GROUPS } from './kubectl/flag-kinds.ts';
import { VERBS } from './kubectl/verbs.ts';
import { scenarioSchema } from './schema.ts';

const DISTRIBUTIONS = `A distribution is a duration such as \`20ms\` (always that long), \`{ median: 8ms, p99: 60ms }\` (lognormal through
these two), \`{ uniform: { low: 1s, high: 3s } }\`, \`{ exponential: { mean: 2s } }\`, or the long forms \`{ constant: 20ms }\` and
\`{ lognormal: { median: 8ms, p99: 60ms } }\`.`;

const WHENS = [
  ['(nothing)', 'at the end', 'over the whole run'],
  ['`at end`', 'at the end', 'over the whole run'],
  ['`at 5m`', 'at that instant', 'from the start until then'],
  ['`between 0s and 10m`', 'at every instant of it', 'what happened in it'],
  ['`always`', 'at every instant of the run', 'over the whole run'],
  ['`after 2m`', 'at every instant from then on', 'from then on'],
  ['`before 5m`', 'at every instant until then', 'until then'],
  ['`by 5m`', 'it comes to hold at some instant until then, or held all along; what is lost on the way has to come back', 'until then'],
  ['`within 30s of 5m`', 'the same, of the 30s after 5m', 'in the 30s after 5m'],
] as const;

export function scenarioReference(): string {
  const lines = [
    '# Scenario reference',
    '',
    'Generated from the schema (`src/scenario/schema.ts`); a test keeps it in step. The first line of a scenario is its question, as a comment.',
    'Files it names lie beside it. Everything unknown or wrong is reported at once with file, line and column, and nothing is run.',
    '',
    "Durations are Go's (`90s`, `1h30m`, `250ms`) with `d` and `w` beside them; quantities, selectors and names are Kubernetes'; rates are",
    '`200/s`, `30/m` or `5/h`.',
    DISTRIBUTIONS,
    '',
  ];
  sections(scenarioSchema, '', lines);
  expectations(lines);
  verbs(lines);
  return `${lines.join('\n').trimEnd()}\n`;
}

interface Field {
  readonly type: z.core.$ZodType;
  readonly name: string | undefined;
  readonly isOptional: boolean;
  readonly byDefault: unknown;
  readonly about: string;
}

/** A table for the map at that path, then one for each map inside it. */
function sections(type: z.core.$ZodType, path: string, lines: string[]): void {
  const { shape } = type._zod.def as z.core.$ZodObjectDef;
  lines.push(path === '' ? '## The scenario' : `## \`${path}\``, '', '| field | type | default | meaning |', '|---|---|---|---|');
  const inside: [z.core.$ZodType, string][] = [];
  for (const [name, outer] of Object.entries(shape)) {
    const field = fieldOf(outer);
    const fieldPath = path === '' ? name : `${path}.${name}`;
    const [typeText, map, suffix] = typeOf(field, fieldPath);
    if (map !== undefined) inside.push([map, `${fieldPath}${suffix}`]);
    lines.push(`| \`${name}\` | ${typeText} | ${defaultText(field)} | ${field.about} |`);
  }
  lines.push('');
  for (const [map, mapPath] of inside) sections(map, mapPath, lines);
}

function fieldOf(outer: z.core.$ZodType): Field {
  let type = outer;
  let name: string | undefined;
  let isOptional = false;
  let byDefault: unknown;
  let about = '';
  for (;;) {
    about ||= (type as z.ZodType).description ?? '';
    name ??= (type as z.ZodType).meta()?.title;
    const { def } = type._zod;
    if (def.type === 'optional' || def.type === 'default') {
      isOptional = true;
      if (def.type === 'default') byDefault = (def as z.core.$ZodDefaultDef).defaultValue;
      type = (def as z.core.$ZodOptionalDef).innerType;
    } else if (def.type === 'pipe' && name === undefined) {
      const { in: before, out } = def as z.core.$ZodPipeDef;
      type = before._zod.def.type === 'transform' ? out : before;
    } else return { type, name, isOptional, byDefault, about };
  }
}

/** What to call the type, the map to describe further on, and what its path ends with. */
function typeOf({ type, name }: Field, path: string): readonly [string, z.core.$ZodType | undefined, string] {
  if (name !== undefined) return [name, undefined, ''];
  const { def } = type._zod;
  switch (def.type) {
    case 'object':
      return [`map, see [\`${path}\`](#${anchor(path)})`, type, ''];
    case 'array': {
      const item = fieldOf((def as z.core.$ZodArrayDef).element);
      const [itemText, map] = typeOf(item, `${path}[]`);
      return [map === undefined ? `list of ${itemText}` : `list, see [\`${path}[]\`](#${anchor(`${path}[]`)})`, map, '[]'];
    }
    case 'enum':
    case 'literal': {
      const values =
        def.type === 'enum' ? Object.values((def as z.core.$ZodEnumDef).entries) : (def as z.core.$ZodLiteralDef<string>).values;
      return [values.map((value) => `\`${value}\``).join(', '), undefined, ''];
    }
    case 'record':
      return ['map of quantities', undefined, ''];
    default:
      return [def.type, undefined, ''];
  }
}

function anchor(path: string): string {
  return path.toLowerCase().replaceAll(/[^a-z0-9-]/g, '');
}

/** Defaults of distributions are said in the sentence about the field, where they can be read. */
function defaultText({ isOptional, byDefault }: Field): string {
  if (!isOptional) return 'required';
  if (byDefault === undefined || (typeof byDefault === 'object' && 'kind' in (byDefault as object))) return '';
  if (Array.isArray(byDefault) && byDefault.length === 0) return 'none';
  return `\`${typeof byDefault === 'string' ? byDefault : JSON.stringify(byDefault)}\``;
}

function expectations(lines: string[]): void {
  lines.push(
    '## Expectations',
    '',
    'A line of `expect` is `<figure> <comparison> <value> [<when>]`, as in `requests.visitors.failed == 0 between 0s and 10m`. Comparisons are',
    '`==`, `!=`, `<`, `<=`, `>`, `>=`. An object of the namespace default is called by its name, another by `namespace/name`.',
    'Counts and times of requests gather over a stretch; every other figure is a state, with a value at every instant. A request belongs to',
    'the instant at which it ends.',
    '',
    '| when | a state holds | a count or time is taken |',
    '|---|---|---|',
  );
  for (const [when, state, count] of WHENS) lines.push(`| ${when} | ${state} | ${count} |`);
  lines.push('', '| figure | value | meaning |', '|---|---|---|');
  for (const [name, family] of Object.entries(FAMILIES) as [string, FigureFamily][]) {
    const subject = { traffic: '.TRAFFIC', object: '.NAME', selector: '[SELECTOR]', reason: '.REASON', kind: '.KIND', none: '' }[
      family.subject
    ];
    for (const [field, [kind, about]] of Object.entries(family.fields)) {
      const value = { state: 'whole number', count: 'whole number', ratio: 'percentage', time: 'duration', truth: 'true or false' }[kind];
      lines.push(`| \`${name}${subject}.${field}\` | ${value} | ${about} |`);
    }
  }
  lines.push('', ...Object.values(FAMILIES).map(({ about }) => `- ${about}`), '');
}

function verbs(lines: string[]): void {
  lines.push(
    '## kubectl',
    '',
    'Commands run as somebody would type them, through the API server, and what they print stands in the narrative. Groups of flags that',
    'several commands take are listed once, by name; `--namespace` is understood everywhere.',
    '',
    '| group | flags |',
    '|---|---|',
  );
  for (const [name, flags] of FLAG_GROUPS) lines.push(`| ${name} | ${flagNames(Object.keys(flags))} |`);
  lines.push('', '| command | groups | flags |', '|---|---|---|');
  for (const { words, usage, flags } of VERBS) {
    const own = new Set(Object.keys(flags));
    const groups = FLAG_GROUPS.filter(([, group]) => Object.keys(group).every((flag) => own.has(flag)));
    for (const [, group] of groups) for (const flag of Object.keys(group)) own.delete(flag);
    const command = `kubectl ${words}${usage === '' ? '' : ` ${usage}`}`.replaceAll(' | ', ' \\| ');
    lines.push(`| \`${command}\` | ${groups.map(([name]) => name).join(', ')} | ${flagNames([...own])} |`);
  }
}

function flagNames(flags: readonly string[]): string {
  return flags.map((flag) => `\`--${flag}\``).join(', ');
}
