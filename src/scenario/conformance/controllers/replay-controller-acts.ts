/**
 * The acts of a recorded case, carried out on a control plane of our own.
 */
import type { ApiError } from '../../../apiserver/api-error.ts';
import type { Patch } from '../../../apiserver/api-server.ts';
import { MINUTE_US, SECOND_US } from '../../../base/units.ts';
import type { Client } from '../../../client/client.ts';
import { KINDS, type Kind, type KindMap } from '../../../model/kinds.ts';
import type { KubeObject, OwnerReference } from '../../../model/meta.ts';
import { requestObject, requestPatched } from '../../kubectl/request-object.ts';
import type { ReplayControlPlane } from './replay-control-plane.ts';
import { runKubectl } from './replay-kubectl.ts';
import type { ScriptedUsage } from './replay-metrics.ts';
import { NAMESPACE } from './replay-names.ts';
import { PodActs, type PodsAct } from './replay-pod-acts.ts';
import type { Fields } from './replay-summary.ts';

export type Act =
  | PodsAct
  | { readonly act: 'create'; readonly object: KubeObject }
  | {
      readonly act: 'patch';
      readonly on: string;
      readonly patch?: Fields;
      readonly type?: 'merge' | 'json' | 'strategic';
      readonly sub?: string;
    }
  | { readonly act: 'scale'; readonly on: string; readonly replicas: number }
  | { readonly act: 'delete'; readonly on: string; readonly propagation?: 'Background' | 'Foreground' | 'Orphan'; readonly grace?: number }
  | { readonly act: 'kubectl'; readonly args: string }
  | { readonly act: 'wait'; readonly seconds: number }
  | { readonly act: 'waitMinute'; readonly seconds: number }
  | { readonly act: 'heartbeat'; readonly node: string; readonly on: boolean }
  | { readonly act: 'metrics'; readonly usage: Fields }
  | { readonly act: 'batch'; readonly acts: readonly Act[] };

/** What can be done in a step. */
export const ACTS: ReadonlySet<string> = new Set<Act['act']>([
  'pods',
  'create',
  'patch',
  'scale',
  'delete',
  'kubectl',
  'wait',
  'waitMinute',
  'heartbeat',
  'metrics',
  'batch',
]);

/** What makes the recorder wait longer; a used-up quota, because controllers go on trying at growing distances. */
const SLOW_TO_REST: ReadonlySet<Kind> = new Set<Kind>(['Job', 'CronJob', 'Service', 'ResourceQuota']);

/** What the server or kubectl answered, as far as recordings keep it. */
export interface ActResult {
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly exit?: number;
  readonly stdout?: string;
}

/** What a patch that left nothing in a recording had emptied, by the kind it was of; of all others it was the finalizers. */
const EMPTIED: { readonly [kind: string]: Fields } = { Node: { spec: { taints: [] } }, EndpointSlice: { endpoints: [] } };

export class ControllerActs {
  readonly #plane: ReplayControlPlane;
  readonly #pods: PodActs;
  readonly #kubectl: Client;

  constructor(plane: ReplayControlPlane, anyNode: boolean) {
    this.#plane = plane;
    this.#pods = new PodActs(plane, anyNode);
    this.#kubectl = plane.kubectl;
  }

