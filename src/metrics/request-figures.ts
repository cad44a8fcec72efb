/**
 * What became of the requests of one traffic: counts by second, by missing link, and the distribution of the times to an answer.
 */
import { build, type Histogram } from 'hdr-histogram-js';
import type { RequestEnd } from '../model/observer.ts';

export interface RequestBucket {
  answered: number;
  failed: number;
  sumUs: number;
  maxUs: number;
}

export class RequestFigures {
  readonly traffic: string;
  readonly #bucketUs: number;
  readonly #times: Histogram = build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: 3_600_000_000,
    numberOfSignificantValueDigits: 3,
  });
  /** By when the request was sent. */
  readonly buckets: RequestBucket[] = [];
  /** By `link at service`; first and last say when requests that failed so were sent. */
  readonly failures = new Map<string, { count: number; firstUs: number; lastUs: number }>();
  answered = 0;
  failed = 0;
  #sumUs = 0;

  constructor(traffic: string, bucketUs: number) {
    this.traffic = traffic;
    this.#bucketUs = bucketUs;
  }

  add(end: RequestEnd): void {
    const bucket = this.#bucket(Math.floor(end.startUs / this.#bucketUs));
    if (end.failure === undefined) {
      const tookUs = end.endUs - end.startUs;
      this.answered++;
      this.#sumUs += tookUs;
      this.#times.recordValue(tookUs);
      bucket.answered++;
      bucket.sumUs += tookUs;
      bucket.maxUs = Math.max(bucket.maxUs, tookUs);
      return;
    }
    this.failed++;
    bucket.failed++;
    const key = `${end.failure} (${end.service})`;
    const known = this.failures.get(key);
    if (known === undefined) this.failures.set(key, { count: 1, firstUs: end.startUs, lastUs: end.startUs });
    else {
      known.count++;
      known.firstUs = Math.min(known.firstUs, end.startUs);
      known.lastUs = Math.max(known.lastUs, end.startUs);
    }
  }

  /** Of those that were answered, to the whole microsecond. */
  get meanUs(): number {
    return this.answered === 0 ? 0 : Math.round(this.#sumUs / this.answered);
  }

  percentileUs(percent: number): number {
    return this.#times.getValueAtPercentile(percent);
  }

  #bucket(index: number): RequestBucket {
    while (this.buckets.length <= index) this.buckets.push({ answered: 0, failed: 0, sumUs: 0, maxUs: 0 });
    return this.buckets[index]!;
  }
}
