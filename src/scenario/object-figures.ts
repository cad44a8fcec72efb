/**
 * What each figure of an expectation is in terms of objects: which kind, which of them count, and how much.
 */
import { unreachable } from '../base/fail.ts';
import type { Job } from '../model/batch.ts';
import type { Event } from '../model/configuration.ts';
import type { Kind } from '../model/kinds.ts';
import { type Condition, type KubeObject, objectKey } from '../model/meta.ts';
import { type Node, nodeCondition } from '../model/node.ts';
import type { Write } from '../model/observer.ts';
import { type ContainerStatus, isPodReady, isPodTerminal, type Pod } from '../model/pod.ts';
import type { HorizontalPodAutoscaler, PodDisruptionBudget } from '../model/policy.ts';
import { selectorMatches } from '../model/selector.ts';
import type { EndpointSlice } from '../model/service.ts';
import type { DaemonSet, Deployment, StatefulSet } from '../model/workloads.ts';
import type { Expectation } from './expectation-syntax.ts';

export interface ObjectFigure {
  readonly kind: Kind;
  readonly matches: (object: KubeObject) => boolean;
  /** What one object adds. */
  readonly of: (object: KubeObject) => number;
  /** True for what is counted over many objects, where none means 0; false for one object, which may not be there. */
  readonly isSum: boolean;
  /** For counts of happenings: how many this write stands for. */
  readonly happened?: (write: Write) => number;
}

const REVISION = 'deployment.kubernetes.io/revision';
const SERVICE_NAME = 'kubernetes.io/service-name';

export function objectFigure(expectation: Expectation): ObjectFigure {
  const { family, field, subject } = expectation;
  const one = (kind: Kind, of: (object: never) => number): ObjectFigure => ({
    kind,
    matches: (object) => objectKey(object) === subject,
    of: of as (object: KubeObject) => number,
    isSum: false,
  });
  switch (family) {
    case 'rollout':
      return one('Deployment', (object: Deployment) => deploymentFigure(object, field));
    case 'statefulset':
      return one('StatefulSet', (object: StatefulSet) => statefulSetFigure(object, field));
    case 'daemonset':
      return one('DaemonSet', (object: DaemonSet) => daemonSetFigure(object, field));
    case 'job':
      return one('Job', (object: Job) => jobFigure(object, field));
    case 'hpa':
      return one('HorizontalPodAutoscaler', ({ status }: HorizontalPodAutoscaler) =>
        field === 'current' ? (status?.currentReplicas ?? 0) : (status?.desiredReplicas ?? 0),
      );
    case 'pdb':
      return one('PodDisruptionBudget', (object: PodDisruptionBudget) => budgetFigure(object, field));
    case 'service':
      return {
        kind: 'EndpointSlice',
        matches: ({ metadata }) => `${metadata.namespace}/${metadata.labels?.[SERVICE_NAME]}` === subject,
        of: (object) => (object as EndpointSlice).endpoints.filter(({ conditions }) => conditions?.ready !== false).length,
        isSum: true,
      };
    case 'pods':
      return podFigure(expectation);
    case 'nodes':
      return { kind: 'Node', matches: () => true, of: (object) => nodeFigure(object as Node, field), isSum: true };
    case 'events':
      return {
        kind: 'Event',
        matches: (object) => (object as Event).reason === subject,
        of: () => 0,
        isSum: true,
        happened: ({ removed }) => (removed ? 0 : 1),
      };
    case 'objects':
      return { kind: subject as Kind, matches: () => true, of: () => 1, isSum: true };
    case 'requests':
      throw new RangeError('Cannot follow requests in objects');
    default:
      return unreachable(family);
  }
}

function deploymentFigure({ metadata, spec, status = {} }: Deployment, field: string): number {
  const { replicas = 0, updatedReplicas = 0, readyReplicas = 0, availableReplicas = 0, unavailableReplicas = 0 } = status;
  const desired = spec.replicas ?? 1;
  switch (field) {
    case 'revision':
      return Number(metadata.annotations?.[REVISION] ?? 0);
    case 'desired':
      return desired;
    case 'replicas':
      return replicas;
    case 'updated':
      return updatedReplicas;
    case 'ready':
      return readyReplicas;
    case 'available':
      return availableReplicas;
    case 'unavailable':
      return unavailableReplicas;
    case 'progressing':
      return isTrue(status.conditions, 'Progressing');
    default: {
      // DeploymentComplete in deployment_util.go.
      const isObserved = (status.observedGeneration ?? 0) >= (metadata.generation ?? 0);
      return isObserved && updatedReplicas === desired && replicas === desired && availableReplicas === desired ? 1 : 0;
    }
  }
}

