/**
 * The plugins there are, by name, and how each is made.
 *
 * Models pkg/scheduler/framework/plugins/registry.go. A scenario's own plugins are added to a copy of this list.
 */
import type { Plugin } from './framework.ts';
import type { PluginHandle } from './handle.ts';
import { DefaultBinder } from './plugins/default-binder.ts';
import { DefaultPreemption } from './plugins/default-preemption.ts';
import { DynamicResources } from './plugins/dynamic-resources.ts';
import { ImageLocality } from './plugins/image-locality.ts';
import { InterPodAffinity } from './plugins/inter-pod-affinity.ts';
import { NodeAffinity } from './plugins/node-affinity.ts';
import { NodeDeclaredFeatures } from './plugins/node-declared-features.ts';
import { NodeName } from './plugins/node-name.ts';
import { NodePorts } from './plugins/node-ports.ts';
import { NodeResourcesBalancedAllocation } from './plugins/node-resources-balanced-allocation.ts';
import { NodeResourcesFit } from './plugins/node-resources-fit.ts';
import { NodeUnschedulable } from './plugins/node-unschedulable.ts';
import { NodeVolumeLimits } from './plugins/node-volume-limits.ts';
import { PodTopologySpread } from './plugins/pod-topology-spread.ts';
import { PrioritySort } from './plugins/priority-sort.ts';
import { SchedulingGates } from './plugins/scheduling-gates.ts';
import { TaintToleration } from './plugins/taint-toleration.ts';
import { VolumeBinding } from './plugins/volume-binding.ts';
import { VolumeRestrictions } from './plugins/volume-restrictions.ts';
import { VolumeZone } from './plugins/volume-zone.ts';
import type { PluginArgs } from './profile-spec.ts';

export type PluginFactory = (handle: PluginHandle, args: PluginArgs) => Plugin;

export const PLUGINS: ReadonlyMap<string, PluginFactory> = new Map<string, PluginFactory>([
  ['SchedulingGates', () => new SchedulingGates()],
  ['PrioritySort', () => new PrioritySort()],
  ['NodeUnschedulable', () => new NodeUnschedulable()],
  ['NodeName', () => new NodeName()],
  ['TaintToleration', () => new TaintToleration()],
  ['NodeAffinity', (_, args) => new NodeAffinity(args.NodeAffinity)],
  ['NodePorts', () => new NodePorts()],
  ['NodeResourcesFit', (_, args) => new NodeResourcesFit(args.NodeResourcesFit)],
  ['VolumeRestrictions', (handle) => new VolumeRestrictions(handle)],
  ['NodeVolumeLimits', (handle) => new NodeVolumeLimits(handle)],
  ['VolumeBinding', (handle, args) => new VolumeBinding(handle, args.VolumeBinding)],
  ['VolumeZone', (handle) => new VolumeZone(handle)],
  ['PodTopologySpread', (handle, args) => new PodTopologySpread(handle, args.PodTopologySpread)],
  ['InterPodAffinity', (handle, args) => new InterPodAffinity(handle, args.InterPodAffinity)],
  ['DynamicResources', () => new DynamicResources()],
  ['NodeResourcesBalancedAllocation', (_, args) => new NodeResourcesBalancedAllocation(args.NodeResourcesBalancedAllocation)],
  ['ImageLocality', (handle) => new ImageLocality(handle)],
  ['DefaultPreemption', (handle) => new DefaultPreemption(handle)],
  ['DefaultBinder', () => new DefaultBinder()],
  ['NodeDeclaredFeatures', () => new NodeDeclaredFeatures()],
]);
