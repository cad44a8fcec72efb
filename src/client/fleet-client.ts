/**
 * The API requests of a fleet of like components, such as the kubelets of 130,000 nodes: each write is exact and commits at
 * its own instant, but costs one kernel event, which the fleet itself keeps, and no closure.
 *
 * The fleet asks how long a request will take, schedules an event of its own at the commit, and acts on the server then.
 */
import type { ApiServer } from '../apiserver/api-server.ts';
import type { FlowControl } from '../apiserver/flow-control/flow-control.ts';
import type { PriorityLevelName } from '../apiserver/flow-control/priority-levels.ts';
import type { RequestLatency } from '../apiserver/request-latency.ts';
import type { Slot } from '../apiserver/store.ts';
import { SECOND_US } from '../base/units.ts';
import type { Kind, KindMap } from '../model/kinds.ts';
import { keyOf, type ObjectKey } from '../model/meta.ts';
import type { Lease } from '../model/node.ts';
import type { Simulation } from '../sim/simulation.ts';

// Retry-After of a refusal.
const RETRY_AFTER_US = SECOND_US;

export interface Author {
  readonly author: string;
}

export class FleetClient {
  readonly #sim: Simulation;
  readonly #server: ApiServer;
  readonly #latency: RequestLatency;
  readonly #flow: FlowControl | undefined;
  /** True while one of this fleet's own writes runs: the watch, which is told at once, can tell its own writes from others'. */
  isWriting = false;

  constructor(sim: Simulation, server: ApiServer, latency: RequestLatency, flow?: FlowControl) {
    this.#sim = sim;
    this.#server = server;
    this.#latency = latency;
    this.#flow = flow;
  }

  /** False while the API server answers nobody. */
  get isUp(): boolean {
    return this.#latency.isUp;
  }

  /** From sending to commit of one write; `level` is node-high for what concerns the node itself and its Lease. */
  writeUs(level: PriorityLevelName = 'system'): number {
    const serviceUs = this.#latency.commitUs(true);
    return this.#waitUs(level, serviceUs) + serviceUs;
  }

  /** From sending a read to having its answer. */
  readUs(level: PriorityLevelName = 'system'): number {
    const serviceUs = this.#latency.commitUs(false);
    return this.#waitUs(level, serviceUs) + serviceUs + this.#latency.answerUs();
  }

  /** How long a renewal of a Lease that is sent now waits for its turn: 0 unless the API server is busy. */
  renewalWaitUs(): number {
    return this.#waitUs('node-high', this.#latency.typicalWriteUs);
  }

  /** Each node is a flow of its own and sends again what is refused, so its place in the line is where it would be served in the end. */
  #waitUs(level: PriorityLevelName, serviceUs: number): number {
    if (this.#flow === undefined || !this.#latency.isUp) return 0;
    let triedUs = 0;
    for (;;) {
      const wait = this.#flow.admit(level, this.#sim.nowUs + triedUs, serviceUs);
      if (typeof wait === 'number') return triedUs + wait;
      triedUs += wait.afterUs + RETRY_AFTER_US;
    }
  }

  get<K extends Kind>(kind: K, namespace: string | undefined, name: string): KindMap[K] {
    return this.#server.get(kind, namespace, name);
  }

  has(kind: Kind, namespace: string | undefined, name: string): boolean {
    return this.#server.store.get(kind, keyOf(namespace, name)) !== undefined;
  }

  list<K extends Kind>(kind: K): readonly KindMap[K][] {
    return this.#server.list(kind, {}).items;
  }

  create<K extends Kind>(kind: K, object: KindMap[K], author: Author): KindMap[K] {
    this.isWriting = true;
    try {
      return this.#server.create(kind, object, author);
    } finally {
      this.isWriting = false;
    }
  }

  update<K extends Kind>(kind: K, object: KindMap[K], author: Author, subresource?: 'status'): KindMap[K] {
    this.isWriting = true;
    try {
      return this.#server.update(kind, object, author, subresource);
    } finally {
      this.isWriting = false;
    }
  }

  /** Writes another status onto the object as it is stored now. */
  replaceStatus<K extends Kind>(kind: K, slot: Slot<KindMap[K]>, status: unknown, author: Author): KindMap[K] {
    this.isWriting = true;
    try {
      return this.#server.replaceStatus(kind, slot, status, author);
    } finally {
      this.isWriting = false;
    }
  }

  /** Writes a new renewal time onto the lease as it was last answered; throws the conflict when somebody else has written it since. */
  renewLease(slot: Slot<Lease>, known: Lease, renewTime: string, author: Author): Lease {
    this.isWriting = true;
    try {
      return this.#server.renewLease(slot, known, renewTime, author);
    } finally {
      this.isWriting = false;
    }
  }

  /** Where the object of that name is stored; undefined when there is none. */
  slot<K extends Kind>(kind: K, key: ObjectKey): Slot<KindMap[K]> | undefined {
    return this.#server.store.slot(kind, key);
  }

  /** Deletes at once, whatever grace the object has: the kubelet's last word on a pod. */
  remove(kind: Kind, namespace: string | undefined, name: string, uid: string, author: Author): void {
    this.isWriting = true;
    try {
      this.#server.delete(kind, namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } }, author);
    } finally {
      this.isWriting = false;
    }
  }
}
