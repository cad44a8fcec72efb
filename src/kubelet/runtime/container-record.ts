/**
 * One container of one pod on its node, and the process in it: what the runtime knows and the status is written from.
 */
import type { WorkloadBehaviour } from '../../model/behaviour.ts';
import type { Container, ContainerState, ContainerStateWaiting, ResourceRequirements } from '../../model/pod.ts';
import type { ContainerProcess, PodRuntime } from '../../model/runtime-view.ts';
import type { BackOffEntry } from '../back-off.ts';
import type { ProbeState } from '../probe-state.ts';

export const ContainerRole = { Init: 0, Sidecar: 1, App: 2 } as const;
export type ContainerRole = (typeof ContainerRole)[keyof typeof ContainerRole];

export const Run = { None: 0, Running: 1, Exited: 2 } as const;
export type Run = (typeof Run)[keyof typeof Run];

export class ContainerRecord {
  /** Its place among the pod's containers: init containers first, in the order of the spec. */
  readonly index: number;
  readonly role: ContainerRole;
  spec: Container;

  run: Run = Run.None;
  /** What the kubelet has seen: a death is only seen at the next relist. */
  seen: Run = Run.None;
  process: Process | undefined = undefined;
  id = '';
  imageId = '';
  /** As the runtime has them; `spec` says what was granted last. */
  resources: ResourceRequirements | undefined = undefined;
  startUs = 0;
  finishUs = 0;
  exitCode = 0;
  exitReason = '';
  /** How it would end by itself, whatever its memory limit is: looked at again when that limit changes. */
  ownExitUs = Number.POSITIVE_INFINITY;
  ownExitCode = 0;
  ownExitReason = '';
  /** When the process will end as things stand; infinite when nothing will end it. */
  exitUs = Number.POSITIVE_INFINITY;
  /** Why the next pass has to kill it; empty when it may live. */
  killMessage = '';
  isKilledToRestart = false;
  killGraceSeconds = 0;
  /** On the way down: when its preStop hook is through, and what grace is left from then on. */
  stopFromUs = 0;
  stopGraceSeconds = 0;
  restartCount = 0;
  /** The state of the run before this one, as `lastState` shows it. */
  last: ContainerState | undefined = undefined;
  /** Why it waits, from the last failed try to start it. */
  waiting: ContainerStateWaiting | undefined = undefined;
  isStarted = false;
  isReady = false;
  backOff: BackOffEntry | undefined = undefined;
  probes: readonly ProbeState[] | undefined = undefined;
  /** Grows with every start, exit and plan to kill: an event that carries an older number is out of date. */
  epoch = 0;

  constructor(index: number, role: ContainerRole, spec: Container) {
    this.index = index;
    this.role = role;
    this.spec = spec;
  }
}

/** The process of a running container. Kept small: there is one for each container of the cluster. */
export class Process implements ContainerProcess {
  readonly pod: PodRuntime;
  readonly container: string;
  readonly behaviour: WorkloadBehaviour;
  readonly startUs: number;
  /** Accepts connections from here on, and answers readiness probes well from there on. */
  readonly acceptsUs: number;
  readonly readyUs: number;
  /** Does not answer from here until there. */
  hangUs = Number.POSITIVE_INFINITY;
  hangEndUs = Number.POSITIVE_INFINITY;
  isRunning = true;
  isTerminating = false;
  cpuLimitMilli = Number.POSITIVE_INFINITY;
  activeRequests = 0;
  waitingRequests = 0;
  busyUs = 0;
  queue: unknown = undefined;
  readonly #clock: { readonly nowUs: number };

  constructor(
    clock: { readonly nowUs: number },
    pod: PodRuntime,
    container: string,
    behaviour: WorkloadBehaviour,
    acceptsUs: number,
    readyUs: number,
  ) {
    this.#clock = clock;
    this.pod = pod;
    this.container = container;
    this.behaviour = behaviour;
    this.startUs = clock.nowUs;
    this.acceptsUs = acceptsUs;
    this.readyUs = readyUs;
  }

  get isAccepting(): boolean {
    const nowUs = this.#clock.nowUs;
    return (
      this.isRunning && nowUs >= this.acceptsUs && !this.hangsAt(nowUs) && (!this.isTerminating || this.behaviour.servesWhileTerminating)
    );
  }

  get isSaturated(): boolean {
    return this.activeRequests >= this.behaviour.concurrency && this.waitingRequests >= this.behaviour.queueLimit;
  }

  get isHanging(): boolean {
    const nowUs = this.#clock.nowUs;
    return this.isRunning && nowUs >= this.acceptsUs && this.hangsAt(nowUs);
  }

  hangsAt(atUs: number): boolean {
    return atUs >= this.hangUs && atUs < this.hangEndUs;
  }

  /** Memory in use at that instant. */
  memoryBytes(atUs: number): number {
    return this.behaviour.memoryBytes + Math.floor((this.behaviour.memoryGrowthBytesPerSecond * (atUs - this.startUs)) / 1_000_000);
  }
}
