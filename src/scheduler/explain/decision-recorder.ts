/**
 * Keeps why pods went where they went, while a run goes on: asked for by name, or the first ones within a budget.
 *
 * An observer: it decides once more what has been decided, on the same snapshot, and changes nothing. The decision made again has to be
 * the decision made, whatever way that was found.
 */
import { fail } from '../../base/fail.ts';
import { fitMessage } from '../diagnosis.ts';
import type { PodInfo } from '../pod-info.ts';
import type { Profile } from '../profile.ts';
import type { Decision } from '../schedule-pod.ts';
import { explainDecision } from './explain-decision.ts';
import type { Explanation } from './explanation.ts';

/** Told of each decision before anything comes of it. */
export interface DecisionWatcher {
  decided(made: MadeDecision): void;
}

export interface MadeDecision {
  readonly profile: Profile;
  readonly pod: PodInfo;
  readonly attempts: number;
  readonly decision: Decision;
  /** Where the search began. */
  readonly position: number;
  readonly percentageOfNodesToScore: number;
}

export interface RecorderOptions {
  /** Pods to explain whatever it costs, as `namespace/name` or by their bare name. */
  readonly pods: readonly string[];
  /** Nodes looked at for all others together; each costs some microseconds of the simulator's time. */
  readonly nodeBudget: number;
}

export class DecisionRecorder implements DecisionWatcher {
  readonly #options: RecorderOptions;
  readonly #explanations = new Map<string, Explanation>();
  #nodesLeft: number;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#nodesLeft = options.nodeBudget;
  }

  get explanations(): ReadonlyMap<string, Explanation> {
    return this.#explanations;
  }

  /** Every node by name: who asks for a pod may ask for any of them. */
  isAskedFor({ key, name }: PodInfo): boolean {
    return this.#options.pods.includes(key) || this.#options.pods.includes(name);
  }

  decided({ profile, pod, attempts, decision, position, percentageOfNodesToScore }: MadeDecision): void {
    const isWhole = this.isAskedFor(pod);
    // Who still waits at the end is explained then, by what stands in the way then.
    if (!isWhole && (decision.kind !== 'chosen' || this.#nodesLeft <= 0)) return;
    const again = explainDecision(profile, pod, { position, percentageOfNodesToScore, isWhole });
    if (!isWhole) this.#nodesLeft -= again.explanation.nodes.examined;
    const made = choice(decision);
    if (choice(again.decision) !== made)
      fail(`Cannot explain why ${pod.key} came to ${made}: decided anew it is ${choice(again.decision)}`);
    this.#explanations.set(pod.key, {
      pod: pod.key,
      timeUs: profile.handle.nowUs(),
      outcome: decision.kind === 'chosen' ? 'placed' : decision.kind === 'unfit' ? 'waits' : 'failed',
      ...(decision.kind === 'chosen' ? { node: decision.node.name } : {}),
      attempts,
      message: messageOf(decision, again.explanation.nodes.total),
      ...again.explanation,
      alike: [],
    });
  }
}

function messageOf(decision: Decision, nodeCount: number): string {
  if (decision.kind === 'failed') return decision.message;
  return decision.kind === 'unfit' ? fitMessage(nodeCount, decision.diagnosis) : '';
}

function choice(decision: Decision): string {
  return decision.kind === 'chosen' ? decision.node.name : decision.kind;
}
