/**
 * From presets and groups of nodes to the nodes themselves.
 */
import type { NodeSpec } from '../kubelet/node-spec.ts';
import { addOnImages } from './add-ons.ts';
import { PRESET_SPECS, type PresetSpec } from './presets.ts';
import type { NodeGroupInput, ScenarioInput } from './schema.ts';

const ZONE = 'topology.kubernetes.io/zone';

/** What a cluster without a preset has when it asks for add-ons: kubeadm's two DNS pods, and some driver for its volumes. */
const OWN_CLUSTER: Pick<PresetSpec, 'addOns' | 'dnsReplicas' | 'storage'> = {
  addOns: [],
  dnsReplicas: 2,
  storage: { className: 'standard', provisioner: 'csi.example.com' },
};

/** The add-ons of the cluster, and how they are there. */
export function addOnsOf({ preset, addOns }: Pick<ScenarioInput['cluster'], 'preset' | 'addOns'>): typeof OWN_CLUSTER {
  const spec = preset === undefined ? OWN_CLUSTER : PRESET_SPECS[preset];
  return addOns === undefined ? spec : { ...spec, addOns };
}

export function nodesOf(cluster: Pick<ScenarioInput['cluster'], 'preset' | 'nodes' | 'addOns'>): NodeSpec[] {
  const { preset, nodes = [] } = cluster;
  const all = [...(preset === undefined ? [] : [PRESET_SPECS[preset].node]), ...nodes.flatMap(nodesOfGroup)];
  const system = systemImages(cluster);
  return system.length === 0 ? all : all.map((node) => ({ ...node, images: [...(node.images ?? []), ...system] }));
}

/** What the add-ons and the control plane run: it is on every disk from the start, whatever the registry has. */
export function systemImages(cluster: Pick<ScenarioInput['cluster'], 'preset' | 'addOns'>): string[] {
  const { preset } = cluster;
  const staticPods = preset === undefined ? [] : (PRESET_SPECS[preset].node.staticPods ?? []);
  return [...addOnImages(addOnsOf(cluster).addOns), ...staticPods.flatMap(({ spec }) => spec.containers.map(({ image }) => image ?? ''))];
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
