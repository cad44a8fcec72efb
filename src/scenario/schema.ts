/**
 * The scenario format: every field, its type, its default and a sentence about it. The reference (docs/scenario-reference.md)
 * is generated from here, and so cannot fall behind.
 *
 * What is read comes out complete, in microseconds, bytes and milli-CPU; what cannot be seen field by field is checked in
 * references.ts.
 */
import { z } from 'zod';
import { DEFAULT_BEHAVIOUR } from '../model/behaviour.ts';
import { ADD_ONS, PRESETS } from './presets.ts';
import { fault } from './schema-faults.ts';
import { traffic } from './schema-traffic.ts';
import {
  bytes,
  distribution,
  duration,
  flag,
  labels,
  list,
  milliCpu,
  name,
  namedType,
  oneOf,
  oneOrMany,
  positiveDuration,
  quantity,
  resources,
  seconds,
  share,
  text,
  wholeNumber,
} from './schema-values.ts';

export const API_VERSION = 'orrery.dev/v1';

const aMap = (what: string) => ({
  error: (issue: { readonly code?: string | undefined }) => (issue.code === 'invalid_type' ? what : undefined),
});

const kubelet = z
  .strictObject(
    {
      maxPods: wholeNumber(1, 100_000).optional().describe('Pods the node runs at most; 110 by default.'),
      serializeImagePulls: flag.optional().describe('Pull one image after the other, as by default.'),
      maxParallelImagePulls: wholeNumber(0).optional().describe('With parallel pulls: how many at once; 0 for no limit.'),
      registryPullQps: wholeNumber(0).optional().describe('Pulls begun a second; 5 by default, 0 for no limit.'),
      registryBurst: wholeNumber(1).optional().describe('Its burst; 10 by default.'),
      kubeApiQps: wholeNumber(1).optional().describe('Requests a second to the API server; 50 by default.'),
      kubeApiBurst: wholeNumber(1).optional().describe('Its burst; 100 by default.'),
      nodeStatusUpdateFrequency: seconds.optional().describe('How often the status is computed; 10s by default.'),
      nodeLeaseDuration: seconds.optional().describe('40s by default; the lease is renewed four times as often.'),
      maxContainerRestartPeriod: seconds.optional().describe('The longest crash back-off; 300s by default.'),
      imageGcHighThresholdPercent: wholeNumber(0, 100).optional().describe('Disk use that starts image collection; 85 by default.'),
      imageGcLowThresholdPercent: wholeNumber(0, 100).optional().describe('Disk use that ends image collection; 80 by default.'),
      imageMinimumGcAge: seconds.optional().describe('Images younger than this are not collected; 120s by default.'),
      evictionMemoryAvailable: bytes.optional().describe('Less memory than this left is pressure; 100Mi by default.'),
      evictionDiskAvailablePercent: wholeNumber(0, 100).optional().describe('nodefs.available of evictionHard; 10 by default.'),
      evictionImageFsAvailablePercent: wholeNumber(0, 100).optional().describe('imagefs.available of evictionHard; 15 by default.'),
      evictionPressureTransitionPeriod: seconds.optional().describe('How long pressure lasts after its signal; 300s by default.'),
      shutdownGracePeriod: seconds.optional().describe('Time for a graceful node shutdown; 0s, the default, turns it off.'),
      shutdownGracePeriodCriticalPods: seconds.optional().describe('The part of it kept for critical pods.'),
    },
    aMap('a map of kubelet settings'),
  )
  .describe("The kubelet's own settings, with the names of KubeletConfiguration.");

const taint = z.strictObject(
  {
    key: text.describe("The taint's key."),
    value: z.string({ error: 'a text' }).optional().describe('Its value; empty by default.'),
    effect: z
      .enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute'], { error: 'one of NoSchedule, PreferNoSchedule, NoExecute' })
      .describe('What it does to pods that do not tolerate it.'),
  },
  aMap('a map with key and effect'),
);

