/**
 * What a run leaves to be told: its notes in order, what became of the requests, what was written, and the life of the first
 * object that was applied, from the API to the proxies.
 */
import { controllerOf } from '../model/meta.ts';
import type { Observer, RequestEnd, SchedulingAttempt, Write } from '../model/observer.ts';
import { isPodReady, type Pod } from '../model/pod.ts';
import type { EndpointSlice } from '../model/service.ts';

export interface Note {
  readonly timeUs: number;
  readonly text: string;
}

export interface FailureCount {
  readonly cause: string;
  readonly count: number;
  readonly firstUs: number;
  readonly lastUs: number;
}

export interface TrafficRecord {
  readonly name: string;
  readonly total: number;
  readonly failed: number;
  readonly meanUs: number;
  readonly maxUs: number;
  readonly failures: readonly FailureCount[];
  /** Requests that ended in each simulated second that saw one. */
  readonly bySecond: ReadonlyMap<number, { readonly answered: number; readonly failed: number }>;
}

export interface RecordedCounts {
  readonly podsCreated: number;
  readonly podsBound: number;
  readonly podsReady: number;
  readonly podsDeleted: number;
  readonly attempts: number;
  readonly unschedulable: number;
  readonly writes: number;
  readonly writesByAuthor: ReadonlyMap<string, number>;
}

interface MutableTraffic {
  total: number;
  failed: number;
  sumUs: number;
  maxUs: number;
  readonly failures: Map<string, { count: number; firstUs: number; lastUs: number }>;
  readonly bySecond: Map<number, { answered: number; failed: number }>;
}

const SECOND_US = 1_000_000;

export class RunRecord implements Observer {
  readonly notes: Note[] = [];
  /** The life of the first Deployment, step by step, each told once. */
  readonly life: Note[] = [];
  readonly #traffic = new Map<string, MutableTraffic>();
  readonly #authors = new Map<string, number>();
  readonly #told = new Set<string>();
  #podsCreated = 0;
  #podsBound = 0;
  #podsReady = 0;
  #podsDeleted = 0;
  #attempts = 0;
  #unschedulable = 0;
  #writes = 0;
  #deployment: string | undefined;
  #replicaSet: string | undefined;
  #pod: string | undefined;

  noted(timeUs: number, text: string): void {
    this.notes.push({ timeUs, text });
  }

  attempted({ result }: SchedulingAttempt): void {
    this.#attempts++;
    if (result === 'unschedulable') this.#unschedulable++;
  }

  wrote(write: Write): void {
    this.#writes++;
    // The kubelets of a fleet count as one author.
    const author = write.author.startsWith('kubelet/') ? 'kubelet' : write.author;
    this.#authors.set(author, (this.#authors.get(author) ?? 0) + 1);
    if (write.kind === 'Pod') this.#countPod(write);
    if (this.life.length < LIFE_STEPS) this.#follow(write);
  }

  requestEnded(request: RequestEnd): void {
    let traffic = this.#traffic.get(request.traffic);
    if (traffic === undefined) {
      traffic = { total: 0, failed: 0, sumUs: 0, maxUs: 0, failures: new Map(), bySecond: new Map() };
      this.#traffic.set(request.traffic, traffic);
    }
    traffic.total++;
    const second = Math.floor(request.endUs / SECOND_US);
    let inSecond = traffic.bySecond.get(second);
    if (inSecond === undefined) {
      inSecond = { answered: 0, failed: 0 };
      traffic.bySecond.set(second, inSecond);
    }
    if (request.failure === undefined) {
      const tookUs = request.endUs - request.startUs;
      inSecond.answered++;
      traffic.sumUs += tookUs;
      traffic.maxUs = Math.max(traffic.maxUs, tookUs);
      return;
    }
    inSecond.failed++;
    traffic.failed++;
    const failure = traffic.failures.get(request.failure);
    if (failure === undefined) traffic.failures.set(request.failure, { count: 1, firstUs: request.endUs, lastUs: request.endUs });
    else {
      failure.count++;
      failure.lastUs = request.endUs;
    }
  }

