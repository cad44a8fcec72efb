/**
 * Tries a scheduler plugin on scenarios: with the plugin in every profile, does each run keep the laws, and end the same way twice?
 */
import { BrokenInvariant } from '../base/fail.ts';
import { DEFAULT_CONFIGURATION, withCustomPlugin } from '../scheduler/configuration.ts';
import { PluginFailure, pointsOfPlugin } from '../scheduler/custom-plugin.ts';
import type { SchedulerPlugin } from '../scheduler/plugin-interface.ts';
import { checkedPlugin, type PluginUse } from './checked-plugin.ts';
import { RunLaws } from './run-laws.ts';
import { runScenario } from './runner.ts';
import type { Scenario } from './scenario.ts';

export interface PluginTrial {
  readonly scenario: string;
  /** Empty when nothing was found. */
  readonly problems: readonly string[];
  readonly use: PluginUse;
  readonly attempts: number;
}

// A run is watched for so long; beyond it a plugin has been asked often enough.
const EVENTS = 30_000;

export function tryPlugin(plugin: SchedulerPlugin, scenario: Scenario): PluginTrial {
  const { plugin: checked, use } = checkedPlugin(plugin);
  const laws = new RunLaws();
  let attempts = 0;
  try {
    const count = { attempted: () => void attempts++ };
    const first = runScenario(withPlugin(scenario, checked), { untilEvent: EVENTS, observers: [laws, count] });
    const second = runScenario(withPlugin(scenario, plugin), { untilEvent: EVENTS });
    const problems = [...laws.broken];
    if (first.digest !== second.digest) problems.push(`two runs ended in different digests, ${first.digest} and ${second.digest}`);
    return { scenario: scenario.name, problems, use, attempts };
  } catch (error) {
    if (!(error instanceof PluginFailure || error instanceof BrokenInvariant)) throw error;
    return { scenario: scenario.name, problems: [...laws.broken, error.message], use, attempts };
  }
}

function withPlugin(scenario: Scenario, plugin: SchedulerPlugin): Scenario {
  const { schedulerConfiguration = DEFAULT_CONFIGURATION, schedulerPlugins } = scenario;
  // A scenario that brings the very plugin has its own place for it.
  const others = schedulerPlugins.filter(({ name }) => name !== plugin.name);
  const isThere = others.length < schedulerPlugins.length;
  return {
    ...scenario,
    schedulerPlugins: [...others, plugin],
    schedulerConfiguration: isThere
      ? schedulerConfiguration
      : withCustomPlugin(schedulerConfiguration, plugin.name, pointsOfPlugin(plugin)),
  };
}
