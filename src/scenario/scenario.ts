/**
 * A scenario, read and complete: nothing further in asks whether something was set, and nothing in it is still text to parse.
 */
import type { KubeObject } from '../model/meta.ts';
import type { SchedulerConfiguration } from '../scheduler/configuration.ts';
import type { SchedulerPlugin } from '../scheduler/plugin-interface.ts';
import type { Expectation } from './expectation-syntax.ts';
import type { ParsedCommand } from './kubectl/command-line.ts';
import type { CommandLineError } from './kubectl/command-line-error.ts';
import type { Verb } from './kubectl/verbs.ts';
import type { FaultInput, ScenarioInput } from './schema.ts';

/** What happens at one instant of the timeline. */
export interface ScenarioEvent {
  readonly atUs: number;
  /** Run one after the other; what one would have typed stands in `line`. */
  readonly commands: readonly ScenarioCommand[];
  readonly fault: FaultInput | undefined;
  readonly mayFail: boolean;
}

export interface ScenarioCommand {
  readonly line: string;
  /** Absent when the line cannot be read, which is then what the step is there to show. */
  readonly parsed: ParsedCommand<Verb> | undefined;
  readonly usageError?: CommandLineError;
  /** What kubectl has to exit with; 0 when nothing is said. */
  readonly expectExit: number | undefined;
}

export interface Scenario {
  /** The path it was read from. */
  readonly file: string;
  /** What was put in from outside before it was read, as `path=value`. */
  readonly overrides: readonly string[];
  /** Its first line. */
  readonly question: string;
  readonly name: string;
  readonly seed: number;
  readonly durationUs: number;
  readonly cluster: ScenarioInput['cluster'];
  readonly workloads: ScenarioInput['workloads'];
  readonly traffic: ScenarioInput['traffic'];
  readonly events: readonly ScenarioEvent[];
  readonly expectations: readonly Expectation[];
  readonly schedulerConfiguration: SchedulerConfiguration | undefined;
  /** The scenario's own plugins. */
  readonly schedulerPlugins: readonly SchedulerPlugin[];
  /** The objects of each manifest file, by the name the commands call it. */
  readonly manifests: ReadonlyMap<string, readonly KubeObject[]>;
  /** Files that are read as text, and the folders they lie in. */
  readonly texts: ReadonlyMap<string, string>;
  readonly folders: ReadonlyMap<string, readonly string[]>;
}
