/**
 * Nodes joining, and how they show that they live: a Lease every ten seconds, a status when something has changed or every
 * five minutes.
 *
 * Models kubelet_node_status.go and component-helpers/apimachinery/lease/controller.go. One turn of a node serves both beats, and its
 * write commits at that instant: 130,000 nodes renew 13,000 leases a simulated second.
 */
import { ApiError } from '../apiserver/api-error.ts';
import { SECOND_US } from '../base/units.ts';
import type { Condition } from '../model/meta.ts';
import type { Node } from '../model/node.ts';
import { microTimeText } from '../model/time.ts';
import type { EventHandler, HandlerId } from '../sim/simulation.ts';
import { BeatWheel } from './beat-wheel.ts';
import type { FleetContext } from './fleet-context.ts';
import { conditionsOf, newLease, newNode, renewedLease, statusOf } from './node-object.ts';
import type { NodeState } from './node-state.ts';

const HeartbeatEvent = { Register: 1, NetworkReady: 2, Served: 3 } as const;

// nodeLeaseRenewIntervalFraction (kubelet.go) and the jitter of both loops.
const RENEW_FRACTION = 0.25;
const JITTER = 0.04;
// How long a CNI plugin takes to be set up on a node that has just come up.
const NETWORK_SETUP_US = 2 * SECOND_US;
const RETRY_US = SECOND_US;

export class Heartbeats implements EventHandler {
  readonly #context: FleetContext;
  readonly #nodes: readonly NodeState[];
  readonly #handler: HandlerId;
  readonly #wheel: BeatWheel;
  readonly #registered: (node: NodeState) => void;

  constructor(context: FleetContext, nodes: readonly NodeState[], registered: (node: NodeState) => void) {
    this.#context = context;
    this.#nodes = nodes;
    this.#registered = registered;
    this.#handler = context.sim.register(this);
    this.#wheel = new BeatWheel(context.sim, (nodeIndex, epoch) => this.#onTurn(nodeIndex, epoch));
  }

  /**
   * Somebody else has written the Node. A kubelet compares before each post and so finds out that it counts as lost
   * (tryUpdateNodeStatus); here it is told, so that no beat has to look.
   */
  changedByOthers(node: NodeState, object: Node): void {
    if (object.status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'Unknown') === true) node.isStatusDirty = true;
  }

  /** The node has been part of the cluster all along: it is registered and Ready at once, and its beats are spread out. */
  present(node: NodeState): void {
    const { sim, client, jitter } = this.#context;
    const created = client.create('Node', newNode(node, conditionsOf(node, sim.nowUs, undefined)), node.author);
    node.node = withoutJoiningTaint(client, node, created);
    this.#renew(node);
    this.#registered(node);
    // A report is as old on one node as on another only by chance.
    node.lastReportUs = sim.nowUs - jitter.below(node.config.nodeStatusReportFrequencySeconds * SECOND_US);
    this.#wheel.schedule(jitter.below(renewUs(node)), node.index, node.epoch);
  }

  /** The node's kubelet has just started, now: it registers, or finds itself registered. */
  join(node: NodeState): void {
    const { sim, client, events } = this.#context;
    events.node(node, 'Normal', 'Starting', 'Starting kubelet.');
    sim.schedule(client.readUs('node-high') + client.writeUs('node-high'), this.#handler, HeartbeatEvent.Register, node.index, node.epoch);
  }

  /** Posts the node's status now, if it can be heard. */
  announce(node: NodeState): void {
    node.isStatusDirty = true;
    if (node.isRunning && node.isConnected && this.#context.client.isUp) this.#postStatus(node);
  }

  on(event: number, nodeIndex: number, epoch: number): void {
    const node = this.#nodes[nodeIndex]!;
    if (epoch !== node.epoch || !node.isRunning) return;
    if (event === HeartbeatEvent.Register) this.#register(node);
    else if (event === HeartbeatEvent.Served) this.#beat(node);
    else this.#onNetworkReady(node);
  }

  #onTurn(nodeIndex: number, epoch: number): void {
    const node = this.#nodes[nodeIndex]!;
    if (epoch !== node.epoch || !node.isRunning) return;
    const waitUs = node.isConnected ? this.#context.client.renewalWaitUs() : 0;
    if (waitUs === 0) this.#beat(node);
    else this.#context.sim.schedule(waitUs, this.#handler, HeartbeatEvent.Served, nodeIndex, epoch);
  }

  #register(node: NodeState): void {
    const { sim, client, events } = this.#context;
    if (!node.isConnected || !client.isUp) {
      sim.schedule(RETRY_US, this.#handler, HeartbeatEvent.Register, node.index, node.epoch);
      return;
    }
    if (client.has('Node', undefined, node.name)) {
      // Registered before: the labels and taints it has are left alone.
      node.node = client.get('Node', undefined, node.name);
      this.#postStatus(node);
    } else {
      node.node = client.create('Node', newNode(node, conditionsOf(node, sim.nowUs, undefined)), node.author);
      node.lastReportUs = sim.nowUs;
    }
    for (const [reason, condition] of HEALTHY) events.node(node, 'Normal', reason, `Node ${node.name} status is now: ${condition}`);
    events.node(node, 'Normal', 'NodeAllocatableEnforced', 'Updated Node Allocatable limit across pods');
    this.#beat(node);
    this.#registered(node);
    if (!node.isNetworkReady) sim.schedule(NETWORK_SETUP_US, this.#handler, HeartbeatEvent.NetworkReady, node.index, node.epoch);
  }

  /** The kubelet posts at once when it becomes ready (fastStatusUpdateOnce). */
  #onNetworkReady(node: NodeState): void {
    node.isNetworkReady = true;
    node.isStatusDirty = true;
    if (!node.isConnected || !this.#context.client.isUp) return;
    this.#postStatus(node);
  }

  #beat(node: NodeState): void {
    const { sim, client, jitter } = this.#context;
    if (node.isConnected && client.isUp) {
      this.#renew(node);
      const isReportDue = sim.nowUs - node.lastReportUs >= node.config.nodeStatusReportFrequencySeconds * SECOND_US;
      if ((node.isStatusDirty && isStatusLookDue(node, sim.nowUs)) || isReportDue) this.#postStatus(node);
    }
    const intervalUs = renewUs(node);
    this.#wheel.schedule(intervalUs + Math.floor(intervalUs * JITTER * jitter.uniform()), node.index, node.epoch);
  }

  #renew(node: NodeState): void {
    const { sim, client } = this.#context;
    if (node.lease !== undefined) {
      try {
        if (node.leaseSlot?.object === undefined) node.leaseSlot = client.slot('Lease', node.leaseKey);
        if (node.leaseSlot !== undefined) {
          node.lease = client.renewLease(node.leaseSlot, node.lease, microTimeText(sim.nowUs), node.author);
          return;
        }
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
      }
    }
    // Gone, or somebody else has written it: it is fetched or made anew. What fails now is tried at the next beat.
    try {
      node.lease = client.has('Lease', LEASE_NAMESPACE, node.name)
        ? client.update('Lease', renewedLease(client.get('Lease', LEASE_NAMESPACE, node.name), sim.nowUs), node.author)
        : client.create('Lease', newLease(node, sim.nowUs), node.author);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      node.lease = undefined;
    }
  }

  #tellChanges(node: NodeState, before: readonly Condition[], after: readonly Condition[]): void {
    for (const { type, status } of after) {
      const reasons = CHANGES[type];
      const former = before.find((one) => one.type === type)?.status;
      if (reasons === undefined || former === undefined || former === status) continue;
      const reason = reasons[status === 'True' ? 0 : 1];
      this.#context.events.node(node, 'Normal', reason, `Node ${node.name} status is now: ${reason}`);
    }
  }

  #postStatus(node: NodeState): void {
    const { sim, client } = this.#context;
    // A Node that somebody has deleted stays away until its kubelet starts again.
    if (!client.has('Node', undefined, node.name)) return;
    const current = client.get('Node', undefined, node.name);
    const conditions = conditionsOf(node, sim.nowUs, current.status?.conditions);
    this.#tellChanges(node, current.status?.conditions ?? NO_CONDITIONS, conditions);
    const { volumesInUse: _former, ...kept } = current.status ?? {};
    node.node = client.update('Node', { ...current, status: { ...kept, ...statusOf(node, conditions) } }, node.author, 'status');
    node.isStatusDirty = false;
    node.lastReportUs = sim.nowUs;
  }
}

