/** Trying a plugin on scenarios tells within seconds whether it breaks what has to hold. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { loadPlugin } from '../../../src/scenario/custom-plugins.ts';
import { readScenario } from '../../../src/scenario/read-scenario.ts';
import { type PluginTrial, tryPlugin } from '../../../src/scenario/try-plugin.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-try-plugin-'));
afterAll(() => rmSync(folder, { recursive: true }));
const scenarios = join(import.meta.dirname, '../../../scenarios');

function tried(text: string): PluginTrial {
  const file = join(folder, 'plugin.ts');
  writeFileSync(file, text);
  const plugin = loadPlugin(file, []);
  const trial = tryPlugin(plugin!, readScenario(join(scenarios, 'rack-spread.yaml')));
  return { ...trial, problems: trial.problems.map((problem) => problem.replaceAll(`${folder}/`, '').replace(/ at \d+\.\d+ s:/, ':')) };
}

test('The plugin that ships keeps every law, and tells nodes apart', () => {
  const plugin = loadPlugin(join(scenarios, 'plugins/spread-by-rack.ts'), [])!;
  const trial = tryPlugin(plugin, readScenario(join(scenarios, 'rack-spread.yaml')));
  expect(trial.problems).toEqual([]);
  expect(trial.attempts).toBe(6);
  expect(trial.use.refused).toBeGreaterThan(0);
  expect(trial.use.preferences).toBeGreaterThan(0);
});

test('A plugin that counts its own calls answers the same question differently, and is found out', () => {
  expect(tried("let calls = 0;\nexport default { name: 'Counts', filter: () => (calls++ % 2 ? 'no' : undefined) };\n").problems).toEqual([
    expect.stringMatching(
      /^Cannot run filter of plugin Counts for pod default\/ledger-\S+ on node rack-a-1: asked the same twice, it answered undefined and then "no"$/,
    ),
  ]);
});

test('A plugin that writes to a pod is stopped at its line', () => {
  const text =
    "export default {\n  name: 'Writes',\n  filter(pod: any) {\n    pod.metadata.labels = {};\n    return undefined;\n  },\n};\n";
  expect(tried(text).problems).toEqual([
    expect.stringMatching(/TypeError: Cannot assign to read only property 'labels'.* \(plugin\.ts:4:\d+\)$/),
  ]);
});

test('A plugin that throws is named with its line', () => {
  const text = "export default {\n  name: 'Throws',\n  score(pod: any) {\n    return pod.spec.nothing.there;\n  },\n};\n";
  expect(tried(text).problems).toEqual([
    expect.stringMatching(/^Cannot run score of plugin Throws .*reading 'there'\) \(plugin\.ts:4:\d+\)$/),
  ]);
});
