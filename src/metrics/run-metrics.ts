/**
 * Adds up a run as it happens: what the report shows. An observer; what it keeps is bounded by the length of the run, not by its load.
 */
import { SECOND_US } from '../base/units.ts';
import type { Event } from '../model/configuration.ts';
import type { Kind } from '../model/kinds.ts';
import { objectKey } from '../model/meta.ts';
import type { Observer, RequestEnd, SchedulingAttempt, Write } from '../model/observer.ts';
import { isPodReady, type Pod } from '../model/pod.ts';
import type { DaemonSet, ReplicaSet, StatefulSet } from '../model/workloads.ts';
import { Autoscalings } from './autoscalings.ts';
import { JobLives } from './job-lives.ts';
import { Milestones } from './milestones.ts';
import { PodLives } from './pod-lives.ts';
import { RequestFigures } from './request-figures.ts';
import { Rollouts } from './rollouts.ts';
import { Shortages } from './shortages.ts';

export interface Point {
  readonly timeUs: number;
  readonly values: readonly number[];
}

export interface EventRow {
  readonly timeUs: number;
  readonly type: string;
  readonly reason: string;
  readonly object: string;
  readonly message: string;
  readonly source: string;
}

export const POD_STATES = ['Pending', 'Running', 'Ready', 'Succeeded', 'Failed', 'Terminating'] as const;
const POINT_LIMIT = 4000;
const EVENT_LIMIT = 5000;
const SET_LIMIT = 200;

export class RunMetrics implements Observer {
  readonly bucketUs: number;
  readonly pods = new PodLives();
  readonly requests = new Map<string, RequestFigures>();
  readonly rollouts = new Rollouts();
  readonly shortages = new Shortages();
  readonly jobs = new JobLives();
  readonly autoscalings = new Autoscalings();
  readonly milestones = new Milestones();
  readonly events: EventRow[] = [];
  /** Per ReplicaSet, StatefulSet and DaemonSet: wanted, present and ready replicas whenever one of them changed. */
  readonly replicaSets = new Map<string, Point[]>();
  /** Pods by POD_STATES, at most one point a bucket. */
  readonly podStates: Point[] = [];
  readonly writes = new Map<string, number>();
  readonly attempts = { bound: 0, unschedulable: 0, error: 0, busyUs: 0 };
  readonly kinds = new Set<Kind>();
  eventsDropped = 0;
  refusals = 0;
  readonly #states = new Map<string, number>();
  readonly #counts = POD_STATES.map(() => 0);

  constructor(durationUs: number) {
    // At most an hour's worth of seconds, whatever the length of the run.
    this.bucketUs = Math.max(SECOND_US, Math.ceil(durationUs / 3600 / SECOND_US) * SECOND_US);
  }

  wrote(write: Write): void {
    this.kinds.add(write.kind);
    this.milestones.wrote(write);
    this.writes.set(write.author, (this.writes.get(write.author) ?? 0) + 1);
    switch (write.kind) {
      case 'Pod':
        this.pods.wrote(write);
        this.#countPod(write);
        break;
      case 'Deployment':
        this.rollouts.wrote(write);
        this.shortages.wrote(write);
        break;
      case 'StatefulSet':
      case 'DaemonSet':
        this.shortages.wrote(write);
        this.#countReplicas(write);
        break;
      case 'Job':
        this.jobs.wrote(write);
        break;
      case 'HorizontalPodAutoscaler':
        this.autoscalings.wrote(write);
        break;
      case 'ReplicaSet':
        this.#countReplicas(write);
        break;
      case 'Event':
        this.#keepEvent(write);
        break;
      default:
    }
  }

  refused(): void {
    this.refusals++;
  }

  attempted(attempt: SchedulingAttempt): void {
    this.attempts[attempt.result]++;
    this.attempts.busyUs += attempt.durationUs;
  }

  requestEnded(end: RequestEnd): void {
    let figures = this.requests.get(end.traffic);
    if (figures === undefined) {
      figures = new RequestFigures(end.traffic, this.bucketUs);
      this.requests.set(end.traffic, figures);
    }
    figures.add(end);
  }

  #countPod(write: Write): void {
    const pod = write.object as Pod;
    const { uid = '' } = pod.metadata;
    const before = this.#states.get(uid);
    if (before !== undefined) this.#counts[before]!--;
    if (write.removed) this.#states.delete(uid);
    else {
      const state = podState(pod);
      this.#states.set(uid, state);
      this.#counts[state]!++;
    }
    const last = this.podStates.at(-1);
    const point = { timeUs: write.timeUs, values: [...this.#counts] };
    if (last !== undefined && Math.floor(last.timeUs / this.bucketUs) === Math.floor(write.timeUs / this.bucketUs)) {
      this.podStates[this.podStates.length - 1] = point;
    } else this.podStates.push(point);
  }

  #countReplicas(write: Write): void {
    const name = objectKey(write.object);
    const key = write.kind === 'ReplicaSet' ? name : `${write.kind} ${name}`;
    let points = this.replicaSets.get(key);
    if (points === undefined) {
      if (this.replicaSets.size >= SET_LIMIT) return;
      points = [];
      this.replicaSets.set(key, points);
    }
    const values = write.removed ? [0, 0, 0] : replicasOf(write);
    const last = points.at(-1)?.values;
    if (last?.every((value, index) => value === values[index]) === true || points.length >= POINT_LIMIT) return;
    points.push({ timeUs: write.timeUs, values });
  }

  #keepEvent(write: Write): void {
    if (write.removed) return;
    if (this.events.length >= EVENT_LIMIT) {
      this.eventsDropped++;
      return;
    }
    const event = write.object as Event;
    const { kind = '', name = '' } = event.involvedObject ?? {};
    this.events.push({
      timeUs: write.timeUs,
      type: event.type ?? '',
      reason: event.reason ?? '',
      object: `${kind}/${name}`,
      message: event.message ?? '',
      source: write.author,
    });
  }
}

function replicasOf({ kind, object }: Write): readonly number[] {
  if (kind === 'DaemonSet') {
    const { desiredNumberScheduled = 0, currentNumberScheduled = 0, numberReady = 0 } = (object as DaemonSet).status ?? {};
    return [desiredNumberScheduled, currentNumberScheduled, numberReady];
  }
  const { spec, status } = object as ReplicaSet | StatefulSet;
  return [spec.replicas ?? 1, status?.replicas ?? 0, status?.readyReplicas ?? 0];
}

function podState(pod: Pod): number {
  const state =
    pod.metadata.deletionTimestamp !== undefined
      ? 'Terminating'
      : pod.status?.phase === 'Running' && isPodReady(pod)
        ? 'Ready'
        : (pod.status?.phase ?? 'Pending');
  return Math.max(0, (POD_STATES as readonly string[]).indexOf(state));
}
