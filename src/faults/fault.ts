/**
 * What may be done to a cluster from outside, and to which part of it.
 */
export type FaultKind =
  | 'crashNodes'
  | 'shutdownNodes'
  | 'partitionNodes'
  | 'stopKubelets'
  | 'restartKubelets'
  | 'removeNodes'
  | 'registryDown'
  | 'crashComponent'
  | 'apiServerDown'
  | 'slowApiServer';

/** Which nodes: so many by chance, just these, or all of a zone or with labels. Exactly one is given. */
export interface NodeTarget {
  readonly count?: number;
  readonly names?: readonly string[];
  readonly zone?: string;
  readonly labels?: { readonly [key: string]: string };
}

export interface Fault {
  readonly kind: FaultKind;
  /** Of the kinds that concern nodes. */
  readonly nodes?: NodeTarget;
  /** Of crashComponent: `kube-scheduler` or `kube-controller-manager`. */
  readonly component?: string;
  /** Of slowApiServer: how many times longer every request takes. */
  readonly factor?: number;
  /** How long it lasts; absent: until the end. */
  readonly forUs?: number;
}

/** What a cluster lets be done to it. Every act takes effect at this instant. */
export interface FaultTargets {
  /** In the order they came to the cluster. */
  nodes(): readonly { readonly name: string; readonly labels: { readonly [key: string]: string }; readonly isUp: boolean }[];
  crashNode(name: string): void;
  restartNode(name: string): void;
  shutdownNode(name: string): void;
  partitionNode(name: string): void;
  healNode(name: string): void;
  stopKubelet(name: string): void;
  startKubelet(name: string): void;
  restartKubelet(name: string): void;
  removeNode(name: string): void;
  setRegistryUp(isUp: boolean): void;
  /** The process that leads dies; what it answers is taken back by `reviveComponent`. */
  crashComponent(component: string): string;
  reviveComponent(component: string, identity: string): void;
  setApiServerUp(isUp: boolean): void;
  setApiServerSlowdown(factor: number): void;
}
