/**
 * The nodes as one scheduling cycle sees them, in the order they are examined.
 *
 * Models pkg/scheduler/backend/cache/snapshot.go. Cycles run to their end at one simulated instant, so the snapshot holds
 * the cache's own NodeInfos instead of copies; what upstream fixes at the moment of the snapshot (list order, image counts)
 * is fixed by Cache.updateSnapshot, which alone writes here.
 */
import { RowLog } from './fast/row-log.ts';
import type { NodeInfo } from './node-info.ts';

export class Snapshot {
  /** All nodes, zone by zone in turn (node-tree.ts). Rows are positions in this list. */
  nodes: readonly NodeInfo[] = [];
  /** Rows whose node has changed, or been promised to a pod or taken back, in any way that a filter or a score may notice. */
  readonly log = new RowLog();
  readonly byName = new Map<string, NodeInfo>();
  /** Nodes with a pod that has any inter-pod (anti-)affinity, and those with one of required anti-affinity; unordered. */
  readonly affinityNodes = new Set<NodeInfo>();
  readonly requiredAntiAffinityNodes = new Set<NodeInfo>();
  /** Claims, as `namespace/name`, to the nodes whose pods use them. */
  readonly #claimNodes = new Map<string, Set<NodeInfo>>();
  readonly #claimsOf = new Map<NodeInfo, readonly string[]>();
  /** Grows whenever rows are dealt anew: nodes came or went. */
  listVersion = 0;
  /** For each row, where its node stood before rows were last dealt; -1 for a node that is new. */
  previousRows: Int32Array = new Int32Array(0);
  /** Where the log stood then: what it says up to there is about the rows of before. */
  dealtAt = 0;

  get(name: string): NodeInfo | undefined {
    return this.byName.get(name);
  }

  /** Takes note that rows were dealt anew. */
  noteDeal(previousRows: Int32Array): void {
    this.previousRows = previousRows;
    this.dealtAt = this.log.head;
    this.listVersion++;
    this.log.fit(previousRows.length);
  }

  /** Does any scheduled pod use the claim? */
  isClaimUsed(key: string): boolean {
    return this.#claimNodes.has(key);
  }

  /** Takes up which claims the node's pods use now. */
  noteClaims(node: NodeInfo): void {
    if (!node.hasClaims && this.#claimsOf.size === 0) return;
    this.forgetClaims(node);
    if (!node.hasClaims) return;
    const claims = [...node.claims];
    this.#claimsOf.set(node, claims);
    for (const key of claims) {
      let nodes = this.#claimNodes.get(key);
      if (nodes === undefined) {
        nodes = new Set();
        this.#claimNodes.set(key, nodes);
      }
      nodes.add(node);
    }
  }

  forgetClaims(node: NodeInfo): void {
    const claims = this.#claimsOf.get(node);
    if (claims === undefined) return;
    this.#claimsOf.delete(node);
    for (const key of claims) {
      const nodes = this.#claimNodes.get(key);
      nodes?.delete(node);
      if (nodes?.size === 0) this.#claimNodes.delete(key);
    }
  }
}
