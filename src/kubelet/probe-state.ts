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
  epoch = 0;
  isPending = false;
  /** A startup or liveness probe that has brought its container down holds until there is a new one. */
  isOnHold = false;

  constructor(kind: ProbeKind, spec: Probe) {
    this.kind = kind;
    this.spec = spec;
    this.result = initialResult(kind);
  }

  /** As for a new container. */
  reset(): void {
    this.resultRun = 0;
    this.lastOutcome = undefined;
    this.result = initialResult(this.kind);
    this.isPending = false;
    this.isOnHold = false;
    this.epoch++;
  }
}

/** Readiness begins as a failure, liveness as a success (prober/worker.go). */
function initialResult(kind: ProbeKind): boolean | undefined {
  return kind === ProbeKind.Startup ? undefined : kind === ProbeKind.Liveness;
}
