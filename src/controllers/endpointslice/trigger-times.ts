/**
 * When what a service shows last changed: the instant its slices carry, from which programming latency is measured.
 *
 * Models pkg/controller/util/endpoint/trigger_time_tracker.go: the earliest change since the last pass counts.
 */
import type { ObjectKey } from '../../model/meta.ts';
import { type Pod, podCondition } from '../../model/pod.ts';
import type { Service } from '../../model/service.ts';

interface Seen {
  readonly service: string;
  readonly pods: ReadonlyMap<string, string>;
}

export const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';

export class TriggerTimes {
  readonly #seen = new Map<ObjectKey, Seen>();

  /** Takes note of a pass; undefined when nothing with a time has changed since the one before. */
  take(key: ObjectKey, service: Service, pods: Iterable<Pod>): string | undefined {
    const before = this.#seen.get(key);
    const created = service.metadata.creationTimestamp ?? '';
    let earliest: string | undefined = created > (before?.service ?? '') ? created : undefined;
    const times = new Map<string, string>();
    for (const pod of pods) {
      const ready = podCondition(pod, 'Ready')?.lastTransitionTime;
      if (ready === undefined) continue;
      times.set(pod.metadata.name, ready);
      // RFC 3339 in UTC and whole seconds sorts as text.
      if (ready > (before?.pods.get(pod.metadata.name) ?? '') && (earliest === undefined || ready < earliest)) earliest = ready;
    }
    this.#seen.set(key, { service: created, pods: times });
    return earliest;
  }

  forget(key: ObjectKey): void {
    this.#seen.delete(key);
  }
}
