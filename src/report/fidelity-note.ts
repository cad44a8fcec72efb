/**
 * What a run used that is modelled exactly, approximated, or left out: the note that comes with each result.
 *
 * The whole list, with reasons, is docs/fidelity.md; here stands what this run touched.
 */
import { CONTROLLERS } from '../controllers/registry.ts';
import type { RunMetrics } from '../metrics/run-metrics.ts';
import type { Kind } from '../model/kinds.ts';
import type { Scenario } from '../scenario/scenario.ts';

export interface FidelityItem {
  readonly part: string;
  readonly level: 'exact' | 'approximated' | 'left out';
  readonly note: string;
}

const CONTROLLER_OF: { readonly [K in Kind]?: string } = {
  StatefulSet: 'statefulset-controller',
  DaemonSet: 'daemonset-controller',
  Job: 'job-controller',
  CronJob: 'cronjob-controller',
  HorizontalPodAutoscaler: 'horizontal-pod-autoscaler-controller',
  PodDisruptionBudget: 'disruption-controller',
  ResourceQuota: 'resourcequota-controller',
};

/** What the recordings of kube-controller-manager hold besides Deployments, in the order the note names them. */
const HELD_TO_RECORDINGS: readonly Kind[] = [
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'ResourceQuota',
  'PersistentVolumeClaim',
];

export function fidelityOf(scenario: Scenario, metrics: RunMetrics): readonly FidelityItem[] {
  const items: FidelityItem[] = [];
  const add = (part: string, level: FidelityItem['level'], note: string) => items.push({ part, level, note });
  if (metrics.attempts.bound + metrics.attempts.unschedulable > 0) {
    add('scheduler', 'exact', 'filters, scores, node search, preemption and queue as in kube-scheduler 1.36, held to recorded decisions');
    add('scheduler', 'approximated', 'the simulated time of an attempt comes from a cost model (docs/fidelity-scheduler-cost.md)');
  }
  if (scenario.schedulerPlugins.length > 0) {
    const names = scenario.schedulerPlugins.map(({ name }) => name).join(', ');
    add('scheduler', 'approximated', `attempts cost no simulated time for ${names}: nobody has measured what it takes`);
  }
  if (hasResourceClaims(scenario)) {
    add('scheduler', 'left out', 'dynamic resource allocation: pods with resource claims wait, and say why');
  }
  if (metrics.kinds.has('Deployment') || metrics.kinds.has('ReplicaSet')) {
    add('Deployment and ReplicaSet', 'exact', 'the arithmetic of rollouts, victims and pod-template-hash as in 1.36');
  }
  const held = HELD_TO_RECORDINGS.filter((kind) => metrics.kinds.has(kind));
  if (held.length > 0)
    add(held.join(', '), 'exact', 'what their controllers do as in kube-controller-manager 1.36, held to recorded steps');
  if (metrics.kinds.has('HorizontalPodAutoscaler')) {
    add('metrics', 'approximated', 'CPU and memory of a process are what the scenario says of it; they are scraped every 15 s');
  }
  if (metrics.kinds.has('PersistentVolumeClaim')) {
    add('volumes', 'approximated', 'times to make, attach and detach one are of the right order; drivers never run out of storage');
  }
  if (metrics.pods.created > 0) {
    add('kubelet and runtime', 'approximated', 'start, pull and stop times are drawn from published measurements');
  }
  if (metrics.requests.size > 0) {
    add('network', 'approximated', 'kube-proxy syncs as the iptables mode does; packets take drawn times, connections are not kept open');
    add('network', 'left out', 'connections kept open for several requests, NetworkPolicy, NodeLocal DNSCache');
  }
  if (scenario.cluster.events === false) add('Events', 'left out', 'the scenario turned them off');
  add(
    'API server',
    'approximated',
    'request and etcd times are drawn; each priority level of flow control has one line instead of fair queues',
  );
  for (const [kind, controller] of Object.entries(CONTROLLER_OF)) {
    if (!metrics.kinds.has(kind as Kind) || CONTROLLERS.has(controller)) continue;
    add(kind, 'left out', `no controller acts on a ${kind} in this version: the object is stored and nothing else happens`);
  }
  return items;
}

function hasResourceClaims({ manifests }: Scenario): boolean {
  return [...manifests.values()].flat().some((object) => JSON.stringify(object).includes('"resourceClaims":[{'));
}
