/**
 * The way of a request: client, name, node, rule, endpoint, the process's queue, the answer; and which link was missing when there is none.
 *
 * Rules come from kube-proxy on the node the connection enters (kube-proxy.ts); processes are looked at as they are at that
 * instant, whatever the objects say. A connection that meets a machine without power ends by the client's timeout, one that
 * meets a closed port is refused at once, one inside a process that dies is reset. Each try is a connection of its own: one
 * that is kept open for several requests, and so outlives its endpoint's removal, is left out.
 * Always true: a request ends exactly once.
 */
import { MICROSECOND_US, MILLISECOND_US } from '../base/units.ts';
import type { InformerFactory } from '../client/informer.ts';
import type { Observers } from '../model/observer.ts';
import type { ContainerProcess, PodRuntimeView } from '../model/runtime-view.ts';
import { type Distribution, drawUs } from '../sim/distribution.ts';
import type { Random, RandomStream } from '../sim/random.ts';
import type { EventHandler, HandlerId, Simulation } from '../sim/simulation.ts';
import { ClusterDns } from './cluster-dns.ts';
import { candidates, hasEndpoints } from './endpoint-choice.ts';
import { EntryNodes } from './entry-nodes.ts';
import { Failure } from './failure.ts';
import { KubeProxies } from './kube-proxy.ts';
import { type Request, RequestPool } from './request-pool.ts';
import type { Call, Route } from './route.ts';
import { ServerQueue } from './server-queue.ts';
import type { ServiceRules, Target } from './service-rules.ts';
import { SessionAffinity } from './session-affinity.ts';

const RequestEvent = { Reach: 0, Served: 1, GiveUp: 2, Retry: 3, Fail: 4 } as const;

// Between two machines of one site, and on one machine; measured figures are of this order.
const HOP: Distribution = { kind: 'lognormal', medianUs: 250 * MICROSECOND_US, sigma: 0.4 };
const LOCAL_HOP: Distribution = { kind: 'lognormal', medianUs: 60 * MICROSECOND_US, sigma: 0.4 };
/** What a client that tries again waits before it does. */
const RETRY_AFTER_US = 100 * MILLISECOND_US;

export interface NetworkOptions {
  readonly sim: Simulation;
  readonly random: Random;
  readonly observers: Observers;
  /** Of the kube-proxies: their view of Services, EndpointSlices and Nodes. */
  readonly informers: InformerFactory;
  readonly runtime: PodRuntimeView;
}

export class Network implements EventHandler {
  readonly proxies: KubeProxies;
  readonly #sim: Simulation;
  readonly #observers: Observers;
  readonly #runtime: PodRuntimeView;
  readonly #entries: EntryNodes;
  readonly #dns: ClusterDns;
  readonly #affinity: SessionAffinity;
  readonly #choice: RandomStream;
  readonly #latency: RandomStream;
  readonly #service: RandomStream;
  readonly #clients: RandomStream;
  readonly #handler: HandlerId;
  readonly #requests = new RequestPool();

