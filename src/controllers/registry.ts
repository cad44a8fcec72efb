/**
 * The controllers kube-controller-manager starts, in the order it starts them, each under its name.
 *
 * Models cmd/kube-controller-manager/app/controllermanager.go (NewControllerDescriptors) and names/controller_names.go.
 */
import { AttachDetachController } from './attach-detach/attach-detach-controller.ts';
import type { Controller, ControllerContext } from './context.ts';
import { CronJobController } from './cronjob/cron-job-controller.ts';
import { DaemonSetController } from './daemonset/daemon-set-controller.ts';
import { DeploymentController } from './deployment/deployment-controller.ts';
import { DisruptionController } from './disruption/disruption-controller.ts';
import { EndpointsController } from './endpoints/endpoints-controller.ts';
import { EndpointSliceController } from './endpointslice/endpoint-slice-controller.ts';
import { GarbageCollector } from './garbage-collector/garbage-collector.ts';
import { HorizontalPodAutoscalerController } from './horizontal-pod-autoscaler/horizontal-pod-autoscaler-controller.ts';
import { JobController } from './job/job-controller.ts';
import { NamespaceController } from './namespace/namespace-controller.ts';
import { NodeLifecycleController } from './node-lifecycle/node-lifecycle-controller.ts';
import { ClaimProtection } from './persistentvolume/claim-protection.ts';
import { EphemeralVolumeController } from './persistentvolume/ephemeral-volume-controller.ts';
import { PersistentVolumeBinder } from './persistentvolume/persistent-volume-binder.ts';
import { VolumeProtection } from './persistentvolume/volume-protection.ts';
import { PodGarbageCollector } from './pod-gc/pod-garbage-collector.ts';
import { ReplicaSetController } from './replicaset/replica-set-controller.ts';
import { ResourceQuotaController } from './resource-quota/resource-quota-controller.ts';
import { RootCaCertPublisher } from './root-ca-cert-publisher/root-ca-cert-publisher.ts';
import { ServiceAccountController } from './service-account/service-account-controller.ts';
import { StatefulSetController } from './statefulset/stateful-set-controller.ts';
import { TaintEvictionController } from './taint-eviction/taint-eviction-controller.ts';
import { TtlController } from './ttl/ttl-controller.ts';
import { TtlAfterFinishedController } from './ttl-after-finished/ttl-after-finished-controller.ts';

export type ControllerConstructor = (context: ControllerContext) => Controller;

export const CONTROLLERS: ReadonlyMap<string, ControllerConstructor> = new Map<string, ControllerConstructor>([
  ['deployment-controller', (context) => new DeploymentController(context)],
  ['endpointslice-controller', (context) => new EndpointSliceController(context)],
  ['replicaset-controller', (context) => new ReplicaSetController(context)],
  ['garbage-collector-controller', (context) => new GarbageCollector(context)],
  ['namespace-controller', (context) => new NamespaceController(context)],
  ['node-lifecycle-controller', (context) => new NodeLifecycleController(context)],
  ['taint-eviction-controller', (context) => new TaintEvictionController(context)],
  ['cronjob-controller', (context) => new CronJobController(context)],
  ['daemonset-controller', (context) => new DaemonSetController(context)],
  ['horizontal-pod-autoscaler-controller', (context) => new HorizontalPodAutoscalerController(context)],
  ['job-controller', (context) => new JobController(context)],
  ['statefulset-controller', (context) => new StatefulSetController(context)],
  ['ttl-after-finished-controller', (context) => new TtlAfterFinishedController(context)],
  ['serviceaccount-controller', (context) => new ServiceAccountController(context)],
  ['root-ca-certificate-publisher-controller', (context) => new RootCaCertPublisher(context)],
  ['ttl-controller', (context) => new TtlController(context)],
  ['pod-garbage-collector-controller', (context) => new PodGarbageCollector(context)],
  ['disruption-controller', (context) => new DisruptionController(context)],
  ['endpoints-controller', (context) => new EndpointsController(context)],
  ['resourcequota-controller', (context) => new ResourceQuotaController(context)],
  ['persistentvolume-binder-controller', (context) => new PersistentVolumeBinder(context)],
  ['persistentvolume-attach-detach-controller', (context) => new AttachDetachController(context)],
  ['persistentvolumeclaim-protection-controller', (context) => new ClaimProtection(context)],
  ['persistentvolume-protection-controller', (context) => new VolumeProtection(context)],
  ['ephemeral-volume-controller', (context) => new EphemeralVolumeController(context)],
]);
