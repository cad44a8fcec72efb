/**
 * Each rollout of each Deployment: when it began, when it was complete, how few pods were available on the way and how many there were.
 *
 * A rollout begins with the write that gives the Deployment another template, or creates it, and ends with the status that
 * `kubectl rollout status` takes for success (polymorphichelpers/rollout_status.go), or with the next rollout.
 */
import { objectKey } from '../model/meta.ts';
import type { Write } from '../model/observer.ts';
import type { Deployment } from '../model/workloads.ts';

export type RolloutEnd = 'complete' | 'superseded' | 'deleted' | 'open';

export interface Rollout {
  readonly deployment: string;
  /** 1 for the first; counts templates, not the revision annotation, which an undo moves. */
  readonly ordinal: number;
  readonly images: string;
  readonly startUs: number;
  endUs: number | undefined;
  end: RolloutEnd;
  /** It ran past progressDeadlineSeconds on the way. */
  isPastDeadline: boolean;
  readonly wanted: number;
  /** Over the rollout, as its status tells: what users could be served by, and what the cluster had to hold. */
  availableMin: number;
  replicasMax: number;
}

// Rows kept; beyond it rollouts are only counted.
const LIMIT = 20_000;

export class Rollouts {
  readonly rows: Rollout[] = [];
  dropped = 0;
  /** By Deployment: the last rollout, also when it is over. */
  readonly #last = new Map<string, Rollout>();

  wrote(write: Write): void {
    const deployment = write.object as Deployment;
    const key = objectKey(deployment);
    const last = this.#last.get(key);
    if (write.removed) {
      if (last !== undefined) close(last, 'deleted', write.timeUs);
      this.#last.delete(key);
      return;
    }
    const before = write.previous as Deployment | undefined;
    // An update shares what it does not change, so another template is another object; equal text is no rollout.
    const isNew =
      before === undefined ||
      (before.spec.template !== deployment.spec.template &&
        JSON.stringify(before.spec.template) !== JSON.stringify(deployment.spec.template));
    if (isNew) this.#begin(key, deployment, write.timeUs);
    else if (last !== undefined && last.endUs === undefined) follow(last, deployment, write.timeUs);
  }

  #begin(key: string, deployment: Deployment, timeUs: number): void {
    const last = this.#last.get(key);
    if (last !== undefined) close(last, 'superseded', timeUs);
    const rollout: Rollout = {
      deployment: key,
      ordinal: (last?.ordinal ?? 0) + 1,
      images: deployment.spec.template.spec.containers.map(({ image }) => image).join(' '),
      startUs: timeUs,
      endUs: undefined,
      end: 'open',
      isPastDeadline: false,
      wanted: deployment.spec.replicas ?? 1,
      availableMin: deployment.status?.availableReplicas ?? 0,
      replicasMax: deployment.status?.replicas ?? 0,
    };
    this.#last.set(key, rollout);
    if (this.rows.length < LIMIT) this.rows.push(rollout);
    else this.dropped++;
  }
}

function follow(rollout: Rollout, { metadata, spec, status }: Deployment, timeUs: number): void {
  const { availableReplicas = 0, replicas = 0, updatedReplicas = 0, observedGeneration = 0, conditions } = status ?? {};
  rollout.availableMin = Math.min(rollout.availableMin, availableReplicas);
  rollout.replicasMax = Math.max(rollout.replicasMax, replicas);
  if (conditions?.some(({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded') === true) {
    rollout.isPastDeadline = true;
  }
  const wanted = spec.replicas ?? 1;
  const isComplete =
    observedGeneration >= (metadata.generation ?? 0) && updatedReplicas === wanted && replicas === wanted && availableReplicas === wanted;
  if (isComplete) close(rollout, 'complete', timeUs);
}

function close(rollout: Rollout, end: RolloutEnd, timeUs: number): void {
  if (rollout.endUs !== undefined) return;
  rollout.end = end;
  rollout.endUs = timeUs;
}
