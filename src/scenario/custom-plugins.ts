/**
 * Loads scheduler plugins of the user's own: bundles a file, refuses what could make a run differ from the next, and checks that what
 * it exports is a plugin.
 *
 * The rooms below get objects and never hear of files. A plugin sees none of the globals that bring in time, chance or the world
 * outside: naming one is refused with its line, and reaching one by a detour fails.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import type { BuildFailure, BuildResult, Message } from 'esbuild';
import type { Problem } from '../base/errors.ts';
import { pointsOfPlugin } from '../scheduler/custom-plugin.ts';
import type { SchedulerPlugin } from '../scheduler/plugin-interface.ts';
import { PLUGINS } from '../scheduler/plugin-registry.ts';
import { PluginErrors } from './plugin-errors.ts';
import { shownAs } from './plugin-files.ts';

/** Names that would make the same run end differently, by what they let in. */
const REFUSED: readonly (readonly [what: string, names: string])[] = [
  ['chance', 'Math\\s*\\.\\s*random\\b|Math\\s*\\['],
  ['the clock', 'Date\\b|performance\\b'],
  ['timers', '(?:setTimeout|setInterval|setImmediate|queueMicrotask|Promise|async|await)\\b'],
  [
    'the world outside',
    '(?:process|require|globalThis|global|window|self|eval|Function|crypto|fetch|WebSocket|XMLHttpRequest)\\b|import\\s*\\(',
  ],
  ["the machine's language", '(?:localeCompare|toLocale\\w+|Intl)\\b'],
];
const PATTERNS = REFUSED.map(([what, names]) => [new RegExp(`(?<![\\w$])(?:${names})`, 'g'), what] as const);
const HIDDEN = [
  ...['Date', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'process', 'globalThis', 'global', 'crypto'],
  ...['fetch', 'WebSocket', 'XMLHttpRequest', 'Intl', 'console', 'Promise'],
];
const METHODS = ['preFilter', 'filter', 'addPod', 'removePod', 'preScore', 'score', 'normalize'] as const;
const FIELDS = new Set<string>(['name', 'events', ...METHODS]);
const EVENT_KINDS = ['Pod', 'Node', 'PersistentVolume', 'PersistentVolumeClaim', 'StorageClass'];
const EVENT_ACTIONS = ['Add', 'Update', 'Delete', 'Any'];

/** The plugin, or undefined with every problem found. */
export function loadPlugin(file: string, problems: Problem[]): SchedulerPlugin | undefined {
  const before = problems.length;
  const bundle = bundled(file, problems);
  if (bundle === undefined) return undefined;
  for (const source of bundle.sources) checkSource(source, problems);
  if (problems.length > before) return undefined;
  const errors = new PluginErrors(bundle.code, file);
  const exported = evaluated(file, bundle.code, errors, problems);
  if (exported === undefined) return undefined;
  const found = pluginProblems(exported.default, file);
  problems.push(...found);
  return found.length === 0 ? withPlaces(exported.default as SchedulerPlugin, errors) : undefined;
}

interface Bundle {
  readonly code: string;
  /** The user's files that went into it. */
  readonly sources: readonly string[];
}

function bundled(file: string, problems: Problem[]): Bundle | undefined {
  const { buildSync } = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  try {
    const result = buildSync({
      entryPoints: [file],
      bundle: true,
      write: false,
      format: 'cjs',
      platform: 'neutral',
      packages: 'external',
      target: 'node20',
      sourcemap: 'inline',
      metafile: true,
      logLevel: 'silent',
    }) as BuildResult<{ write: false; metafile: true }>;
    const inputs = Object.entries(result.metafile.inputs).map(([input, one]) => [shownAs(input, file), one] as const);
    for (const [input, { imports }] of inputs) {
      for (const { path, external } of imports) if (external === true) problems.push(externalImport(input, path));
    }
    return { code: result.outputFiles[0]!.text, sources: inputs.map(([input]) => input) };
  } catch (error) {
    const { errors } = error as BuildFailure;
    if (!Array.isArray(errors)) throw error;
    problems.push(...errors.map((message) => buildProblem(message, file)));
    return undefined;
  }
}

function buildProblem({ location, text }: Message, file: string): Problem {
  const place = location === null ? { line: 0, column: 0 } : { line: location.line, column: location.column + 1 };
  const found = text.charAt(0).toLowerCase() + text.slice(1).replaceAll('\n', ' ');
  return { file: location === null ? file : shownAs(location.file, file), ...place, path: '', found, wanted: 'TypeScript that compiles' };
}

function externalImport(file: string, path: string): Problem {
  const lines = readFileSync(file, 'utf8').split('\n');
  const line = lines.findIndex((one) => one.includes(`'${path}'`) || one.includes(`"${path}"`));
  return at(file, line + 1, 1, 'imports of files beside it only', `an import of ${JSON.stringify(path)}`);
}

