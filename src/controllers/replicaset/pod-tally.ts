/**
 * What the pods of each ReplicaSet add up to, kept at the cost of what changes instead of being counted anew at every pass.
 *
 * Upstream lists and filters all pods of a set each time (filterActivePods, calculateStatus). The sums are the same here, and are
 * trusted only for a set whose pods all match its selector: of any other the controller looks at the lists. The slow twin is `countPods`.
 */
import type { Informer } from '../../client/informer.ts';
import { controllerOf, isDeleting, type LabelSelector, type StringMap } from '../../model/meta.ts';
import { isPodActive, isPodReady, isPodTerminal, type Pod } from '../../model/pod.ts';
import { mapMatches, selectorMatches } from '../../model/selector.ts';
import type { ReplicaSet } from '../../model/workloads.ts';

export interface PodCounts {
  active: number;
  fullyLabeled: number;
  ready: number;
  /** On their way out: counted as terminating, and no longer as replicas. */
  leaving: number;
  /** Owned, and not matched by the selector: to be released. */
  foreign: number;
}

interface Tally extends PodCounts {
  /** The set's selector and labels the sums were made with; others make them void. */
  readonly selector: LabelSelector;
  readonly labels: StringMap;
  /** What the selector and the template say of a label map, which many pods share. */
  readonly matches: Map<StringMap, number>;
}

const SELECTED = 1;
const FULLY_LABELED = 2;
const NO_LABELS: StringMap = {};
// Label maps are shared by the pods of a template in a zone; a set whose pods are labelled one by one must not fill the memory.
const MATCHES_MAX = 64;

export class PodTallies {
  readonly #pods: Informer<'Pod'>;
  readonly #byUid = new Map<string, Tally>();

  /** Hears of pods before anyone whose handler is added later. */
  constructor(pods: Informer<'Pod'>) {
    this.#pods = pods;
    pods.addHandler({
      onAdd: (pod) => this.#change(pod, 1),
      onUpdate: (before, after) => {
        if (before === after) return;
        this.#change(before, -1);
        this.#change(after, 1);
      },
      onDelete: (_, before) => this.#change(before, -1),
    });
  }

  /** The sums over the pods the set controls, as the cache shows them now; the object is this class's own and changes with them. */
  of(replicaSet: ReplicaSet): Readonly<PodCounts> {
    const { uid = '' } = replicaSet.metadata;
    const { selector } = replicaSet.spec;
    const labels = templateLabels(replicaSet);
    const known = this.#byUid.get(uid);
    if (known !== undefined && known.selector === selector && known.labels === labels) return known;
    const tally: Tally = { ...noPods(), selector, labels, matches: new Map() };
    for (const pod of this.#pods.byIndex('controllerUid', uid)) count(tally, pod, matchesOf(tally, pod), 1);
    this.#byUid.set(uid, tally);
    return tally;
  }

  forget(uid: string): void {
    this.#byUid.delete(uid);
  }

  #change(pod: Pod, by: 1 | -1): void {
    const controller = controllerOf(pod);
    const tally = controller === undefined ? undefined : this.#byUid.get(controller.uid);
    if (tally !== undefined) count(tally, pod, matchesOf(tally, pod), by);
  }
}

/** The obvious way to the same sums. */
export function countPods(replicaSet: ReplicaSet, owned: Iterable<Pod>): PodCounts {
  const counts = noPods();
  for (const pod of owned) count(counts, pod, matchBits(replicaSet.spec.selector, templateLabels(replicaSet), pod), 1);
  return counts;
}

function count(counts: PodCounts, pod: Pod, matches: number, by: 1 | -1): void {
  const isSelected = (matches & SELECTED) !== 0;
  if (isPodActive(pod)) {
    if (!isSelected) {
      counts.foreign += by;
      return;
    }
    counts.active += by;
    if ((matches & FULLY_LABELED) !== 0) counts.fullyLabeled += by;
    if (isPodReady(pod)) counts.ready += by;
  } else if (isSelected && isDeleting(pod) && !isPodTerminal(pod)) counts.leaving += by;
}

function matchesOf(tally: Tally, pod: Pod): number {
  const labels = pod.metadata.labels ?? NO_LABELS;
  let matches = tally.matches.get(labels);
  if (matches === undefined) {
    matches = matchBits(tally.selector, tally.labels, pod);
    if (tally.matches.size >= MATCHES_MAX) tally.matches.clear();
    tally.matches.set(labels, matches);
  }
  return matches;
}

function matchBits(selector: LabelSelector, labels: StringMap, pod: Pod): number {
  return (selectorMatches(selector, pod.metadata.labels) ? SELECTED : 0) | (mapMatches(labels, pod.metadata.labels) ? FULLY_LABELED : 0);
}

function templateLabels(replicaSet: ReplicaSet): StringMap {
  return replicaSet.spec.template.metadata?.labels ?? NO_LABELS;
}

function noPods(): PodCounts {
  return { active: 0, fullyLabeled: 0, ready: 0, leaving: 0, foreign: 0 };
}