function budgetFigure({ status }: PodDisruptionBudget, field: string): number {
  const { disruptionsAllowed = 0, currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  if (field === 'allowed') return disruptionsAllowed;
  return field === 'healthy' ? currentHealthy : desiredHealthy;
}

function statefulSetFigure({ spec, status }: StatefulSet, field: string): number {
  if (field === 'desired') return spec.replicas ?? 1;
  if (field === 'ready') return status?.readyReplicas ?? 0;
  if (field === 'available') return status?.availableReplicas ?? 0;
  return (field === 'updated' ? status?.updatedReplicas : status?.replicas) ?? 0;
}

function daemonSetFigure({ status }: DaemonSet, field: string): number {
  if (field === 'ready') return status?.numberReady ?? 0;
  if (field === 'available') return status?.numberAvailable ?? 0;
  return (field === 'updated' ? status?.updatedNumberScheduled : status?.desiredNumberScheduled) ?? 0;
}

function jobFigure({ status }: Job, field: string): number {
  switch (field) {
    case 'active':
      return status?.active ?? 0;
    case 'succeeded':
      return status?.succeeded ?? 0;
    case 'failed':
      return status?.failed ?? 0;
    case 'givenUp':
      return isTrue(status?.conditions, 'Failed');
    default:
      return isTrue(status?.conditions, 'Complete');
  }
}

function nodeFigure(node: Node, field: string): number {
  if (field === 'ready') return nodeCondition(node, 'Ready')?.status === 'True' ? 1 : 0;
  if (field === 'unschedulable') return node.spec?.unschedulable === true ? 1 : 0;
  return 1;
}

function podFigure({ field, selector, namespace }: Expectation): ObjectFigure {
  const isAny = selector === undefined && namespace === undefined;
  return {
    kind: 'Pod',
    matches: ({ metadata }) =>
      isAny ||
      ((namespace === undefined || metadata.namespace === namespace) &&
        (selector === undefined || selectorMatches(selector, metadata.labels))),
    of: (object) => podValue(object as Pod, field),
    isSum: true,
    happened: (write) => podHappening(write, field),
  };
}

function podHappening({ verb, removed, previous, object }: Write, field: string): number {
  if (field === 'created') return verb === 'create' && previous === undefined ? 1 : 0;
  if (field === 'deleted') return removed ? 1 : 0;
  if (removed || (object as Pod).status === (previous as Pod | undefined)?.status) return 0;
  const before = oomEnds(previous as Pod | undefined);
  return oomEnds(object as Pod).filter((end) => !before.includes(end)).length;
}

/** Ends of containers that the status tells of: by name and instant, in the state at first and in the last state afterwards. */
function oomEnds(pod: Pod | undefined): string[] {
  const all = [...(pod?.status?.initContainerStatuses ?? []), ...(pod?.status?.containerStatuses ?? [])];
  return all.flatMap(({ name, state, lastState }) =>
    [state?.terminated, lastState?.terminated].flatMap((end) =>
      end?.reason === 'OOMKilled' ? [`${name} ${end.containerID ?? end.finishedAt}`] : [],
    ),
  );
}

const NOT_STARTED: ReadonlySet<string> = new Set(['CrashLoopBackOff', 'ImagePullBackOff', 'ErrImagePull']);

/** The status says terminated until the kubelet looks at the pod again, which in back-off may be at the next start. */
function isFailing(pod: Pod): boolean {
  const { metadata, spec, status } = pod;
  if (metadata.deletionTimestamp !== undefined || isPodTerminal(pod)) return false;
  const { restartPolicy = 'Always' } = spec;
  const willReturn = ({ state }: ContainerStatus, isDone: boolean) =>
    NOT_STARTED.has(state?.waiting?.reason ?? '') || (state?.terminated !== undefined && !isDone && restartPolicy !== 'Never');
  const ended = ({ state }: ContainerStatus) => state?.terminated?.exitCode === 0;
  return (
    (status?.initContainerStatuses ?? []).some((one) => willReturn(one, ended(one))) ||
    (status?.containerStatuses ?? []).some((one) => willReturn(one, ended(one) && restartPolicy === 'OnFailure'))
  );
}

function podValue({ metadata, spec, status }: Pod, field: string): number {
  switch (field) {
    case 'pending':
      return status?.phase === undefined || status.phase === 'Pending' ? 1 : 0;
    case 'running':
      return status?.phase === 'Running' ? 1 : 0;
    case 'succeeded':
      return status?.phase === 'Succeeded' ? 1 : 0;
    case 'failed':
      return status?.phase === 'Failed' ? 1 : 0;
    case 'ready':
      return isPodReady({ metadata, spec, status } as Pod) ? 1 : 0;
    case 'unscheduled':
      return spec.nodeName === undefined || spec.nodeName === '' ? 1 : 0;
    case 'terminating':
      return metadata.deletionTimestamp === undefined ? 0 : 1;
    case 'failing':
      return isFailing({ metadata, spec, status } as Pod) ? 1 : 0;
    case 'evicted':
      return status?.phase === 'Failed' && status.reason === 'Evicted' ? 1 : 0;
    case 'restarts':
      return (status?.containerStatuses ?? []).reduce((sum, { restartCount = 0 }) => sum + restartCount, 0);
    default:
      return 1;
  }
}

function isTrue(conditions: readonly Condition[] | undefined, type: string): number {
  return conditions?.find((condition) => condition.type === type)?.status === 'True' ? 1 : 0;
}