function checkSource(file: string, problems: Problem[]): void {
  const lines = withoutCommentsAndTexts(readFileSync(file, 'utf8')).split('\n');
  lines.forEach((line, index) => {
    for (const [pattern, what] of PATTERNS) {
      for (const { 0: name, index: column } of line.matchAll(pattern)) {
        const wanted = `a plugin that answers from its pod and nodes alone, without ${what}`;
        problems.push(at(file, index + 1, column + 1, wanted, name.replaceAll(/\s/g, '')));
      }
    }
  });
}

/** The source with blanks where comments and texts are, so that lines and columns stay. */
function withoutCommentsAndTexts(source: string): string {
  const blank = (match: string) => match.replaceAll(/[^\n]/g, ' ');
  return source.replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\$]|\$(?!\{))*`/g, blank);
}

/** The same plugin, whose exceptions name the line of its file. */
function withPlaces(plugin: SchedulerPlugin, errors: PluginErrors): SchedulerPlugin {
  const methods = METHODS.filter((method) => plugin[method] !== undefined).map((method) => {
    const act = plugin[method] as (...args: unknown[]) => unknown;
    return [method, errors.located(act.bind(plugin))] as const;
  });
  return { name: plugin.name, ...(plugin.events === undefined ? {} : { events: plugin.events }), ...Object.fromEntries(methods) };
}

function evaluated(file: string, code: string, errors: PluginErrors, problems: Problem[]): { readonly default?: unknown } | undefined {
  const module = { exports: {} as { readonly default?: unknown } };
  const math = Object.defineProperty(Object.create(Math), 'random', { value: undefined });
  try {
    // Strict, so that writing to what cannot be changed fails aloud.
    compileFunction(`"use strict";${code}`, ['module', 'exports', 'Math', ...HIDDEN], { filename: file })(module, module.exports, math);
    return module.exports;
  } catch (error) {
    const found = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    const { line, column, ...place } = errors.placeOf(error) ?? { file, line: 0, column: 0 };
    problems.push(at(place.file, line, column, 'a plugin that can be loaded', found));
    return undefined;
  }
}

function pluginProblems(exported: unknown, file: string): Problem[] {
  const wrong = (wanted: string, found: string, path = '') => ({ ...at(file, 0, 0, wanted, found), path });
  if (exported === undefined) return [wrong('a default export that is a plugin, as in scenarios/plugins', 'no default export')];
  if (typeof exported !== 'object' || exported === null) {
    return [wrong('a default export that is a map with name and methods such as filter and score', `a ${typeof exported}`)];
  }
  const plugin = exported as { readonly [field: string]: unknown };
  const problems: Problem[] = [];
  const { name, events } = plugin;
  if (typeof name !== 'string' || !/^[A-Za-z][-A-Za-z0-9]*$/.test(name)) {
    problems.push(wrong('a name such as "SpreadByRack"', JSON.stringify(name) ?? 'nothing', 'name'));
  } else if (PLUGINS.has(name)) problems.push(wrong('a name that no built-in plugin has', JSON.stringify(name), 'name'));
  for (const method of METHODS) {
    const given = plugin[method];
    if (given !== undefined && typeof given !== 'function') problems.push(wrong('a function', `a ${typeof given}`, method));
  }
  // Methods of a class stand in its prototype and are found by name; only what stands in the object itself can be misnamed.
  for (const field of Object.keys(plugin)) {
    if (!FIELDS.has(field) && typeof plugin[field] === 'function') {
      problems.push(wrong(`one of ${METHODS.join(', ')}`, `a method ${JSON.stringify(field)}`, field));
    }
  }
  if (problems.length === 0 && pointsOfPlugin(exported as SchedulerPlugin).length === 0) {
    problems.push(wrong(`at least one of ${METHODS.join(', ')}`, 'none of them'));
  }
  if (typeof plugin.normalize === 'function' && typeof plugin.score !== 'function') {
    problems.push(wrong('a score beside normalize', 'no score', 'score'));
  }
  if (events !== undefined) problems.push(...eventProblems(events, wrong));
  return problems;
}

function eventProblems(events: unknown, wrong: (wanted: string, found: string, path?: string) => Problem): Problem[] {
  if (!Array.isArray(events)) return [wrong('a list of events', `a ${typeof events}`, 'events')];
  return events.flatMap((event: { readonly kind?: unknown; readonly action?: unknown } | undefined, i) => {
    const problems: Problem[] = [];
    const { kind, action } = event ?? {};
    if (!EVENT_KINDS.includes(String(kind))) {
      problems.push(wrong(`one of ${EVENT_KINDS.join(', ')}`, JSON.stringify(kind) ?? 'nothing', `events[${i}].kind`));
    }
    if (!EVENT_ACTIONS.includes(String(action))) {
      problems.push(wrong(`one of ${EVENT_ACTIONS.join(', ')}`, JSON.stringify(action) ?? 'nothing', `events[${i}].action`));
    }
    return problems;
  });
}

function at(file: string, line: number, column: number, wanted: string, found: string): Problem {
  return { file, line, column, path: '', found, wanted };
}