/** recordNodeStatusEvent: what the conditions are called when they have become true, and when they are no longer. */
const CHANGES: { readonly [type: string]: readonly [becameTrue: string, becameFalse: string] } = {
  MemoryPressure: ['NodeHasInsufficientMemory', 'NodeHasSufficientMemory'],
  DiskPressure: ['NodeHasDiskPressure', 'NodeHasNoDiskPressure'],
  PIDPressure: ['NodeHasInsufficientPID', 'NodeHasSufficientPID'],
  Ready: ['NodeReady', 'NodeNotReady'],
};
const NO_CONDITIONS: readonly Condition[] = [];

const LEASE_NAMESPACE = 'kube-node-lease';
const HEALTHY = [
  ['NodeHasSufficientMemory', 'NodeHasSufficientMemory'],
  ['NodeHasNoDiskPressure', 'NodeHasNoDiskPressure'],
  ['NodeHasSufficientPID', 'NodeHasSufficientPID'],
] as const;

function renewUs(node: NodeState): number {
  return Math.round(node.config.nodeLeaseDurationSeconds * RENEW_FRACTION * SECOND_US);
}

/** nodeStatusUpdateFrequency: beats come with the lease, and one that is too early for the next look at the status leaves it alone. */
function isStatusLookDue(node: NodeState, nowUs: number): boolean {
  const frequencyUs = node.config.nodeStatusUpdateFrequencySeconds * SECOND_US;
  return frequencyUs <= renewUs(node) || nowUs - node.lastReportUs >= frequencyUs;
}

/** Admission taints every new Node as not ready; one that was there before the run began has long lost that taint. */
function withoutJoiningTaint(client: FleetContext['client'], node: NodeState, created: Node): Node {
  const taints = created.spec?.taints;
  if (taints?.some((taint) => taint.key === 'node.kubernetes.io/not-ready') !== true) return created;
  const kept = taints.filter((taint) => taint.key !== 'node.kubernetes.io/not-ready');
  const { taints: _, ...spec } = created.spec!;
  return client.update('Node', { ...created, spec: kept.length === 0 ? spec : { ...spec, taints: kept } }, node.author);
}
