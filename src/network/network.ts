/**
 * The way of a request: client, node, rule, endpoint, the process's queue, the answer; and which link was missing when there is none.
 *
 * Rules come from kube-proxy on the node the connection enters (kube-proxy.ts); processes are looked at as they are at that
 * instant, whatever the objects say. A connection that meets a machine without power ends by the client's timeout, one that
 * meets a closed port is refused at once, one inside a process that dies is reset.
 * Always true: a request ends exactly once.
 */
import { MICROSECOND_US } from '../base/units.ts';
import type { InformerFactory } from '../client/informer.ts';
import type { ObjectKey } from '../model/meta.ts';
import type { Observers } from '../model/observer.ts';
import type { ContainerProcess, PodRuntimeView } from '../model/runtime-view.ts';
import { type Distribution, drawUs } from '../sim/distribution.ts';
import type { EventId } from '../sim/event-queue.ts';
import type { Random, RandomStream } from '../sim/random.ts';
import type { EventHandler, HandlerId, Simulation } from '../sim/simulation.ts';
import { EntryNodes } from './entry-nodes.ts';
import { KubeProxies } from './kube-proxy.ts';
import { ServerQueue } from './server-queue.ts';
import type { Target } from './service-rules.ts';

/** What keeps a request from its answer, by the link that was missing. */
export const Failure = {
  NoNode: 'no node to enter through',
  UnknownService: 'no such service',
  NoEndpoints: 'no endpoints',
  NodeDown: 'node down',
  NoRoute: 'no route to the pod',
  Refused: 'connection refused',
  QueueFull: 'queue full',
  Reset: 'connection reset',
  TimedOut: 'timed out',
} as const;
export type Failure = (typeof Failure)[keyof typeof Failure];

/** One kind of request: where it goes and what it needs there. */
export interface Route {
  readonly traffic: string;
  readonly service: ObjectKey;
  /** The Service's port; undefined for its first. */
  readonly port: number | undefined;
  readonly timeoutUs: number;
  /** Services the server asks, one after the other, before it answers. */
  readonly calls: readonly ObjectKey[];
}

export interface Request {
  slot: number;
  route: Route;
  startUs: number;
  deadlineUs: number;
  entry: string;
  target: Target | undefined;
  process: ContainerProcess | undefined;
  /** The request on whose behalf this one is, and which of its calls it is. */
  parent: Request | undefined;
  call: number;
  /** The call under way on this one's behalf. */
  child: Request | undefined;
  /** Whoever asked is gone: it is served to its end, and nobody hears of it. */
  isOrphan: boolean;
  event: EventId | undefined;
}

const RequestEvent = { Reach: 0, Served: 1, GiveUp: 2, Refuse: 3 } as const;
const NO_CALLS: readonly ObjectKey[] = [];

