/**
 * What may be done to a cluster from outside, and to which part of it.
 */
export type NodeFaultKind =
  | 'crashNodes'
  | 'shutdownNodes'
  | 'partitionNodes'
  | 'stopKubelets'
  | 'restartKubelets'
  | 'removeNodes'
  | 'fillDisk'
  | 'useMemory';
export type ZoneFaultKind = 'zoneDark' | 'drainZone';
export type ControlPlaneFaultKind = 'crashController' | 'loseLeader' | 'apiServerOutage' | 'slowApiServer';
export type RegistryFaultKind = 'registryOutage' | 'slowRegistry';
export type FaultKind = NodeFaultKind | ZoneFaultKind | ControlPlaneFaultKind | RegistryFaultKind;

/** Which nodes: just these by name, or those of a zone and with labels; of those so many drawn by chance, or all. */
export interface NodeTarget {
  readonly names?: readonly string[];
  readonly zone?: string;
  readonly labels?: { readonly [key: string]: string };
  readonly count?: number;
}

export interface Fault {
  readonly kind: FaultKind;
  /** Of the kinds that concern nodes; absent means one, drawn by chance. */
  readonly nodes?: NodeTarget;
  readonly zone?: string;
  /** Of crashController and loseLeader: a component, or one controller of kube-controller-manager. */
  readonly component?: string;
  /** Of slowApiServer and slowRegistry: how many times longer everything takes. */
  readonly factor?: number;
  /** Of fillDisk and useMemory: how much of the node's disk or memory is taken afterwards. */
  readonly percent?: number;
  /** How long it lasts; absent: until the end. */
  readonly forUs?: number;
}

/** What a cluster lets be done to it. Every act takes effect at this instant. */
export interface FaultTargets {
  /** In the order they came to the cluster. */
  nodes(): readonly { readonly name: string; readonly labels: { readonly [key: string]: string }; readonly isUp: boolean }[];
  /** False once it has been taken away. */
  hasMachine(name: string): boolean;
  crashNode(name: string): void;
  restartNode(name: string): void;
  shutdownNode(name: string): void;
  partitionNode(name: string): void;
  healNode(name: string): void;
  stopKubelet(name: string): void;
  startKubelet(name: string): void;
  restartKubelet(name: string): void;
  removeNode(name: string): void;
  /** Somebody else takes so much of the disk, or of the memory, that this part of it is in use; 0 gives it back. */
  fillDisk(name: string, percent: number): void;
  useMemory(name: string, percent: number): void;
  /** Closes the nodes and evicts their pods, as `kubectl drain` does one node after the other; `done` is told at the end. */
  drainNodes(names: readonly string[], done: () => void): void;
  uncordonNode(name: string): void;
  setRegistryUp(isUp: boolean): void;
  setRegistrySlowdown(factor: number): void;
  /** The process that leads dies, or the one controller stops; what it answers is taken back by `reviveController`. */
  crashController(name: string): string;
  reviveController(name: string, identity: string): void;
  /** The process that leads is cut off, and so cannot renew its lease; `rejoin` ends that. */
  cutLeader(component: string): string;
  rejoin(component: string, identity: string): void;
  setApiServerUp(isUp: boolean): void;
  setApiServerSlowdown(factor: number): void;
}
