/**
 * What a cluster lets be done to it: each act of faults/ turned into calls on the parts concerned.
 */

import { fail } from '../base/fail.ts';
import { run } from '../client/task.ts';
import type { FaultTargets } from '../faults/fault.ts';
import type { Cluster } from './cluster.ts';
import type { ElectedComponent } from './elected-component.ts';
import { drainNodes, insist, setUnschedulable } from './zone-drain.ts';

export class ClusterFaults implements FaultTargets {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  nodes(): { name: string; labels: { readonly [key: string]: string }; isUp: boolean }[] {
    const { api, fleet } = this.#cluster;
    return api.list('Node', {}).items.map(({ metadata }) => ({
      name: metadata.name,
      labels: metadata.labels ?? {},
      isUp: fleet.runtimeView.isNodeUp(metadata.name),
    }));
  }

  hasMachine(name: string): boolean {
    return this.#cluster.fleet.has(name);
  }

  crashNode(name: string): void {
    this.#cluster.fleet.crashNode(name);
  }

  restartNode(name: string): void {
    this.#cluster.fleet.restartNode(name);
  }

  shutdownNode(name: string): void {
    this.#cluster.fleet.shutdownNode(name);
  }

  partitionNode(name: string): void {
    this.#cluster.fleet.cutNode(name);
  }

  healNode(name: string): void {
    this.#cluster.fleet.healNode(name);
  }

  stopKubelet(name: string): void {
    this.#cluster.fleet.stopKubelet(name);
  }

  startKubelet(name: string): void {
    this.#cluster.fleet.startKubelet(name);
  }

  restartKubelet(name: string): void {
    this.#cluster.fleet.restartKubelet(name);
  }

  /** The machine is gone for good, and the cloud provider takes its Node away. */
  removeNode(name: string): void {
    this.#cluster.fleet.removeNode(name);
    const { sim } = this.#cluster;
    const client = this.#cluster.client('cloud-node-lifecycle-controller');
    run(insist(sim, () => client.delete('Node', undefined, name)));
  }

  fillDisk(name: string, percent: number): void {
    this.#cluster.fleet.takeResource(name, 'ephemeral-storage', percent);
  }

  useMemory(name: string, percent: number): void {
    this.#cluster.fleet.takeResource(name, 'memory', percent);
  }

  drainNodes(names: readonly string[], done: () => void): void {
    run(drainNodes(this.#cluster.sim, this.#cluster.client('operator'), names), done);
  }

  uncordonNode(name: string): void {
    run(setUnschedulable(this.#cluster.sim, this.#cluster.client('operator'), name, false));
  }

  setRegistryUp(isUp: boolean): void {
    this.#cluster.registry.isUp = isUp;
  }

  setRegistrySlowdown(factor: number): void {
    this.#cluster.registry.slowdown = factor;
  }

  crashController(name: string): string {
    const component = this.#componentOf(name);
    if (component !== undefined) return component.crash();
    this.#cluster.stopController(name);
    return name;
  }

  reviveController(name: string, identity: string): void {
    const component = this.#componentOf(name);
    if (component === undefined) this.#cluster.restartController(name);
    else component.revive(identity);
  }

  cutLeader(component: string): string {
    return this.#component(component).cutLeader();
  }

  rejoin(component: string, identity: string): void {
    this.#component(component).rejoin(identity);
  }

  setApiServerUp(isUp: boolean): void {
    this.#cluster.setApiServerUp(isUp);
  }

  setApiServerSlowdown(factor: number): void {
    this.#cluster.latency.slowdown = factor;
  }

  #component(name: string): ElectedComponent {
    return this.#componentOf(name) ?? fail(`Cannot find ${name}: no such component`);
  }

  #componentOf(name: string): ElectedComponent | undefined {
    const { controllerManager, schedulers } = this.#cluster;
    return [controllerManager, ...schedulers].find((one) => one.name === name);
  }
}
