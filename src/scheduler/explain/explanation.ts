/**
 * Why a pod is where it is, or nowhere: one decision of the scheduler as plain data, as result.json keeps it.
 */

/** Nodes that say the same. */
export interface Rejection {
  /** The first plugin that said no; empty for nodes that no plugin was asked about. */
  readonly plugin: string;
  readonly reasons: readonly string[];
  readonly count: number;
  /** The first of them. */
  readonly nodes: readonly string[];
  /** Evictions may change the answer. */
  readonly canPreempt: boolean;
}

export interface Scorer {
  readonly plugin: string;
  readonly weight: number;
}

export interface ScoredNode {
  readonly node: string;
  readonly total: number;
  /** In the order of the scorers: what the plugin said, what it came to out of 100, and that times its weight. */
  readonly scores: readonly { readonly raw: number; readonly normalized: number; readonly weighted: number }[];
}

/** Something that would let the pod run, tried out on the cluster as it stands. */
export interface Change {
  readonly text: string;
  /** The node it would then fit on, or the first of them. */
  readonly node: string;
  /** How many nodes it would then fit on. */
  readonly fits: number;
  /** More than 1 when no single change helps: all of them are needed together. */
  readonly parts: number;
}

/** A weight with which the pod would have gone elsewhere; 0 stands for the plugin disabled. */
export interface Turning {
  readonly plugin: string;
  readonly from: number;
  readonly to: number;
  readonly node: string;
}

export interface Explanation {
  /** `namespace/name`. */
  readonly pod: string;
  readonly timeUs: number;
  readonly scheduler: string;
  readonly outcome: 'placed' | 'waits' | 'failed';
  readonly node?: string;
  /** How often it was tried. */
  readonly attempts: number;
  /** The words of the last failed attempt, as the pod's condition has them; or why it was never tried. */
  readonly message: string;
  /** Where a pod that waits does so, and for what. */
  readonly waiting?: string;
  /** It went to the node it was nominated to, and no other was looked at. */
  readonly isViaNominated: boolean;
  readonly nodes: { readonly total: number; readonly examined: number; readonly feasible: number };
  readonly rejections: readonly Rejection[];
  readonly scorers: readonly Scorer[];
  /** The best, and the chosen one among them. */
  readonly candidates: readonly ScoredNode[];
  /** Nodes with the very total of the chosen one. */
  readonly ties: number;
  /** The smallest change of weight first. */
  readonly turnings: readonly Turning[];
  /** The smallest first; absent where none was looked for. */
  readonly changes?: readonly Change[];
  /** Other pods that wait for the very same reasons. */
  readonly alike: readonly string[];
}
