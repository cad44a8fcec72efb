/** What is applied: one to four workloads of any kind, what surrounds them, and the same with other images for later. */
import type { Dice } from './dice.ts';
import { claimSpec, randomPodSpec } from './random-pod.ts';

export type WorkloadKind = 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'Job' | 'CronJob' | 'Pod';

export interface RandomWorkload {
  readonly kind: WorkloadKind;
  readonly app: string;
}

export interface RandomObjects {
  readonly workloads: readonly RandomWorkload[];
  readonly objects: readonly object[];
  /** Those that can be rolled out anew, with an image that may be missing. */
  readonly changed: readonly object[];
  readonly services: readonly string[];
}

const API_VERSIONS: { readonly [K in WorkloadKind]: string } = {
  Deployment: 'apps/v1',
  StatefulSet: 'apps/v1',
  DaemonSet: 'apps/v1',
  Job: 'batch/v1',
  CronJob: 'batch/v1',
  Pod: 'v1',
};

export function randomObjects(dice: Dice): RandomObjects {
  const workloads: RandomWorkload[] = [];
  const objects: object[] = [...surroundings(dice)];
  const changed: object[] = [];
  const services: string[] = [];
  for (const app of dice.some(dice.whole(1, 4), ['shop', 'api', 'db', 'agent', 'batch', 'cache'])) {
    const kind = dice.pick<WorkloadKind>('Deployment', 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'CronJob', 'Pod');
    const spec = specOf(dice, kind, app);
    const object = { apiVersion: API_VERSIONS[kind], kind, metadata: { name: app, labels: { app } }, spec };
    workloads.push({ kind, app });
    objects.push(object);
    if ('template' in spec && kind !== 'Job')
      changed.push({ ...object, spec: withImage(spec as Templated, dice.pick('a:v2', 'b:v1', 'gone:v1')) });
    if (dice.often(0.6)) {
      objects.push(service(dice, app));
      services.push(app);
    }
    if (dice.often(0.4)) objects.push(budget(dice, app));
    if (kind === 'Deployment' && dice.often(0.3)) objects.push(autoscaler(dice, app));
  }
  return { workloads, objects, changed, services };
}

function surroundings(dice: Dice): readonly object[] {
  const named = (apiVersion: string, kind: string, name: string, fields: object) => ({ apiVersion, kind, metadata: { name }, ...fields });
  const container = { type: 'Container', default: { cpu: '500m', memory: '256Mi' }, defaultRequest: { cpu: '100m', memory: '128Mi' } };
  return [
    named('scheduling.k8s.io/v1', 'PriorityClass', 'high', { value: 1000 }),
    named('scheduling.k8s.io/v1', 'PriorityClass', 'low', { value: -10, preemptionPolicy: dice.pick('Never', 'PreemptLowerPriority') }),
    named('storage.k8s.io/v1', 'StorageClass', 'disk', {
      provisioner: dice.pick('disk.csi.example.com', 'rancher.io/local-path'),
      volumeBindingMode: dice.pick('Immediate', 'WaitForFirstConsumer'),
    }),
    named('v1', 'ConfigMap', 'settings', { data: { a: 'b' } }),
    ...(dice.often(0.2) ? [named('v1', 'ResourceQuota', 'wall', { spec: { hard: { pods: String(dice.pick(5, 20)) } } })] : []),
    ...(dice.often(0.2) ? [named('v1', 'LimitRange', 'usual', { spec: { limits: [container] } })] : []),
  ];
}

