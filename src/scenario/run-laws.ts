/**
 * Laws that no run may break, whatever schedules its pods: watched write by write, the first breaches remembered.
 */

import type { Node } from '../model/node.ts';
import type { Observer, RequestEnd, Write } from '../model/observer.ts';
import { isPodTerminal, type Pod } from '../model/pod.ts';
import { listedResources, podRequest } from '../model/pod-requests.ts';

const REMEMBERED = 5;

export class RunLaws implements Observer {
  readonly broken: string[] = [];
  readonly #nodeOf = new Map<string, string>();
  readonly #taken = new Map<string, { milliCpu: number; memory: number }>();
  readonly #allocatable = new Map<string, { readonly milliCpu: number; readonly memory: number }>();
  #revision = 0;
  #timeUs = 0;

  wrote({ timeUs, revision, kind, object, previous, removed }: Write): void {
    if (revision <= this.#revision) this.#breach(timeUs, `revision ${revision} came after ${this.#revision}`);
    if (timeUs < this.#timeUs) this.#breach(timeUs, `the clock went back from ${this.#timeUs} us`);
    this.#revision = revision;
    this.#timeUs = timeUs;
    if (kind === 'Node') this.#allocatable.set(object.metadata.name, listedResources((object as Node).status?.allocatable));
    if (kind === 'Pod') this.#pod(timeUs, object as Pod, previous as Pod | undefined, removed);
  }

  requestEnded({ startUs, endUs }: RequestEnd): void {
    if (endUs < startUs) this.#breach(endUs, `a request ended before it began at ${startUs} us`);
  }

  #pod(timeUs: number, pod: Pod, previous: Pod | undefined, removed: boolean): void {
    const { uid = '', name, namespace = '' } = pod.metadata;
    const node = pod.spec.nodeName ?? '';
    const known = this.#nodeOf.get(uid);
    if (known !== undefined && known !== node) this.#breach(timeUs, `pod ${namespace}/${name} was bound to ${known} and then to ${node}`);
    if (known === undefined && node !== '' && !removed) {
      this.#nodeOf.set(uid, node);
      // Static and mirror pods stand where their manifests lie, whoever schedules.
      const isScheduled = previous !== undefined && (previous.spec.nodeName ?? '') === '';
      this.#book(timeUs, pod, node, 1, isScheduled);
    }
    const wasOver = previous !== undefined && isPodTerminal(previous);
    if (known !== undefined && !wasOver && (removed || isPodTerminal(pod))) this.#book(timeUs, pod, known, -1);
    if (removed) this.#nodeOf.delete(uid);
  }

  #book(timeUs: number, pod: Pod, node: string, sign: 1 | -1, isScheduled = false): void {
    const asked = podRequest(pod, false);
    const taken = this.#taken.get(node) ?? { milliCpu: 0, memory: 0 };
    taken.milliCpu += sign * asked.milliCpu;
    taken.memory += sign * asked.memory;
    this.#taken.set(node, taken);
    const most = this.#allocatable.get(node);
    if (!isScheduled || most === undefined) return;
    if (asked.milliCpu > 0 && taken.milliCpu > most.milliCpu)
      this.#breach(timeUs, `${node} was given pods for ${taken.milliCpu}m of its ${most.milliCpu}m CPU`);
    if (asked.memory > 0 && taken.memory > most.memory)
      this.#breach(timeUs, `${node} was given pods for ${taken.memory} of its ${most.memory} bytes of memory`);
  }

  #breach(timeUs: number, what: string): void {
    if (this.broken.length < REMEMBERED) this.broken.push(`at ${(timeUs / 1e6).toFixed(6)} s ${what}`);
  }
}
