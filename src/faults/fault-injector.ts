/**
 * Carries out faults and takes them back when their time is over. Chance has a stream of its own, so that a fault more moves nothing else.
 */
import type { Observers } from '../model/observer.ts';
import { mapMatches } from '../model/selector.ts';
import type { Random, RandomStream } from '../sim/random.ts';
import type { Simulation } from '../sim/simulation.ts';
import type { Fault, FaultTargets, NodeTarget } from './fault.ts';

const ZONE = 'topology.kubernetes.io/zone';

export class FaultInjector {
  readonly #sim: Simulation;
  readonly #observers: Observers;
  readonly #targets: FaultTargets;
  readonly #random: RandomStream;

  constructor(sim: Simulation, random: Random, observers: Observers, targets: FaultTargets) {
    this.#sim = sim;
    this.#observers = observers;
    this.#targets = targets;
    this.#random = random.stream('faults', 'nodes');
  }

  inject(fault: Fault): void {
    const { what, takeBack } = this.#begin(fault);
    this.#observers.noted(this.#sim.nowUs, `fault: ${what}`);
    if (fault.forUs === undefined || takeBack === undefined) return;
    this.#sim.after(fault.forUs, () => {
      takeBack();
      this.#observers.noted(this.#sim.nowUs, `fault over: ${what}`);
    });
  }

  #begin(fault: Fault): { readonly what: string; readonly takeBack?: () => void } {
    const targets = this.#targets;
    switch (fault.kind) {
      case 'registryDown':
        targets.setRegistryUp(false);
        return { what: 'the image registry answers nobody', takeBack: () => targets.setRegistryUp(true) };
      case 'apiServerDown':
        targets.setApiServerUp(false);
        return { what: 'the API server answers nobody', takeBack: () => targets.setApiServerUp(true) };
      case 'slowApiServer':
        targets.setApiServerSlowdown(fault.factor ?? 10);
        return { what: `the API server is ${fault.factor ?? 10} times slower`, takeBack: () => targets.setApiServerSlowdown(1) };
      case 'crashComponent': {
        const component = fault.component ?? 'kube-controller-manager';
        const identity = targets.crashComponent(component);
        return { what: `${identity} crashes`, takeBack: () => targets.reviveComponent(component, identity) };
      }
      default:
        return this.#beginOnNodes(fault);
    }
  }

  #beginOnNodes(fault: Fault): { readonly what: string; readonly takeBack?: () => void } {
    const targets = this.#targets;
    const names = this.#chosen(fault.nodes ?? { count: 1 });
    const list = names.length > 5 ? `${names.length} nodes` : names.join(', ');
    const each = (act: (name: string) => void) => () => names.forEach(act);
    switch (fault.kind) {
      case 'crashNodes':
        each((name) => targets.crashNode(name))();
        return { what: `${list} lose power`, takeBack: each((name) => targets.restartNode(name)) };
      case 'shutdownNodes':
        each((name) => targets.shutdownNode(name))();
        return { what: `${list} are shut down`, takeBack: each((name) => targets.restartNode(name)) };
      case 'partitionNodes':
        each((name) => targets.partitionNode(name))();
        return { what: `${list} are cut off`, takeBack: each((name) => targets.healNode(name)) };
      case 'stopKubelets':
        each((name) => targets.stopKubelet(name))();
        return { what: `the kubelets of ${list} hang`, takeBack: each((name) => targets.startKubelet(name)) };
      case 'restartKubelets':
        each((name) => targets.restartKubelet(name))();
        return { what: `the kubelets of ${list} are restarted` };
      default:
        each((name) => targets.removeNode(name))();
        return { what: `${list} are taken away` };
    }
  }

  #chosen({ names, zone, labels, count = 1 }: NodeTarget): readonly string[] {
    const all = this.#targets.nodes();
    if (names !== undefined) return names;
    if (zone !== undefined) return all.filter((node) => node.labels[ZONE] === zone).map((node) => node.name);
    if (labels !== undefined) return all.filter((node) => mapMatches(labels, node.labels)).map((node) => node.name);
    // One that is down already would make the fault smaller than asked for.
    const candidates = all.filter((node) => node.isUp).map((node) => node.name);
    const chosen: string[] = [];
    while (chosen.length < count && candidates.length > 0) chosen.push(candidates.splice(this.#random.below(candidates.length), 1)[0]!);
    return chosen;
  }
}
