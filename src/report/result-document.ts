/**
 * The result of a run as one document: complete, stable, versioned. Everything else that is shown is made from it.
 *
 * It holds simulated figures only; what the simulator itself took is told apart, so that the same run gives the same bytes on every
 * machine.
 */
import type { LevelFigures } from '../apiserver/flow-control/flow-control.ts';
import type { Autoscaling } from '../metrics/autoscalings.ts';
import type { JobLife } from '../metrics/job-lives.ts';
import type { Milestone } from '../metrics/milestones.ts';
import type { PodLife } from '../metrics/pod-lives.ts';
import type { Rollout } from '../metrics/rollouts.ts';
import type { EventRow, Point, RunMetrics } from '../metrics/run-metrics.ts';
import type { Shortage } from '../metrics/shortages.ts';
import type { Note } from '../scenario/run-record.ts';
import type { RunOutcome, StepFailure } from '../scenario/runner.ts';
import type { WaitingPods } from '../scenario/waiting-pods.ts';
import type { Explanation } from '../scheduler/explain/explanation.ts';
import { type FidelityItem, fidelityOf } from './fidelity-note.ts';

export const RESULT_FORMAT = 'orrery.dev/result/v1';

export interface TrafficResult {
  readonly traffic: string;
  readonly answered: number;
  readonly failed: number;
  readonly failures: readonly { readonly cause: string; readonly count: number; readonly firstUs: number; readonly lastUs: number }[];
  readonly meanUs: number;
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
  readonly maxUs: number;
  readonly buckets: readonly { readonly answered: number; readonly failed: number; readonly sumUs: number; readonly maxUs: number }[];
}

export interface ResultDocument {
  readonly format: typeof RESULT_FORMAT;
  readonly scenario: {
    readonly name: string;
    readonly question: string;
    readonly file: string;
    readonly seed: number;
    readonly durationUs: number;
    /** What was put into it before it was read, as `path=value`. */
    readonly overrides: readonly string[];
  };
  readonly endUs: number;
  readonly isWhole: boolean;
  readonly digest: string;
  readonly eventCount: number;
  readonly isMet: boolean;
  readonly expectations: readonly { readonly text: string; readonly outcome: 'met' | 'missed' | 'open'; readonly observed: string }[];
  readonly stepFailures: readonly StepFailure[];
  /** Of steps that may fail. */
  readonly toleratedFailures: readonly StepFailure[];
  readonly notes: readonly Note[];
  /** What happened inside the cluster, in order of time; the notes are what was done to it from outside. */
  readonly milestones: readonly Milestone[];
  readonly life: readonly Note[];
  readonly requests: {
    /** The scenario sends some. */
    readonly isExpected: boolean;
    readonly sent: number;
    /** Neither answered nor failed when the run was over. */
    readonly pending: number;
    readonly bucketUs: number;
    readonly traffics: readonly TrafficResult[];
  };
  readonly pods: {
    readonly created: number;
    readonly readyOnce: number;
    readonly gone: number;
    /** Pods that failed, by the reason in their status. */
    readonly failed: { readonly [reason: string]: number };
    /** Restarts of their containers, by how the container ended before. */
    readonly restarts: { readonly [reason: string]: number };
    readonly states: readonly Point[];
    readonly lives: readonly PodLife[];
  };
  readonly scheduling: {
    readonly bound: number;
    readonly unschedulable: number;
    readonly errors: number;
    readonly busyUs: number;
  };
  /** Pods that had no node when the run was over. */
  readonly waiting: readonly WaitingPods[];
  /** What else is not as it should be at the end, a sentence each. */
  readonly leftovers: readonly string[];
  /** Why pods are where they are, or nowhere; of those the run kept it for. */
  readonly explanations: readonly Explanation[];
  readonly rollouts: readonly Rollout[];
  /** When Deployments, StatefulSets and DaemonSets had fewer available pods than they wanted. */
  readonly shortages: readonly Shortage[];
  readonly jobs: readonly JobLife[];
  readonly autoscalings: readonly Autoscaling[];
  readonly replicaSets: { readonly [key: string]: readonly Point[] };
  readonly events: readonly EventRow[];
  readonly eventsDropped: number;
  readonly writes: { readonly [author: string]: number };
  /** What the API server made wait, by priority level; administrators' requests, which never wait, are not among them. */
  readonly flowControl: readonly LevelFigures[];
  readonly fidelity: readonly FidelityItem[];
}

