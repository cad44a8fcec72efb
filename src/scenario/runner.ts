/**
 * Runs a scenario: wires the cluster, plays the timeline on it, and says what became of each expectation.
 *
 * Whoever calls decides how much to run at a time, so that a progress line can be drawn and an interruption be heard; how the
 * run is cut into pieces changes nothing in it.
 */
import { BrokenInvariant } from '../base/fail.ts';
import { secondsText } from '../base/units.ts';
import { run, type Task } from '../client/task.ts';
import { Cluster } from '../cluster/cluster.ts';
import { ClusterFaults } from '../cluster/cluster-faults.ts';
import { FaultInjector } from '../faults/fault-injector.ts';
import type { Observer } from '../model/observer.ts';
import { DecisionRecorder, type RecorderOptions } from '../scheduler/explain/decision-recorder.ts';
import type { Explanation } from '../scheduler/explain/explanation.ts';
import { Traffic } from '../workload/traffic.ts';
import { clusterOf, faultOf, trafficOf } from './cluster-of.ts';
import { Expectations, type Verdict } from './expectations.ts';
import { KubectlApi } from './kubectl/api.ts';
import type { KubectlContext } from './kubectl/context.ts';
import { runKubectl } from './kubectl/kubectl.ts';
import { metricsOf } from './kubectl-metrics.ts';
import { leftovers } from './leftovers.ts';
import { RunRecord } from './run-record.ts';
import type { Scenario, ScenarioEvent } from './scenario.ts';
import { filesOf } from './scenario-files.ts';
import { isWatch, unfinishedMessage } from './unfinished-command.ts';
import { explanationsOf, type WaitingPods, waitingPods } from './waiting-pods.ts';

export interface RunOptions {
  readonly seed?: number;
  /** Ends the run before the scenario's own end. */
  readonly untilUs?: number;
  /** Ends it after so many events: to look at the one that went wrong. */
  readonly untilEvent?: number;
  readonly observers?: readonly Observer[];
  /** Every scheduling decision the obvious way; the digest is the same. */
  readonly isSlowScheduler?: boolean;
  /** Keeps why pods went where they went, and why others wait. */
  readonly explain?: RecorderOptions;
}

export interface StepFailure {
  readonly timeUs: number;
  readonly line: string;
  readonly message: string;
}

/** One command of the timeline and what it answered. */
export interface CommandOutput {
  readonly timeUs: number;
  /** What was typed after `kubectl`. */
  readonly command: string;
  /** What it printed, in pieces as they came. */
  readonly printed: readonly { readonly timeUs: number; readonly text: string }[];
  readonly error: string | undefined;
  /** Absent while it is not over. */
  readonly exit: number | undefined;
  /** The run is not held against a failure then. */
  readonly mayFail: boolean;
  /** Absent while it is not over, as a drain that never ends. */
  readonly endUs: number | undefined;
}

export interface RunOutcome {
  readonly scenario: Scenario;
  readonly cluster: Cluster;
  readonly seed: number;
  readonly endUs: number;
  /** False when it was interrupted. */
  readonly isWhole: boolean;
  readonly digest: string;
  readonly eventCount: number;
  readonly verdicts: readonly Verdict[];
  readonly stepFailures: readonly StepFailure[];
  /** Of steps that may fail: not held against the run, and told all the same. */
  readonly toleratedFailures: readonly StepFailure[];
  readonly commands: readonly CommandOutput[];
  readonly requestsSent: number;
  /** Sent, and not yet ended when the run was over. */
  readonly requestsPending: number;
  /** Every expectation was met and no step failed. */
  readonly isMet: boolean;
  readonly record: RunRecord;
  /** Pods without a node. */
  readonly waiting: readonly WaitingPods[];
  /** What else is not as it should be at the end, a sentence each. */
  readonly leftovers: readonly string[];
  /** Of what was asked to be explained. */
  readonly explanations: readonly Explanation[];
}

