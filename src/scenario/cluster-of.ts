/**
 * From a scenario to the spec of the cluster it runs on, and to the faults and traffic of the rooms below.
 */

import { fail } from '../base/fail.ts';
import type { ClusterSpec } from '../cluster/cluster-spec.ts';
import type { Fault, FaultKind, NodeTarget } from '../faults/fault.ts';
import { DEFAULT_BEHAVIOUR, INTERRUPTED_TASK_EXIT_CODE, type WorkloadBehaviour } from '../model/behaviour.ts';
import type { Call } from '../network/route.ts';
import { DEFAULT_CONFIGURATION } from '../scheduler/configuration.ts';
import { customPluginFactory } from '../scheduler/custom-plugin.ts';
import type { DecisionWatcher } from '../scheduler/explain/decision-recorder.ts';
import type { Arrivals, TrafficSpec } from '../workload/traffic.ts';
import { ADD_ON_IMAGE_BYTES, addOnObjects } from './add-ons.ts';
import { addOnsOf, definedOnly, nodesOf, systemImages } from './node-groups.ts';
import type { Scenario } from './scenario.ts';
import type { FaultInput, WorkloadInput } from './schema.ts';
import type { CallInput, TrafficInput } from './schema-traffic.ts';

export interface ClusterOptions {
  readonly seed?: number | undefined;
  /** Every scheduling decision the obvious way, without the fast path. */
  readonly isSlowScheduler?: boolean | undefined;
  readonly watcher?: DecisionWatcher | undefined;
}

export function clusterOf(
  scenario: Scenario,
  { seed = scenario.seed, isSlowScheduler = false, watcher }: ClusterOptions = {},
): ClusterSpec {
  const { cluster, schedulerConfiguration = DEFAULT_CONFIGURATION, schedulerPlugins } = scenario;
  const { disabled, ...controllers } = cluster.controllers ?? {};
  const addOns = addOnsOf(cluster);
  return {
    seed,
    nodes: nodesOf(cluster),
    objects: addOnObjects(addOns.addOns, addOns),
    registry: registryOf(cluster),
    behaviours: scenario.workloads.map(behaviourOf),
    controlPlaneReplicas: cluster.controlPlaneReplicas,
    recordEvents: cluster.events,
    storageDrivers: cluster.storageDrivers,
    controllers: definedOnly({
      nodeMonitorGracePeriodSeconds: controllers.nodeMonitorGracePeriod,
      nodeMonitorPeriodSeconds: controllers.nodeMonitorPeriod,
      concurrentSyncs: controllers.concurrentSyncs,
      kubeApiQps: controllers.kubeApiQps,
      kubeApiBurst: controllers.kubeApiBurst,
      terminatedPodGcThreshold: controllers.terminatedPodGcThreshold,
    }),
    ...(disabled === undefined ? {} : { disabledControllers: disabled }),
    schedulers: [
      {
        name: 'kube-scheduler',
        configuration: schedulerConfiguration,
        isSlow: isSlowScheduler,
        ...(watcher === undefined ? {} : { watcher }),
        customPlugins: new Map(schedulerPlugins.map((plugin) => [plugin.name, customPluginFactory(plugin)])),
      },
    ],
  };
}

/** Who lists images means the list to be complete; who lists none wants not to think of them. */
function registryOf(cluster: Scenario['cluster']): NonNullable<ClusterSpec['registry']> {
  const { images, registry = {} } = cluster;
  const system = systemImages(cluster).map((name) => ({ name, sizeBytes: ADD_ON_IMAGE_BYTES }));
  return definedOnly({
    images: images === undefined ? undefined : [...system, ...images.map(({ name, size }) => ({ name, sizeBytes: size }))],
    unknownImages: registry.unknownImages ?? (images === undefined ? 'present' : 'missing'),
    missingImages: registry.missing,
    defaultSizeBytes: registry.defaultSize,
    bandwidthBytesPerSecond: registry.bandwidth,
    unpackBytesPerSecond: registry.unpack,
    resolve: registry.resolve,
  });
}

function behaviourOf({ memory, memoryGrowth, cpu, disk, crash, terminationExitCode, ...same }: WorkloadInput): WorkloadBehaviour {
  return {
    ...same,
    terminationExitCode:
      terminationExitCode ?? (same.run === undefined ? DEFAULT_BEHAVIOUR.terminationExitCode : INTERRUPTED_TASK_EXIT_CODE),
    memoryBytes: memory,
    memoryGrowthBytesPerSecond: memoryGrowth,
    cpuMilli: cpu,
    diskBytes: disk,
    ...(crash === undefined
      ? {}
      : { crash: definedOnly({ after: crash.after, atUs: crash.at, meanBetweenUs: crash.meanBetween, exitCode: crash.exitCode }) }),
  } as WorkloadBehaviour;
}

export function faultOf({ for: forUs, ...kinds }: FaultInput): Fault {
  const [kind, value] = Object.entries(kinds).find(([, given]) => given !== undefined) ?? fail('Cannot inject a fault of no kind');
  const fault: Fault = { kind: kind as FaultKind, ...(forUs === undefined ? {} : { forUs }) };
  switch (typeof value) {
    case 'string':
      return kind === 'zoneDark' || kind === 'drainZone' ? { ...fault, zone: value } : { ...fault, component: value };
    case 'number':
      return { ...fault, factor: value };
    case 'object': {
      const { percent, ...nodes } = value as NodeTarget & { readonly percent?: number };
      return { ...fault, nodes: definedOnly(nodes), ...(percent === undefined ? {} : { percent }) };
    }
    default:
      return fault;
  }
}

export function trafficOf(traffic: TrafficInput, durationUs: number): TrafficSpec {
  const { name, timeout, clients = 0, from, until } = traffic;
  return {
    route: { ...callOf(traffic), traffic: name, timeoutUs: timeout, clients },
    arrivals: arrivalsOf(traffic.arrivals),
    fromUs: from,
    untilUs: Math.min(until ?? durationUs, durationUs),
  };
}

function arrivalsOf({ poisson, constant, steps }: TrafficInput['arrivals']): Arrivals {
  if (steps !== undefined) {
    return { kind: 'poisson', perSecond: 0, steps: steps.map(({ at, rate }) => ({ fromUs: at, perSecond: rate })) };
  }
  return poisson === undefined ? { kind: 'constant', perSecond: constant ?? 0 } : { kind: 'poisson', perSecond: poisson };
}

function callOf({ to, port, timeout, retries, calls = [], callsAtOnce }: CallInput): Call {
  return { service: qualified(to), port, timeoutUs: timeout, retries, calls: calls.map(callOf), callsAtOnce };
}

/** `namespace/name` of a Service; a bare name is of the namespace default, and a DNS name says it all. */
export function qualified(name: string): string {
  if (name.includes('/')) return name;
  const [service, namespace, ...rest] = name.split('.');
  if (namespace !== undefined && (rest.join('.') === 'svc' || rest.join('.') === 'svc.cluster.local')) return `${namespace}/${service}`;
  return `default/${name}`;
}
