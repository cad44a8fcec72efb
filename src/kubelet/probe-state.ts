/**
 * One probe of one container: its ticker, its run of equal outcomes, and the result that was last published.
 */
import type { Probe } from '../model/pod.ts';

export const ProbeKind = { Startup: 0, Liveness: 1, Readiness: 2 } as const;
export type ProbeKind = (typeof ProbeKind)[keyof typeof ProbeKind];

export const PROBE_NAMES = ['Startup', 'Liveness', 'Readiness'] as const;

export class ProbeState {
  readonly kind: ProbeKind;
  readonly spec: Probe;
  /** Ticks fall on this instant plus whole periods. */
  baseUs = 0;
  /** Equal outcomes in a row, and which. */
  resultRun = 0;
  lastOutcome: boolean | undefined = undefined;
  /** The published result; startup is unknown until its first. */
  result: boolean | undefined;
  /** An event that carries an older number is out of date. */
  epoch: number;
  isPending = false;
  /** Asked out of turn, and not answered yet. */
  isKicked = false;
  /** When the question under way was put, if one is. */
  askedUs: number | undefined = undefined;
  /** A startup or liveness probe that has brought its container down holds until there is a new one. */
  isOnHold = false;

  constructor(kind: ProbeKind, spec: Probe, epoch: number) {
    this.kind = kind;
    this.epoch = epoch;
    this.spec = spec;
    this.result = initialResult(kind);
  }

  /** As for a new container. */
  reset(): void {
    this.forget();
    this.result = initialResult(this.kind);
    this.isOnHold = false;
  }

  /** Nobody remembers outcomes and questions any more; the published result stands. */
  forget(): void {
    this.resultRun = 0;
    this.lastOutcome = undefined;
    this.isPending = false;
    this.isKicked = false;
    this.askedUs = undefined;
    this.epoch++;
  }
}

/** Readiness begins as a failure, liveness as a success (prober/worker.go). */
function initialResult(kind: ProbeKind): boolean | undefined {
  return kind === ProbeKind.Startup ? undefined : kind === ProbeKind.Liveness;
}
