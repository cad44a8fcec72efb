/**
 * Which services select a pod, and which pods a service selects, kept up to date at the cost of what changes.
 *
 * Upstream asks every service of the namespace about every pod event (pkg/controller/util/endpoint/controller_utils.go). The
 * answer is the same here, found through one label of each selector, so that a pod event costs its own labels.
 */
import { compareText } from '../../base/compare.ts';
import { type ObjectKey, objectKey, type StringMap } from '../../model/meta.ts';
import type { Pod } from '../../model/pod.ts';
import { mapMatches } from '../../model/selector.ts';
import type { Service } from '../../model/service.ts';

interface Entry {
  readonly namespace: string;
  readonly selector: StringMap;
  /** The label the service is filed under; undefined when its selector is empty and matches every pod. */
  readonly filedUnder: string;
  readonly pods: Map<ObjectKey, Pod>;
}

const NONE: readonly ObjectKey[] = [];
const NO_LABELS: StringMap = {};

export class ServiceMembership {
  readonly #services = new Map<ObjectKey, Entry>();
  readonly #byLabel = new Map<string, Set<ObjectKey>>();
  /** What was found for a label map, which many pods share; void when a service comes or goes. */
  #found = new WeakMap<StringMap, { readonly namespace: string; readonly services: readonly ObjectKey[] }>();

  /** Files a service; `candidates` are the pods of its namespace, asked for only when the selector is new. */
  setService(service: Service, candidates: () => Iterable<Pod>): void {
    const key = objectKey(service);
    const selector = service.spec.selector;
    const known = this.#services.get(key);
    if (known !== undefined && selector !== undefined && isSameMap(known.selector, selector)) return;
    this.removeService(key);
    // A service without a selector has its endpoints from somebody else.
    if (selector === undefined) return;

    const namespace = service.metadata.namespace ?? '';
    const first = Object.keys(selector).sort(compareText)[0];
    const filedUnder = labelKey(namespace, first, first === undefined ? '' : selector[first]!);
    const entry: Entry = { namespace, selector, filedUnder, pods: new Map() };
    for (const pod of candidates()) if (mapMatches(selector, pod.metadata.labels)) entry.pods.set(objectKey(pod), pod);
    this.#services.set(key, entry);
    this.#found = new WeakMap();
    let filed = this.#byLabel.get(filedUnder);
    if (filed === undefined) {
      filed = new Set();
      this.#byLabel.set(filedUnder, filed);
    }
    filed.add(key);
  }

  removeService(key: ObjectKey): void {
    const entry = this.#services.get(key);
    if (entry === undefined) return;
    this.#services.delete(key);
    this.#found = new WeakMap();
    const filed = this.#byLabel.get(entry.filedUnder);
    filed?.delete(key);
    if (filed?.size === 0) this.#byLabel.delete(entry.filedUnder);
  }

  /** Takes in a pod's new state, or its end, and names the services that select it or did. */
  setPod(previous: Pod | undefined, pod: Pod | undefined): readonly ObjectKey[] {
    const before = previous === undefined ? NONE : this.servicesOf(previous);
    const hasMoved = previous === undefined || pod === undefined || previous.metadata.labels !== pod.metadata.labels;
    const after = pod === undefined ? NONE : hasMoved ? this.servicesOf(pod) : before;
    if (pod !== undefined) for (const service of after) this.#services.get(service)!.pods.set(objectKey(pod), pod);
    if (before === after || before.length === 0) return after;
    const key = objectKey(previous!);
    const all = [...after];
    for (const service of before) {
      if (after.includes(service)) continue;
      this.#services.get(service)!.pods.delete(key);
      all.push(service);
    }
    return all;
  }

  servicesOf(pod: Pod): readonly ObjectKey[] {
    if (this.#services.size === 0) return NONE;
    const { namespace = '', labels = NO_LABELS } = pod.metadata;
    const known = this.#found.get(labels);
    if (known?.namespace === namespace) return known.services;
    const services = this.#look(namespace, labels);
    this.#found.set(labels, { namespace, services });
    return services;
  }

  #look(namespace: string, labels: StringMap): readonly ObjectKey[] {
    let found: ObjectKey[] | undefined;
    const collect = (filed: Set<ObjectKey> | undefined) => {
      if (filed === undefined) return;
      for (const key of filed) {
        if (!mapMatches(this.#services.get(key)!.selector, labels)) continue;
        found ??= [];
        found.push(key);
      }
    };
    collect(this.#byLabel.get(labelKey(namespace, undefined, '')));
    for (const key in labels) collect(this.#byLabel.get(labelKey(namespace, key, labels[key]!)));
    return found ?? NONE;
  }

  podsOf(service: ObjectKey): Iterable<Pod> {
    return this.#services.get(service)?.pods.values() ?? [];
  }
}

function labelKey(namespace: string, key: string | undefined, value: string): string {
  return key === undefined ? namespace : `${namespace}/${key}=${value}`;
}

function isSameMap(a: StringMap, b: StringMap): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
