/**
 * What a cluster lets be done to it: each act of faults/ turned into calls on the parts concerned.
 */

import { fail } from '../base/fail.ts';
import type { FaultTargets } from '../faults/fault.ts';
import type { Cluster } from './cluster.ts';
import type { ElectedComponent } from './elected-component.ts';

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
    this.#cluster.client('cloud-node-lifecycle-controller').send(true, (api, request) => api.delete('Node', undefined, name, {}, request));
  }

  setRegistryUp(isUp: boolean): void {
    this.#cluster.registry.isUp = isUp;
  }

  crashComponent(component: string): string {
    return this.#component(component).crash();
  }

  reviveComponent(component: string, identity: string): void {
    this.#component(component).revive(identity);
  }

  setApiServerUp(isUp: boolean): void {
    this.#cluster.latency.isUp = isUp;
  }

  setApiServerSlowdown(factor: number): void {
    this.#cluster.latency.slowdown = factor;
  }

  #component(name: string): ElectedComponent {
    const { controllerManager, schedulers } = this.#cluster;
    const all = [controllerManager, ...schedulers];
    return all.find((one) => one.name === name) ?? fail(`Cannot crash ${name}: no such component`);
  }
}
