/**
 * Leader election by Lease: who of several processes acts. Models client-go/tools/leaderelection/leaderelection.go.
 *
 * A candidate tries every 2 s (jittered by up to 1.2 times as much again); a lease not renewed for 15 s may be taken. A leader
 * renews 2 s after its last success and then has 10 s for it, whatever becomes of the request under way: two never act at once.
 */
import { ApiError } from '../apiserver/api-error.ts';
import { SECOND_US } from '../base/units.ts';
import type { Lease } from '../model/node.ts';
import { microTimeText, timeUsOf } from '../model/time.ts';
import type { RandomStream } from '../sim/random.ts';
import type { Simulation } from '../sim/simulation.ts';
import type { Client } from './client.ts';
import { run, sleep, type Task, within } from './task.ts';

// component-base/config/v1alpha1/defaults.go.
const LEASE_SECONDS = 15;
const RENEW_DEADLINE_US = 10 * SECOND_US;
const RETRY_US = 2 * SECOND_US;
const JITTER = 1.2;
// resourcelock.NewFromKubeconfig gives the election's own client half of the renew deadline for a request.
const REQUEST_TIMEOUT_US = RENEW_DEADLINE_US / 2;

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
    yield* this.#acquire();
    if (!this.#isRunning) return;
    this.#isLeading = true;
    this.#callbacks.onStartedLeading();
    while (this.#isRunning) {
      yield* sleep(this.#sim, RETRY_US);
      if (!this.#isRunning) return;
      const isRenewed = yield* this.#renew();
      if (!this.#isRunning) return;
      if (!isRenewed) return this.stop();
    }
  }

  *#acquire(): Task<void> {
    while (this.#isRunning) {
      if ((yield* within(this.#sim, REQUEST_TIMEOUT_US, this.#tryAcquireOrRenew())) === true) return;
      yield* sleep(this.#sim, Math.round(RETRY_US * (1 + JITTER * this.#random.uniform())));
    }
  }

  /** Tries until it has renewed, or its time is over. */
  *#renew(): Task<boolean> {
    const deadlineUs = this.#sim.nowUs + RENEW_DEADLINE_US;
    for (;;) {
      const leftUs = deadlineUs - this.#sim.nowUs;
      if (leftUs <= 0 || !this.#isRunning) return false;
      if ((yield* within(this.#sim, Math.min(REQUEST_TIMEOUT_US, leftUs), this.#tryAcquireOrRenew())) === true) return true;
      yield* sleep(this.#sim, Math.min(RETRY_US, Math.max(0, deadlineUs - this.#sim.nowUs)));
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
