/** What the README says can be typed can be typed, and its example runs and answers yes. */
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { orreryProgram } from '../src/cli/program.ts';
import { readScenario } from '../src/scenario/read-scenario.ts';
import { runScenario } from '../src/scenario/runner.ts';

const root = join(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'orrery-readme-'));
afterAll(() => rmSync(folder, { recursive: true }));

const blocks = (language: string) =>
  [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, text]) => text!);
const commands = blocks('sh')
  .flatMap((block) => block.split('\n'))
  .flatMap((line) => line.replace(/\s#.*/, '').split('&&'))
  .map((line) => line.trim())
  .filter((line) => line !== '');
const ownFiles = (words: readonly string[]) => words.filter((word) => /^(scenarios|docs|test)\//.test(word));

test.each(blocks('yaml').filter((text) => text.includes('kind: Scenario')))(
  'The scenario of the README runs, and its answer is yes',
  (text) => {
    const file = join(folder, 'readme.yaml');
    writeFileSync(file, text);
    if (!existsSync(join(folder, 'manifests'))) symlinkSync(join(root, 'scenarios/manifests'), join(folder, 'manifests'));
    const { verdicts, stepFailures } = runScenario(readScenario(file));
    expect(verdicts.filter(({ outcome }) => outcome !== 'met')).toEqual([]);
    expect(stepFailures).toEqual([]);
  },
);

test.each(commands.filter((command) => command.startsWith('npm ')))('README: "%s" is a script of the package', (command) => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { scripts: { [name: string]: string } };
  const [, verb, name] = command.split(/\s+/);
  if (verb === 'run') expect(scripts).toHaveProperty(name!);
  else expect(['ci', 'start', 'test']).toContain(verb);
});

const program = orreryProgram(
  { print: () => undefined, warn: () => undefined, progress: undefined, isInterrupted: () => false },
  () => undefined,
);

test.each(commands.filter((command) => /^npm run orrery -- /.test(command)))('README: "%s" is a command with those options', (command) => {
  const [verb, ...words] = command.replace('npm run orrery -- ', '').split(/\s+/);
  const known = program.commands.find((one) => one.name() === verb);
  expect(known, `orrery ${verb}`).toBeDefined();
  const options = known!.options.map((option) => option.long);
  for (const word of words.filter((one) => one.startsWith('--'))) expect(options).toContain(word);
  expect(ownFiles(words).filter((file) => !existsSync(join(root, file)))).toEqual([]);
});

test('Every link of the README leads to a file', () => {
  const links = [...readme.matchAll(/\]\(([^)#]+)\)/g)].map(([, link]) => link!).filter((link) => !link.startsWith('http'));
  expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([]);
});
