/**
 * What scheduling needs to know of a pod's specification, worked out once and shared by all pods that say the same.
 *
 * Models pkg/scheduler/framework/types.go (PodInfo, AffinityTerm, GetPodAffinityTerms). Two pods of one template have the
 * identical SpecTraits object, so that whatever was computed for the first also serves the second: the equivalence classes
 * of the fast path are nothing but these identities. They live as long as somebody holds them: forgetting one costs time only.
 */
import { controllerOf, type LabelSelector, type StringMap } from '../model/meta.ts';
import type { Affinity, Container, Pod, PodAffinityTerm, WeightedPodAffinityTerm } from '../model/pod.ts';
import { isSidecar, nonZeroRequest, podRequest, type Resources, scoredRequest } from '../model/pod-requests.ts';

export interface HostPort {
  readonly ip: string;
  readonly protocol: string;
  readonly port: number;
}

/** What depends neither on the pod's name, nor on its namespace, labels and owner. */
export interface SpecTraits {
  readonly id: number;
  /** A pod that says so: the parts of its specification named below are those of every other with these traits. */
  readonly sample: Pod;
  /** From the specification alone. */
  readonly request: Resources;
  readonly nonZeroMilliCpu: number;
  readonly nonZeroMemory: number;
  /** The pod's own value in NodeResourcesFit's scores. */
  readonly scored: Resources;
  readonly hostPorts: readonly HostPort[];
  /** Volumes that some plugin looks at: claims, ephemeral claims, and disks mounted directly. */
  readonly hasStorage: boolean;
}

/** A pod (anti-)affinity term, its namespaces filled in. Equal terms are the identical object. */
export interface AffinityTerm {
  readonly id: number;
  readonly topologyKey: string;
  readonly namespaces: ReadonlySet<string>;
  /** Absent: matches no namespace. */
  readonly namespaceSelector: LabelSelector | undefined;
  /** Absent: matches no pod. */
  readonly selector: LabelSelector | undefined;
}

export interface WeightedTerm {
  readonly term: AffinityTerm;
  readonly weight: number;
}

/** What other pods see of a pod: where it stands among names. */
export interface LabelTraits {
  readonly id: number;
  readonly namespace: string;
  readonly labels: StringMap;
}

/** How the pod relates to other pods. */
export interface PeerTraits {
  readonly id: number;
  readonly sample: Pod;
  readonly names: LabelTraits;
  readonly requiredAffinity: readonly AffinityTerm[];
  readonly requiredAntiAffinity: readonly AffinityTerm[];
  readonly preferredAffinity: readonly WeightedTerm[];
  readonly preferredAntiAffinity: readonly WeightedTerm[];
  /** Has podAffinity or podAntiAffinity terms of any kind. */
  readonly hasAffinity: boolean;
}

// Enough for every template of a large cluster; beyond it, or with unique labels, classes are simply made anew.
const INTERNED_LIMIT = 100_000;
const NO_LABELS: StringMap = {};
const NO_TERMS: readonly never[] = [];

let nextId = 1;

class Interned<T> {
  readonly #byKey = new Map<string, T>();

