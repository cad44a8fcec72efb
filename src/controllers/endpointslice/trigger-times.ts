/**
 * When what a service shows last changed: the instant its slices carry, from which programming latency is measured.
 *
 * Models pkg/controller/util/endpoint/trigger_time_tracker.go: the earliest change since the last pass counts.
 */
import type { ObjectKey } from '../../model/meta.ts';
import { type Pod, podCondition } from '../../model/pod.ts';
import type { Service } from '../../model/service.ts';

interface Seen {
  service: string;
  pods: Map<string, string>;
}

export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';

export class TriggerTimes {
  readonly #seen = new Map<ObjectKey, Seen>();

  /** Takes note of a pass; undefined when nothing with a time has changed since the one before. */
  take(key: ObjectKey, service: Service, pods: readonly Pod[]): string | undefined {
    const created = service.metadata.creationTimestamp ?? '';
    let seen = this.#seen.get(key);
    if (seen === undefined) {
      seen = { service: '', pods: new Map() };
      this.#seen.set(key, seen);
    }
    let earliest: string | undefined = created > seen.service ? created : undefined;
    seen.service = created;
    let count = 0;
    for (const pod of pods) {
      const ready = readySince(pod);
      if (ready === undefined) continue;
      count++;
      const before = seen.pods.get(pod.metadata.name) ?? '';
      if (ready === before) continue;
      seen.pods.set(pod.metadata.name, ready);
      // RFC 3339 in UTC and whole seconds sorts as text.
      if (ready > before && (earliest === undefined || ready < earliest)) earliest = ready;
    }
    if (count < seen.pods.size) seen.pods = timesOf(pods);
    return earliest;
  }

  forget(key: ObjectKey): void {
    this.#seen.delete(key);
  }
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
