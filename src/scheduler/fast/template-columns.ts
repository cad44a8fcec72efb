/**
 * The fast path: for pods of one template, each node's verdict and scores are kept, and worked out again only when that node
 * has changed since. A decision then reads columns of numbers instead of running every plugin on every node.
 *
 * It decides exactly as schedule-pod.ts does, through the same plugins, and declines (undefined) whatever it cannot be sure of:
 * pods with volumes, claims, inter-pod terms or spread constraints, clusters with pods that have such terms, nominations,
 * plugins it does not know, and pods that fit nowhere, whose diagnosis the obvious way writes.
 */
import { feasibleNodesToFind } from '../find-nodes.ts';
import { CycleState } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import { inferredFeatures } from '../plugins/node-declared-features.ts';
import type { PodInfo } from '../pod-info.ts';
import type { SpecTraits } from '../pod-traits.ts';
import type { Profile, WeightedScorer } from '../profile.ts';
import type { Chosen, SearchPosition } from '../schedule-pod.ts';
import { selectHost } from '../select-host.ts';
import { spreadConstraintsOf } from '../spread-constraints.ts';

/** Their verdict depends on the template and the node alone. */
const LOCAL_FILTERS: ReadonlySet<string> = new Set([
  'NodeUnschedulable',
  'NodeName',
  'TaintToleration',
  'NodeAffinity',
  'NodePorts',
  'NodeResourcesFit',
]);
const LOCAL_SCORES: ReadonlySet<string> = new Set([
  'TaintToleration',
  'NodeAffinity',
  'NodeResourcesFit',
  'NodeResourcesBalancedAllocation',
  'ImageLocality',
]);
/** They have nothing to say of the pods that come this way. */
const SILENT: ReadonlySet<string> = new Set([
  'VolumeRestrictions',
  'NodeVolumeLimits',
  'VolumeBinding',
  'VolumeZone',
  'PodTopologySpread',
  'InterPodAffinity',
  'DynamicResources',
  'NodeDeclaredFeatures',
  'DefaultPreemption',
]);

// Templates a profile remembers; beyond it they are worked out anew, which costs time only.
const TEMPLATE_LIMIT = 512;

interface Columns {
  readonly listVersion: number;
  /** The node's generation when its row was worked out; 0 before. Generations are exact in a double. */
  readonly generations: Float64Array;
  readonly isFeasible: Uint8Array;
  /** Weighted scores that need no normalizing, summed. */
  readonly direct: Float64Array;
  /** One column for each scorer whose scores are normalized over the nodes found. */
  readonly raw: readonly Float64Array[];
  /** Whether a raw column was ever other than 0. Where it was not, every node gets the same, and nothing is decided by it. */
  readonly isTelling: Uint8Array;
  readonly directScorers: readonly WeightedScorer[];
  readonly normalizedScorers: readonly WeightedScorer[];
}

export class TemplateColumns {
  readonly #profile: Profile;
  readonly #isKnownProfile: boolean;
  readonly #templates = new Map<SpecTraits, Columns>();
  readonly #state = new CycleState();
  /** Rows of the nodes found, in the order they were met; as long as the list of nodes. */
  #found = new Uint32Array(0);

  constructor(profile: Profile) {
    this.#profile = profile;
    const knows = (local: ReadonlySet<string>) => (name: string) => local.has(name) || SILENT.has(name);
    this.#isKnownProfile =
      profile.filter.length > 0 &&
      profile.score.length > 0 &&
      profile.filter.every(({ name }) => knows(LOCAL_FILTERS)(name)) &&
      profile.score.every(({ plugin }) => knows(LOCAL_SCORES)(plugin.name)) &&
      profile.preFilter.every(({ name }) => knows(LOCAL_FILTERS)(name)) &&
      profile.preScore.every(({ name }) => knows(LOCAL_SCORES)(name));
  }

