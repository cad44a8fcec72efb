/**
 * Makes an explanation of one decision: it is decided once more, the obvious way and with its trace, on the snapshot as it stands.
 *
 * Nothing that a decision leaves behind is kept: the position of the search is a copy, and neither queue nor cache is touched.
 */
import { Diagnosis } from '../diagnosis.ts';
import type { Status } from '../framework.ts';
import type { PodInfo } from '../pod-info.ts';
import type { Profile } from '../profile.ts';
import { type Decision, type DecisionTrace, schedulePod } from '../schedule-pod.ts';
import type { Explanation, Rejection, ScoredNode } from './explanation.ts';
import { tiesOf, turningsOf } from './weight-changes.ts';

// Of nodes that say the same, and of scored nodes: a page has room for so many; `why --node` asks for one of the rest.
const NODES_NAMED = 8;
const CANDIDATES_KEPT = 10;

export interface ExplainOptions {
  readonly position: number;
  readonly percentageOfNodesToScore: number;
  /** Every node by name, for who asks about one. */
  readonly isWhole?: boolean;
}

export interface TracedDecision {
  readonly decision: Decision;
  readonly explanation: Pick<
    Explanation,
    'nodes' | 'rejections' | 'scorers' | 'candidates' | 'ties' | 'turnings' | 'isViaNominated' | 'scheduler'
  >;
}

export function explainDecision(
  profile: Profile,
  pod: PodInfo,
  { position, percentageOfNodesToScore, isWhole = false }: ExplainOptions,
): TracedDecision {
  const trace: DecisionTrace = {};
  const decision = schedulePod(profile, pod, { next: position }, { percentageOfNodesToScore, trace });
  const { nodes } = profile.handle.snapshot;
  const named = isWhole ? nodes.length : NODES_NAMED;
  const feasible = trace.feasible ?? [];
  const diagnosis = trace.diagnosis ?? new Diagnosis();
  const rejections = groupedRejections(diagnosis, named);
  const unexamined = nodes.length - feasible.length - diagnosis.explicit.size;
  if (unexamined > 0 && feasible.length === 0) rejections.push(restRejection(diagnosis.absent, nodes, diagnosis, unexamined, named));
  const chosen = decision.kind === 'chosen' ? decision.node.name : undefined;
  return {
    decision,
    explanation: {
      scheduler: profile.spec.schedulerName,
      isViaNominated: trace.isViaNominated === true,
      nodes: { total: nodes.length, examined: feasible.length + diagnosis.explicit.size, feasible: feasible.length },
      rejections: rejections.sort((a, b) => b.count - a.count),
      scorers: (trace.scores ?? []).map(({ name, weight }) => ({ plugin: name, weight })),
      ...turned(trace),
      candidates: candidatesOf(trace, chosen, isWhole ? nodes.length : CANDIDATES_KEPT),
    },
  };
}

function turned({ feasible, scores, totals }: DecisionTrace): Pick<Explanation, 'ties' | 'turnings'> {
  if (feasible === undefined || scores === undefined || totals === undefined) return { ties: 0, turnings: [] };
  const choice = { feasible, scores, totals };
  return { ties: tiesOf(choice), turnings: turningsOf(choice) };
}

function groupedRejections(diagnosis: Diagnosis, named: number): Rejection[] {
  const groups = new Map<string, { status: Status; count: number; nodes: string[] }>();
  for (const [node, status] of diagnosis.explicit) {
    const key = `${status.code}/${status.plugin}/${status.reasons.join()}`;
    let group = groups.get(key);
    if (group === undefined) {
      group = { status, count: 0, nodes: [] };
      groups.set(key, group);
    }
    group.count++;
    if (group.nodes.length < named) group.nodes.push(node);
  }
  return [...groups.values()].map(({ status, count, nodes }) => rejection(status, count, nodes));
}

/** Nodes no filter was run on: PreFilter spoke for them. */
function restRejection(
  status: Status,
  nodes: Profile['handle']['snapshot']['nodes'],
  diagnosis: Diagnosis,
  count: number,
  named: number,
): Rejection {
  const names = nodes.filter(({ name }) => !diagnosis.explicit.has(name)).slice(0, named);
  return rejection(
    status,
    count,
    names.map(({ name }) => name),
  );
}

function rejection({ plugin, reasons, code }: Status, count: number, nodes: readonly string[]): Rejection {
  return { plugin, reasons, count, nodes, canPreempt: code === 'Unschedulable' };
}

/** The best by their total, in the order they were found among equals; the chosen one is there in any case. */
function candidatesOf({ feasible = [], scores = [], totals }: DecisionTrace, chosen: string | undefined, kept: number): ScoredNode[] {
  if (totals === undefined) return feasible.slice(0, 1).map(({ name }) => ({ node: name, total: 0, scores: [] }));
  const order = feasible
    .map((_, i) => i)
    .sort((a, b) => totals[b]! - totals[a]! || Number(feasible[b]!.name === chosen) - Number(feasible[a]!.name === chosen) || a - b);
  return order.slice(0, kept).map((i) => ({
    node: feasible[i]!.name,
    total: totals[i]!,
    scores: scores.map(({ raw, normalized, weight }) => ({ raw: raw[i]!, normalized: normalized[i]!, weighted: normalized[i]! * weight })),
  }));
}
