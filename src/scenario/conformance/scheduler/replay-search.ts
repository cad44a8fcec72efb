/**
 * Replays recorded node searches: how many nodes are examined, which one wins, and from where the next search starts.
 */
import { fitMessage } from '../../../scheduler/diagnosis.ts';
import type { FastPath } from '../../../scheduler/fast/fast-path.ts';
import { PodInfo } from '../../../scheduler/pod-info.ts';
import { Profile } from '../../../scheduler/profile.ts';
import { type SearchPosition, schedulePod } from '../../../scheduler/schedule-pod.ts';
import { differ, type ProfileReader, type RecordedWorld, type Replayed } from './replay-decisions.ts';
import { ReplayWorld, stored } from './replay-world.ts';

export interface ExpectedSearch {
  readonly evaluated: number;
  readonly feasible: number;
  readonly nextStart: number;
  readonly chosen?: string;
  readonly message?: string;
}

export function* replaySearch(world: RecordedWorld<ExpectedSearch>, readProfiles: ProfileReader): Generator<Replayed> {
  const replayed = new ReplayWorld(world.objects);
  const { profiles, percentageOfNodesToScore } = readProfiles(world.config);
  const byName = new Map(profiles.map((spec) => [spec.schedulerName, new Profile(spec, replayed.handle)]));
  const fastPaths = new Map([...byName].map(([name, profile]) => [name, replayed.fastPath(profile)]));
  const position = { next: 0 };
  for (const { pod, expect } of world.pods) {
    const info = new PodInfo(stored(pod));
    const name = info.pod.spec.schedulerName ?? '';
    const search = (from: SearchPosition, fast: FastPath | undefined): ExpectedSearch => {
      const decision = schedulePod(byName.get(name)!, info, from, { percentageOfNodesToScore, fast });
      return {
        evaluated: decision.evaluated,
        feasible: decision.kind === 'chosen' ? decision.feasibleCount : 0,
        nextStart: from.next,
        ...(decision.kind === 'chosen' ? { chosen: decision.node.name } : {}),
        ...(decision.kind === 'unfit' ? { message: fitMessage(replayed.snapshot.nodes.length, decision.diagnosis) } : {}),
      };
    };
    const quick = search({ ...position }, fastPaths.get(name));
    const ours = search(position, undefined);
    const fields = Object.keys({ ...expect, ...ours }) as (keyof ExpectedSearch)[];
    yield {
      id: `${world.id}/${pod.metadata.name}`,
      differences: fields.flatMap((field) => [
        ...differ(field, expect[field], ours[field]),
        ...differ(`${field} by the fast path`, ours[field], quick[field]),
      ]),
    };
  }
}
