/**
 * From presets and groups of nodes to the nodes themselves.
 *
 * The presets are what these distributions give a newcomer: one node that is control plane and worker at once, untainted, with
 * the processors and memory of its default virtual machine. Their add-ons take part only as what they reserve.
 */
import type { NodeSpec } from '../kubelet/node-spec.ts';
import type { NodeGroupInput, PRESETS, ScenarioInput } from './schema.ts';

const ZONE = 'topology.kubernetes.io/zone';
const CONTROL_PLANE = 'node-role.kubernetes.io/control-plane';

type Preset = (typeof PRESETS)[number];

const PRESET_NODES: { readonly [P in Preset]: NodeSpec } = {
  // `microk8s install` makes a virtual machine of 2 processors, 4 GB and 50 GB.
  microk8s: presetNode('microk8s-vm', { cpu: 2, memory: '4Gi', 'ephemeral-storage': '50Gi' }, { 'microk8s.io/cluster': 'true' }),
  // minikube start with the docker driver, on a machine that can spare it.
  minikube: presetNode('minikube', { cpu: 2, memory: '4Gi', 'ephemeral-storage': '20Gi' }, { 'minikube.k8s.io/primary': 'true' }),
  // kind shows the host's own processors and memory; a middling laptop.
  kind: presetNode('kind-control-plane', { cpu: 8, memory: '16Gi', 'ephemeral-storage': '100Gi' }, {}),
  'docker-desktop': presetNode('docker-desktop', { cpu: 4, memory: '8Gi', 'ephemeral-storage': '60Gi' }, {}),
};

function presetNode(name: string, capacity: NodeSpec['capacity'], labels: NodeSpec['labels']): NodeSpec {
  return { name, capacity, labels: { ...labels, [CONTROL_PLANE]: '' } };
}

export function nodesOf({ preset, nodes = [] }: ScenarioInput['cluster']): NodeSpec[] {
  const all = preset === undefined ? [] : [PRESET_NODES[preset]];
  return [...all, ...nodes.flatMap(nodesOfGroup)];
}

/** The names the nodes of a group get. */
export function nodeNames({ name, count }: NodeGroupInput): string[] {
  return count === 1 ? [name] : Array.from({ length: count }, (_, at) => `${name}-${at + 1}`);
}

function nodesOfGroup(group: NodeGroupInput): NodeSpec[] {
  const { zones, capacity, reserved, labels = {}, annotations, taints, images, kubelet } = group;
  const shared = {
    capacity,
    ...(reserved === undefined ? {} : { kubeReserved: reserved }),
    ...(annotations === undefined ? {} : { annotations }),
    ...(taints === undefined ? {} : { taints }),
    ...(images === undefined ? {} : { images }),
    ...(kubelet === undefined ? {} : { kubelet: kubeletSettings(kubelet) }),
  };
  // Nodes of one zone share their labels: a hundred thousand of them would not fit otherwise.
  const labelsByZone = (zones ?? [undefined]).map((zone) => (zone === undefined ? labels : { ...labels, [ZONE]: zone }));
  return nodeNames(group).map((name, at) => ({ name, labels: labelsByZone[at % labelsByZone.length]!, ...shared }));
}

function kubeletSettings(settings: NonNullable<NodeGroupInput['kubelet']>): NonNullable<NodeSpec['kubelet']> {
  const {
    nodeStatusUpdateFrequency,
    nodeLeaseDuration,
    maxContainerRestartPeriod,
    imageMinimumGcAge,
    evictionMemoryAvailable,
    evictionPressureTransitionPeriod,
    shutdownGracePeriod,
    shutdownGracePeriodCriticalPods,
    ...same
  } = settings;
  return definedOnly({
    ...same,
    nodeStatusUpdateFrequencySeconds: nodeStatusUpdateFrequency,
    nodeLeaseDurationSeconds: nodeLeaseDuration,
    maxContainerRestartPeriodSeconds: maxContainerRestartPeriod,
    imageMinimumGcAgeSeconds: imageMinimumGcAge,
    evictionMemoryAvailableBytes: evictionMemoryAvailable,
    evictionPressureTransitionPeriodSeconds: evictionPressureTransitionPeriod,
    shutdownGracePeriodSeconds: shutdownGracePeriod,
    shutdownGracePeriodCriticalPodsSeconds: shutdownGracePeriodCriticalPods,
  });
}

/** Without the fields that are undefined, which would hide a default. */
export function definedOnly<T extends object>(fields: T): { [F in keyof T]: Exclude<T[F], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [F in keyof T]: Exclude<T[F], undefined>;
  };
}
