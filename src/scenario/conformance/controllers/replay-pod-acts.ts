/**
 * What the recorder did to pods in place of scheduler and kubelet: binds them and writes the status it wants them to have.
 */
import type { ApiError } from '../../../apiserver/api-error.ts';
import { SECOND_US } from '../../../base/units.ts';
import type { Condition } from '../../../model/meta.ts';
import type { ContainerState, ContainerStatus, Pod, PodStatus } from '../../../model/pod.ts';
import { timeText } from '../../../model/time.ts';
import type { ReplayControlPlane } from './replay-control-plane.ts';
import { NAMESPACE } from './replay-names.ts';
import { daemonNode, type Fields, podSummary } from './replay-summary.ts';

export interface PodsAct {
  readonly act: 'pods';
  readonly op: string;
  readonly count: number;
  readonly pick: { readonly [field: string]: string | readonly string[] };
  readonly args?: {
    readonly node?: string;
    readonly readyAgo?: number;
    readonly startedAgo?: number;
    readonly restarts?: number;
    readonly exit?: number;
    readonly reason?: string;
    readonly condition?: string;
    readonly conditionReason?: string;
    readonly grace?: number;
    readonly patch?: Fields;
  };
}

const INDEX = 'batch.kubernetes.io/job-completion-index';

/** What the kubelet, the scheduler or a user does to pods. */
export const POD_OPERATIONS: ReadonlySet<string> = new Set([
  'bind',
  'start',
  'run',
  'ready',
  'unready',
  'restart',
  'crash',
  'waiting',
  'succeed',
  'fail',
  'unknown',
  'delete',
  'remove',
  'evict',
  'patch',
]);

export class PodActs {
  readonly #plane: ReplayControlPlane;
  readonly #anyNode: boolean;
  #addresses = 0;

  constructor(plane: ReplayControlPlane, anyNode: boolean) {
    this.#plane = plane;
    this.#anyNode = anyNode;
  }