  /** The same node as schedulePod would choose, moving the position as it would; undefined, and nothing moved, when unsure. */
  decide(pod: PodInfo, position: SearchPosition, percentageOfNodesToScore: number): Chosen | undefined {
    const { snapshot, nominated } = this.#profile.handle;
    const { nodes } = snapshot;
    if (!this.#isKnownProfile || nodes.length === 0 || snapshot.affinityNodes.size > 0 || pod.nominatedNodeName !== '') return undefined;
    for (const _ of nominated.nodeNames()) return undefined;
    if (!this.#isPlain(pod)) return undefined;
    const columns = this.#columnsOf(pod, nodes.length);
    if (columns === undefined) return undefined;

    const wanted = feasibleNodesToFind(nodes.length, this.#profile.spec.percentageOfNodesToScore ?? percentageOfNodesToScore);
    if (this.#found.length < nodes.length) this.#found = new Uint32Array(nodes.length);
    const found = this.#found;
    const { generations: current } = snapshot;
    const { generations: known, isFeasible } = columns;
    let foundCount = 0;
    let seen = 0;
    let row = position.next % nodes.length;
    for (; seen < nodes.length; seen++) {
      if (known[row] !== current[row]) this.#refresh(columns, pod, nodes[row]!, row);
      if (isFeasible[row] === 1) {
        if (foundCount === wanted) break;
        found[foundCount++] = row;
      }
      row = row + 1 === nodes.length ? 0 : row + 1;
    }
    if (foundCount === 0) return undefined;
    position.next = (position.next + seen) % nodes.length;
    const winner = foundCount === 1 ? 0 : selectHost(this.#totals(columns, pod, foundCount));
    return { kind: 'chosen', node: nodes[found[winner]!]!, state: new CycleState(), evaluated: seen, feasibleCount: foundCount };
  }

  #isPlain(pod: PodInfo): boolean {
    if (pod.spec.hasStorage || pod.peer.hasAffinity || pod.nodeName !== '') return false;
    const { spec } = pod.pod;
    if ((spec.resourceClaims ?? []).length > 0 || (spec.topologySpreadConstraints ?? []).length > 0) return false;
    const { args } = this.#profile.spec;
    const { handle } = this.#profile;
    if (spreadConstraintsOf(pod, 'ScheduleAnyway', handle, args.PodTopologySpread).length > 0) return false;
    return (
      args.PodTopologySpread.defaultingType === 'System' ||
      spreadConstraintsOf(pod, 'DoNotSchedule', handle, args.PodTopologySpread).length === 0
    );
  }

  #columnsOf(pod: PodInfo, nodeCount: number): Columns | undefined {
    const { listVersion } = this.#profile.handle.snapshot;
    const present = this.#templates.get(pod.spec);
    if (present?.listVersion === listVersion) return present;
    if (narrowsSearch(pod) || inferredFeatures(pod).length > 0) return undefined;
    // The local plugins' PreScore looks at the template alone, so its answer holds for every pod of it.
    const skipped = new Set<string>();
    for (const plugin of this.#profile.preScore) {
      if (!LOCAL_SCORES.has(plugin.name)) continue;
      const status = plugin.preScore(this.#state, pod, [], this.#profile.handle.snapshot);
      if (status !== undefined && status.code !== 'Skip') return undefined;
      if (status !== undefined) skipped.add(plugin.name);
    }
    const scorers = this.#profile.score.filter(({ plugin }) => LOCAL_SCORES.has(plugin.name) && !skipped.has(plugin.name));
    const normalizedScorers = scorers.filter(({ plugin }) => plugin.normalize !== undefined);
    const columns: Columns = {
      listVersion,
      generations: new Float64Array(nodeCount),
      isFeasible: new Uint8Array(nodeCount),
      direct: new Float64Array(nodeCount),
      raw: normalizedScorers.map(() => new Float64Array(nodeCount)),
      isTelling: new Uint8Array(normalizedScorers.length),
      directScorers: scorers.filter(({ plugin }) => plugin.normalize === undefined),
      normalizedScorers,
    };
    if (this.#templates.size >= TEMPLATE_LIMIT) this.#templates.clear();
    this.#templates.set(pod.spec, columns);
    return columns;
  }

  #refresh(columns: Columns, pod: PodInfo, node: NodeInfo, row: number): void {
    columns.generations[row] = node.generation;
    const isFeasible = this.#profile.filter.every(
      (plugin) => !LOCAL_FILTERS.has(plugin.name) || plugin.filter(this.#state, pod, node) === undefined,
    );
    columns.isFeasible[row] = isFeasible ? 1 : 0;
    if (!isFeasible) return;
    let sum = 0;
    for (const { plugin, weight } of columns.directScorers) sum += plugin.score(this.#state, pod, node) * weight;
    columns.direct[row] = sum;
    columns.normalizedScorers.forEach(({ plugin }, i) => {
      const score = plugin.score(this.#state, pod, node);
      columns.raw[i]![row] = score;
      if (score !== 0) columns.isTelling[i] = 1;
    });
  }

  #totals(columns: Columns, pod: PodInfo, count: number): Float64Array {
    const found = this.#found;
    const totals = new Float64Array(count);
    for (let i = 0; i < count; i++) totals[i] = columns.direct[found[i]!]!;
    for (let s = 0; s < columns.raw.length; s++) {
      if (columns.isTelling[s] === 0) continue;
      const raw = columns.raw[s]!;
      const { plugin, weight } = columns.normalizedScorers[s]!;
      const scores = new Float64Array(count);
      for (let i = 0; i < count; i++) scores[i] = raw[found[i]!]!;
      plugin.normalize!(this.#state, pod, [], scores);
      for (let i = 0; i < count; i++) totals[i]! += scores[i]! * weight;
    }
    return totals;
  }
}

/** Terms on the node's name make PreFilter narrow the search. */
function narrowsSearch(pod: PodInfo): boolean {
  const required = pod.pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required?.nodeSelectorTerms?.some((term) => (term.matchFields ?? []).length > 0) === true;
}