  constructor({ sim, random, observers, informers, runtime }: NetworkOptions) {
    this.#sim = sim;
    this.#observers = observers;
    this.#runtime = runtime;
    this.#choice = random.stream('network', 'endpoint');
    this.#latency = random.stream('network', 'latency');
    this.#service = random.stream('network', 'service-time');
    this.#clients = random.stream('network', 'clients');
    this.#handler = sim.register(this);
    this.proxies = new KubeProxies(sim, informers, runtime, random);
    this.#entries = new EntryNodes(informers, runtime, random.stream('network', 'entry'));
    this.#dns = new ClusterDns(this.proxies, runtime, this.#latency, random.stream('network', 'dns'));
    this.#affinity = new SessionAffinity(this.#choice);
    runtime.addListener({ processEnded: (process, reason) => this.#onProcessEnded(process, reason) });
  }

  start(): void {
    this.proxies.start();
  }

  /** Requests under way, those on behalf of others included. */
  get pending(): number {
    return this.#requests.pending;
  }

  /** Sends one request from outside the cluster, or from a pod inside when the Service is not open to the outside. */
  send(route: Route): void {
    const request = this.#requests.take(route, route, this.#sim.nowUs);
    if (route.clients > 0) request.client = `${route.traffic}/${this.#clients.below(route.clients)}`;
    this.#try(request);
  }

  on(event: number, slot: number): void {
    const request = this.#requests.at(slot);
    request.event = undefined;
    switch (event) {
      case RequestEvent.Reach:
        return this.#onReach(request);
      case RequestEvent.Served:
        return this.#onServed(request);
      case RequestEvent.Retry:
        return request.isOrphan ? this.#requests.release(request) : this.#try(request);
      case RequestEvent.Fail:
        return this.#end(request, request.failing);
      default:
        return this.#onGiveUp(request);
    }
  }

  /** Begins a try, with a deadline of its own. */
  #try(request: Request): void {
    const { nowUs } = this.#sim;
    const { call, parent } = request;
    const ownUs = nowUs + (call.timeoutUs ?? Number.POSITIVE_INFINITY);
    request.deadlineUs = parent === undefined ? ownUs : Math.min(ownUs, parent.deadlineUs);
    if (parent !== undefined) return this.#connect(request);
    const rules = this.proxies.resolve(call.service);
    request.isFromOutside = rules?.isExternal === true;
    const entry = request.isFromOutside ? this.#enter(rules!) : this.#entries.fromInside();
    request.entry = entry ?? '';
    if (entry === undefined) this.#end(request, Failure.NoNode);
    else if (!this.#runtime.isNodeUp(entry)) this.#waitForTimeout(request);
    else this.#connect(request);
  }

  #enter(rules: ServiceRules): string | undefined {
    const { nowUs } = this.#sim;
    if (!rules.isHealthChecked) return this.#entries.fromOutside(nowUs);
    // The load balancer's check of the node asks kube-proxy there whether it has an endpoint of its own.
    const hasOwn = (nodeName: string) =>
      this.proxies.rulesOn(nodeName, rules.key)?.ports.some(({ ready }) => ready.some((target) => target.nodeName === nodeName)) === true;
    return this.#entries.fromOutside(nowUs, rules.key, hasOwn);
  }

  /** Name and rules choose the endpoint; the packet is under way to it afterwards. */
  #connect(request: Request): void {
    const { service, port } = request.call;
    const place = { nodeName: request.entry, zone: this.#entries.zoneOf(request.entry) };
    let beforeUs = 0;
    if (!request.isFromOutside) {
      const answer = this.#dns.ask(place);
      beforeUs = answer.tookUs;
      if (!answer.isAnswered) return this.#failAfter(request, beforeUs, Failure.NoDns);
    }
    const known = this.proxies.resolve(service);
    if (known === undefined && !request.isFromOutside) return this.#end(request, Failure.UnknownService);
    if (known?.isExternalName === true) return this.#end(request, Failure.ExternalName);
    // A headless Service has no rules: the client takes one of the addresses its name resolves to.
    const isHeadless = known !== undefined && known.clusterIp === '' && !known.isExternal;
    const rules = isHeadless ? known : this.proxies.rulesOn(request.entry, service);
    const ports = rules?.ports.find((one) => port === undefined || one.port === port);
    if (rules === undefined || ports === undefined) return this.#end(request, Failure.UnknownService);
    const policy = isHeadless ? 'Cluster' : request.isFromOutside ? rules.externalPolicy : rules.internalPolicy;
    const targets = candidates(ports, policy, place);
    if (targets.length === 0) {
      if (!hasEndpoints(ports)) return this.#end(request, Failure.NoEndpoints);
      // Under the policy Local the packet is dropped, and nobody says so.
      return this.#failAfter(request, Number.POSITIVE_INFINITY, Failure.NoLocalEndpoints);
    }
    request.target = this.#choose(request, rules, targets);
    const hop = request.target.nodeName === request.entry ? LOCAL_HOP : HOP;
    this.#schedule(request, beforeUs + drawUs(hop, this.#latency), RequestEvent.Reach);
  }

  #onReach(request: Request): void {
    const { ip, port, nodeName } = request.target!;
    if (!this.#runtime.isNodeUp(nodeName)) return this.#waitForTimeout(request);
    const isFar = nodeName !== request.entry;
    if (isFar && !(this.#runtime.isNodeReachable(nodeName) && this.#runtime.isNodeReachable(request.entry))) {
      return this.#failAfter(request, Number.POSITIVE_INFINITY, Failure.CutOff);
    }
    const pod = this.#runtime.podByIp(ip);
    // Nobody has the address any more: the node answers that it knows no way there.
    if (pod === undefined) return this.#end(request, Failure.NoRoute);
    const process = pod.processFor(port);
    if (process === undefined) return this.#end(request, Failure.Refused);
    const queue = process.queue as ServerQueue | undefined;
    if (!process.isAccepting) {
      // Of one that hangs the kernel accepts the connection, and nobody answers.
      return process.isHanging ? this.#waitForTimeout(request) : this.#end(request, Failure.Refused);
    }
    request.process = process;
    const own = queue ?? new ServerQueue(process);
    process.queue = own;
    if (own.hasFreeWorker) this.#serve(request, own);
    else if (own.wait(request)) this.#waitForTimeout(request);
    else {
      this.#runtime.turnedAway(process);
      this.#end(request, Failure.QueueFull);
    }
  }

  #serve(request: Request, queue: ServerQueue): void {
    const process = request.process!;
    queue.enter(request);
    const serviceUs = drawUs(process.behaviour.service, this.#service);
    const cpuUs = Math.round(serviceUs * process.behaviour.cpuShare);
    process.busyUs += cpuUs;
    const heldUpUs = queue.quota.useUs(this.#sim.nowUs, cpuUs, process.cpuLimitMilli);
    this.#schedule(request, serviceUs + heldUpUs, RequestEvent.Served);
  }

  /** The server has done its own part: it asks others, or answers. */
  #onServed(request: Request): void {
    const { calls, callsAtOnce } = request.call;
    if (request.callsBegun === calls.length) {
      if (request.children.length === 0) this.#end(request, undefined);
      return;
    }
    // The worker stays taken while it waits for the Services it asks.
    const begin = calls.slice(request.callsBegun, callsAtOnce ? calls.length : request.callsBegun + 1);
    request.callsBegun += begin.length;
    const children = begin.map((call) => this.#newCall(request, call));
    for (const child of children) {
      // One that failed at once may have ended the caller, and with it those that had not set out.
      if (child.parent === request) this.#try(child);
      else this.#requests.release(child);
    }
  }

  #newCall(parent: Request, call: Call): Request {
    const child = this.#requests.take(parent.route, call, this.#sim.nowUs);
    child.parent = parent;
    child.entry = parent.target!.nodeName;
    child.client = parent.target!.ip;
    parent.children.push(child);
    return child;
  }

  /** Nothing will ever come back: the client finds out by itself. */
  #waitForTimeout(request: Request): void {
    this.#schedule(request, Math.max(0, request.deadlineUs - this.#sim.nowUs), RequestEvent.GiveUp);
  }

  #failAfter(request: Request, afterUs: number, failure: Failure): void {
    request.failing = failure;
    this.#schedule(request, Math.max(0, Math.min(afterUs, request.deadlineUs - this.#sim.nowUs)), RequestEvent.Fail);
  }

