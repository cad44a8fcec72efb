/**
 * When what a service shows last changed: the instant its slices carry, from which programming latency is measured.
 *
 * Models pkg/controller/util/endpoint/trigger_time_tracker.go: the earliest change since the last pass counts.
 */
import type { ObjectKey } from '../../model/meta.ts';
import { type Pod, podCondition } from '../../model/pod.ts';
import type { Service } from '../../model/service.ts';
import type { Selected } from '../pod-selectors.ts';

interface Seen {
  service: string;
  pods: Map<string, string>;
}

export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';

export class TriggerTimes {
  readonly #seen = new Map<ObjectKey, Seen>();

  /** Takes note of a pass; undefined when nothing with a time has changed since the one before. */
  take(key: ObjectKey, service: Service, pods: readonly Pod[]): string | undefined {
    const seen = this.#of(key);
    let earliest = changeOfService(seen, service);
    let count = 0;
    for (const pod of pods) {
      const ready = readySince(pod);
      if (ready === undefined) continue;
      count++;
      earliest = earlier(earliest, changeOfPod(seen, pod, ready));
    }
    if (count < seen.pods.size) seen.pods = timesOf(pods);
    return earliest;
  }

  /** The same when all else is as it was in the last pass. */
  takeChanged(key: ObjectKey, service: Service, changed: readonly Selected[]): string | undefined {
    const seen = this.#of(key);
    let earliest = changeOfService(seen, service);
    let left: Set<string> | undefined;
    for (const { pod, isGone } of changed) {
      const ready = isGone ? undefined : readySince(pod);
      if (ready !== undefined) earliest = earlier(earliest, changeOfPod(seen, pod, ready));
      else if (seen.pods.has(pod.metadata.name)) {
        left ??= new Set();
        left.add(pod.metadata.name);
      }
    }
    if (left === undefined) return earliest;
    // One of the same name may have come since: it is measured by what was known of the former, and stays.
    for (const { pod, isGone } of changed) if (!isGone && readySince(pod) !== undefined) left.delete(pod.metadata.name);
    for (const name of left) seen.pods.delete(name);
    return earliest;
  }

  forget(key: ObjectKey): void {
    this.#seen.delete(key);
  }

  #of(key: ObjectKey): Seen {
    let seen = this.#seen.get(key);
    if (seen === undefined) {
      seen = { service: '', pods: new Map() };
      this.#seen.set(key, seen);
    }
    return seen;
  }
}

function changeOfService(seen: Seen, { metadata }: Service): string | undefined {
  const { creationTimestamp: created = '' } = metadata;
  const isNew = created > seen.service;
  seen.service = created;
  return isNew ? created : undefined;
}

function changeOfPod(seen: Seen, { metadata }: Pod, ready: string): string | undefined {
  const before = seen.pods.get(metadata.name) ?? '';
  if (ready === before) return undefined;
  seen.pods.set(metadata.name, ready);
  // RFC 3339 in UTC and whole seconds sorts as text.
  return ready > before ? ready : undefined;
}

function earlier(a: string | undefined, b: string | undefined): string | undefined {
  return a === undefined || (b !== undefined && b < a) ? b : a;
}

/** Without those that are gone. */
function timesOf(pods: readonly Pod[]): Map<string, string> {
  const times = new Map<string, string>();
  for (const pod of pods) {
    const ready = readySince(pod);
    if (ready !== undefined) times.set(pod.metadata.name, ready);
  }
  return times;
}

function readySince(pod: Pod): string | undefined {
  return podCondition(pod, 'Ready')?.lastTransitionTime;
}
