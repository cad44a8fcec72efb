/**
 * Reads what a scenario says of its scheduler: the KubeSchedulerConfiguration, in the scenario or in a file of its own, and plugins.
 *
 * The rules are those of the real scheduler (scheduler/config-validation); here each problem gets its file, line and column.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Problem } from '../base/errors.ts';
import type { ConfigurationProblem } from '../scheduler/config-validation/problem.ts';
import { completeConfiguration, schedulerConfigurationProblems } from '../scheduler/configuration.ts';
import { pointsOfPlugin } from '../scheduler/custom-plugin.ts';
import type { SchedulerPlugin } from '../scheduler/plugin-interface.ts';
import { loadPlugin } from './custom-plugins.ts';
import type { Scenario } from './scenario.ts';
import { isConfiguration, type ScenarioInput } from './schema.ts';
import { valueAt } from './schema-problems.ts';
import { type Path, pathText, readDocuments, type SourceDocument } from './source-document.ts';

type ReadScheduler = Pick<Scenario, 'schedulerConfiguration' | 'schedulerPlugins'>;

export function readScheduler(input: ScenarioInput['cluster']['scheduler'], document: SourceDocument, problems: Problem[]): ReadScheduler {
  const before = problems.length;
  const plugins = (input?.plugins ?? []).flatMap((file, i) => pluginOf(file, ['cluster', 'scheduler', 'plugins', i], document, problems));
  for (const [i, { name }] of plugins.entries()) {
    if (plugins.findIndex((other) => other.name === name) === i) continue;
    const path = ['cluster', 'scheduler', 'plugins', i];
    problems.push(document.problem(path, 'a plugin of a name that no other has', JSON.stringify(name)));
  }
  const source = input?.configuration === undefined ? undefined : sourceOf(input.configuration, document, problems);
  // A profile that names a plugin that could not be loaded is not to blame for it.
  if (problems.length > before) return { schedulerConfiguration: undefined, schedulerPlugins: [] };
  const points = new Map(plugins.map((plugin) => [plugin.name, pointsOfPlugin(plugin)]));
  if (source !== undefined) {
    for (const problem of schedulerConfigurationProblems(source.value, points)) problems.push(placed(problem, source));
  }
  if (problems.length > before || (source === undefined && plugins.length === 0)) {
    return { schedulerConfiguration: undefined, schedulerPlugins: plugins };
  }
  return { schedulerConfiguration: completeConfiguration(source?.value, points), schedulerPlugins: plugins };
}

function pluginOf(file: string, path: Path, document: SourceDocument, problems: Problem[]): SchedulerPlugin[] {
  const full = beside(document.file, file);
  if (!existsSync(full)) {
    problems.push(document.problem(path, 'a plugin file beside the scenario', `${JSON.stringify(file)}, which does not exist`));
    return [];
  }
  const plugin = loadPlugin(full, problems);
  return plugin === undefined ? [] : [plugin];
}

/** The configuration as it is written, and where its fields are. */
interface ConfigurationSource {
  readonly document: SourceDocument;
  /** Of the configuration in its document. */
  readonly path: Path;
  readonly value: unknown;
}

function sourceOf(configuration: unknown, document: SourceDocument, problems: Problem[]): ConfigurationSource | undefined {
  const isShort = isConfiguration(valueAt(document.value, ['cluster', 'scheduler']));
  const path = ['cluster', 'scheduler', ...(isShort ? [] : ['configuration'])];
  if (typeof configuration !== 'string') return { document, path, value: valueAt(document.value, path) };
  const file = beside(document.file, configuration);
  if (!existsSync(file)) {
    const found = `${JSON.stringify(configuration)}, which does not exist`;
    problems.push(document.problem(path, 'a KubeSchedulerConfiguration file beside the scenario', found));
    return undefined;
  }
  const before = problems.length;
  const [first, second] = readDocuments(file, readFileSync(file, 'utf8'), problems);
  if (second !== undefined) problems.push(second.problem([], 'one KubeSchedulerConfiguration to a file', 'a second document'));
  if (first === undefined && problems.length === before)
    problems.push({ file, line: 1, column: 1, path: '', wanted: 'a KubeSchedulerConfiguration', found: 'an empty file' });
  return first === undefined ? undefined : { document: first, path: [], value: first.value };
}

function placed({ path, key, found, wanted, suggestion, words }: ConfigurationProblem, source: ConfigurationSource): Problem {
  const full = [...source.path, ...path];
  const { document } = source;
  const place = key === undefined ? document.place(full) : document.keyPlace(full, key);
  const text = pathText(full);
  return {
    file: document.file,
    ...place,
    path: text,
    found,
    wanted,
    ...(suggestion === undefined ? {} : { suggestion }),
    ...(words === undefined ? {} : { words }),
  };
}

function beside(scenario: string, file: string): string {
  return isAbsolute(file) ? file : join(dirname(scenario), file);
}
