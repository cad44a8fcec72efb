/**
 * How the processes of a workload behave, which no manifest says: how long they take to start, to serve, to stop, and
 * when they crash. The kubelet plays the process by it; network and workload serve requests by it.
 */
import { MILLISECOND_US, SECOND_US } from '../base/units.ts';
import { constantUs, type Distribution } from '../sim/distribution.ts';
import type { StringMap } from './meta.ts';
import type { Pod } from './pod.ts';
import { mapMatches } from './selector.ts';

/** How a process comes to an untimely end. All of them may hold at once: the earliest counts. */
export interface CrashBehaviour {
  /** After this time of each run. */
  readonly after?: Distribution;
  /** At this instant of the simulation, if the process runs then. */
  readonly atUs?: number;
  /** By chance, with this mean time between two crashes. */
  readonly meanBetweenUs?: number;
  readonly exitCode: number;
}

/** A stretch of each run in which the process is there but does not answer. */
export interface HangBehaviour {
  /** From the process's start. */
  readonly after: Distribution;
  /** Absent: until it is restarted. */
  readonly duration?: Distribution;
}

export interface WorkloadBehaviour {
  /** Pods that carry these labels; empty matches every pod. The first behaviour that matches is taken. */
  readonly match: StringMap;
  /** Only in this namespace, and only the container of this name, when given. */
  readonly namespace?: string;
  readonly container?: string;
  /** From the start of the process until it accepts connections. */
  readonly startup: Distribution;
  /** From accepting connections until the readiness probe is answered well: a cache that has to fill first. */
  readonly readinessDelay: Distribution;
  /** What one request keeps a worker of the process busy. */
  readonly service: Distribution;
  /** The part of that time, from 0 to 1, in which the worker computes; the rest it waits for something. */
  readonly cpuShare: number;
  /** Requests served at once; further ones wait in the process's queue. */
  readonly concurrency: number;
  /** Requests that may wait; one more is refused. */
  readonly queueLimit: number;
  /** How long the process runs before it ends by itself; absent: until it is told to stop. */
  readonly run?: Distribution;
  /** What it exits with when it ends by itself. */
  readonly exitCode: number;
  readonly crash?: CrashBehaviour;
  readonly hang?: HangBehaviour;
  /** Used while it runs, and gained with each second of the run: a leak. */
  readonly memoryBytes: number;
  readonly memoryGrowthBytesPerSecond: number;
  /** Used while idle; requests come on top of it by their service time. */
  readonly cpuMilli: number;
  /** Written to the node's disk by each container. */
  readonly diskBytes: number;
  /** From SIGTERM until the process has gone; longer than the grace period means SIGKILL. */
  readonly termination: Distribution;
  /** After SIGTERM: true goes on accepting until it exits, false closes its listeners at once. */
  readonly servesWhileTerminating: boolean;
  /** What it exits with on SIGTERM: 143 is the default action of the signal, 0 a clean handler. */
  readonly terminationExitCode: number;
  /** How long its postStart and preStop hooks take, when they are commands or requests. */
  readonly postStart: Distribution;
  readonly preStop: Distribution;
}

/** What a process does about which the scenario says nothing: a small web server that behaves well. */
export const DEFAULT_BEHAVIOUR: WorkloadBehaviour = {
  match: {},
  startup: constantUs(0),
  readinessDelay: constantUs(0),
  service: { kind: 'lognormal', medianUs: 10 * MILLISECOND_US, sigma: 0.5 },
  cpuShare: 1,
  concurrency: 16,
  queueLimit: 128,
  exitCode: 0,
  memoryBytes: 32 * 1024 * 1024,
  memoryGrowthBytesPerSecond: 0,
  cpuMilli: 10,
  diskBytes: 1024 * 1024,
  termination: { kind: 'lognormal', medianUs: 300 * MILLISECOND_US, sigma: 0.5 },
  servesWhileTerminating: true,
  terminationExitCode: 0,
  postStart: constantUs(SECOND_US),
  preStop: constantUs(SECOND_US),
};

/** A process with work of its own to end: SIGTERM finds no handler (128 + 15), and what is left of the work undone. */
export const INTERRUPTED_TASK_EXIT_CODE = 143;

/** An init container about which the scenario says nothing: it does its work and ends. */
const DEFAULT_INIT: WorkloadBehaviour = {
  ...DEFAULT_BEHAVIOUR,
  terminationExitCode: INTERRUPTED_TASK_EXIT_CODE,
  run: { kind: 'lognormal', medianUs: SECOND_US, sigma: 0.5 },
};

/** The same of a pod that is not to be restarted, such as a Job's: a process that never ended would be no task. */
const DEFAULT_TASK: WorkloadBehaviour = {
  ...DEFAULT_BEHAVIOUR,
  terminationExitCode: INTERRUPTED_TASK_EXIT_CODE,
  run: { kind: 'lognormal', medianUs: 10 * SECOND_US, sigma: 0.5 },
};

/** The behaviour of each container of each pod: the first that matches, else a default by the container's role. */
export class Behaviours {
  readonly #all: readonly WorkloadBehaviour[];

  constructor(all: readonly WorkloadBehaviour[] = []) {
    this.#all = all;
  }

  /** An init container takes a behaviour only if that names it: what is said of an application is not said of its set-up. */
  of(pod: Pod, container: string, isInit = false): WorkloadBehaviour {
    for (const behaviour of this.#all) {
      if (behaviour.namespace !== undefined && behaviour.namespace !== pod.metadata.namespace) continue;
      if (behaviour.container === undefined ? isInit : behaviour.container !== container) continue;
      if (mapMatches(behaviour.match, pod.metadata.labels)) return behaviour;
    }
    if (isInit) return DEFAULT_INIT;
    return (pod.spec.restartPolicy ?? 'Always') === 'Always' ? DEFAULT_BEHAVIOUR : DEFAULT_TASK;
  }
}