  get(key: string, make: () => T): T {
    let value = this.#byKey.get(key);
    if (value === undefined) {
      if (this.#byKey.size >= INTERNED_LIMIT) this.#byKey.clear();
      value = make();
      this.#byKey.set(key, value);
    }
    return value;
  }
}

const specs = new Interned<SpecTraits>();
const peers = new Interned<PeerTraits>();
const labels = new Interned<LabelTraits>();
const terms = new Interned<AffinityTerm>();

export function specTraitsOf(pod: Pod): SpecTraits {
  return specs.get(specKey(pod), () => {
    const nonZero = nonZeroRequest(pod, false);
    return {
      id: nextId++,
      sample: pod,
      request: podRequest(pod, false),
      nonZeroMilliCpu: nonZero.milliCpu,
      nonZeroMemory: nonZero.memory,
      scored: scoredRequest(pod),
      hostPorts: hostPortsOf(pod),
      hasStorage: pod.spec.volumes?.some(isStorage) === true,
    };
  });
}

export function peerTraitsOf(pod: Pod): PeerTraits {
  const { labels: own = NO_LABELS } = pod.metadata;
  const likely = youngestByLabels.get(own);
  if (likely !== undefined && isAlike(likely.sample, pod)) return likely;
  const traits = findPeerTraits(pod);
  youngestByLabels.set(own, traits);
  return traits;
}

/** The traits last found for pods with this very object as labels: usually those of its siblings. */
const youngestByLabels = new WeakMap<StringMap, PeerTraits>();

/** Is all that peerKey spells out the same, at a glance? Pods of one template share their parts. */
function isAlike(sample: Pod, pod: Pod): boolean {
  if (sample.metadata.namespace !== pod.metadata.namespace || sample.spec.affinity !== pod.spec.affinity) return false;
  if (sample.spec.topologySpreadConstraints !== pod.spec.topologySpreadConstraints) return false;
  const one = controllerOf(sample);
  const other = controllerOf(pod);
  return one === other || (one?.name === other?.name && one?.kind === other?.kind && one?.apiVersion === other?.apiVersion);
}

function findPeerTraits(pod: Pod): PeerTraits {
  return peers.get(peerKey(pod), () => {
    const { podAffinity, podAntiAffinity } = pod.spec.affinity ?? {};
    const traits = {
      id: nextId++,
      sample: pod,
      names: labelTraitsOf(pod.metadata.namespace ?? '', pod.metadata.labels ?? NO_LABELS),
      requiredAffinity: termsOf(pod, podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
      requiredAntiAffinity: termsOf(pod, podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
      preferredAffinity: weightedTermsOf(pod, podAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
      preferredAntiAffinity: weightedTermsOf(pod, podAntiAffinity?.preferredDuringSchedulingIgnoredDuringExecution),
    };
    const hasAffinity =
      traits.requiredAffinity.length + traits.requiredAntiAffinity.length > 0 ||
      traits.preferredAffinity.length + traits.preferredAntiAffinity.length > 0;
    return { ...traits, hasAffinity };
  });
}

function labelTraitsOf(namespace: string, own: StringMap): LabelTraits {
  return labels.get(`${namespace} ${JSON.stringify(own)}`, () => ({ id: nextId++, namespace, labels: own }));
}

function termsOf(pod: Pod, list: readonly PodAffinityTerm[] | undefined): readonly AffinityTerm[] {
  return list === undefined || list.length === 0 ? NO_TERMS : list.map((term) => internTerm(pod, term));
}

/** What is left out is empty, as in Go: a term that selects nobody. */
const NO_PEERS: PodAffinityTerm = { topologyKey: '' };

function weightedTermsOf(pod: Pod, list: readonly WeightedPodAffinityTerm[] | undefined): readonly WeightedTerm[] {
  if (list === undefined || list.length === 0) return NO_TERMS;
  return list.map(({ weight, podAffinityTerm = NO_PEERS }) => ({ weight, term: internTerm(pod, podAffinityTerm) }));
}

function internTerm(pod: Pod, term: PodAffinityTerm): AffinityTerm {
  const named = term.namespaces ?? [];
  const namespaces = named.length === 0 && term.namespaceSelector === undefined ? [pod.metadata.namespace ?? ''] : [...named].sort();
  return terms.get(JSON.stringify([term.topologyKey, namespaces, term.namespaceSelector ?? 0, term.labelSelector ?? 0]), () => ({
    id: nextId++,
    topologyKey: term.topologyKey ?? '',
    namespaces: new Set(namespaces),
    namespaceSelector: term.namespaceSelector,
    selector: term.labelSelector,
  }));
}

function hostPortsOf(pod: Pod): readonly HostPort[] {
  const found: HostPort[] = [];
  const running = [...pod.spec.containers, ...(pod.spec.initContainers ?? []).filter(isSidecar)];
  for (const container of running) {
    for (const { hostPort, hostIP, protocol } of container.ports ?? []) {
      if (hostPort === undefined || hostPort <= 0) continue;
      found.push({ ip: hostIP === undefined || hostIP === '' ? '0.0.0.0' : hostIP, protocol: protocol ?? 'TCP', port: hostPort });
    }
  }
  return found;
}

function isStorage(volume: NonNullable<Pod['spec']['volumes']>[number]): boolean {
  return (
    volume.persistentVolumeClaim !== undefined ||
    volume.ephemeral !== undefined ||
    volume.gcePersistentDisk !== undefined ||
    volume.awsElasticBlockStore !== undefined ||
    volume.iscsi !== undefined ||
    volume.rbd !== undefined ||
    volume.azureDisk !== undefined ||
    volume.azureFile !== undefined ||
    volume.cinder !== undefined ||
    volume.vsphereVolume !== undefined ||
    volume.portworxVolume !== undefined ||
    volume.csi !== undefined
  );
}

/** Everything that SpecTraits, or a plugin that keeps something per SpecTraits, may look at. */
function specKey(pod: Pod): string {
  const { spec } = pod;
  return JSON.stringify([
    spec.containers.map(containerKey),
    spec.initContainers?.map(containerKey),
    spec.nodeSelector,
    spec.affinity?.nodeAffinity,
    spec.tolerations,
    spec.overhead,
    spec.resources,
    spec.volumes?.filter((volume) => isStorage(volume) || volume.image !== undefined),
    spec.hostNetwork,
    spec.hostUsers,
    spec.schedulerName,
    spec.resourceClaims,
  ]);
}

function containerKey(container: Container): unknown {
  const { image, resources, ports, restartPolicy, restartPolicyRules } = container;
  return [image, resources, ports?.some((port) => port.hostPort !== undefined) ? ports : 0, restartPolicy, restartPolicyRules];
}

function peerKey(pod: Pod): string {
  const { namespace, labels: own } = pod.metadata;
  const affinity: Affinity | undefined = pod.spec.affinity;
  const owner = controllerOf(pod);
  return JSON.stringify([
    namespace,
    own,
    affinity?.podAffinity,
    affinity?.podAntiAffinity,
    pod.spec.topologySpreadConstraints,
    owner?.apiVersion,
    owner?.kind,
    owner?.name,
  ]);
}
