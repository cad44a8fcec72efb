/**
 * Which objects select a pod, and which pods an object selects, kept up to date at the cost of what changes: Services by their selector,
 * PodDisruptionBudgets by theirs.
 *
 * Upstream asks every object of the namespace about every pod event, and every pod of the namespace in every pass
 * (pkg/controller/util/endpoint/controller_utils.go, getPodsForPdb of pkg/controller/disruption/disruption.go). The answer is the same
 * here, found through one label of each selector, so that a pod event costs its own labels and a pass the pods it is about.
 */
import { compareText } from '../base/compare.ts';
import { type LabelSelector, type ObjectKey, objectKey, type StringMap } from '../model/meta.ts';
import type { Pod } from '../model/pod.ts';
import { selectorMatches } from '../model/selector.ts';

/** A pod for as long as an object selects it. One that comes back is another, at the end of the line. */
export interface Selected {
  pod: Pod;
  /** Grows from each to the next that is selected; an object's pods are told in this order. */
  readonly order: number;
  isGone: boolean;
}

interface Entry {
  readonly namespace: string;
  readonly selector: LabelSelector;
  /** The label the object is filed under; the namespace alone when its selector asks for no label's value. */
  readonly filedUnder: string;
  readonly pods: Map<ObjectKey, Selected>;
  /** What has changed since somebody took the changes; undefined when all of the pods are to be looked at. */
  changed: Set<Selected> | undefined;
}

const NONE: readonly ObjectKey[] = [];
const NO_CHANGES: readonly Selected[] = [];
const NO_LABELS: StringMap = {};

export class PodSelectors {
  readonly #entries = new Map<ObjectKey, Entry>();
  readonly #byLabel = new Map<string, Set<ObjectKey>>();
  /** What was found for a label map, which many pods share; void when an object comes or goes. */
  #found = new WeakMap<StringMap, { readonly namespace: string; readonly keys: readonly ObjectKey[] }>();
  #order = 0;

  /**
   * Files the object of that key, which without a selector selects nothing; `candidates` are the pods of its namespace, asked for only when
   * the selector is new.
   */
  set(key: ObjectKey, namespace: string, selector: LabelSelector | undefined, candidates: () => Iterable<Pod>): void {
    const known = this.#entries.get(key);
    if (known !== undefined && selector !== undefined && isSameSelector(known.selector, selector)) return;
    this.remove(key);
    if (selector === undefined) return;

    const { matchLabels = NO_LABELS } = selector;
    const first = Object.keys(matchLabels).sort(compareText)[0];
    const filedUnder = first === undefined ? namespace : labelKey(namespace, first, matchLabels[first]!);
    const entry: Entry = { namespace, selector, filedUnder, pods: new Map(), changed: undefined };
    for (const pod of candidates()) if (selectorMatches(selector, pod.metadata.labels)) this.#put(entry, pod);
    this.#entries.set(key, entry);
    this.#found = new WeakMap();
    let filed = this.#byLabel.get(filedUnder);
    if (filed === undefined) {
      filed = new Set();
      this.#byLabel.set(filedUnder, filed);
    }
    filed.add(key);
  }

  remove(key: ObjectKey): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#found = new WeakMap();
    const filed = this.#byLabel.get(entry.filedUnder);
    filed?.delete(key);
    if (filed?.size === 0) this.#byLabel.delete(entry.filedUnder);
  }

  /** Takes in a pod's new state, or its end, and names the objects that select it or did. */
  setPod(previous: Pod | undefined, pod: Pod | undefined): readonly ObjectKey[] {
    const before = previous === undefined ? NONE : this.selecting(previous);
    const hasMoved = previous === undefined || pod === undefined || previous.metadata.labels !== pod.metadata.labels;
    const after = pod === undefined ? NONE : hasMoved ? this.selecting(pod) : before;
    if (pod !== undefined) for (const key of after) this.#put(this.#entries.get(key)!, pod);
    if (before === after || before.length === 0) return after;
    const podKey = objectKey(previous!);
    const all = [...after];
    for (const key of before) {
      if (after.includes(key)) continue;
      this.#drop(this.#entries.get(key)!, podKey);
      all.push(key);
    }
    return all;
  }

  /** The objects that select the pod. */
  selecting(pod: Pod): readonly ObjectKey[] {
    if (this.#entries.size === 0) return NONE;
    const { namespace = '', labels = NO_LABELS } = pod.metadata;
    const known = this.#found.get(labels);
    if (known?.namespace === namespace) return known.keys;
    const keys = this.#look(namespace, labels);
    this.#found.set(labels, { namespace, keys });
    return keys;
  }

  podsOf(key: ObjectKey): readonly Pod[] {
    return Array.from(this.selectedBy(key), ({ pod }) => pod);
  }

  selectedBy(key: ObjectKey): Iterable<Selected> {
    return this.#entries.get(key)?.pods.values() ?? NO_CHANGES;
  }

  /** What has come, gone or changed since this was last asked, each once; undefined when that is not known and all count as changed. */
  takeChanges(key: ObjectKey): readonly Selected[] | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    const { changed } = entry;
    if (changed === undefined) {
      entry.changed = new Set();
      return undefined;
    }
    if (changed.size === 0) return NO_CHANGES;
    const taken = [...changed];
    changed.clear();
    return taken;
  }

  #put(entry: Entry, pod: Pod): void {
    const key = objectKey(pod);
    let selected = entry.pods.get(key);
    if (selected === undefined) {
      selected = { pod, order: this.#order++, isGone: false };
      entry.pods.set(key, selected);
    } else if (selected.pod === pod) return;
    selected.pod = pod;
    note(entry, selected);
  }

  #drop(entry: Entry, podKey: ObjectKey): void {
    const selected = entry.pods.get(podKey);
    if (selected === undefined) return;
    entry.pods.delete(podKey);
    selected.isGone = true;
    note(entry, selected);
  }

  #look(namespace: string, labels: StringMap): readonly ObjectKey[] {
    let found: ObjectKey[] | undefined;
    const collect = (filed: Set<ObjectKey> | undefined) => {
      if (filed === undefined) return;
      for (const key of filed) {
        if (!selectorMatches(this.#entries.get(key)!.selector, labels)) continue;
        found ??= [];
        found.push(key);
      }
    };
    collect(this.#byLabel.get(namespace));
    for (const key in labels) collect(this.#byLabel.get(labelKey(namespace, key, labels[key]!)));
    return found ?? NONE;
  }
}

function note(entry: Entry, selected: Selected): void {
  const { changed, pods } = entry;
  if (changed === undefined) return;
  changed.add(selected);
  // Looking at all of them is then no dearer, and the gone do not pile up where nobody asks.
  if (changed.size > pods.size + 1) entry.changed = undefined;
}

function labelKey(namespace: string, key: string, value: string): string {
  return `${namespace}/${key}=${value}`;
}

function isSameSelector(a: LabelSelector, b: LabelSelector): boolean {
  return (
    a === b ||
    (isSameMap(a.matchLabels ?? NO_LABELS, b.matchLabels ?? NO_LABELS) && isSameExpressions(a.matchExpressions, b.matchExpressions))
  );
}

/** Equal in the same order; told apart by order alone, they are looked up once too often. */
function isSameExpressions(a: LabelSelector['matchExpressions'] = [], b: LabelSelector['matchExpressions'] = []): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function isSameMap(a: StringMap, b: StringMap): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