// Between two machines of one site, and on one machine; measured figures are of this order.
const HOP: Distribution = { kind: 'lognormal', medianUs: 250 * MICROSECOND_US, sigma: 0.4 };
const LOCAL_HOP: Distribution = { kind: 'lognormal', medianUs: 60 * MICROSECOND_US, sigma: 0.4 };
/** A lookup answered by the cluster's DNS from its cache. */
const DNS: Distribution = { kind: 'lognormal', medianUs: 600 * MICROSECOND_US, sigma: 0.5 };

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
  readonly #choice: RandomStream;
  readonly #latency: RandomStream;
  readonly #service: RandomStream;
  readonly #handler: HandlerId;
  readonly #requests: Request[] = [];
  readonly #free: Request[] = [];

  constructor({ sim, random, observers, informers, runtime }: NetworkOptions) {
    this.#sim = sim;
    this.#observers = observers;
    this.#runtime = runtime;
    this.#choice = random.stream('network', 'endpoint');
    this.#latency = random.stream('network', 'latency');
    this.#service = random.stream('network', 'service-time');
    this.#handler = sim.register(this);
    this.proxies = new KubeProxies(sim, informers, runtime, random);
    this.#entries = new EntryNodes(informers, runtime, random.stream('network', 'entry'));
    runtime.addListener({ processEnded: (process, reason) => this.#onProcessEnded(process, reason) });
  }

  start(): void {
    this.proxies.start();
  }

  /** Requests under way, those on behalf of others included. */
  get pending(): number {
    return this.#requests.length - this.#free.length;
  }

  /** Sends one request from outside the cluster, or from a pod inside when the Service is not open to the outside. */
  send(route: Route): void {
    const { nowUs } = this.#sim;
    const isFromOutside = this.proxies.resolve(route.service)?.isExternal === true;
    const entry = isFromOutside ? this.#entries.fromOutside(nowUs) : this.#entries.fromInside();
    const request = this.#newRequest(route, nowUs, nowUs + route.timeoutUs, entry ?? '');
    if (entry === undefined) this.#end(request, Failure.NoNode);
    else if (!this.#runtime.isNodeUp(entry)) this.#waitForTimeout(request);
    else this.#connect(request, isFromOutside ? 0 : drawUs(DNS, this.#latency));
  }

  on(event: number, slot: number): void {
    const request = this.#requests[slot]!;
    request.event = undefined;
    switch (event) {
      case RequestEvent.Reach:
        return this.#onReach(request);
      case RequestEvent.Served:
        return this.#onServed(request);
      case RequestEvent.Refuse:
        return this.#end(request, Failure.Refused);
      default:
        return this.#onGiveUp(request);
    }
  }

  /** The entry node's rules choose the endpoint; the packet is under way to it afterwards. */
  #connect(request: Request, beforeUs: number): void {
    const { service, port } = request.route;
    if (this.proxies.resolve(service) === undefined && beforeUs > 0) return this.#end(request, Failure.UnknownService);
    const rules = this.proxies.rulesOn(request.entry, service);
    const ports = rules?.ports.find((one) => port === undefined || one.port === port);
    if (rules === undefined || ports === undefined) return this.#end(request, Failure.UnknownService);
    const targets = rules.isLocalOnly ? ports.targets.filter((target) => target.nodeName === request.entry) : ports.targets;
    if (targets.length === 0) return this.#end(request, Failure.NoEndpoints);
    request.target = targets.length === 1 ? targets[0]! : targets[this.#choice.below(targets.length)]!;
    const hop = request.target.nodeName === request.entry ? LOCAL_HOP : HOP;
    this.#schedule(request, beforeUs + drawUs(hop, this.#latency), RequestEvent.Reach);
  }

  #onReach(request: Request): void {
    const { ip, port, nodeName } = request.target!;
    if (!this.#runtime.isNodeUp(nodeName)) return this.#waitForTimeout(request);
    const isFar = nodeName !== request.entry;
    if (isFar && !(this.#runtime.isNodeReachable(nodeName) && this.#runtime.isNodeReachable(request.entry))) {
      return this.#waitForTimeout(request);
    }
    const pod = this.#runtime.podByIp(ip);
    // Nobody has the address any more: the node answers that it knows no way there.
    if (pod === undefined) return this.#end(request, Failure.NoRoute);
    const process = pod.processFor(port);
    if (process === undefined) return this.#end(request, Failure.Refused);
    const queue = process.queue as ServerQueue | undefined;
    if (!process.isAccepting) {
      // One that has served before and is neither starting nor leaving hangs: its kernel accepts, and nobody answers.
      const isHanging = queue !== undefined && !process.isTerminating && process.behaviour.hang !== undefined;
      return isHanging ? this.#waitForTimeout(request) : this.#end(request, Failure.Refused);
    }
    request.process = process;
    const own = queue ?? new ServerQueue(process);
    process.queue = own;
    if (own.hasFreeWorker) this.#serve(request, own);
    else if (!own.wait(request)) this.#end(request, Failure.QueueFull);
    else this.#waitForTimeout(request);
  }

  #serve(request: Request, queue: ServerQueue): void {
    const { process } = request;
    queue.enter(request);
    const serviceUs = drawUs(process!.behaviour.service, this.#service);
    process!.busyUs += serviceUs;
    this.#schedule(request, serviceUs, RequestEvent.Served);
  }

  #onServed(request: Request): void {
    const { calls } = request.route;
    if (request.call < calls.length) return this.#callNext(request, calls[request.call]!);
    this.#end(request, undefined);
  }

  /** The worker stays taken while it waits for the Service it asks. */
  #callNext(request: Request, service: ObjectKey): void {
    const route = { traffic: request.route.traffic, service, port: undefined, timeoutUs: request.route.timeoutUs, calls: NO_CALLS };
    const child = this.#newRequest(route, this.#sim.nowUs, request.deadlineUs, request.target!.nodeName);
    child.parent = request;
    request.child = child;
    this.#connect(child, drawUs(DNS, this.#latency));
  }

  /** Nothing will ever come back: the client finds out by itself. */
  #waitForTimeout(request: Request): void {
    this.#schedule(request, Math.max(0, request.deadlineUs - this.#sim.nowUs), RequestEvent.GiveUp);
  }

  #onGiveUp(request: Request): void {
    const { target, entry } = request;
    const isDown = !this.#runtime.isNodeUp(target?.nodeName ?? entry);
    this.#end(request, isDown ? Failure.NodeDown : Failure.TimedOut);
  }

  /** The one place where a request ends. */
  #end(request: Request, failure: Failure | undefined): void {
    const { nowUs } = this.#sim;
    if (request.event !== undefined) this.#sim.cancel(request.event);
    request.event = undefined;
    const { parent, route, target } = request;
    this.#disown(request);
    this.#leaveProcess(request);
    if (request.isOrphan) return this.#release(request);
    const isLate = failure === undefined && nowUs > request.deadlineUs;
    const outcome = isLate ? Failure.TimedOut : failure;
    if (parent !== undefined) {
      this.#release(request);
      return this.#onCallEnded(parent, route.service, target, outcome);
    }
    this.#tell(request, route.service, target, outcome, nowUs);
    this.#release(request);
  }

  /** The server that has been asked does not notice that its caller has gone; the answer must not reach a caller that has ended. */
  #disown(request: Request): void {
    const { child } = request;
    if (child === undefined) return;
    child.parent = undefined;
    child.isOrphan = true;
    request.child = undefined;
  }

  #onCallEnded(parent: Request, service: ObjectKey, target: Target | undefined, failure: Failure | undefined): void {
    parent.child = undefined;
    if (failure === undefined) {
      parent.call++;
      return this.#onServed(parent);
    }
    // The caller answers with an error of its own; the report names the link that was really missing.
    this.#leaveProcess(parent);
    this.#tell(parent, service, target, failure, this.#sim.nowUs);
    this.#release(parent);
  }

  #tell(request: Request, service: ObjectKey, target: Target | undefined, failure: Failure | undefined, nowUs: number): void {
    const pod = target === undefined ? undefined : this.#runtime.pod(target.podUid)?.name;
    this.#observers.requestEnded({
      traffic: request.route.traffic,
      service,
      startUs: request.startUs,
      endUs: Math.min(nowUs, Math.max(request.deadlineUs, request.startUs)),
      failure,
      node: target?.nodeName ?? request.entry,
      pod,
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

  #newRequest(route: Route, startUs: number, deadlineUs: number, entry: string): Request {
    const request = this.#free.pop();
    if (request === undefined) {
      const fresh: Request = {
        slot: this.#requests.length,
        route,
        startUs,
        deadlineUs,
        entry,
        target: undefined,
        process: undefined,
        parent: undefined,
        call: 0,
        child: undefined,
        isOrphan: false,
        event: undefined,
      };
      this.#requests.push(fresh);
      return fresh;
    }
    request.route = route;
    request.startUs = startUs;
    request.deadlineUs = deadlineUs;
    request.entry = entry;
    return request;
  }

  #release(request: Request): void {
    request.target = undefined;
    request.process = undefined;
    request.parent = undefined;
    request.call = 0;
    request.child = undefined;
    request.isOrphan = false;
    request.event = undefined;
    this.#free.push(request);
  }
}
