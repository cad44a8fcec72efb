/**
 * The sums over the pods of one owner, kept at the cost of what changes, while its controller knows that nothing else has.
 *
 * Upstream lists and judges all pods at every pass, and nearly every pass of a large set is woken by one pod's new status and ends in
 * nothing but counts. A controller that has been through a whole pass says here what makes a pod calm: one it would leave alone. While
 * all are calm, and what the judgement rests on stays as it was, the sums are all that a pass would find.
 */
import type { Informer } from '../client/informer.ts';
import { controllerOf } from '../model/meta.ts';
import type { Pod } from '../model/pod.ts';

/** How one pod is judged; `place` is what no two calm pods may share, such as a node. */
export interface Judgement {
  readonly isCalm: boolean;
  readonly isReady: boolean;
  readonly place: string;
}

export interface CalmSums<B> {
  /** What the judgement rests on. */
  readonly basis: B;
  total: number;
  calm: number;
  ready: number;
  readonly perPlace: Map<string, number>;
  readonly judge: (pod: Pod) => Judgement;
}

export class CalmPods<B> {
  readonly #pods: Informer<'Pod'>;
  readonly #byOwner = new Map<string, CalmSums<B>>();

  /** Hears of pods before anyone whose handler is added later. */
  constructor(pods: Informer<'Pod'>) {
    this.#pods = pods;
    pods.addHandler({
      onAdd: (pod) => this.#count(pod, 1),
      onUpdate: (before, after) => {
        if (before === after) return;
        this.#count(before, -1);
        this.#count(after, 1);
      },
      onDelete: (_, before) => this.#count(before, -1),
    });
  }

  /** Adds the owner's pods up as the cache has them now, and keeps the sums from then on. */
  begin(uid: string, basis: B, judge: (pod: Pod) => Judgement): void {
    const sums: CalmSums<B> = { basis, total: 0, calm: 0, ready: 0, perPlace: new Map(), judge };
    for (const pod of this.#pods.byIndex('controllerUid', uid)) add(sums, pod, 1);
    this.#byOwner.set(uid, sums);
  }

  /** The sums, if all pods are calm and no two in one place. */
  of(uid: string): Readonly<CalmSums<B>> | undefined {
    const sums = this.#byOwner.get(uid);
    return sums !== undefined && sums.calm === sums.total && sums.perPlace.size === sums.total ? sums : undefined;
  }

  /** Is anything kept for the owner, calm or not? */
  basisOf(uid: string): B | undefined {
    return this.#byOwner.get(uid)?.basis;
  }

  forget(uid: string): void {
    this.#byOwner.delete(uid);
  }

  forgetAll(): void {
    this.#byOwner.clear();
  }

  #count(pod: Pod, by: 1 | -1): void {
    const controller = controllerOf(pod);
    const sums = controller === undefined ? undefined : this.#byOwner.get(controller.uid);
    if (sums !== undefined) add(sums, pod, by);
  }
}

function add(sums: CalmSums<unknown>, pod: Pod, by: 1 | -1): void {
  const { isCalm, isReady, place } = sums.judge(pod);
  sums.total += by;
  if (isCalm) sums.calm += by;
  if (isReady) sums.ready += by;
  const count = (sums.perPlace.get(place) ?? 0) + by;
  if (count === 0) sums.perPlace.delete(place);
  else sums.perPlace.set(place, count);
}
