/**
 * The life of each pod in times: created, bound to a node, running, ready, leaving, gone.
 */
import type { Write } from '../model/observer.ts';
import { isPodReady, type Pod } from '../model/pod.ts';

export interface PodLife {
  readonly namespace: string;
  readonly name: string;
  node: string;
  readonly createdUs: number;
  boundUs: number | undefined;
  runningUs: number | undefined;
  readyUs: number | undefined;
  deletedUs: number | undefined;
  goneUs: number | undefined;
  restarts: number;
  /** When readiness was lost and found again, in turn, after it was there for the first time; absent where it never went. */
  gapsUs?: number[];
}

/** Rows kept; of further pods only the counts are. A table of more rows nobody reads. */
const LIMIT = 200_000;

export class PodLives {
  readonly rows: PodLife[] = [];
  readonly #open = new Map<string, PodLife>();
  created = 0;
  /** Of those with a row. */
  readyOnce = 0;
  gone = 0;
  /** Pods that failed, by the reason in their status, and restarts of their containers, by how the container ended before. */
  readonly failed = new Map<string, number>();
  readonly restarts = new Map<string, number>();

  wrote(write: Write): void {
    const pod = write.object as Pod;
    const { uid = '', namespace = '', name } = pod.metadata;
    let life = this.#open.get(uid);
    if (write.verb === 'create' && write.previous === undefined && !write.removed && life === undefined) {
      this.created++;
      if (this.rows.length >= LIMIT) return;
      life = newLife(namespace, name, write.timeUs);
      this.rows.push(life);
      this.#open.set(uid, life);
    }
    if (write.removed) this.gone++;
    if (life === undefined) return;
    const { timeUs } = write;
    if (life.boundUs === undefined && (pod.spec.nodeName ?? '') !== '') {
      life.node = pod.spec.nodeName!;
      life.boundUs = timeUs;
    }
    if (life.runningUs === undefined && pod.status?.phase === 'Running') life.runningUs = timeUs;
    if (noteReadiness(life, isPodReady(pod), timeUs)) this.readyOnce++;
    if (life.deletedUs === undefined && (pod.metadata.deletionTimestamp !== undefined || write.removed)) life.deletedUs = timeUs;
    const before = write.previous as Pod | undefined;
    if (pod.status !== before?.status) this.#noteEnds(life, pod, before);
    if (write.removed) {
      life.goneUs = timeUs;
      this.#open.delete(uid);
    }
  }

  #noteEnds(life: PodLife, pod: Pod, before: Pod | undefined): void {
    if (pod.status?.phase === 'Failed' && before?.status?.phase !== 'Failed') count(this.failed, failureOf(pod), 1);
    let restarts = 0;
    for (const { name, restartCount = 0, lastState } of pod.status?.containerStatuses ?? []) {
      restarts += restartCount;
      const known = before?.status?.containerStatuses?.find((one) => one.name === name)?.restartCount ?? 0;
      if (restartCount > known) count(this.restarts, lastState?.terminated?.reason ?? 'Error', restartCount - known);
    }
    life.restarts = restarts;
  }
}

/** A pod that says no more than its phase failed because of how its containers ended. */
function failureOf({ status }: Pod): string {
  if (status?.reason !== undefined && status.reason !== '') return status.reason;
  const ended = status?.containerStatuses?.find(({ state }) => (state?.terminated?.exitCode ?? 0) !== 0);
  return ended?.state?.terminated?.reason ?? 'Error';
}

function count(counts: Map<string, number>, reason: string, more: number): void {
  counts.set(reason, (counts.get(reason) ?? 0) + more);
}

/** True when it is ready for the first time. */
function noteReadiness(life: PodLife, isReady: boolean, timeUs: number): boolean {
  const { gapsUs } = life;
  if (life.readyUs === undefined) {
    if (isReady) life.readyUs = timeUs;
    return isReady;
  }
  const wasReady = gapsUs === undefined || gapsUs.length % 2 === 0;
  if (wasReady === isReady) return false;
  if (gapsUs === undefined) life.gapsUs = [timeUs];
  else gapsUs.push(timeUs);
  return false;
}

function newLife(namespace: string, name: string, createdUs: number): PodLife {
  return {
    namespace,
    name,
    node: '',
    createdUs,
    boundUs: undefined,
    runningUs: undefined,
    readyUs: undefined,
    deletedUs: undefined,
    goneUs: undefined,
    restarts: 0,
  };
}