function specOf(dice: Dice, kind: WorkloadKind, app: string): object {
  const template = (restartPolicy?: string) => ({ metadata: { labels: { app } }, spec: randomPodSpec(dice, app, restartPolicy) });
  const selector = { matchLabels: { app } };
  switch (kind) {
    case 'Deployment':
      return {
        replicas: dice.pick(0, 1, 3, 8, 20),
        selector,
        template: template(),
        ...dice.maybe(0.4, () => ({ strategy: dice.pick<object>({ type: 'Recreate' }, { rollingUpdate: rollingUpdate(dice) }) })),
        ...dice.maybe(0.3, () => ({ minReadySeconds: dice.pick(1, 10) })),
        ...dice.maybe(0.2, () => ({ progressDeadlineSeconds: 60 })),
      };
    case 'StatefulSet':
      return {
        replicas: dice.pick(1, 3, 5),
        selector,
        serviceName: app,
        template: template(),
        podManagementPolicy: dice.pick('OrderedReady', 'Parallel'),
        ...dice.maybe(0.5, () => ({ volumeClaimTemplates: [{ metadata: { name: 'store' }, spec: claimSpec() }] })),
        ...dice.maybe(0.3, () => ({
          persistentVolumeClaimRetentionPolicy: { whenDeleted: dice.pick('Retain', 'Delete'), whenScaled: dice.pick('Retain', 'Delete') },
        })),
        ...dice.maybe(0.3, () => ({ updateStrategy: dice.pick<object>({ type: 'OnDelete' }, { rollingUpdate: { partition: 1 } }) })),
      };
    case 'DaemonSet':
      return { selector, template: template() };
    case 'Job':
      return jobSpec(dice, template(dice.pick('Never', 'OnFailure')));
    case 'CronJob':
      return {
        schedule: dice.pick('* * * * *', '*/2 * * * *'),
        concurrencyPolicy: dice.pick('Allow', 'Forbid', 'Replace'),
        jobTemplate: { spec: jobSpec(dice, template(dice.pick('Never', 'OnFailure'))) },
      };
    case 'Pod':
      return randomPodSpec(dice, app);
  }
}

function rollingUpdate(dice: Dice): object {
  return { maxSurge: dice.pick<number | string>(0, 1, '50%'), maxUnavailable: dice.pick<number | string>(1, '25%') };
}

function jobSpec(dice: Dice, template: object): object {
  const completions = dice.pick(1, 4, 12);
  return {
    template,
    completions,
    parallelism: dice.pick(1, 3, 12),
    ...dice.maybe(0.3, () => ({ completionMode: 'Indexed' })),
    ...dice.maybe(0.3, () => ({ backoffLimit: dice.pick(0, 2) })),
    ...dice.maybe(0.3, () => ({ ttlSecondsAfterFinished: dice.pick(0, 30) })),
    ...dice.maybe(0.2, () => ({ activeDeadlineSeconds: 60 })),
    ...dice.maybe(0.2, () => ({ suspend: true })),
  };
}

interface Templated {
  readonly template: { readonly metadata: object; readonly spec: { readonly containers: readonly object[] } };
}

function withImage<T extends Templated>(spec: T, image: string): T {
  const { metadata, spec: pod } = spec.template;
  const [first, ...others] = pod.containers;
  return { ...spec, template: { metadata, spec: { ...pod, containers: [{ ...first, image }, ...others] } } };
}

function service(dice: Dice, app: string): object {
  const more = dice.pick<object>({}, {}, { type: 'NodePort' }, { clusterIP: 'None' });
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: app },
    spec: { selector: { app }, ports: [{ port: 80, targetPort: 8080 }], ...more },
  };
}

function budget(dice: Dice, app: string): object {
  const limit = { [dice.pick('minAvailable', 'maxUnavailable')]: dice.pick<number | string>(0, 1, '50%') };
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: app },
    spec: { ...limit, selector: { matchLabels: { app } }, ...dice.maybe(0.3, () => ({ unhealthyPodEvictionPolicy: 'AlwaysAllow' })) },
  };
}

function autoscaler(dice: Dice, app: string): object {
  const resource = { name: dice.pick('cpu', 'memory'), target: { type: 'Utilization', averageUtilization: 50 } };
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: app },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: app },
      minReplicas: 1,
      maxReplicas: dice.pick(2, 10),
      metrics: [{ type: 'Resource', resource }],
    },
  };
}
