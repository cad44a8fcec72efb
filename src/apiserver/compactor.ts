/**
 * How long the past is kept: every five minutes, what was forgettable five minutes before is forgotten.
 *
 * Models staging/src/k8s.io/apiserver/pkg/storage/etcd3/compact.go. No timer of its own, which would keep a run going: it is asked at each write
 * and read, and answers as one that had ticked.
 */
import { MINUTE_US } from '../base/units.ts';

const INTERVAL_US = 5 * MINUTE_US; // --etcd-compaction-interval

export class Compactor {
  #nextUs: number;
  #revisionAtLastTick = 0;

  constructor(startUs: number) {
    this.#nextUs = startUs + INTERVAL_US;
  }

  /** The revision whose past may go; undefined between ticks. `revision` is the one that stood before now. */
  due(nowUs: number, revision: number): number | undefined {
    if (nowUs < this.#nextUs) return undefined;
    const missed = Math.floor((nowUs - this.#nextUs) / INTERVAL_US);
    this.#nextUs += (missed + 1) * INTERVAL_US;
    const forgotten = missed > 0 ? revision : this.#revisionAtLastTick;
    this.#revisionAtLastTick = revision;
    return forgotten;
  }
}