const nodeGroup = z.strictObject(
  {
    name: name.default('node').describe('The name of the node, or what its nodes are numbered after: `worker` gives worker-1, worker-2, …'),
    count: wholeNumber(1, 200_000).default(1).describe('How many nodes of this kind.'),
    zones: list(name, 'a list of zone names')
      .min(1, { error: 'a list of zone names' })
      .optional()
      .describe('Spread over these in turn, as `topology.kubernetes.io/zone`.'),
    capacity: z
      .record(z.string(), quantity, { error: 'a map from resource names to quantities' })
      .default({ cpu: 4, memory: '16Gi', 'ephemeral-storage': '100Gi' })
      .describe('What the machine has: `cpu`, `memory`, `ephemeral-storage` and any extended resource.'),
    reserved: resources.optional().describe('What is kept from pods (kubeReserved).'),
    labels: labels.optional().describe('Labels of the nodes.'),
    annotations: labels.optional().describe('Annotations of the nodes.'),
    taints: list(taint, 'a list of taints').optional().describe('Taints of the nodes.'),
    images: list(text, 'a list of image names').optional().describe('Images that are on their disks from the start.'),
    kubelet: kubelet.optional(),
  },
  aMap('a map that describes a group of nodes'),
);

const image = z.strictObject(
  { name: text.describe('As a pod names it.'), size: bytes.describe('Bytes a node has to fetch.') },
  aMap('a map with name and size'),
);

const registry = z.strictObject(
  {
    unknownImages: z
      .enum(['present', 'missing'], { error: 'one of present, missing' })
      .optional()
      .describe('Does the registry have images that are not listed? By default only when none is listed.'),
    missing: list(text, 'a list of image names').optional().describe('Images it does not have, whatever else is said.'),
    defaultSize: bytes.optional().describe('Size of an image that is not listed; 50M by default.'),
    bandwidth: bytes.optional().describe('Bytes a second to one node; 60M by default.'),
    unpack: bytes.optional().describe('Bytes a second a node unpacks; 150M by default.'),
    resolve: distribution.optional().describe('To resolve a name; a median of 300ms by default.'),
  },
  aMap('a map that describes the registry'),
);

const controllers = z.strictObject(
  {
    disabled: list(name, 'a list of controller names').optional().describe('Controllers that do not run.'),
    nodeMonitorGracePeriod: seconds.optional().describe('Silence after which a node counts as lost; 50s by default.'),
    nodeMonitorPeriod: seconds.optional().describe('How often that is looked at; 5s by default.'),
    concurrentSyncs: wholeNumber(1, 1000).optional().describe('Workers of each controller; 5 by default.'),
    kubeApiQps: wholeNumber(1).optional().describe("Requests a second of each controller's client; 20 by default."),
    kubeApiBurst: wholeNumber(1).optional().describe('Its burst; 30 by default.'),
    terminatedPodGcThreshold: wholeNumber(0).optional().describe('Finished pods that are kept; 12500 by default.'),
  },
  aMap('a map of controller settings'),
);

const CONFIGURATION_WANTED = 'a KubeSchedulerConfiguration, or the file that has it';
const scheduler = z.preprocess(
  (value) => (isConfiguration(value) ? { configuration: value } : value),
  z.strictObject(
    {
      configuration: namedType(
        'file, or KubeSchedulerConfiguration',
        z.union([z.string().min(1), z.record(z.string(), z.unknown())], { error: CONFIGURATION_WANTED }),
      )
        .optional()
        .describe('What the scheduler is started with, read as the real one reads it.'),
      plugins: list(text, 'a list of files')
        .optional()
        .describe('Plugins of your own, one to a file (see the README). Those that no profile names are enabled in all of them.'),
    },
    aMap('a map with configuration and plugins'),
  ),
);

/** The short form: a file, or the configuration itself. */
export function isConfiguration(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'string';
  return 'profiles' in value || 'apiVersion' in value || 'kind' in value;
}

