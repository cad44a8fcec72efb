/**
 * Who describes which kind. Models DescriberFor of k8s.io/kubectl/pkg/describe/describe.go.
 */
import type { Task } from '../../../client/task.ts';
import type { KubeObject } from '../../../model/meta.ts';
import { atOnce } from '../at-once.ts';
import type { KubectlContext } from '../context.ts';
import { describeConfigMap, describeSecret, describeServiceAccount } from './configuration.ts';
import { describeAnything } from './generic.ts';
import { describeAutoscaler } from './horizontal-pod-autoscaler.ts';
import { describeIngress } from './ingress.ts';
import { describeCronJob, describeJob } from './jobs.ts';
import { describeLimitRange, describeNamespace, describeQuota } from './namespace.ts';
import { describeNetworkPolicy } from './network-policy.ts';
import { describeNode } from './node.ts';
import type { Page } from './page.ts';
import { describePod } from './pod.ts';
import { describeBudget, describePriorityClass, describeRole, describeRoleBinding } from './policy.ts';
import { describeEndpointSlice, describeEndpoints, describeService } from './service.ts';
import { describeClaim, describeStorageClass, describeVolume } from './storage.ts';
import { describeDaemonSet, describeDeployment, describeReplicaSet, describeStatefulSet } from './workloads.ts';

export interface Describer {
  readonly write: (object: KubeObject, page: Page, context: KubectlContext) => Task<void>;
  readonly hasEvents: boolean;
}

/** For kinds that need nothing but the object itself. */
function plain<T extends KubeObject>(write: (object: T, page: Page, nowUs: number) => void, hasEvents = true): Describer {
  return {
    write: (object, page, { sim }) => {
      write(object as T, page, sim.nowUs);
      return atOnce();
    },
    hasEvents,
  };
}

function asking<T extends KubeObject>(write: (object: T, page: Page, context: KubectlContext) => Task<void>, hasEvents = true): Describer {
  return { write: (object, page, context) => write(object as T, page, context), hasEvents };
}

const GENERIC: Describer = plain(describeAnything);

const DESCRIBERS: { readonly [kind: string]: Describer } = {
  Pod: plain(describePod),
  Node: asking(describeNode),
  Namespace: asking(describeNamespace, false),
  Deployment: asking(describeDeployment),
  ReplicaSet: asking(describeReplicaSet),
  StatefulSet: asking(describeStatefulSet),
  DaemonSet: asking(describeDaemonSet),
  Job: plain(describeJob),
  CronJob: plain(describeCronJob),
  Service: asking(describeService),
  Endpoints: plain(describeEndpoints),
  EndpointSlice: plain(describeEndpointSlice),
  Ingress: asking(describeIngress),
  NetworkPolicy: plain(describeNetworkPolicy, false),
  ConfigMap: plain(describeConfigMap),
  Secret: plain(describeSecret, false),
  ServiceAccount: plain(describeServiceAccount),
  LimitRange: plain(describeLimitRange, false),
  ResourceQuota: plain(describeQuota, false),
  PersistentVolume: plain(describeVolume),
  PersistentVolumeClaim: asking(describeClaim),
  StorageClass: plain(describeStorageClass),
  PriorityClass: plain(describePriorityClass),
  PodDisruptionBudget: plain(describeBudget),
  HorizontalPodAutoscaler: plain(describeAutoscaler),
  Role: plain(describeRole, false),
  ClusterRole: plain(describeRole, false),
  RoleBinding: plain(describeRoleBinding, false),
  ClusterRoleBinding: plain(describeRoleBinding, false),
};

export function describerOf({ kind }: KubeObject): Describer {
  return DESCRIBERS[kind] ?? GENERIC;
}
