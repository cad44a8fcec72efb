/**
 * Leader election by Lease: who of several processes acts. Models client-go/tools/leaderelection/leaderelection.go.
 *
 * A candidate tries every 2 s (jittered by up to 1.2 times as much again); a lease not renewed for 15 s may be taken; a leader that cannot renew
 * for 10 s gives up, so that two never act at once.
 */
import { ApiError } from '../apiserver/api-error.ts';
import { SECOND_US } from '../base/units.ts';
import type { Lease } from '../model/node.ts';
import { microTimeText, timeUsOf } from '../model/time.ts';
import type { RandomStream } from '../sim/random.ts';
import type { Simulation } from '../sim/simulation.ts';
import type { Client } from './client.ts';
import { run, sleep, type Task } from './task.ts';

// component-base/config/v1alpha1/defaults.go.
const LEASE_SECONDS = 15;
const RENEW_DEADLINE_US = 10 * SECOND_US;
const RETRY_US = 2 * SECOND_US;
const JITTER = 1.2;

export interface LeaderCallbacks {
  onStartedLeading(): void;
  onStoppedLeading(): void;
}

export class LeaderElector {
  readonly #sim: Simulation;
  readonly #client: Client;
  readonly #random: RandomStream;
  readonly #name: string;
  readonly #identity: string;
  readonly #callbacks: LeaderCallbacks;
  #isRunning = false;
  #isLeading = false;
  /** When the lease was last seen to change, by this candidate's own clock, and what it held then. */
  #observedUs = 0;
  #observedRenewal = '';

  constructor(sim: Simulation, client: Client, random: RandomStream, name: string, identity: string, callbacks: LeaderCallbacks) {
    this.#sim = sim;
    this.#client = client;
    this.#random = random;
    this.#name = name;
    this.#identity = identity;
    this.#callbacks = callbacks;
  }

  get isLeading(): boolean {
    return this.#isLeading;
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    run(this.#loop());
  }

  /** The process dies: it renews no more and tells nobody. */
  stop(): void {
    this.#isRunning = false;
    if (this.#isLeading) {
      this.#isLeading = false;
      this.#callbacks.onStoppedLeading();
    }
  }

  *#loop(): Task<void> {
    let renewedUs = 0;
    while (this.#isRunning) {
      const holds = yield* this.#tryAcquireOrRenew();
      if (!this.#isRunning) return;
      if (holds) {
        renewedUs = this.#sim.nowUs;
        if (!this.#isLeading) {
          this.#isLeading = true;
          this.#callbacks.onStartedLeading();
        }
      } else if (this.#isLeading && this.#sim.nowUs - renewedUs >= RENEW_DEADLINE_US) {
        this.#isLeading = false;
        this.#callbacks.onStoppedLeading();
      }
      const delayUs = this.#isLeading ? RETRY_US : RETRY_US * (1 + JITTER * this.#random.uniform());
      yield* sleep(this.#sim, Math.round(delayUs));
    }
  }

  *#tryAcquireOrRenew(): Task<boolean> {
    try {
      const present = yield* this.#read();
      const now = microTimeText(this.#sim.nowUs);
      if (present === undefined) {
        yield* this.#client.create('Lease', this.#lease(now, now, 0));
        return true;
      }
      const { holderIdentity = '', renewTime = '', acquireTime, leaseTransitions = 0 } = present.spec ?? {};
      if (renewTime !== this.#observedRenewal) {
        this.#observedRenewal = renewTime;
        this.#observedUs = this.#sim.nowUs;
      }
      const isOwn = holderIdentity === this.#identity;
      const isLive = holderIdentity !== '' && this.#observedUs + LEASE_SECONDS * SECOND_US > this.#sim.nowUs;
      if (!isOwn && isLive) return false;
      const lease = this.#lease(isOwn ? (acquireTime ?? now) : now, now, isOwn ? leaseTransitions : leaseTransitions + 1);
      yield* this.#client.update('Lease', { ...present, spec: lease.spec! });
      this.#observedRenewal = now;
      this.#observedUs = timeUsOf(now);
      return true;
    } catch (error) {
      if (error instanceof ApiError) return false;
      throw error;
    }
  }

  *#read(): Task<Lease | undefined> {
    try {
      return yield* this.#client.get('Lease', 'kube-system', this.#name);
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return undefined;
      throw error;
    }
  }

  #lease(acquireTime: string, renewTime: string, leaseTransitions: number): Lease {
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: this.#name, namespace: 'kube-system' },
      spec: { holderIdentity: this.#identity, leaseDurationSeconds: LEASE_SECONDS, acquireTime, renewTime, leaseTransitions },
    };
  }
}
