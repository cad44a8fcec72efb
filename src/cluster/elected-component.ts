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
import { type ControlPlane, ControlPlaneProcess } from './control-plane-process.ts';

/** What a static pod's container takes from its end to running again, while it is not in back-off. */
const RESTART_US = 2 * SECOND_US;

/** Begins the component's work in `process`; called once a process, when it leads. */
export type StartWork = (process: ControlPlaneProcess) => void;

interface Candidate {
  readonly identity: string;
  process: ControlPlaneProcess | undefined;
  elector: LeaderElector | undefined;
  /** Told to stay down: by a fault, until it is started again. */
  isHeldDown: boolean;
  runs: number;
}

export class ElectedComponent {
  readonly name: string;
  readonly #plane: ControlPlane;
  readonly #startWork: StartWork;
  readonly #candidates: readonly Candidate[];
  #isReachable = true;

  constructor(plane: ControlPlane, name: string, replicas: number, startWork: StartWork) {
    this.name = name;
    this.#plane = plane;
    this.#startWork = startWork;
    this.#candidates = Array.from({ length: replicas }, (_, index) => ({
      identity: replicas === 1 ? name : `${name}-${index}`,
      process: undefined,
      elector: undefined,
      isHeldDown: false,
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

  /** Cuts every candidate off from the API server, or lets them back. */
  setConnected(isConnected: boolean): void {
    this.#isReachable = isConnected;
    for (const candidate of this.#candidates) candidate.process?.setConnected(isConnected);
  }

  #run(candidate: Candidate): void {
    const { sim, random } = this.#plane;
    candidate.runs++;
    const process = new ControlPlaneProcess(
      this.#plane,
      candidate.runs === 1 ? candidate.identity : `${candidate.identity}#${candidate.runs}`,
    );
    process.setConnected(this.#isReachable);
    candidate.process = process;
    candidate.elector = new LeaderElector(
      sim,
      // The leader election client is one of its own, so that a busy controller cannot starve it.
      process.client(candidate.identity, 20, 30),
      random.stream('leader-election', process.name),
      this.name,
      candidate.identity,
      { onStartedLeading: () => this.#startWork(process), onStoppedLeading: () => this.#onLost(candidate, process) },
    );
    candidate.elector.start();
  }

  #onLost(candidate: Candidate, process: ControlPlaneProcess): void {
    if (candidate.process !== process) return;
    this.#kill(candidate);
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