  get counts(): RecordedCounts {
    return {
      podsCreated: this.#podsCreated,
      podsBound: this.#podsBound,
      podsReady: this.#podsReady,
      podsDeleted: this.#podsDeleted,
      attempts: this.#attempts,
      unschedulable: this.#unschedulable,
      writes: this.#writes,
      writesByAuthor: this.#authors,
    };
  }

  get traffic(): TrafficRecord[] {
    return [...this.#traffic].map(([name, { total, failed, sumUs, maxUs, failures, bySecond }]) => ({
      name,
      total,
      failed,
      meanUs: total === failed ? 0 : Math.round(sumUs / (total - failed)),
      maxUs,
      failures: [...failures].map(([cause, one]) => ({ cause, ...one })).sort((a, b) => b.count - a.count),
      bySecond,
    }));
  }

  #countPod({ object, previous, removed }: Write): void {
    const pod = object as Pod;
    const before = previous as Pod | undefined;
    if (before === undefined) this.#podsCreated++;
    if (removed) this.#podsDeleted++;
    if (pod.spec.nodeName !== undefined && before !== undefined && before.spec.nodeName === undefined) this.#podsBound++;
    if (isPodReady(pod) && (before === undefined || !isPodReady(before))) this.#podsReady++;
  }

  /** The seven steps of product.md: submitted, persisted, seen by controllers, placed, started, programmed, watched. */
  #follow({ timeUs, kind, object, previous, author, revision }: Write): void {
    const { name, namespace, uid } = object.metadata;
    const owner = controllerOf(object)?.uid;
    if (kind === 'Deployment' && this.#deployment === undefined && author === 'kubectl') {
      this.#deployment = uid;
      this.#tell(timeUs, 'submitted', `${author} submits Deployment ${namespace}/${name} to the API server`);
      this.#tell(timeUs, 'persisted', `etcd keeps it under revision ${revision}`);
    } else if (kind === 'ReplicaSet' && owner === this.#deployment && owner !== undefined && previous === undefined) {
      this.#replicaSet = uid;
      this.#tell(timeUs, 'replica set', `${author} sees it and creates ReplicaSet ${name}`);
    } else if (kind === 'Pod' && owner === this.#replicaSet && owner !== undefined && previous === undefined && this.#pod === undefined) {
      this.#pod = uid;
      this.#tell(timeUs, 'pod', `${author} sees that and creates pod ${name}`);
    } else if (kind === 'Pod' && uid === this.#pod && this.#pod !== undefined) this.#followPod(timeUs, object as Pod, author);
    else if (kind === 'EndpointSlice' && this.#pod !== undefined) this.#followSlice(timeUs, object as EndpointSlice, author);
  }

  #followPod(timeUs: number, pod: Pod, author: string): void {
    const { name } = pod.metadata;
    if (pod.spec.nodeName !== undefined) this.#tell(timeUs, 'bound', `${author} places ${name} on node ${pod.spec.nodeName}`);
    if (isPodReady(pod)) this.#tell(timeUs, 'ready', `${author} has pulled the image, started the containers and reports ${name} ready`);
  }

  #followSlice(timeUs: number, slice: EndpointSlice, author: string): void {
    const endpoint = slice.endpoints.find(({ targetRef, conditions }) => targetRef?.uid === this.#pod && conditions?.ready === true);
    if (endpoint === undefined) return;
    this.#tell(timeUs, 'endpoint', `${author} lists ${endpoint.addresses[0]} in ${slice.metadata.name}; kube-proxies watch and program it`);
  }

  #tell(timeUs: number, step: string, text: string): void {
    if (this.#told.has(step)) return;
    this.#told.add(step);
    this.life.push({ timeUs, text });
  }
}

const LIFE_STEPS = 7;