export class ScenarioRun {
  readonly scenario: Scenario;
  readonly seed: number;
  readonly endUs: number;
  readonly #untilEvent: number;
  readonly cluster: Cluster;
  readonly #recorder: DecisionRecorder | undefined;
  readonly record = new RunRecord();
  readonly #expectations: Expectations;
  readonly #faults: FaultInjector;
  readonly #kubectl: KubectlContext;
  readonly #failures: { readonly mayFail: boolean; readonly failure: StepFailure }[] = [];
  readonly #commands: Writable<CommandOutput>[] = [];
  readonly #traffic: readonly Traffic[];

  constructor(scenario: Scenario, options: RunOptions = {}) {
    this.scenario = scenario;
    this.seed = options.seed ?? scenario.seed;
    this.endUs = Math.min(options.untilUs ?? scenario.durationUs, scenario.durationUs);
    this.#untilEvent = options.untilEvent ?? Number.POSITIVE_INFINITY;
    this.#recorder = options.explain === undefined ? undefined : new DecisionRecorder(options.explain);
    const cluster = new Cluster(
      clusterOf(scenario, { seed: this.seed, isSlowScheduler: options.isSlowScheduler, watcher: this.#recorder }),
    );
    this.cluster = cluster;
    const { sim, random, observers, api } = cluster;
    this.#expectations = new Expectations(scenario.expectations);
    observers.add(this.record);
    observers.add(this.#expectations);
    // The API server makes its own namespaces before anybody can watch it.
    for (const object of api.store.values('Namespace')) this.#expectations.found('Namespace', object);
    for (const observer of options.observers ?? []) observers.add(observer);
    this.#faults = new FaultInjector(sim, random, observers, new ClusterFaults(cluster));
    const client = cluster.client('kubectl');
    const print = (text: string) => observers.noted(sim.nowUs, indented(text));
    this.#kubectl = {
      sim,
      client,
      api: new KubectlApi(client),
      store: api.store,
      files: filesOf(scenario),
      session: { namespace: 'default' },
      metrics: metricsOf(cluster),
      out: print,
      err: print,
    };
    cluster.start();
    for (const event of scenario.events) sim.after(event.atUs, () => this.#play(event));
    this.#traffic = scenario.traffic.map((traffic) => new Traffic(sim, cluster.network, random, trafficOf(traffic, scenario.durationUs)));
    for (const traffic of this.#traffic) traffic.start();
  }

  get nowUs(): number {
    return this.cluster.sim.nowUs;
  }

  /** Runs at most so many events; false when the run is over. */
  advance(events: number): boolean {
    const { sim } = this.cluster;
    const { endUs } = this;
    try {
      for (let count = 0; count < events; count++) {
        if (sim.eventCount >= this.#untilEvent) return false;
        if (!(sim.nextTimeUs <= endUs)) {
          sim.runUntil(endUs);
          return false;
        }
        sim.step();
      }
      return true;
    } catch (error) {
      if (error instanceof BrokenInvariant) throw new BrokenInvariant(this.#whereItBroke(error.message), { cause: error });
      throw error;
    }
  }

  /** What is known by now; `isWhole` when the run was not interrupted. */
  outcome(isWhole: boolean): RunOutcome {
    const { sim } = this.cluster;
    // Ended early on purpose: what lies behind the end stays open.
    const isAtEnd = this.endUs === this.scenario.durationUs && sim.eventCount < this.#untilEvent;
    const verdicts = this.#expectations.finish(sim.nowUs, isWhole && isAtEnd);
    const unfinished = isWhole && isAtEnd ? this.#commands.filter(({ command, endUs }) => endUs === undefined && !isWatch(command)) : [];
    const failuresOf = (isTolerated: boolean) => [
      ...this.#failures.filter(({ mayFail }) => mayFail === isTolerated).map(({ failure }) => failure),
      ...unfinished.filter(({ mayFail }) => mayFail === isTolerated).map((command) => this.#unfinishedFailure(command)),
    ];
    const stepFailures = failuresOf(false);
    return {
      scenario: this.scenario,
      cluster: this.cluster,
      seed: this.seed,
      endUs: sim.nowUs,
      isWhole,
      digest: sim.digest,
      eventCount: sim.eventCount,
      verdicts,
      stepFailures,
      toleratedFailures: failuresOf(true),
      commands: this.#commands,
      requestsSent: this.#traffic.reduce((sum, { sent }) => sum + sent, 0),
      requestsPending: this.cluster.network.pending,
      isMet: isWhole && verdicts.every(({ outcome }) => outcome !== 'missed') && stepFailures.length === 0,
      record: this.record,
      waiting: waitingPods(this.cluster),
      leftovers: leftovers(this.cluster),
      explanations: this.#recorder === undefined ? [] : explanationsOf(this.cluster, this.#recorder),
    };
  }

  /** It still waits for something when the run is over; for what, says its message. */
  #unfinishedFailure({ timeUs, command }: CommandOutput): StepFailure {
    return { timeUs, line: command, message: unfinishedMessage(command, this.cluster.api) };
  }

  #whereItBroke(message: string): string {
    const { eventCount, nowUs } = this.cluster.sim;
    const again = `npm run orrery -- run ${this.scenario.file} --seed ${this.seed} --until-event ${eventCount}`;
    return `Broken invariant at ${secondsText(nowUs)}, event ${eventCount}: ${message}\nSee it again: ${again}`;
  }

  #play(event: ScenarioEvent): void {
    if (event.fault !== undefined) this.#faults.inject(faultOf(event.fault));
    if (event.commands.length > 0) run(this.#carryOut(event));
  }

  *#carryOut({ commands, mayFail }: ScenarioEvent): Task<void> {
    const { sim, observers } = this.cluster;
    for (const { line, parsed, usageError, expectExit = 0 } of commands) {
      observers.noted(sim.nowUs, `$ kubectl ${line}`);
      const printed: { timeUs: number; text: string }[] = [];
      const output: Writable<CommandOutput> = {
        timeUs: sim.nowUs,
        command: line,
        printed,
        error: undefined,
        exit: undefined,
        mayFail,
        endUs: undefined,
      };
      this.#commands.push(output);
      const out = (text: string) => {
        if (text === '') return;
        printed.push({ timeUs: sim.nowUs, text: text.replace(/\n$/, '') });
        this.#kubectl.out(text);
      };
      const err = (text: string) => {
        output.error = `${output.error === undefined ? '' : `${output.error}\n`}${text.replace(/\n$/, '')}`;
        this.#kubectl.err(text);
      };
      if (parsed === undefined) err(`error: ${usageError!.words}`);
      const exit = parsed === undefined ? 1 : yield* runKubectl(parsed, { ...this.#kubectl, out, err });
      output.exit = exit;
      output.endUs = sim.nowUs;
      if (exit !== expectExit)
        this.#failures.push({ mayFail, failure: { timeUs: output.timeUs, line, message: exitMessage(output, expectExit) } });
    }
  }
}

/** What a command said, or with which code it ended when it should have ended with another. */
function exitMessage({ exit, error }: CommandOutput, expectExit: number): string {
  if (expectExit === 0 && error !== undefined) return error;
  return `expected exit code ${expectExit}, got ${exit}${error === undefined ? '' : `: ${error}`}`;
}

type Writable<T> = { -readonly [F in keyof T]: T[F] };

/** Runs a scenario from beginning to end. */
export function runScenario(scenario: Scenario, options: RunOptions = {}): RunOutcome {
  const scenarioRun = new ScenarioRun(scenario, options);
  while (scenarioRun.advance(1_000_000));
  return scenarioRun.outcome(true);
}

function indented(text: string): string {
  return text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => `  ${line}`)
    .join('\n');
}
