/**
 * The priority levels a cluster begins with: how many requests of each may be served at a time, and how long a line may grow.
 *
 * Models staging/src/k8s.io/apiserver/pkg/apis/flowcontrol/bootstrap/default.go and, for the seats, server/config.go.
 */

export type PriorityLevelName =
  | 'leader-election'
  | 'node-high'
  | 'system'
  | 'workload-high'
  | 'workload-low'
  | 'global-default'
  | 'catch-all';

export interface PriorityLevelSpec {
  readonly name: PriorityLevelName;
  /** nominalConcurrencyShares. */
  readonly shares: number;
  /** Per cent of its seats that others may have while it does not need them. */
  readonly lendablePercent: number;
  /** Requests of one flow that may wait: queues of its hand times the length of each; 0 refuses at once. */
  readonly waitingLimit: number;
}

// queueLengthLimit of every level that has queues.
const QUEUE_LENGTH = 50;

export const PRIORITY_LEVELS: readonly PriorityLevelSpec[] = [
  { name: 'leader-election', shares: 10, lendablePercent: 0, waitingLimit: 4 * QUEUE_LENGTH },
  // Each node is a flow of its own: what may wait is bounded by their number.
  { name: 'node-high', shares: 40, lendablePercent: 25, waitingLimit: Number.POSITIVE_INFINITY },
  { name: 'system', shares: 30, lendablePercent: 33, waitingLimit: Number.POSITIVE_INFINITY },
  { name: 'workload-high', shares: 40, lendablePercent: 50, waitingLimit: 6 * QUEUE_LENGTH },
  { name: 'workload-low', shares: 100, lendablePercent: 90, waitingLimit: 6 * QUEUE_LENGTH },
  { name: 'global-default', shares: 20, lendablePercent: 50, waitingLimit: 6 * QUEUE_LENGTH },
  { name: 'catch-all', shares: 5, lendablePercent: 0, waitingLimit: 0 },
];

/** --max-requests-inflight and --max-mutating-requests-inflight, which make one pool. */
export const SERVER_SEATS = 400 + 200;

/** Seats of each level when nobody borrows: its part of the pool, rounded up. */
export function nominalSeats({ shares }: PriorityLevelSpec, serverSeats = SERVER_SEATS): number {
  const sum = PRIORITY_LEVELS.reduce((total, level) => total + level.shares, 0);
  return Math.ceil((serverSeats * shares) / sum);
}

/** Of those, how many it always keeps. */
export function seatsKept(spec: PriorityLevelSpec, serverSeats = SERVER_SEATS): number {
  const nominal = nominalSeats(spec, serverSeats);
  return nominal - Math.round((nominal * spec.lendablePercent) / 100);
}
