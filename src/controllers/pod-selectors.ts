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

interface Entry {
  readonly namespace: string;
  readonly selector: LabelSelector;
  /** The label the object is filed under; the namespace alone when its selector asks for no label's value. */
  readonly filedUnder: string;
  readonly pods: Map<ObjectKey, Pod>;
}

const NONE: readonly ObjectKey[] = [];
const NO_LABELS: StringMap = {};

export class PodSelectors {
  readonly #entries = new Map<ObjectKey, Entry>();
  readonly #byLabel = new Map<string, Set<ObjectKey>>();
  /** What was found for a label map, which many pods share; void when an object comes or goes. */
  #found = new WeakMap<StringMap, { readonly namespace: string; readonly keys: readonly ObjectKey[] }>();

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
    const entry: Entry = { namespace, selector, filedUnder, pods: new Map() };
    for (const pod of candidates()) if (selectorMatches(selector, pod.metadata.labels)) entry.pods.set(objectKey(pod), pod);
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
    if (pod !== undefined) for (const key of after) this.#entries.get(key)!.pods.set(objectKey(pod), pod);
    if (before === after || before.length === 0) return after;
    const podKey = objectKey(previous!);
    const all = [...after];
    for (const key of before) {
      if (after.includes(key)) continue;
      this.#entries.get(key)!.pods.delete(podKey);
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

  podsOf(key: ObjectKey): Iterable<Pod> {
    return this.#entries.get(key)?.pods.values() ?? [];
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
