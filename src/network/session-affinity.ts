/**
 * Session affinity by client address: a client's connections through one node go to the endpoint it met there last.
 *
 * Models the `recent` rules of pkg/proxy/iptables/proxier.go: kept per node, renewed by each connection, forgotten after the
 * timeout or with the endpoint.
 */
import { SECOND_US } from '../base/units.ts';
import type { RandomStream } from '../sim/random.ts';
import type { Target } from './service-rules.ts';

export class SessionAffinity {
  /** By node, Service and client: the endpoint's address, and when it was last used. */
  readonly #met = new Map<string, { ip: string; lastUs: number }>();
  readonly #random: RandomStream;

  constructor(random: RandomStream) {
    this.#random = random;
  }

  choose(targets: readonly Target[], key: string, timeoutSeconds: number, nowUs: number): Target {
    const met = this.#met.get(key);
    if (met !== undefined && nowUs - met.lastUs < timeoutSeconds * SECOND_US) {
      const same = targets.find(({ ip }) => ip === met.ip);
      if (same !== undefined) {
        met.lastUs = nowUs;
        return same;
      }
    }
    const target = targets[this.#random.below(targets.length)]!;
    this.#met.set(key, { ip: target.ip, lastUs: nowUs });
    return target;
  }
}
