/** Pods of every sort, as manifests: containers with probes and hooks, places they want or avoid, volumes that are there or not. */
import type { Dice } from './dice.ts';

export function randomPodSpec(dice: Dice, app: string, restartPolicy?: string): object {
  const containers = [container(dice, 'c', true), ...(dice.often(0.2) ? [container(dice, 'beside', false)] : [])];
  return {
    containers,
    ...dice.maybe(0.25, () => ({ initContainers: [initContainer(dice)] })),
    ...dice.maybe(0.3, () => ({ terminationGracePeriodSeconds: dice.pick(10, 30, 60) })),
    ...dice.maybe(0.3, () => ({ priorityClassName: dice.pick('high', 'low') })),
    ...dice.maybe(0.15, () => ({ nodeSelector: { pool: dice.pick('red', 'blue') } })),
    ...dice.maybe(0.25, () => ({ tolerations: [dice.pick({ key: 'dedicated', operator: 'Exists' }, { operator: 'Exists' })] })),
    ...dice.maybe(0.2, () => ({ topologySpreadConstraints: [spread(dice, app)] })),
    ...dice.maybe(0.25, () => ({ affinity: affinity(dice, app) })),
    ...volumes(dice),
    ...(restartPolicy === undefined ? {} : { restartPolicy, ...dice.maybe(0.1, () => ({ activeDeadlineSeconds: dice.pick(30, 200) })) }),
  };
}

function container(dice: Dice, name: string, mayHavePort: boolean): object {
  return {
    name,
    image: dice.pick('a:v1', 'a:v2', 'b:v1'),
    ...dice.maybe(0.8, () => ({ resources: resources(dice) })),
    ...dice.maybe(0.3, () => ({ readinessProbe: { httpGet: { port: 8080 }, periodSeconds: dice.pick(1, 5, 10) } })),
    ...dice.maybe(0.2, () => ({ livenessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 5, failureThreshold: 2 } })),
    ...dice.maybe(0.15, () => ({ startupProbe: { exec: { command: ['true'] }, periodSeconds: 2, failureThreshold: 10 } })),
    ...dice.maybe(0.2, () => ({ lifecycle: { preStop: dice.pick<object>({ sleep: { seconds: 5 } }, { exec: { command: ['true'] } }) } })),
    ...dice.maybe(mayHavePort ? 0.1 : 0, () => ({ ports: [{ containerPort: 8080, hostPort: 8080 }] })),
    ...dice.maybe(0.1, () => ({ imagePullPolicy: dice.pick('Always', 'Never', 'IfNotPresent') })),
  };
}

function initContainer(dice: Dice): object {
  return { name: 'init', image: 'a:v1', ...dice.maybe(0.4, () => ({ restartPolicy: 'Always' })) };
}

function resources(dice: Dice): object {
  return {
    requests: {
      cpu: dice.pick('50m', '250m', '1', '2'),
      memory: dice.pick('64Mi', '512Mi', '2Gi'),
      ...dice.maybe(0.2, () => ({ 'ephemeral-storage': '1Gi' })),
    },
    ...dice.maybe(0.5, () => ({ limits: { memory: dice.pick('2Gi', '4Gi') } })),
  };
}

const TOPOLOGIES = ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'] as const;

function spread(dice: Dice, app: string): object {
  const whenUnsatisfiable = dice.pick('DoNotSchedule', 'ScheduleAnyway');
  return { maxSkew: 1, topologyKey: dice.pick(...TOPOLOGIES), whenUnsatisfiable, labelSelector: { matchLabels: { app } } };
}

function affinity(dice: Dice, app: string): object {
  const podAffinityTerm = { labelSelector: { matchLabels: { app } }, topologyKey: dice.pick(...TOPOLOGIES) };
  const rules = dice.pick<object>(
    { requiredDuringSchedulingIgnoredDuringExecution: [podAffinityTerm] },
    { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 10, podAffinityTerm }] },
  );
  return { [dice.pick('podAffinity', 'podAntiAffinity')]: rules };
}

/** What they need may be missing for ever, or come late. */
function volumes(dice: Dice): object {
  const list = [
    ...(dice.often(0.15) ? [{ name: 'settings', configMap: { name: dice.pick('settings', 'absent') } }] : []),
    ...(dice.often(0.1) ? [{ name: 'scratch', ephemeral: { volumeClaimTemplate: { spec: claimSpec() } } }] : []),
    ...(dice.often(0.05) ? [{ name: 'data', persistentVolumeClaim: { claimName: 'absent' } }] : []),
  ];
  return list.length === 0 ? {} : { volumes: list };
}

export function claimSpec(): object {
  return { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, storageClassName: 'disk' };
}