const cluster = z
  .strictObject(
    {
      preset: z
        .enum(PRESETS, { error: `one of ${PRESETS.join(', ')}` })
        .optional()
        .describe("A local distribution's node, limits and add-ons."),
      addOns: list(z.enum(ADD_ONS, { error: `one of ${ADD_ONS.join(', ')}` }), 'a list of add-ons')
        .optional()
        .describe("What runs in kube-system beside the control plane; a preset's own by default, and nothing without a preset."),
      nodes: list(nodeGroup, 'a list of node groups')
        .min(1, { error: 'at least one group of nodes' })
        .optional()
        .describe('Groups of equal nodes.'),
      images: list(image, 'a list of images').optional().describe('What the registry has, with sizes.'),
      registry: registry.optional().describe('How the registry behaves.'),
      storageDrivers: flag.default(true).describe('Make a volume for each claim of a storage class; false when none ever comes.'),
      controllers: controllers.optional().describe('Settings of kube-controller-manager.'),
      scheduler: scheduler
        .optional()
        .describe('The scheduler. A file name, or a KubeSchedulerConfiguration written out here, is short for `configuration`.'),
      controlPlaneReplicas: wholeNumber(1, 9).default(1).describe('Candidates for the lease of each control-plane component.'),
      events: flag.default(true).describe('Keep Event objects; false in runs too large for them.'),
    },
    aMap('a map that describes the cluster'),
  )
  .describe('What the cluster is made of.');

const crash = z.strictObject(
  {
    after: distribution.optional().describe('After this time of each run.'),
    at: duration.optional().describe('At this instant of the simulation.'),
    meanBetween: positiveDuration.optional().describe('By chance, with this mean time between two crashes.'),
    exitCode: wholeNumber(0, 255).default(1).describe('What the process exits with.'),
  },
  aMap('a map with after, at or meanBetween'),
);

const hang = z.strictObject(
  {
    after: distribution.describe('From the start of the process.'),
    duration: distribution.optional().describe('For how long; without it, until it is restarted.'),
  },
  aMap('a map with after and duration'),
);

const workload = z.strictObject(
  {
    match: labels.describe('Pods that carry these labels; the first workload that matches is taken.'),
    namespace: name.optional().describe('Only in this namespace.'),
    container: name.optional().describe('Only the container of this name; needed for init containers.'),
    startup: distribution
      .default(DEFAULT_BEHAVIOUR.startup)
      .describe('From the start of the process until it accepts connections; 0s by default.'),
    readinessDelay: distribution
      .default(DEFAULT_BEHAVIOUR.readinessDelay)
      .describe('From there until the readiness probe is answered well; 0s by default.'),
    service: distribution.default(DEFAULT_BEHAVIOUR.service).describe('What one request keeps a worker busy; a median of 10ms by default.'),
    cpuShare: share
      .default(DEFAULT_BEHAVIOUR.cpuShare)
      .describe('The part of that time that is CPU; a container at its CPU limit holds its requests up.'),
    concurrency: wholeNumber(1).default(DEFAULT_BEHAVIOUR.concurrency).describe('Requests served at once.'),
    queueLimit: wholeNumber(0).default(DEFAULT_BEHAVIOUR.queueLimit).describe('Requests that may wait; one more is refused.'),
    run: distribution.optional().describe('How long the process runs before it ends by itself; without it, until it is stopped.'),
    exitCode: wholeNumber(0, 255).default(DEFAULT_BEHAVIOUR.exitCode).describe('What it exits with when it ends by itself.'),
    crash: crash.optional().describe('How it comes to an untimely end.'),
    hang: hang.optional().describe('A stretch in which it is there but does not answer.'),
    memory: bytes.default(DEFAULT_BEHAVIOUR.memoryBytes).describe('Used while it runs; 32Mi by default.'),
    memoryGrowth: bytes.default(0).describe('Gained with each second of the run: a leak.'),
    cpu: milliCpu.default(DEFAULT_BEHAVIOUR.cpuMilli).describe('Used while idle; 10m by default.'),
    disk: bytes.default(DEFAULT_BEHAVIOUR.diskBytes).describe("Written to the node's disk; 1Mi by default."),
    termination: distribution
      .default(DEFAULT_BEHAVIOUR.termination)
      .describe('From SIGTERM until it has gone; a median of 300ms by default.'),
    servesWhileTerminating: flag
      .default(DEFAULT_BEHAVIOUR.servesWhileTerminating)
      .describe('After SIGTERM: true goes on accepting until it exits, false closes its listeners at once.'),
    terminationExitCode: wholeNumber(0, 255)
      .optional()
      .describe('What it exits with on SIGTERM: 0 by default, and 143 with `run`, since the work of a task is then not done.'),
    postStart: distribution.default(DEFAULT_BEHAVIOUR.postStart).describe('How long a postStart hook takes; 1s by default.'),
    preStop: distribution.default(DEFAULT_BEHAVIOUR.preStop).describe('How long a preStop hook takes; 1s by default.'),
  },
  aMap('a map that describes how processes behave'),
);