export function resultDocument(outcome: RunOutcome, metrics: RunMetrics): ResultDocument {
  const { scenario, record } = outcome;
  return {
    format: RESULT_FORMAT,
    scenario: {
      name: scenario.name,
      question: scenario.question,
      file: scenario.file,
      seed: outcome.seed,
      durationUs: scenario.durationUs,
      overrides: scenario.overrides,
    },
    endUs: outcome.endUs,
    isWhole: outcome.isWhole,
    digest: outcome.digest,
    eventCount: outcome.eventCount,
    isMet: outcome.isMet,
    expectations: outcome.verdicts,
    stepFailures: outcome.stepFailures,
    toleratedFailures: outcome.toleratedFailures,
    notes: record.notes,
    milestones: metrics.milestones.list(metrics.rollouts.rows),
    life: record.life,
    requests: {
      isExpected: scenario.traffic.length > 0,
      sent: outcome.requestsSent,
      pending: outcome.requestsPending,
      bucketUs: metrics.bucketUs,
      traffics: [...metrics.requests.values()].map((figures) => ({
        traffic: figures.traffic,
        answered: figures.answered,
        failed: figures.failed,
        failures: [...figures.failures].map(([cause, one]) => ({ cause, ...one })).sort((a, b) => b.count - a.count),
        meanUs: figures.meanUs,
        p50Us: figures.percentileUs(50),
        p90Us: figures.percentileUs(90),
        p99Us: figures.percentileUs(99),
        maxUs: figures.percentileUs(100),
        buckets: figures.buckets,
      })),
    },
    pods: {
      created: metrics.pods.created,
      readyOnce: metrics.pods.readyOnce,
      gone: metrics.pods.gone,
      failed: Object.fromEntries([...metrics.pods.failed].sort()),
      restarts: Object.fromEntries([...metrics.pods.restarts].sort()),
      states: metrics.podStates,
      lives: metrics.pods.rows,
    },
    scheduling: {
      bound: metrics.attempts.bound,
      unschedulable: metrics.attempts.unschedulable,
      errors: metrics.attempts.error,
      busyUs: metrics.attempts.busyUs,
    },
    waiting: outcome.waiting,
    leftovers: outcome.leftovers,
    explanations: outcome.explanations,
    rollouts: metrics.rollouts.rows,
    shortages: metrics.shortages.list(outcome.endUs),
    jobs: metrics.jobs.rows,
    autoscalings: metrics.autoscalings.list(outcome.endUs),
    replicaSets: Object.fromEntries(metrics.replicaSets),
    events: metrics.events,
    eventsDropped: metrics.eventsDropped,
    writes: Object.fromEntries([...metrics.writes].sort()),
    flowControl: outcome.cluster.flowControl.figures,
    fidelity: fidelityOf(scenario, metrics),
  };
}

/** Goes before what happened by itself, to tell it from what was done and printed. */
export const MILESTONE_MARK = '* ';

/** Notes and milestones as one story: at one instant what was done comes before what came of it. */
export function story({ notes, milestones }: ResultDocument): readonly { readonly timeUs: number; readonly text: string }[] {
  const told = [...notes, ...milestones.map(({ timeUs, text }) => ({ timeUs, text: `${MILESTONE_MARK}${text}` }))];
  return told
    .map((one, order) => ({ one, order }))
    .sort((a, b) => a.one.timeUs - b.one.timeUs || a.order - b.order)
    .map(({ one }) => one);
}
