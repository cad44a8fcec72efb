/**
 * One shape for every measurement: what was run, how large, how often, and the simulator's own speed with its spread.
 */
export interface Measurement {
  /** The benchmark file and the case within it. */
  readonly bench: string;
  readonly case: string;
  /** What `perSecondMedian` counts, a second of wall time unless it says otherwise: `events`, `pods`, `decisions`. */
  readonly unit: string;
  readonly perSecondMedian: number;
  readonly perSecondMin: number;
  readonly perSecondMax: number;
  readonly repetitions: number;
  /** Stands for the result, so that a faster wrong answer shows. */
  readonly checksum: string;
  readonly peakMemoryMiB?: number;
  /** Anything else worth a column of its own. */
  readonly extra?: { readonly [figure: string]: number | string };
}

export type Size = 'small' | 'full';

/** `only`: a text that the names of the cases to run contain; benchmarks of few cases run them all. */
export type Benchmark = (size: Size, only?: string) => Promise<readonly Measurement[]>;

/** Bytes in use that are still wanted: measured after a collection, where the run allows one to be asked for. */
export function heapBytes(): number {
  (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function measurement(
  identity: { bench: string; case: string; unit: string; checksum: string; extra?: Measurement['extra'] },
  perSecond: readonly number[],
): Measurement {
  return {
    ...identity,
    perSecondMedian: Math.round(median(perSecond)),
    perSecondMin: Math.round(Math.min(...perSecond)),
    perSecondMax: Math.round(Math.max(...perSecond)),
    repetitions: perSecond.length,
    peakMemoryMiB: Math.round(process.memoryUsage.rss() / 2 ** 20),
  };
}

/** Wall time and this process' own computing time, added up over stretches: the latter tells what a busy machine took away. */
export class Stopwatch {
  seconds = 0;
  cpuSeconds = 0;
  #startNs = 0n;
  #startCpu = process.cpuUsage();

  start(): void {
    this.#startCpu = process.cpuUsage();
    this.#startNs = process.hrtime.bigint();
  }

  stop(): void {
    this.seconds += Number(process.hrtime.bigint() - this.#startNs) / 1e9;
    const { user, system } = process.cpuUsage(this.#startCpu);
    this.cpuSeconds += (user + system) / 1e6;
  }
}
