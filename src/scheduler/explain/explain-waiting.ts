/**
 * Why pods wait that no scheduler has placed when a run is over, and the smallest change that would let each run.
 *
 * They are judged by the cluster as it is then. Pods that would be told the very same are told together.
 */
import { type Pod, podCondition } from '../../model/pod.ts';
import { PodInfo } from '../pod-info.ts';
import type { Profile } from '../profile.ts';
import type { SchedulerCore } from '../scheduler-core.ts';
import { explainDecision } from './explain-decision.ts';
import type { Change, Explanation } from './explanation.ts';
import { changesThatHelp } from './smallest-change.ts';
import { changedSpec, WhatIf } from './what-if.ts';

// A list of more kinds of waiting pods nobody reads, and each is searched for changes.
const EXPLANATIONS_MAX = 20;
const NAMED_ALIKE = 50;
// To look for changes for one kind of pods takes some 50 microseconds a node: so many nodes are looked at for all kinds together.
const NODES_SEARCHED = 100_000;

/** `isAskedFor` pods come first, and are explained with every node by name. */
export function explainWaiting(core: SchedulerCore, pods: readonly Pod[], isAskedFor: (pod: PodInfo) => boolean): Explanation[] {
  const groups = new Map<string, { readonly pod: PodInfo; readonly isWhole: boolean; readonly alike: string[] }>();
  for (const info of pods.map((pod) => new PodInfo(pod)).sort((a, b) => Number(isAskedFor(b)) - Number(isAskedFor(a)))) {
    const isWhole = isAskedFor(info);
    const key = isWhole ? info.key : likeness(info);
    const group = groups.get(key);
    if (group !== undefined) group.alike.push(info.key);
    else if (groups.size < EXPLANATIONS_MAX) groups.set(key, { pod: info, isWhole, alike: [] });
  }
  core.cache.updateSnapshot(core.snapshot);
  const worlds = new Worlds();
  const searched = Math.max(1, Math.floor(NODES_SEARCHED / Math.max(1, core.snapshot.nodes.length)));
  return [...groups.values()].map(({ pod, isWhole, alike }, i) => ({
    ...explained(core, isWhole || i < searched ? worlds : undefined, pod, isWhole),
    alike: alike.slice(0, NAMED_ALIKE),
  }));
}

/** The cluster once more for each profile, made when it is first needed: with many nodes that takes a while. */
class Worlds {
  readonly #worlds = new Map<Profile, WhatIf>();

  of(profile: Profile): WhatIf {
    let world = this.#worlds.get(profile);
    if (world === undefined) {
      world = new WhatIf(profile);
      this.#worlds.set(profile, world);
    }
    return world;
  }
}

function likeness({ spec, peer, priority, nominatedNodeName, pod }: PodInfo): string {
  const { schedulerName, schedulingGates, resourceClaims } = pod.spec;
  return JSON.stringify([spec.id, peer.id, priority, nominatedNodeName, schedulerName, schedulingGates, resourceClaims]);
}

/** Without worlds to try them in, no changes are looked for. */
function explained(core: SchedulerCore, worlds: Worlds | undefined, info: PodInfo, isWhole: boolean): Explanation {
  const { pod } = info;
  const name = pod.spec.schedulerName ?? '';
  const profile = core.profiles.get(name);
  const entry = core.queue.get(info.uid);
  const base = {
    pod: info.key,
    timeUs: core.nowUs(),
    scheduler: name,
    outcome: 'waits',
    attempts: entry?.attempts ?? 0,
    message: podCondition(pod, 'PodScheduled')?.message ?? '',
    alike: [],
  } as const;
  if (profile === undefined) {
    const message = `pod ${info.key} names scheduler ${name}, which does not run here`;
    return { ...base, ...NEVER_LOOKED, message, nodes: nodesOf(core), ...(worlds && { changes: otherSchedulers(core, worlds, pod) }) };
  }
  const gates = (pod.spec.schedulingGates ?? []).map((gate) => gate.name);
  if (gates.length > 0) {
    const message = `scheduling gates keep it out of the queue: ${gates.join(', ')}`;
    return {
      ...base,
      ...NEVER_LOOKED,
      message,
      nodes: nodesOf(core),
      ...(worlds && { changes: withoutGates(worlds.of(profile), pod, gates) }),
    };
  }
  const options = { position: core.searchPosition, percentageOfNodesToScore: core.percentageOfNodesToScore, isWhole };
  const { decision, explanation } = explainDecision(profile, info, options);
  const waiting =
    decision.kind === 'chosen' ? `${whereIn(entry?.place)}, though it would now fit on ${decision.node.name}` : whereIn(entry?.place);
  const changes = decision.kind !== 'unfit' ? { changes: [] } : worlds && { changes: changesThatHelp(worlds.of(profile), pod) };
  const message = decision.kind === 'failed' ? decision.message : base.message;
  return { ...base, message, waiting, ...explanation, ...changes };
}

const NEVER_LOOKED = { isViaNominated: false, rejections: [], scorers: [], candidates: [], ties: 0, turnings: [] } as const;

function nodesOf(core: SchedulerCore): Explanation['nodes'] {
  return { total: core.snapshot.nodes.length, examined: 0, feasible: 0 };
}

function whereIn(place: string | undefined): string {
  switch (place) {
    case 'active':
      return 'in the active queue, next to be tried';
    case 'backoff':
    case 'errorBackoff':
      return 'for its back-off to end';
    case 'unschedulable':
      return 'among the unschedulable pods, until something in the cluster changes that may help it, or for 5 minutes';
    case 'inFlight':
      return 'being tried just now';
    default:
      return 'not in the queue of any scheduler';
  }
}

function otherSchedulers(core: SchedulerCore, worlds: Worlds, pod: Pod): Change[] {
  return [...core.profiles].flatMap(([name, profile]) => {
    const fitting = worlds.of(profile).fitting(new PodInfo(changedSpec(pod, { schedulerName: name })));
    return fitting.length === 0 ? [] : [{ text: `set schedulerName to ${name}`, node: fitting[0]!, fits: fitting.length, parts: 1 }];
  });
}

function withoutGates(world: WhatIf, pod: Pod, gates: readonly string[]): Change[] {
  const fitting = world.fitting(new PodInfo(changedSpec(pod, { schedulingGates: [] })));
  if (fitting.length === 0) return [];
  const text = `remove the scheduling ${gates.length === 1 ? 'gate' : 'gates'} ${gates.join(', ')}`;
  return [{ text, node: fitting[0]!, fits: fitting.length, parts: 1 }];
}
