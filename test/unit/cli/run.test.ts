import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkFiles, listScenarios, type RunFlags, runFiles, type Terminal } from '../../../src/cli/run.ts';

const SCENARIOS = join(import.meta.dirname, '../../../scenarios');
const HELLO = join(SCENARIOS, 'hello-world.yaml');

function terminal(isInterrupted = false): Terminal & { readonly printed: string[]; readonly warned: string[] } {
  const printed: string[] = [];
  const warned: string[] = [];
  const print = (text: string) => void printed.push(text);
  const warn = (text: string) => void warned.push(text);
  return { printed, warned, print, warn, progress: undefined, isInterrupted: () => isInterrupted };
}

async function run(flags: RunFlags, files = [HELLO]) {
  const screen = terminal();
  return { code: await runFiles(files, flags, screen), ...screen };
}

test('run leaves with 0 when every expectation holds, and answers the question first', async () => {
  const { code, printed } = await run({});
  expect(code).toBe(0);
  expect(printed.join('\n').split('\n').slice(0, 2)).toEqual([
    'How long do the three commands of the walk-through take until the first answer?',
    'hello-world: as expected, 3 of 3 expectations met',
  ]);
});

test('run leaves with 1 when an expectation does not hold, and says what was observed', async () => {
  const { code, printed } = await run({ set: ['expect=["service.hello-world/hello.endpoints == 2 at end"]'] });
  expect(code).toBe(1);
  expect(printed.join('\n')).toContain('MISSED  service.hello-world/hello.endpoints == 2 at end  (observed 1)');
});

test('run leaves with 2 when the input is wrong, with every problem of all files, and runs nothing', async () => {
  const { code, printed, warned } = await run({ seed: 'x', set: ['duration=soon'] }, [HELLO, 'missing.yaml']);
  expect([code, printed]).toEqual([2, []]);
  expect(warned).toEqual([
    '--seed: expected a whole number from 0, got "x"',
    `${HELLO}:6:11: duration: expected a duration longer than 0, such as "90s" or "1h30m", got "soon"`,
    'missing.yaml: expected a scenario file, got no such file',
    '3 problems; nothing was run',
  ]);
});

test('run writes result.json and the tables, the same twice', async () => {
  const folders = [1, 2].map(() => mkdtempSync(join(tmpdir(), 'orrery-out-')));
  for (const out of folders) await run({ out, quiet: true });
  const contents = folders.map((folder) =>
    readdirSync(folder)
      .sort()
      .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  );
  for (const folder of folders) rmSync(folder, { recursive: true });
  expect(contents[0]!.map(([file]) => file)).toContain('result.json');
  expect(contents[0]).toEqual(contents[1]);
});

test('run prints one JSON document with --json', async () => {
  const { printed } = await run({ json: true });
  expect(JSON.parse(printed.join('\n'))).toMatchObject({ format: 'orrery.dev/result/v1', scenario: { name: 'hello-world' }, isMet: true });
});

test('check and list run nothing', () => {
  const screen = terminal();
  const files = readdirSync(SCENARIOS).filter((file) => file.endsWith('.yaml'));
  expect(
    checkFiles(
      files.map((file) => join(SCENARIOS, file)),
      {},
      screen,
    ),
  ).toBe(0);
  expect(screen.printed).toHaveLength(files.length);
  expect(listScenarios(SCENARIOS, screen)).toBe(0);
  expect(screen.printed.at(-1)).toContain('?');
});
