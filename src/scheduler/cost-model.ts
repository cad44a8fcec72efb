/**
 * How long the real scheduler would have taken over one attempt, in simulated time.
 *
 * Calibrated to upstream's benchmark thresholds (docs/fidelity-scheduler-cost.md): SchedulingBasic with 5,000 nodes must place 810
 * pods a second, and each of its attempts examines about 500 nodes. That is a lower bound of throughput, so this is an upper bound.
 */
export interface CostModel {
  /** Queue, snapshot, assume and bookkeeping. */
  readonly attemptUs: number;
  /** Filters and scores of one examined node. */
  readonly nodeUs: number;
}

export const DEFAULT_COST: CostModel = { attemptUs: 434, nodeUs: 1.6 };

export function attemptCostUs(cost: CostModel, evaluatedNodes: number): number {
  return Math.round(cost.attemptUs + cost.nodeUs * evaluatedNodes);
}
