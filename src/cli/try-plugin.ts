/**
 * `orrery try-plugin FILE [SCENARIO...]`: says within a minute whether a scheduler plugin breaks what has to hold.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { InputError, type Problem, problemText } from '../base/errors.ts';
import { loadPlugin } from '../scenario/custom-plugins.ts';
import { readScenario } from '../scenario/read-scenario.ts';
import { type PluginTrial, tryPlugin } from '../scenario/try-plugin.ts';
import { EXIT_MET, EXIT_MISSED, EXIT_WRONG_INPUT, type Terminal } from './run.ts';

const SHIPPED = 'scenarios';

export function tryPluginFile(file: string, scenarios: readonly string[], terminal: Terminal): number {
  const problems: Problem[] = [];
  if (!existsSync(file)) problems.push({ file, line: 0, column: 0, path: '', found: 'no such file', wanted: 'a plugin file' });
  const plugin = problems.length > 0 ? undefined : loadPlugin(file, problems);
  if (plugin === undefined) return complain(problems, terminal);
  const files = scenarios.length > 0 ? scenarios : shippedScenarios();
  let hasFailed = false;
  for (const one of files) {
    try {
      const trial = tryPlugin(plugin, readScenario(one));
      hasFailed ||= trial.problems.length > 0;
      for (const line of trialLines(one, trial)) terminal.print(line);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return complain(error.problems, terminal);
    }
  }
  terminal.print(hasFailed ? `${plugin.name} breaks what has to hold` : `${plugin.name} kept every law in ${files.length} scenarios`);
  return hasFailed ? EXIT_MISSED : EXIT_MET;
}

function shippedScenarios(): string[] {
  if (!existsSync(SHIPPED)) return [];
  const files = readdirSync(SHIPPED).filter((name) => /\.ya?ml$/.test(name));
  return files.sort().map((name) => join(SHIPPED, name));
}

function trialLines(file: string, { problems, attempts, use }: PluginTrial): string[] {
  const calls = [...use.calls].map(([point, count]) => `${count} ${point}`).join(', ');
  const effect = `${use.refused} nodes refused, ${use.preferences} pods told where it is better`;
  const verdict = problems.length === 0 ? 'holds' : 'BROKEN';
  return [
    `${verdict}  ${file}: ${attempts} attempts; ${calls === '' ? 'never asked' : calls}; ${effect}`,
    ...problems.map((one) => `        ${one}`),
  ];
}

function complain(problems: readonly Problem[], terminal: Terminal): number {
  for (const problem of problems) terminal.warn(problemText(problem));
  terminal.warn(`${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}; nothing was run`);
  return EXIT_WRONG_INPUT;
}
