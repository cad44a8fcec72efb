import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** The rooms, from the ground up: a file imports from its own room and from rooms before it. */
const ROOMS = [
  'base',
  'sim',
  'model',
  'apiserver',
  'client',
  'scheduler',
  'controllers',
  'kubelet',
  'network',
  'workload',
  'faults',
  'cluster',
  'scenario',
  'metrics',
  'report',
  'cli',
  'server',
  'dashboard',
];
/** Like their originals these meet only in the API server. */
const SIDE_BY_SIDE = [
  ['scheduler', 'controllers', 'kubelet', 'network'],
  ['cli', 'server', 'dashboard'],
];
const CORE = new Set(ROOMS.slice(0, ROOMS.indexOf('cluster') + 1));
const DOORS = new Set(['cli', 'server', 'dashboard']);

const BANNED: readonly [RegExp, string][] = [
  [/\bDate\b(?!\s*:)/, 'Date: take time from the Simulation, or model/time.ts for text'],
  [/\bperformance\./, 'performance: take time from the Simulation'],
  [/\bMath\.random\b/, 'Math.random: take a named stream from sim/random.ts'],
  [/\b(setTimeout|setInterval|setImmediate)\b/, 'timers: schedule an event'],
  [/\bprocess\.env\b/, 'process.env: input is read once, at the edge'],
  [/\blocaleCompare\b/, 'localeCompare: use compareText of base/compare.ts'],
];

const root = join(import.meta.dirname, '..');
const files = listFiles(join(root, 'src')).map((file) => ({ file: file.slice(root.length + 1), text: readFileSync(file, 'utf8') }));

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory() ? listFiles(join(folder, entry.name)) : entry.name.endsWith('.ts') ? [join(folder, entry.name)] : [],
    );
}

function withoutComments(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|[^:'"`])\/\/.*$/gm, '$1')
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''");
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/^(?:import|export)\b[^;]*?from '([^']+)'|^import '([^']+)'|\bimport\('([^']+)'\)/gm)].map(
    (m) => (m[1] ?? m[2] ?? m[3])!,
  );
}

const room = (file: string) => file.split('/')[1]!;

test('every file lies in a room of the house', () => {
  expect(files.map(({ file }) => file).filter((file) => !ROOMS.includes(room(file)))).toEqual([]);
});

test('a file imports from its own room and from rooms above it in the layout, never below', () => {
  const wrong: string[] = [];
  for (const { file, text } of files) {
    for (const target of importsOf(text).filter((name) => name.startsWith('.'))) {
      const targetRoom = room(join(file, '..', target));
      if (targetRoom === room(file)) continue;
      const sideBySide = SIDE_BY_SIDE.some((rooms) => rooms.includes(room(file)) && rooms.includes(targetRoom));
      if (ROOMS.indexOf(targetRoom) > ROOMS.indexOf(room(file)) || sideBySide) wrong.push(`${file} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('the folders from base to cluster import no package, but sim/random.ts its generator', () => {
  const wrong: string[] = [];
  for (const { file, text } of files.filter(({ file }) => CORE.has(room(file)))) {
    for (const target of importsOf(text).filter((name) => !name.startsWith('.'))) {
      if (file === 'src/sim/random.ts' && target === 'seedrandom') continue;
      wrong.push(`${file} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});

test('no file outside the doors asks the machine for time or chance', () => {
  const wrong: string[] = [];
  for (const { file, text } of files.filter(({ file }) => !DOORS.has(room(file)))) {
    const code = withoutComments(text);
    for (const [pattern, instead] of BANNED) if (pattern.test(code)) wrong.push(`${file}: ${instead}`);
  }
  expect(wrong).toEqual([]);
});

test('every file opens by saying what it decides', () => {
  expect(files.filter(({ text }) => !text.startsWith('/**')).map(({ file }) => file)).toEqual([]);
});

test('no file re-exports another, is named for nothing in particular, or breaks kebab-case', () => {
  expect(files.filter(({ text }) => /^export (\*|\{[^}]*\}) from/m.test(text)).map(({ file }) => file)).toEqual([]);
  expect(files.filter(({ file }) => /(^|\/)(utils?|helpers?|common|index)\.ts$/.test(file)).map(({ file }) => file)).toEqual([]);
  expect(files.filter(({ file }) => !/^[a-z0-9-]+\.ts$/.test(file.split('/').at(-1)!)).map(({ file }) => file)).toEqual([]);
});