  /** Carries the act out on each pod it picks; answers the last refusal. */
  run(act: PodsAct): ApiError | undefined {
    let refusal: ApiError | undefined;
    for (const pod of this.#picked(act)) refusal = this.#one(pod.metadata.name, act) ?? refusal;
    return refusal;
  }

  #picked({ pick, count }: PodsAct): readonly Pod[] {
    const { api, names, journal } = this.#plane;
    return api
      .list('Pod', { namespace: NAMESPACE })
      .items.map((pod) => ({ pod, line: podSummary(pod, names, this.#anyNode) }))
      .filter(({ pod, line }) =>
        Object.entries(pick).every(([field, wanted]) => {
          const value = field === 'index' ? pod.metadata.labels?.[INDEX] : (line[field] ?? '');
          return typeof wanted === 'string' ? value === wanted : wanted.includes(String(value));
        }),
      )
      .map(({ pod, line }) => ({ pod, text: JSON.stringify(line), at: journal.createdAt(pod) }))
      .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : a.at - b.at))
      .slice(0, count)
      .map(({ pod }) => pod);
  }

  #one(name: string, { op, args = {} }: PodsAct): ApiError | undefined {
    const plane = this.#plane;
    const { api, author } = plane;
    switch (op) {
      case 'delete':
        return plane.request(() =>
          api.delete('Pod', NAMESPACE, name, args.grace === undefined ? {} : { gracePeriodSeconds: args.grace }, author),
        );
      case 'remove':
        return plane.request(() => api.delete('Pod', NAMESPACE, name, { gracePeriodSeconds: 0 }, author));
      case 'patch':
        return plane.request(() => api.patch('Pod', NAMESPACE, name, { type: 'merge', body: args.patch ?? {} }, author));
      case 'evict':
        return plane.request(() => {
          plane.journal.isEvicting = true;
          try {
            api.evict(NAMESPACE, name, args.grace === undefined ? {} : { gracePeriodSeconds: args.grace }, author);
          } finally {
            plane.journal.isEvicting = false;
          }
        });
    }
    const isBinding = ['bind', 'start', 'run', 'waiting', 'succeed', 'fail'].includes(op);
    // A controller may have deleted it since it was picked.
    const pod = api.list('Pod', { namespace: NAMESPACE }).items.find(({ metadata }) => metadata.name === name);
    if (pod !== undefined && isBinding && (pod.spec.nodeName ?? '') === '') {
      plane.request(() => api.bind(NAMESPACE, name, args.node ?? daemonNode(pod) ?? 'n1', author));
    }
    if (op === 'bind') return undefined;
    return plane.request(() => {
      const current = api.get('Pod', NAMESPACE, name);
      api.update('Pod', { ...current, status: this.#statusAfter(current, op, args) }, author, 'status');
    });
  }

  #statusAfter(pod: Pod, op: string, args: NonNullable<PodsAct['args']>): PodStatus {
    const nowUs = this.#plane.sim.nowUs;
    const ago = (seconds = 0) => timeText(Math.max(0, nowUs - seconds * SECOND_US));
    const { status = {} } = pod;
    const started = args.startedAgo === undefined ? (status.startTime ?? ago()) : ago(args.startedAgo);
    const since = ago(args.readyAgo);
    const restarts = status.containerStatuses?.[0]?.restartCount ?? 0;
    const running: ContainerState = { running: { startedAt: started } };
    switch (op) {
      case 'start':
      case 'run': {
        const isReady = op === 'run';
        const base = { ...status, phase: 'Running', startTime: started, ...this.#addressOf(status) } as const;
        const containers = containersOf(pod, running, isReady, args.restarts ?? restarts);
        return { ...base, containerStatuses: containers, conditions: withReady(status.conditions, isReady, since) };
      }
      case 'ready':
      case 'unready': {
        const isReady = op === 'ready';
        const times = args.startedAgo === undefined ? {} : { startTime: started };
        return {
          ...status,
          ...times,
          containerStatuses: containersOf(pod, running, isReady, restarts),
          conditions: withReady(status.conditions, isReady, since),
        };
      }
      case 'restart':
        return { ...status, containerStatuses: containersOf(pod, running, isReadyNow(status), restarts + 1) };
      case 'crash': {
        const waiting = { waiting: { reason: 'CrashLoopBackOff' } };
        return {
          ...status,
          containerStatuses: containersOf(pod, waiting, false, restarts + 1),
          conditions: withReady(status.conditions, false, since),
        };
      }
      case 'waiting':
        return {
          ...status,
          phase: 'Pending',
          startTime: started,
          containerStatuses: containersOf(pod, { waiting: { reason: args.reason ?? 'ContainerCreating' } }, false, restarts),
          conditions: withReady(status.conditions, false, since),
        };
      case 'unknown':
        return { ...status, phase: 'Unknown' };
      case 'succeed':
      case 'fail': {
        const exitCode = op === 'succeed' ? 0 : (args.exit ?? 1);
        const ended = { terminated: { exitCode, startedAt: started, finishedAt: ago() } };
        const others = withReady(status.conditions, false, since);
        const extra: readonly Condition[] =
          args.condition === undefined
            ? []
            : [{ type: args.condition, status: 'True', reason: args.conditionReason ?? 'Recorded', lastTransitionTime: ago() }];
        return {
          ...status,
          phase: op === 'succeed' ? 'Succeeded' : 'Failed',
          startTime: started,
          ...(args.reason === undefined ? {} : { reason: args.reason }),
          containerStatuses: containersOf(pod, ended, false, restarts),
          conditions: [...others, ...extra],
        };
      }
      default:
        throw new Error(`Cannot replay pods ${op}: no such operation is known`);
    }
  }

  /** The k-th pod of a case to run gets the address 10.1.0.k. */
  #addressOf({ podIP }: PodStatus): Pick<PodStatus, 'podIP' | 'podIPs' | 'hostIP'> {
    const ip = podIP ?? `10.1.0.${++this.#addresses}`;
    return { podIP: ip, podIPs: [{ ip }], hostIP: '10.0.0.1' };
  }
}

function isReadyNow({ conditions = [] }: PodStatus): boolean {
  return conditions.some((one) => one.type === 'Ready' && one.status === 'True');
}

function containersOf(pod: Pod, state: ContainerState, ready: boolean, restartCount: number): readonly ContainerStatus[] {
  return pod.spec.containers.map(({ name, image = '' }) => ({ name, image, imageID: '', ready, restartCount, state }));
}

/** The Ready condition as wanted; its time changes only with its status, unless another was asked for. */
function withReady(conditions: readonly Condition[] | undefined, isReady: boolean, since: string): readonly Condition[] {
  const others = (conditions ?? []).filter((one) => one.type !== 'Ready');
  return [...others, { type: 'Ready', status: isReady ? 'True' : 'False', lastProbeTime: null, lastTransitionTime: since }];
}