const kubectlStep = z.preprocess(
  (value) => (typeof value === 'string' ? { command: value } : value),
  z.strictObject(
    {
      command: text.describe('The command line.'),
      expectExit: wholeNumber(0, 255).optional().describe('What it has to exit with; 0 by default.'),
      stdin: text.optional().describe('What is piped into it, for `-f -`.'),
    },
    aMap('a kubectl command line, or a map with command'),
  ),
);

export const eventSchema = oneOf(
  {
    at: duration.describe('When, from the start of the run.'),
    apply: oneOrMany(text, 'a manifest file, or a list of them')
      .optional()
      .describe('Manifest files, beside the scenario, for `kubectl apply -f`.'),
    delete: oneOrMany(text, 'a manifest file, or a list of them').optional().describe('Manifest files for `kubectl delete -f`.'),
    kubectl: oneOrMany(kubectlStep, 'a kubectl command line, or a list of them')
      .optional()
      .describe(
        'What one would type after `kubectl`; several run one after the other, so that a watch (`get -w`) stands last. A map when there is more to say.',
      ),
    fault: fault.optional(),
    copies: wholeNumber(1, 100_000)
      .optional()
      .describe('Apply the files so often; `$(copy)` in their text is the number of the copy, from 1.'),
    mayFail: flag.optional().describe('The run is not held against it when this step fails.'),
  },
  ['at', 'copies', 'mayFail'],
);

export const scenarioSchema = z.strictObject(
  {
    apiVersion: z.literal(API_VERSION, { error: `"${API_VERSION}"` }).describe('The version of this format.'),
    kind: z.literal('Scenario', { error: '"Scenario"' }).describe('Always `Scenario`.'),
    metadata: z
      .strictObject(
        { name: name.describe('What the run is called.'), labels: labels.optional().describe('For your own use.') },
        aMap('a map with name'),
      )
      .describe('What the scenario is called.'),
    seed: wholeNumber(0).default(1).describe('All chance of the run comes from it.'),
    duration: positiveDuration.describe('How long the run lasts.'),
    cluster,
    workloads: list(workload, 'a list of workloads').default([]).describe('How processes behave, which no manifest says.'),
    events: list(eventSchema, 'a list of events').default([]).describe('What happens, and when.'),
    traffic: list(traffic, 'a list of traffic').default([]).describe('Requests sent to Services.'),
    expect: list(text, 'a list of expectations').default([]).describe('What has to hold; see "Expectations".'),
  },
  aMap('a map with apiVersion, kind, metadata, duration and cluster'),
);

export type ScenarioInput = z.output<typeof scenarioSchema>;
export type WorkloadInput = z.output<typeof workload>;
export type EventInput = z.output<typeof eventSchema>;
export type FaultInput = z.output<typeof fault>;
export type NodeGroupInput = z.output<typeof nodeGroup>;
