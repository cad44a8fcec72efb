/**
 * Carries out faults and takes them back when their time is over. Chance has a stream of its own, so that a fault more moves nothing else.
 */
import type { Observers } from '../model/observer.ts';
import type { Random, RandomStream } from '../sim/random.ts';
import type { Simulation } from '../sim/simulation.ts';
import type { Fault, FaultTargets, NodeFaultKind } from './fault.ts';
import { chosenNodes, ZONE_LABEL } from './node-choice.ts';

interface Begun {
  /** What the narrative says of it. */
  readonly what: string;
  /** Absent when nothing can be taken back. */
  readonly takeBack?: () => void;
}

const KUBE_CONTROLLER_MANAGER = 'kube-controller-manager';
const DEFAULT_FACTOR = 10;
const DEFAULT_PERCENT = 95;

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

  #begin(fault: Fault): Begun {
    switch (fault.kind) {
      case 'registryOutage':
      case 'slowRegistry':
        return this.#beginOnRegistry(fault);
      case 'apiServerOutage':
      case 'slowApiServer':
      case 'crashController':
      case 'loseLeader':
        return this.#beginOnControlPlane(fault);
      case 'zoneDark':
      case 'drainZone':
        return this.#beginOnZone(fault);
      default:
        return this.#beginOnNodes(fault.kind, fault);
    }
  }

  #beginOnRegistry({ kind, factor = DEFAULT_FACTOR }: Fault): Begun {
    const targets = this.#targets;
    if (kind === 'registryOutage') {
      targets.setRegistryUp(false);
      return { what: 'the image registry answers nobody', takeBack: () => targets.setRegistryUp(true) };
    }
    targets.setRegistrySlowdown(factor);
    return { what: `the image registry is ${factor} times slower`, takeBack: () => targets.setRegistrySlowdown(1) };
  }

  #beginOnControlPlane({ kind, factor = DEFAULT_FACTOR, component = KUBE_CONTROLLER_MANAGER }: Fault): Begun {
    const targets = this.#targets;
    if (kind === 'apiServerOutage') {
      targets.setApiServerUp(false);
      return { what: 'the API server answers nobody', takeBack: () => targets.setApiServerUp(true) };
    }
    if (kind === 'slowApiServer') {
      targets.setApiServerSlowdown(factor);
      return { what: `the API server is ${factor} times slower`, takeBack: () => targets.setApiServerSlowdown(1) };
    }
    if (kind === 'loseLeader') {
      const identity = targets.cutLeader(component);
      const what = `${identity}, which leads, cannot reach the API server and so cannot renew its lease`;
      return { what, takeBack: () => targets.rejoin(component, identity) };
    }
    const identity = targets.crashController(component);
    return { what: `${identity} crashes`, takeBack: () => targets.reviveController(component, identity) };
  }

  #beginOnZone({ kind, zone = '' }: Fault): Begun {
    const targets = this.#targets;
    const names = this.#machines(targets.nodes().flatMap((node) => (node.labels[ZONE_LABEL] === zone ? [node.name] : [])));
    if (kind === 'zoneDark') {
      for (const name of names) targets.crashNode(name);
      return {
        what: `zone ${zone} goes dark: ${listed(names)} ${verb(names, 'loses', 'lose')} power`,
        takeBack: this.#each(names, (name) => targets.restartNode(name)),
      };
    }
    targets.drainNodes(names, () => this.#observers.noted(this.#sim.nowUs, `zone ${zone} is drained`));
    return { what: `zone ${zone} is drained: ${listed(names)}`, takeBack: this.#each(names, (name) => targets.uncordonNode(name)) };
  }

  #beginOnNodes(kind: NodeFaultKind, { nodes, percent = DEFAULT_PERCENT }: Fault): Begun {
    const targets = this.#targets;
    const names = this.#machines(chosenNodes(targets.nodes(), nodes ?? { count: 1 }, this.#random));
    const list = listed(names);
    const each = (act: (name: string) => void) => this.#each(names, act);
    switch (kind) {
      case 'crashNodes':
        each((name) => targets.crashNode(name))();
        return { what: `${list} ${verb(names, 'loses', 'lose')} power`, takeBack: each((name) => targets.restartNode(name)) };
      case 'shutdownNodes':
        each((name) => targets.shutdownNode(name))();
        return { what: `${list} ${verb(names, 'is', 'are')} shut down`, takeBack: each((name) => targets.restartNode(name)) };
      case 'partitionNodes':
        each((name) => targets.partitionNode(name))();
        return { what: `${list} ${verb(names, 'is', 'are')} cut off`, takeBack: each((name) => targets.healNode(name)) };
      case 'stopKubelets':
        each((name) => targets.stopKubelet(name))();
        return {
          what: `the ${verb(names, 'kubelet', 'kubelets')} of ${list} ${verb(names, 'hangs', 'hang')}`,
          takeBack: each((name) => targets.startKubelet(name)),
        };
      case 'restartKubelets':
        each((name) => targets.restartKubelet(name))();
        return { what: `the ${verb(names, 'kubelet', 'kubelets')} of ${list} ${verb(names, 'is', 'are')} restarted` };
      case 'fillDisk':
        each((name) => targets.fillDisk(name, percent))();
        return {
          what: `the ${verb(names, 'disk', 'disks')} of ${list} ${verb(names, 'fills', 'fill')} up to ${percent} %`,
          takeBack: each((name) => targets.fillDisk(name, 0)),
        };
      case 'useMemory':
        each((name) => targets.useMemory(name, percent))();
        return { what: `something takes memory of ${list} up to ${percent} %`, takeBack: each((name) => targets.useMemory(name, 0)) };
      default:
        each((name) => targets.removeNode(name))();
        return { what: `${list} ${verb(names, 'is', 'are')} taken away` };
    }
  }

  /** Those of the nodes that still have a machine: one may have been taken away, and nothing more can befall it. */
  #machines(names: readonly string[]): readonly string[] {
    return names.filter((name) => this.#targets.hasMachine(name));
  }

  #each(names: readonly string[], act: (name: string) => void): () => void {
    return () => {
      for (const name of this.#machines(names)) act(name);
    };
  }
}

function verb(names: readonly string[], one: string, many: string): string {
  return names.length === 1 ? one : many;
}

function listed(names: readonly string[]): string {
  if (names.length === 0) return 'no node';
  return names.length > 5 ? `${names.length} nodes` : names.join(', ');
}
