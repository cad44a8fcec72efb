/** A scheduler without a cluster: nodes and pods are put in by hand, and attempts are made one at a time. */
import type { KubeObject } from '../../src/model/meta.ts';
import type { Node } from '../../src/model/node.ts';
import type { Pod, PodSpec } from '../../src/model/pod.ts';
import { completeConfiguration } from '../../src/scheduler/configuration.ts';
import { customPluginFactory, pointsOfPlugin } from '../../src/scheduler/custom-plugin.ts';
import type { Listers } from '../../src/scheduler/handle.ts';
import type { SchedulerPlugin } from '../../src/scheduler/plugin-interface.ts';
import { PLUGINS } from '../../src/scheduler/plugin-registry.ts';
import { type Attempt, SchedulerCore } from '../../src/scheduler/scheduler-core.ts';

const SECOND_US = 1_000_000;

export interface WorldOptions {
  /** As a KubeSchedulerConfiguration has it. */
  readonly configuration?: object;
  readonly plugins?: readonly SchedulerPlugin[];
  readonly isSlow?: boolean;
}

export class SchedulerWorld {
  readonly core: SchedulerCore;
  nowUs = 0;
  readonly #objects = new Map<string, Map<string, KubeObject>>();
  #version = 1;

  constructor({ configuration = {}, plugins = [], isSlow = false }: WorldOptions = {}) {
    const points = new Map(plugins.map((plugin) => [plugin.name, pointsOfPlugin(plugin)]));
    this.core = new SchedulerCore({
      isSlow,
      configuration: completeConfiguration(configuration, points),
      plugins: new Map([...PLUGINS, ...plugins.map((plugin) => [plugin.name, customPluginFactory(plugin)] as const)]),
      listers: this.#listers(),
      nowUs: () => this.nowUs,
    });
  }

  set nowSeconds(seconds: number) {
    this.nowUs = Math.round(seconds * SECOND_US);
  }

  node(name: string, { labels = {}, taints = [], unschedulable = false, ...allocatable }: NodeOptions = {}): Node {
    const node: Node = {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, uid: name, labels: { 'kubernetes.io/hostname': name, ...labels } },
      spec: { taints, unschedulable },
      status: { allocatable: { cpu: '4', memory: '8Gi', pods: '110', ...allocatable } },
    };
    const before = this.core.cache.getNode(name)?.node;
    this.core.onNode(before, node);
    return node;
  }

  removeNode(name: string): void {
    this.core.onNode(this.core.cache.getNode(name)!.node, undefined);
  }

  /** A pod of the namespace default; with a nodeName it stands there already. */
  pod(name: string, { labels = {}, requests = { cpu: '100m' }, ...spec }: PodOptions = {}): Pod {
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default', uid: name, labels, resourceVersion: String(this.#version++) },
      spec: { schedulerName: 'default-scheduler', containers: [{ name: 'c', image: 'app:1', resources: { requests } }], ...spec },
    };
    this.core.onPod(undefined, pod);
    return pod;
  }

  update(pod: Pod, change: (pod: Pod) => Pod): Pod {
    const changed = change(pod);
    const after = { ...changed, metadata: { ...changed.metadata, resourceVersion: String(this.#version++) } };
    this.core.onPod(pod, after);
    return after;
  }

  /** One attempt. A failed one is given back at once, as the pod was. */
  attempt(): Attempt | undefined {
    const attempt = this.core.attempt();
    if (attempt !== undefined && attempt.result !== 'chosen') this.core.giveBack(attempt, attempt.entry.pod);
    return attempt;
  }

  object(object: KubeObject): void {
    this.#shelf(object.kind ?? '').set(keyOf(object), object);
  }

  #shelf(kind: string): Map<string, KubeObject> {
    let shelf = this.#objects.get(kind);
    if (shelf === undefined) {
      shelf = new Map();
      this.#objects.set(kind, shelf);
    }
    return shelf;
  }

  #listers(): Listers {
    const kinds: { readonly [lister: string]: string } = {
      persistentVolumes: 'PersistentVolume',
      persistentVolumeClaims: 'PersistentVolumeClaim',
      storageClasses: 'StorageClass',
      namespaces: 'Namespace',
      services: 'Service',
    };
    return new Proxy({} as Listers, {
      get: (_, lister) => {
        const shelf = () => this.#shelf(kinds[String(lister)] ?? String(lister));
        return {
          get: (key: string) => shelf().get(key),
          values: () => shelf().values(),
          byIndex: (_index: string, namespace: string) => [...shelf().values()].filter(({ metadata }) => metadata.namespace === namespace),
        };
      },
    });
  }
}

export interface NodeOptions {
  readonly labels?: Record<string, string>;
  readonly taints?: NonNullable<Node['spec']>['taints'];
  readonly unschedulable?: boolean;
  readonly cpu?: string;
  readonly memory?: string;
  readonly pods?: string;
  readonly [resource: string]: unknown;
}

export type PodOptions = Partial<PodSpec> & {
  readonly labels?: Record<string, string>;
  readonly requests?: Record<string, string>;
};

function keyOf({ metadata: { namespace, name } }: KubeObject): string {
  return namespace === undefined ? name : `${namespace}/${name}`;
}