  run(act: Act): ActResult | undefined {
    switch (act.act) {
      case 'pods':
        return refusal(this.#pods.run(act));
      case 'create':
        return this.#create(act.object);
      case 'patch':
        return this.#patch(act.on, act.patch, act.type ?? 'merge', act.sub);
      case 'scale':
        return this.#on(act.on, (kind, name) => this.#plane.api.updateScale(kind, NAMESPACE, name, act.replicas, this.#plane.author));
      case 'delete': {
        const options = {
          ...(act.propagation === undefined ? {} : { propagationPolicy: act.propagation }),
          ...(act.grace === undefined ? {} : { gracePeriodSeconds: act.grace }),
        };
        return this.#on(act.on, (kind, name) => this.#plane.api.delete(kind, namespaceOf(kind), name, options, this.#plane.author));
      }
      case 'kubectl':
        return runKubectl(act.args, this.#plane, this.#kubectl);
      case 'wait':
        this.#plane.sim.runUntil(this.#plane.sim.nowUs + act.seconds * SECOND_US);
        return undefined;
      case 'waitMinute': {
        const { sim } = this.#plane;
        sim.runUntil((Math.floor(sim.nowUs / MINUTE_US) + 1) * MINUTE_US + act.seconds * SECOND_US);
        return undefined;
      }
      case 'heartbeat':
        this.#plane.setHeartbeat(act.node, act.on);
        return undefined;
      case 'metrics':
        this.#plane.metrics.usage = act.usage as unknown as ScriptedUsage;
        this.#plane.awaitMetricsRead();
        return undefined;
      case 'batch':
        for (const one of act.acts) this.run(one);
        return undefined;
    }
  }

  #create(recorded: KubeObject): ActResult | undefined {
    const given = this.#completed(recorded) as KubeObject;
    const kind = given.kind as Kind;
    if (SLOW_TO_REST.has(kind)) this.#plane.waitLonger();
    const namespace = namespaceOf(kind);
    const metadata = { ...given.metadata, ...(namespace === undefined ? {} : { namespace }) };
    return refusal(
      this.#plane.request(() => {
        const object = requestObject({ ...given, metadata }, 'Warn', ignore);
        this.#plane.api.create(kind, object as KindMap[Kind], this.#plane.author);
      }),
    );
  }

  #patch(on: string, patch: Fields | undefined, type: 'merge' | 'json' | 'strategic', sub: string | undefined): ActResult | undefined {
    return this.#on(on, (kind, name) => {
      // A list set to empty is left out of the recording, and with it all that held nothing else.
      const body = patch ?? EMPTIED[kind] ?? { metadata: { finalizers: [] } };
      const change = { type, body: this.#completed(body) } as Patch;
      const patched = (stored: KindMap[Kind]) => requestPatched(stored, change, 'Warn', ignore) as KindMap[Kind];
      this.#plane.api.patchWith(kind, namespaceOf(kind), name, patched, this.#plane.author, sub as 'status' | undefined);
    });
  }

  /** Acts on the object of that recorded name; one that is not there is asked for all the same. */
  #on(recorded: string, act: (kind: Kind, name: string) => unknown): ActResult | undefined {
    const [kindName, wanted] = recorded.split('/') as [string, string];
    const kind = kindName as Kind;
    const name = this.#nameOf(kind, wanted);
    return refusal(this.#plane.request(() => act(kind, name)));
  }

  #nameOf(kind: Kind, recorded: string): string {
    const { api, names } = this.#plane;
    const found = api.list(kind).items.find((object) => names.text(object.metadata.name) === recorded);
    return found?.metadata.name ?? recorded;
  }

  /** With the uids of the owners and the namespace of the claim it names, which recordings leave out. */
  #completed(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((one) => this.#completed(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([field, one]) => {
        if (field === 'ownerReferences' && Array.isArray(one)) return [field, one.map((owner) => this.#withUid(owner))];
        if (field === 'claimRef' && one !== null) return [field, { namespace: NAMESPACE, ...one }];
        return [field, this.#completed(one)];
      }),
    );
  }

  #withUid(owner: OwnerReference): OwnerReference {
    const kind = owner.kind as Kind;
    const name = this.#nameOf(kind, owner.name);
    const stored = this.#plane.api.store.get(kind, KINDS[kind].namespaced ? `${NAMESPACE}/${name}` : name);
    return { ...owner, name, uid: stored?.metadata.uid ?? `00000000-0000-4000-8000-${owner.name.padStart(12, '0')}` };
  }
}

/** Warnings are not in the recordings. */
function ignore(): void {}

function namespaceOf(kind: Kind): string | undefined {
  return KINDS[kind].namespaced ? NAMESPACE : undefined;
}

function refusal(error: ApiError | undefined): ActResult | undefined {
  return error === undefined ? undefined : { code: error.code, reason: error.reason, message: error.message };
}
