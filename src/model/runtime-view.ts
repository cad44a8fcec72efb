/**
 * What network and workload may know of the processes on the nodes, at this very instant and without the API server in
 * between: a packet finds a process or does not, whatever the objects say.
 *
 * The kubelet's fleet answers; whoever serves requests keeps their queue and tells the process how busy it is.
 */
import type { WorkloadBehaviour } from './behaviour.ts';

/** One container's process, from its start to its end. A restart makes a new one. */
export interface ContainerProcess {
  readonly pod: PodRuntime;
  readonly container: string;
  readonly behaviour: WorkloadBehaviour;
  readonly startUs: number;
  /** Does the kernel of its node still hold it? False for ever once it has exited, or its node has lost power. */
  readonly isRunning: boolean;
  /** Running, through with its start-up, not hanging, its listeners open. */
  readonly isAccepting: boolean;
  /** Its listeners are open, and nobody answers. */
  readonly isHanging: boolean;
  /** It has been sent SIGTERM. */
  readonly isTerminating: boolean;
  /** CPU its container may use at most, in thousandths of a core: its limit, or all the node has. */
  readonly cpuLimitMilli: number;
  /** Requests inside it, and those waiting for a worker of it: kept by whoever serves requests, read by the kubelet. */
  activeRequests: number;
  waitingRequests: number;
  /** CPU time spent on requests since its start, in microseconds. */
  busyUs: number;
  /** The request queue of whoever serves requests; the kubelet does not look into it. */
  queue: unknown;
  /** Is every worker taken, and every place to wait? Whatever comes now is not looked at. */
  readonly isSaturated: boolean;
  /** Memory in use at that instant. */
  memoryBytes(atUs: number): number;
}

/** One pod's sandbox on its node. */
export interface PodRuntime {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  readonly nodeName: string;
  /** Empty until the sandbox has its network. */
  readonly ip: string;
  /** The kubelet has begun to take it down. */
  readonly isTerminating: boolean;
  /** The running process that owns the port, or, when no container declares it, the first running app container's. */
  processFor(port: number): ContainerProcess | undefined;
  /** Every running process, init containers and sidecars too: what metrics are added up over. */
  processes(): readonly ContainerProcess[];
}

export interface ProcessListener {
  /** The process has exited or was killed: requests inside it are lost at this instant. */
  processEnded(process: ContainerProcess, reason: 'exited' | 'killed' | 'node-lost'): void;
}

export interface PodRuntimeView {
  /** The pod of that uid, as long as its node keeps a sandbox for it. */
  pod(uid: string): PodRuntime | undefined;
  /** The pod that holds the address now. */
  podByIp(ip: string): PodRuntime | undefined;
  /** Has the node power? A node that is merely cut off from the API server is up. */
  isNodeUp(nodeName: string): boolean;
  /** Can packets travel between the node and the others? */
  isNodeReachable(nodeName: string): boolean;
  addListener(listener: ProcessListener): void;
  /** Whoever serves requests tells that one was turned away for want of a place: probes may be answered otherwise from now on. */
  turnedAway(process: ContainerProcess): void;
}
