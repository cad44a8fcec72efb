/**
 * Which events may help a pod that a plugin rejected.
 *
 * Models the EventsToRegister of pkg/scheduler/framework/plugins/* and buildQueueingHintMap of pkg/scheduler/scheduler.go: the
 * built-in plugins' registrations stand in hints/, a scenario's own plugins bring theirs, or wait for any event at all.
 */
import { Action, type ClusterEvent, type EventRegistration, type QueueingHint } from './events.ts';
import { peerHints } from './hints/peer-hints.ts';
import { placementHints } from './hints/placement-hints.ts';
import { volumeHints } from './hints/volume-hints.ts';
import type { Profile } from './profile.ts';

export interface RegisteredHint {
  readonly plugin: string;
  /** Absent: always Queue. */
  readonly hint: QueueingHint | undefined;
}

interface Registered extends RegisteredHint {
  readonly event: ClusterEvent;
}

/** A pod has waited too long, or was activated: whatever rejected it may try again. */
export const TIMEOUT_EVENT: ClusterEvent = { resource: '*', action: Action.All };
const ANY: readonly EventRegistration[] = [{ event: TIMEOUT_EVENT }];

export class HintMap {
  readonly #registered: readonly Registered[];
  readonly #matching = new Map<string, readonly RegisteredHint[]>();

  constructor(profile: Profile) {
    this.#registered = [...profile.plugins.values()].flatMap((plugin) => {
      const registrations = withNodeTaints(plugin.eventsToRegister?.() ?? builtIn(plugin.name, profile) ?? ANY);
      return registrations.map(({ event, hint }) => ({ plugin: plugin.name, event, hint }));
    });
  }

  matching(event: ClusterEvent): readonly RegisteredHint[] {
    const key = `${event.resource}/${event.action}`;
    let found = this.#matching.get(key);
    if (found === undefined) {
      found = this.#registered.filter((one) => matches(one.event, event));
      this.#matching.set(key, found);
    }
    return found;
  }
}

/** Plugins that decide nothing about a single node or pod have nothing to wait for. */
const SILENT: ReadonlySet<string> = new Set(['PrioritySort', 'DefaultBinder', 'ImageLocality', 'NodeResourcesBalancedAllocation']);

function builtIn(name: string, profile: Profile): readonly EventRegistration[] | undefined {
  if (SILENT.has(name)) return [];
  return placementHints(name, profile) ?? peerHints(name, profile) ?? volumeHints(name, profile);
}

/** Whoever waits for nodes to appear, but not for their taints, is woken by those too: a tainted node may count as absent. */
function withNodeTaints(registrations: readonly EventRegistration[]): readonly EventRegistration[] {
  const nodeActions = registrations.reduce((bits, { event }) => (event.resource === 'Node' ? bits | event.action : bits), 0);
  if ((nodeActions & Action.Add) === 0 || (nodeActions & Action.UpdateNodeTaint) !== 0) return registrations;
  return [...registrations, { event: { resource: 'Node', action: Action.UpdateNodeTaint } }];
}

function matches(registered: ClusterEvent, { resource, action }: ClusterEvent): boolean {
  const isOfKind =
    registered.resource === '*' ||
    registered.resource === resource ||
    (registered.resource === 'Pod' && (resource === 'AssignedPod' || resource === 'UnscheduledPod'));
  // A general update does not match a registration of one kind of update.
  return isOfKind && (registered.action & action) !== 0 && action <= registered.action;
}