  #onGiveUp(request: Request): void {
    const { target, entry } = request;
    const isDown = !this.#runtime.isNodeUp(target?.nodeName ?? entry);
    this.#end(request, isDown ? Failure.NodeDown : Failure.TimedOut);
  }

  /** The one place where a request ends, or a try of it. `blame` is the link that was really missing, further down the graph. */
  #end(request: Request, failure: Failure | undefined, blame = request): void {
    const { nowUs } = this.#sim;
    if (request.event !== undefined) this.#sim.cancel(request.event);
    request.event = undefined;
    this.#disown(request);
    this.#leaveProcess(request);
    if (request.isOrphan) return this.#requests.release(request);
    const outcome = failure === undefined && nowUs > request.deadlineUs ? Failure.TimedOut : failure;
    const { parent } = request;
    if (outcome !== undefined && request.triesLeft > 0 && (parent === undefined || nowUs < parent.deadlineUs))
      return this.#tryAgain(request);
    if (parent === undefined) {
      this.#tell(request, outcome, blame);
      return this.#requests.release(request);
    }
    parent.children.splice(parent.children.indexOf(request), 1);
    // The caller answers with an error of its own; the report names the link that was really missing.
    if (outcome === undefined) this.#onServed(parent);
    else this.#end(parent, outcome, blame);
    this.#requests.release(request);
  }

  #tryAgain(request: Request): void {
    request.triesLeft--;
    this.#requests.reset(request);
    this.#schedule(request, RETRY_AFTER_US, RequestEvent.Retry);
  }

  /** The servers that have been asked do not notice that their caller has gone; their answers must not reach one that has ended. */
  #disown(request: Request): void {
    for (const child of request.children) {
      child.parent = undefined;
      child.isOrphan = true;
    }
    request.children.length = 0;
  }

  #tell(request: Request, failure: Failure | undefined, blame: Request): void {
    const { target } = blame;
    this.#observers.requestEnded({
      traffic: request.route.traffic,
      service: blame.call.service,
      startUs: request.startUs,
      endUs: Math.min(this.#sim.nowUs, Math.max(request.deadlineUs, request.startUs)),
      failure,
      node: target?.nodeName ?? blame.entry,
      pod: target === undefined ? undefined : this.#runtime.pod(target.podUid)?.name,
    });
  }

  /** Makes room for the next that waits. */
  #leaveProcess(request: Request): void {
    const { process } = request;
    if (process === undefined) return;
    request.process = undefined;
    const queue = process.queue as ServerQueue;
    queue.leave(request);
    while (process.isRunning && queue.hasFreeWorker) {
      const next = queue.next();
      if (next === undefined) return;
      if (next.event !== undefined) this.#sim.cancel(next.event);
      next.event = undefined;
      this.#serve(next, queue);
    }
  }

  #onProcessEnded(process: ContainerProcess, reason: 'exited' | 'killed' | 'node-lost'): void {
    const queue = process.queue as ServerQueue | undefined;
    if (queue === undefined) return;
    for (const request of queue.takeAll()) {
      request.process = undefined;
      if (request.event !== undefined) this.#sim.cancel(request.event);
      request.event = undefined;
      this.#disown(request);
      // A dead machine sends no reset.
      if (reason === 'node-lost') this.#waitForTimeout(request);
      else this.#end(request, Failure.Reset);
    }
  }

  #schedule(request: Request, delayUs: number, event: number): void {
    request.event = this.#sim.schedule(delayUs, this.#handler, event, request.slot);
  }

  #choose(request: Request, rules: ServiceRules, targets: readonly Target[]): Target {
    const { client, entry } = request;
    if (rules.affinitySeconds > 0 && client !== '') {
      return this.#affinity.choose(targets, `${entry} ${rules.key} ${client}`, rules.affinitySeconds, this.#sim.nowUs);
    }
    return targets.length === 1 ? targets[0]! : targets[this.#choice.below(targets.length)]!;
  }
}
