/**
 * A component of the control plane with one or more candidates of which one works: elects a leader, starts its work, and
 * lets another take over when it is gone.
 *
 * Models the way cmd/kube-controller-manager and cmd/kube-scheduler use leader election: who loses the lease ends its process, and
 * the kubelet of its node starts it again.
 */
import { fail } from '../base/fail.ts';
import { SECOND_US } from '../base/units.ts';
import { LeaderElector } from '../client/leader-election.ts';
import type { Kind } from '../model/kinds.ts';
import { type ControlPlane, ControlPlaneProcess } from './control-plane-process.ts';

/** What a static pod's container takes from its end to running again, while it is not in back-off. */
const RESTART_US = 2 * SECOND_US;

/** syncedPollPeriod in shared_informer.go. */
const SYNC_POLL_US = 100_000;

/** Begins the component's work in `process`; called once a process, when it leads. */
export type StartWork = (process: ControlPlaneProcess) => void;

interface Candidate {
  readonly identity: string;
  process: ControlPlaneProcess | undefined;
  elector: LeaderElector | undefined;
  /** Told to stay down: by a fault, until it is started again. */
  isHeldDown: boolean;
  /** Cut off by a fault from the API server, until it is let back or has lost its lease. */
  isCut: boolean;
  runs: number;
}

export class ElectedComponent {
  readonly name: string;
  readonly #plane: ControlPlane;
  readonly #startWork: StartWork;
  readonly #candidates: readonly Candidate[];
  /** The process that led last, living or dead. */
  #lastLed: ControlPlaneProcess | undefined;
  #areWatchesBroken = false;

  constructor(plane: ControlPlane, name: string, replicas: number, startWork: StartWork) {
    this.name = name;
    this.#plane = plane;
    this.#startWork = startWork;
    this.#candidates = Array.from({ length: replicas }, (_, index) => ({
      identity: replicas === 1 ? name : `${name}-${index}`,
      process: undefined,
      elector: undefined,
      isHeldDown: false,
      isCut: false,
      runs: 0,
    }));
  }

  /** Identities of the candidates, the leader of the moment first if there is one. */
  get identities(): string[] {
    const leader = this.leader;
    const all = this.#candidates.map((candidate) => candidate.identity);
    return leader === undefined ? all : [leader, ...all.filter((identity) => identity !== leader)];
  }

  get leader(): string | undefined {
    return this.#candidates.find((candidate) => candidate.elector?.isLeading === true)?.identity;
  }

  start(): void {
    for (const candidate of this.#candidates) this.#run(candidate);
  }

  /** The process dies and stays dead until `revive`. Without an identity: the leader, or the first candidate. */
  crash(identity = this.identities[0]!): string {
    const candidate = this.#candidate(identity);
    candidate.isHeldDown = true;
    this.#kill(candidate);
    return identity;
  }

  revive(identity: string): void {
    const candidate = this.#candidate(identity);
    if (!candidate.isHeldDown) return;
    candidate.isHeldDown = false;
    this.#run(candidate);
  }

  /** The leader, or the first candidate, cannot reach the API server until `rejoin`, or until it has lost its lease and ended. */
  cutLeader(): string {
    const candidate = this.#candidate(this.identities[0]!);
    candidate.isCut = true;
    candidate.process?.setConnected(false);
    return candidate.identity;
  }

  rejoin(identity: string): void {
    const candidate = this.#candidate(identity);
    if (!candidate.isCut) return;
    candidate.isCut = false;
    candidate.process?.setConnected(true);
  }

  /** Every watch of its processes has broken; `rewatchUs` says for each how long it takes until it is open again. */
  breakWatches(): void {
    this.#areWatchesBroken = true;
    for (const { process } of this.#candidates) process?.setWatching(false);
  }

  reopenWatches(rewatchUs: () => number): void {
    this.#areWatchesBroken = false;
    for (const { process } of this.#candidates) {
      if (process !== undefined) this.#plane.sim.after(rewatchUs(), () => this.#rewatch(process));
    }
  }

  /** Unless the API server has gone again in between. */
  #rewatch(process: ControlPlaneProcess): void {
    if (this.#areWatchesBroken) return;
    process.setWatching(true);
  }

  #run(candidate: Candidate): void {
    const { sim, random } = this.#plane;
    candidate.runs++;
    const process = new ControlPlaneProcess(
      this.#plane,
      candidate.runs === 1 ? candidate.identity : `${candidate.identity}#${candidate.runs}`,
    );
    process.setWatching(!this.#areWatchesBroken);
    candidate.process = process;
    candidate.elector = new LeaderElector(
      sim,
      // The leader election client is one of its own, so that a busy controller cannot starve it.
      process.client(candidate.identity, 20, 30, 'leader-election'),
      random.stream('leader-election', process.name),
      this.name,
      // Each process has an identity of its own, so one that has been restarted waits for its predecessor's lease like anybody else.
      process.name,
      { onStartedLeading: () => this.#onLeading(candidate, process), onStoppedLeading: () => this.#onLost(candidate, process) },
    );
    candidate.elector.start();
  }

  #onLeading(candidate: Candidate, process: ControlPlaneProcess): void {
    const { sim, observers } = this.#plane;
    const before = this.#lastLed;
    this.#lastLed = process;
    // The first of all to lead is no news, and finds its caches full: the cluster was there before the run began.
    if (before === undefined) return this.#startWork(process);
    observers.noted(sim.nowUs, `${candidate.identity} leads now and works with fresh caches`);
    this.#startWhenSynced(candidate, process, before.informers.kinds);
  }

  /** It watches what its predecessor watched, and touches nothing before it has seen all of it (WaitForNamedCacheSync). */
  #startWhenSynced(candidate: Candidate, process: ControlPlaneProcess, kinds: readonly Kind[]): void {
    if (candidate.process !== process) return;
    const { sim } = this.#plane;
    const syncedUs = process.informers.syncedUs(kinds);
    const waitUs = syncedUs === undefined ? SYNC_POLL_US : syncedUs - sim.nowUs;
    if (waitUs <= 0) this.#startWork(process);
    else sim.after(waitUs, () => this.#startWhenSynced(candidate, process, kinds));
  }

  #onLost(candidate: Candidate, process: ControlPlaneProcess): void {
    if (candidate.process !== process) return;
    this.#kill(candidate);
    // What it is started with finds the way again: a pod that is moved, a name that resolves anew.
    candidate.isCut = false;
    this.#plane.observers.noted(this.#plane.sim.nowUs, `${candidate.identity} lost its lease and ended`);
    this.#plane.sim.after(RESTART_US, () => {
      if (!candidate.isHeldDown && candidate.process === undefined) this.#run(candidate);
    });
  }

  #kill(candidate: Candidate): void {
    const { process, elector } = candidate;
    // Forgotten first: stopping the elector tells of the loss, which must not count as one more.
    candidate.process = undefined;
    candidate.elector = undefined;
    process?.kill();
    elector?.stop();
  }

  #candidate(identity: string): Candidate {
    return (
      this.#candidates.find((one) => one.identity === identity) ?? fail(`Cannot find ${identity} among the candidates of ${this.name}`)
    );
  }
}
