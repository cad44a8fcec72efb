/**
 * kube-proxy on each node: when a change of Services and EndpointSlices becomes rules on that node.
 *
 * Models pkg/proxy/iptables/proxier.go and pkg/proxy/runner/bounded_frequency_runner.go: a sync starts at once, or one second after the
 * end of the last; changes in between go into one. A node's rules are kept from its first packet on; rules equal on many nodes are shared.
 * Left out: the full resync of every hour, which changes nothing, and retries of failed syncs, for none fails.
 */
import { MILLISECOND_US, SECOND_US } from '../base/units.ts';
import type { InformerFactory } from '../client/informer.ts';
import { isSameVersion } from '../client/informer.ts';
import type { ObjectKey } from '../model/meta.ts';
import { objectKey } from '../model/meta.ts';
import type { PodRuntimeView } from '../model/runtime-view.ts';
import type { EndpointSlice } from '../model/service.ts';
import { type Distribution, drawUs } from '../sim/distribution.ts';
import type { Random, RandomStream } from '../sim/random.ts';
import type { EventHandler, HandlerId, Simulation } from '../sim/simulation.ts';
import { endpointCount, rulesWhenAsked, type ServiceRules, serviceKeyOf } from './service-rules.ts';

// iptables minSyncPeriod (pkg/proxy/apis/config/v1alpha1/defaults.go).
const MIN_SYNC_US = SECOND_US;
// A partial sync in a small cluster takes 10 to 100 ms, one of more than 10,000 endpoints seconds (cluster.md 6.2).
const SYNC_TIME: Distribution = { kind: 'lognormal', medianUs: 30 * MILLISECOND_US, sigma: 0.5 };
const SYNC_PER_ENDPOINT_US = 100;
const BY_SERVICE = 'service';

const ProxyEvent = { Start: 0, End: 1 } as const;

interface NodeProxy {
  readonly nodeName: string;
  readonly rules: Map<ObjectKey, () => ServiceRules>;
  changed: Set<ObjectKey>;
  /** What the sync under way will put in place at its end. */
  staged: readonly (readonly [ObjectKey, (() => ServiceRules) | undefined])[];
  isScheduled: boolean;
  lastEndUs: number;
}

export class KubeProxies implements EventHandler {
  readonly #sim: Simulation;
  readonly #informers: InformerFactory;
  readonly #runtime: PodRuntimeView;
  readonly #random: RandomStream;
  readonly #handler: HandlerId;
  /** The rules as the newest known objects would have them; a proxy takes them over when it syncs. */
  readonly #current = new Map<ObjectKey, () => ServiceRules>();
  readonly #proxies: NodeProxy[] = [];
  readonly #byNode = new Map<string, NodeProxy>();

  constructor(sim: Simulation, informers: InformerFactory, runtime: PodRuntimeView, random: Random) {
    this.#sim = sim;
    this.#informers = informers;
    this.#runtime = runtime;
    this.#random = random.stream('network', 'kube-proxy');
    this.#handler = sim.register(this);
  }

  start(): void {
    const slices = this.#informers.informer('EndpointSlice');
    slices.addIndex(BY_SERVICE, (slice) => {
      const key = serviceKeyOf(slice);
      return key === undefined ? [] : [key];
    });
    this.#informers.informer('Service').addHandler({
      onAdd: (service) => this.#onChange(objectKey(service)),
      onUpdate: (before, after) => void (isSameVersion(before, after) || this.#onChange(objectKey(after))),
      onDelete: (service) => this.#onChange(objectKey(service)),
    });
    slices.addHandler({
      onAdd: (slice) => this.#onSlice(slice),
      onUpdate: (before, after) => void (isSameVersion(before, after) || this.#onSlice(after)),
      onDelete: (slice) => this.#onSlice(slice),
    });
  }

  /** The rules for a Service on that node at this instant; undefined when the node knows no such Service. */
  rulesOn(nodeName: string, service: ObjectKey): ServiceRules | undefined {
    return this.#proxy(nodeName).rules.get(service)?.();
  }

  /** What the cluster's DNS knows of the Service: it watches too, but programs nothing. */
  resolve(service: ObjectKey): ServiceRules | undefined {
    return this.#current.get(service)?.();
  }

  on(event: number, index: number): void {
    const proxy = this.#proxies[index]!;
    if (event === ProxyEvent.Start) this.#onStart(proxy, index);
    else this.#onEnd(proxy, index);
  }

  #onSlice(slice: EndpointSlice): void {
    const key = serviceKeyOf(slice);
    if (key !== undefined) this.#onChange(key);
  }

  #onChange(key: ObjectKey): void {
    const service = this.#informers.informer('Service').get(key);
    if (service === undefined) this.#current.delete(key);
    else this.#current.set(key, rulesWhenAsked(service, this.#informers.informer('EndpointSlice').byIndex(BY_SERVICE, key)));
    for (const [index, proxy] of this.#proxies.entries()) {
      proxy.changed.add(key);
      this.#schedule(proxy, index);
    }
  }

  #schedule(proxy: NodeProxy, index: number): void {
    if (proxy.isScheduled) return;
    proxy.isScheduled = true;
    const delayUs = Math.max(0, proxy.lastEndUs + MIN_SYNC_US - this.#sim.nowUs);
    this.#sim.schedule(delayUs, this.#handler, ProxyEvent.Start, index);
  }

  #onStart(proxy: NodeProxy, index: number): void {
    // Cut off or without power, the node learns nothing; it catches up when it is back.
    if (!this.#runtime.isNodeUp(proxy.nodeName) || !this.#runtime.isNodeReachable(proxy.nodeName)) {
      this.#sim.schedule(MIN_SYNC_US, this.#handler, ProxyEvent.Start, index);
      return;
    }
    proxy.staged = [...proxy.changed].map((key) => [key, this.#current.get(key)] as const);
    proxy.changed = new Set();
    let endpoints = 0;
    for (const [, rules] of proxy.staged) endpoints += endpointCount(rules?.());
    this.#sim.schedule(drawUs(SYNC_TIME, this.#random) + endpoints * SYNC_PER_ENDPOINT_US, this.#handler, ProxyEvent.End, index);
  }

  #onEnd(proxy: NodeProxy, index: number): void {
    for (const [key, rules] of proxy.staged) {
      if (rules === undefined) proxy.rules.delete(key);
      else proxy.rules.set(key, rules);
    }
    proxy.staged = [];
    proxy.isScheduled = false;
    proxy.lastEndUs = this.#sim.nowUs;
    if (proxy.changed.size > 0) this.#schedule(proxy, index);
  }

  /** A proxy nobody has sent a packet through is taken to be in step until then. */
  #proxy(nodeName: string): NodeProxy {
    let proxy = this.#byNode.get(nodeName);
    if (proxy === undefined) {
      proxy = {
        nodeName,
        rules: new Map(this.#current),
        changed: new Set(),
        staged: [],
        isScheduled: false,
        lastEndUs: this.#sim.nowUs - this.#random.below(MIN_SYNC_US),
      };
      this.#byNode.set(nodeName, proxy);
      this.#proxies.push(proxy);
    }
    return proxy;
  }
}
