/**
 * The cluster as the scheduler knows it, once more, to try changes on: nothing that is done here is seen by the run.
 */

import type { Node } from '../../model/node.ts';
import type { Pod } from '../../model/pod.ts';
import { Cache } from '../cache.ts';
import { Diagnosis } from '../diagnosis.ts';
import { CycleState, type Status } from '../framework.ts';
import type { NodeInfo } from '../node-info.ts';
import type { PodInfo } from '../pod-info.ts';
import { Profile } from '../profile.ts';
import { Snapshot } from '../snapshot.ts';

/** What is changed in the cluster, for a trial. */
export interface ClusterChange {
  /** Put in the place of the nodes of their names, or added. */
  readonly nodes?: readonly Node[];
  /** Pods that are gone. */
  readonly withoutPods?: readonly PodInfo[];
  /** Pods that stand there besides, each on the node it names. */
  readonly pods?: readonly Pod[];
}

export class WhatIf {
  readonly profile: Profile;
  readonly snapshot = new Snapshot();
  readonly #cache = new Cache();

  constructor(original: Profile) {
    for (const info of original.handle.snapshot.nodes) {
      this.#cache.addNode(info.node!);
      for (const { pod } of info.pods) this.#cache.addPod(placedOn(pod, info.name));
    }
    this.#cache.updateSnapshot(this.snapshot);
    this.profile = new Profile(original.spec, { ...original.handle, snapshot: this.snapshot }, original.registry);
  }

  get nodes(): readonly NodeInfo[] {
    return this.snapshot.nodes;
  }

  /** Does `act` on the changed cluster, and puts everything back. */
  with<T>({ nodes = [], withoutPods = [], pods = [] }: ClusterChange, act: () => T): T {
    const before = nodes.map(({ metadata }) => this.snapshot.get(metadata.name)?.node);
    for (const node of nodes) this.#cache.addNode(node);
    for (const { uid } of withoutPods) this.#cache.removePod(uid);
    for (const pod of pods) this.#cache.addPod(pod);
    this.#cache.updateSnapshot(this.snapshot);
    try {
      return act();
    } finally {
      for (const { metadata } of pods) this.#cache.removePod(metadata.uid ?? '');
      nodes.forEach(({ metadata }, i) => {
        const node = before[i];
        if (node === undefined) this.#cache.removeNode(metadata.name);
        else this.#cache.addNode(node);
      });
      for (const { pod, nodeName } of withoutPods) this.#cache.addPod(placedOn(pod, nodeName));
      this.#cache.updateSnapshot(this.snapshot);
    }
  }

  /** The first plugin that keeps the pod off that node, if one does. */
  verdict(pod: PodInfo, nodeName: string): Status | undefined {
    return this.#trial(pod, (state, only) => {
      const node = this.snapshot.get(nodeName);
      if (node === undefined || only?.has(nodeName) === false) return OUTSIDE;
      return this.profile.runFiltersWithNominated(state, pod, node);
    });
  }

  /** What is said of each node; undefined where the pod fits. */
  verdicts(pod: PodInfo): ReadonlyMap<string, Status | undefined> {
    const found = new Map<string, Status | undefined>();
    const rejection = this.#trial(pod, (state, only) => {
      for (const node of this.nodes) {
        found.set(node.name, only?.has(node.name) === false ? OUTSIDE : this.profile.runFiltersWithNominated(state, pod, node));
      }
      return undefined;
    });
    if (rejection !== undefined) for (const { name } of this.nodes) found.set(name, rejection);
    return found;
  }

  /** Nodes the pod fits on. */
  fitting(pod: PodInfo): readonly string[] {
    return [...this.verdicts(pod)].filter(([, status]) => status === undefined).map(([name]) => name);
  }

  /** The node that would be cleared for the pod, and how many pods would go. */
  preemption(pod: PodInfo): { readonly node: string; readonly victims: number } | undefined {
    let found: { readonly node: string; readonly victims: number } | undefined;
    this.#trial(pod, (state) => {
      const diagnosis = new Diagnosis();
      for (const node of this.nodes) {
        const status = this.profile.runFiltersWithNominated(state, pod, node);
        if (status !== undefined) diagnosis.reject(node.name, status);
      }
      const { outcome } = this.profile.runPostFilter(state, pod, diagnosis);
      const plan = this.profile.preemptionPlan;
      if (outcome?.nomination === 'set' && plan?.chosen !== undefined) {
        found = { node: plan.chosen.nodeName, victims: plan.chosen.victims.length };
      }
      return undefined;
    });
    return found;
  }

  #trial(pod: PodInfo, act: (state: CycleState, only: ReadonlySet<string> | undefined) => Status | undefined): Status | undefined {
    const state = new CycleState();
    const { status, nodeNames } = this.profile.runPreFilter(state, pod);
    return status ?? act(state, nodeNames);
  }
}

const OUTSIDE: Status = { code: 'UnschedulableAndUnresolvable', plugin: '', reasons: ['node(s) outside of what the plugins allow'] };

/** An assumed pod is on a node its own specification does not name yet. */
function placedOn(pod: Pod, nodeName: string): Pod {
  return pod.spec.nodeName === nodeName ? pod : changedSpec(pod, { nodeName });
}

/** The same pod with another specification. */
export function changedSpec(pod: Pod, spec: Partial<Pod['spec']>): Pod {
  return { ...pod, spec: { ...pod.spec, ...spec } };
}
