/**
 * An observer that holds every write and every request of a run to the laws no run may break.
 */
import type { Observer, RequestEnd, Write } from '../../src/model/observer.ts';
import type { Pod } from '../../src/model/pod.ts';
import { quantityMilli } from '../../src/model/quantity.ts';

/** Watches each write, and remembers the first that breaks a law. */
export class ClusterLaws implements Observer {
  readonly broken: string[] = [];
  ended = 0;
  /** When something other than a heartbeat was written last. */
  busyUs = 0;
  readonly #nodeMilli: number;
  readonly #nodeOf = new Map<string, string>();
  readonly #milliOn = new Map<string, number>();
  #revision = 0;
  #timeUs = 0;

  /** `nodeMilli`: what each node can give. */
  constructor(nodeMilli: number) {
    this.#nodeMilli = nodeMilli;
  }

  wrote({ timeUs, revision, kind, object, previous, removed }: Write): void {
    if (revision <= this.#revision) this.broken.push(`revision ${revision} after ${this.#revision}`);
    if (timeUs < this.#timeUs) this.broken.push(`time ${timeUs} after ${this.#timeUs}`);
    this.#revision = revision;
    this.#timeUs = timeUs;
    if (kind !== 'Lease' && kind !== 'Node') this.busyUs = timeUs;
    if (kind === 'Pod') this.#pod(object as Pod, previous as Pod | undefined, removed);
  }

  requestEnded({ startUs, endUs }: RequestEnd): void {
    this.ended++;
    if (endUs < startUs) this.broken.push(`a request ended at ${endUs}, before its start at ${startUs}`);
  }

  #pod(pod: Pod, previous: Pod | undefined, removed: boolean): void {
    const { uid = '', name } = pod.metadata;
    const { nodeName } = pod.spec;
    const bound = this.#nodeOf.get(uid);
    if (bound !== undefined && bound !== nodeName) this.broken.push(`${name} moved from ${bound} to ${nodeName}`);
    if (nodeName !== undefined && bound === undefined) {
      this.#nodeOf.set(uid, nodeName);
      this.#book(nodeName, milliOf(pod));
    }
    const isOver = (one: Pod) => one.status?.phase === 'Failed' || one.status?.phase === 'Succeeded';
    const wasOver = previous !== undefined && isOver(previous);
    if (nodeName !== undefined && !wasOver && (removed || isOver(pod))) this.#book(nodeName, -milliOf(pod));
  }

  #book(node: string, milli: number): void {
    const used = (this.#milliOn.get(node) ?? 0) + milli;
    this.#milliOn.set(node, used);
    if (used > this.#nodeMilli) this.broken.push(`${node} is asked for ${used} milli-CPU of ${this.#nodeMilli}`);
  }
}

function milliOf(pod: Pod): number {
  return pod.spec.containers.reduce((sum, { resources }) => sum + quantityMilli(resources?.requests?.cpu), 0);
}
