/**
 * What a run leaves to be told: its notes in order, and the life of the first Deployment, from the API to the proxies. What can be
 * counted is counted in metrics/.
 */
import { controllerOf } from '../model/meta.ts';
import type { Observer, Write } from '../model/observer.ts';
import { isPodReady, type Pod } from '../model/pod.ts';
import type { EndpointSlice } from '../model/service.ts';

export interface Note {
  readonly timeUs: number;
  readonly text: string;
}

export class RunRecord implements Observer {
  readonly notes: Note[] = [];
  /** The life of the first Deployment, step by step, each told once. */
  readonly life: Note[] = [];
  readonly #told = new Set<string>();
  #deployment: string | undefined;
  #replicaSet: string | undefined;
  #pod: string | undefined;

  noted(timeUs: number, text: string): void {
    this.notes.push({ timeUs, text });
  }

  wrote(write: Write): void {
    if (this.life.length < LIFE_STEPS) this.#follow(write);
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
