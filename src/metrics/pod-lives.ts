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
    life.restarts = (pod.status?.containerStatuses ?? []).reduce((sum, status) => sum + (status.restartCount ?? 0), 0);
    if (write.removed) {
      life.goneUs = timeUs;
      this.#open.delete(uid);
    }
  }
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
