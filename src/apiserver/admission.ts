/**
 * What the server's admission plugins change in, or refuse of, an object that is being created.
 *
 * Models NamespaceLifecycle, Priority, DefaultTolerationSeconds, TaintNodesByCondition, DefaultStorageClass, DefaultIngressClass and
 * StorageObjectInUseProtection (plugin/pkg/admission). LimitRanger, ServiceAccount, RuntimeClass, PersistentVolumeClaimResize and ResourceQuota
 * have files of their own.
 */
import { compareText } from '../base/compare.ts';
import { KINDS, type Kind, type KindMap } from '../model/kinds.ts';
import type { KubeObject } from '../model/meta.ts';
import type { Pod, PodSpec, Toleration } from '../model/pod.ts';
import { defaultStorageClass } from '../model/storage-class.ts';
import { hasStorageClass } from '../model/volume-matching.ts';
import type { RandomStream } from '../sim/random.ts';
import { forbidden, notFound } from './api-error.ts';
import { withLimitDefaults } from './limit-range.ts';
import { checkOverhead, withRuntimeClass } from './runtime-class-admission.ts';
import { isMirror, withServiceAccount } from './service-account-admission.ts';
import type { Store } from './store.ts';
import { withTopologyLabels } from './topology-labels.ts';
import type { Sent } from './validation/sent.ts';

const SYSTEM_PRIORITIES: { readonly [name: string]: number } = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};
const NOT_READY = 'node.kubernetes.io/not-ready';
const UNREACHABLE = 'node.kubernetes.io/unreachable';
const GRACE_SECONDS = 300; // --default-not-ready-toleration-seconds and --default-unreachable-toleration-seconds.

/** What a pod's filled-in spec depends on beside the spec it came with. */
interface Admitted {
  readonly classesRevision: number;
  readonly accountsRevision: number;
  readonly namespace: string | undefined;
  readonly spec: PodSpec;
}

export class Admission {
  readonly #store: Store;
  /** Filled-in pod specs by the spec they came from, good until a priority class changes. */
  readonly #podSpecs = new WeakMap<PodSpec, Admitted>();
  /** Undefined when the plugin ServiceAccount is off. */
  readonly #volumeNames: RandomStream | undefined;
  #classesRevision = 0;
  #accountsRevision = 0;

  constructor(store: Store, volumeNames: RandomStream | undefined) {
    this.#store = store;
    this.#volumeNames = volumeNames;
    store.watch('PriorityClass', 0, () => this.#classesRevision++);
    if (volumeNames !== undefined) store.watch('ServiceAccount', 0, () => this.#accountsRevision++);
  }

  admit<K extends Kind>(kind: K, object: KindMap[K]): KindMap[K] {
    if (KINDS[kind].namespaced) {
      // A generated name is not made before admission has passed.
      const { namespace = '', generateName = '', name } = object.metadata;
      this.#checkNamespace(kind, namespace, generateName === '' ? name : generateName);
    }
    switch (kind) {
      case 'Pod':
        return this.withTopology(this.#admitPod(object as Pod)) as KindMap[K];
      case 'Node':
        return tainted(object as KindMap['Node']) as KindMap[K];
      case 'PersistentVolumeClaim':
        return protectedBy(
          this.#withStorageClass(object as KindMap['PersistentVolumeClaim']),
          'kubernetes.io/pvc-protection',
        ) as KindMap[K];
      case 'PersistentVolume':
        return protectedBy(object as KindMap['PersistentVolume'], 'kubernetes.io/pv-protection') as KindMap[K];
      case 'Ingress':
        return withIngressClass(this.#store, object as KindMap['Ingress']) as KindMap[K];
      default:
        return object;
    }
  }

  /** What is asked of an object that has passed validation, before the quotas of its namespace are. Throws 403. */
  checkCreate(kind: Kind, object: KubeObject): void {
    if (kind === 'Pod') checkOverhead(this.#store, object as Pod);
    if (kind === 'PriorityClass') this.#checkOnlyDefault(object as KindMap['PriorityClass']);
  }

  checkUpdate(kind: Kind, object: KubeObject): void {
    if (kind === 'PriorityClass') this.#checkOnlyDefault(object as KindMap['PriorityClass']);
  }

  #checkOnlyDefault({ globalDefault, metadata: { name } }: KindMap['PriorityClass']): void {
    const present = globalDefault === true ? this.#defaultPriorityClass()?.metadata.name : undefined;
    // That the class itself is there already is for the store to say.
    if (present === undefined || present === name) return;
    throw forbidden('PriorityClass', name, `PriorityClass ${present} is already marked as default. Only one default can exist`);
  }

  /** With the labels of its node's place, when it has a node. */
  withTopology(pod: Pod): Pod {
    const { nodeName = '' } = pod.spec;
    return nodeName === '' ? pod : withTopologyLabels(pod, this.#store.get('Node', nodeName));
  }

  #checkNamespace(kind: Kind, namespace: string, name: string): void {
    const stored = this.#store.get('Namespace', namespace);
    if (stored === undefined) throw notFound('Namespace', namespace);
    if (stored.metadata.deletionTimestamp === undefined) return;
    const message = `namespace ${namespace} is being terminated`;
    throw forbidden(kind, name, `unable to create new content in namespace ${namespace} because it is being terminated`, [
      { reason: 'NamespaceTerminating', message, field: 'metadata.namespace' },
    ]);
  }

  #admitPod(given: Pod): Pod {
    const pod = withLimitDefaults(this.#store, given);
    // What a mirror pod is spared, others of the same spec are not; it is rare enough to be worked out each time.
    const known = this.#podSpecs.get(pod.spec);
    if (known !== undefined && this.#isStillGood(known, pod)) return { ...pod, spec: known.spec };
    const accounted = this.#volumeNames === undefined ? pod : { ...pod, spec: withServiceAccount(this.#store, this.#volumeNames, pod) };
    const spec = withTolerations(this.#withPriority(accounted));
    if (pod.spec.runtimeClassName !== undefined) return { ...pod, spec: withRuntimeClass(this.#store, { ...pod, spec }) };
    const [classesRevision, accountsRevision] = [this.#classesRevision, this.#accountsRevision];
    if (!isMirror(pod)) this.#podSpecs.set(pod.spec, { classesRevision, accountsRevision, namespace: pod.metadata.namespace, spec });
    return { ...pod, spec };
  }

  #isStillGood({ classesRevision, accountsRevision, namespace }: Admitted, pod: Pod): boolean {
    if (classesRevision !== this.#classesRevision) return false;
    if (this.#volumeNames === undefined) return true;
    return accountsRevision === this.#accountsRevision && namespace === pod.metadata.namespace && !isMirror(pod);
  }

  #withPriority(pod: Pod): PodSpec {
    const { spec } = pod;
    const filled = this.#pricedSpec(pod);
    const refuse = (what: string, given: unknown, computed: unknown) =>
      forbidden(
        'Pod',
        pod.metadata.name,
        `the ${what} (${given}) must not be provided in pod spec; priority admission controller computed ${computed} from the given PriorityClass name`,
      );
    if (spec.priority !== undefined && spec.priority !== filled.priority) {
      throw refuse('integer value of priority', spec.priority, filled.priority);
    }
    if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== filled.preemptionPolicy) {
      throw refuse('string value of PreemptionPolicy', spec.preemptionPolicy, filled.preemptionPolicy);
    }
    return filled;
  }

  /** The spec with what its priority class, or the default one, is worth. */
  #pricedSpec(pod: Pod): PodSpec {
    const { spec } = pod;
    const name = spec.priorityClassName ?? '';
    if (name === '') {
      const fallback = this.#defaultPriorityClass();
      if (fallback === undefined) return { ...spec, priority: 0, preemptionPolicy: 'PreemptLowerPriority' };
      const preemptionPolicy = fallback.preemptionPolicy ?? 'PreemptLowerPriority';
      return { ...spec, priorityClassName: fallback.metadata.name, priority: fallback.value, preemptionPolicy };
    }
    const found = this.#store.get('PriorityClass', name);
    const priority = found?.value ?? SYSTEM_PRIORITIES[name];
    if (priority === undefined) throw forbidden('Pod', pod.metadata.name, `no PriorityClass with name ${name} was found`);
    return { ...spec, priority, preemptionPolicy: found?.preemptionPolicy ?? 'PreemptLowerPriority' };
  }

  #defaultPriorityClass(): KindMap['PriorityClass'] | undefined {
    let lowest: KindMap['PriorityClass'] | undefined;
    for (const one of this.#store.values('PriorityClass')) {
      if (one.globalDefault === true && (lowest === undefined || one.value < lowest.value)) lowest = one;
    }
    return lowest;
  }

  #withStorageClass(claim: KindMap['PersistentVolumeClaim']): KindMap['PersistentVolumeClaim'] {
    if (hasStorageClass(claim)) return claim;
    const fallback = defaultStorageClass(this.#store.values('StorageClass'));
    return fallback === undefined ? claim : { ...claim, spec: { ...claim.spec, storageClassName: fallback.metadata.name } };
  }
}

/** A changed pod has what admission gives a new one; its priority it keeps. */
export function admittedUpdate(pod: Pod, stored: Pod): Pod {
  if (pod.spec === stored.spec) return pod;
  const { priority, preemptionPolicy } = stored.spec;
  const kept = {
    ...(priority === undefined || pod.spec.priority !== undefined ? {} : { priority }),
    ...(preemptionPolicy === undefined || pod.spec.preemptionPolicy !== undefined ? {} : { preemptionPolicy }),
  };
  const spec = Object.keys(kept).length === 0 ? pod.spec : { ...pod.spec, ...kept };
  return { ...pod, spec: withTolerations(spec) };
}

function withTolerations(spec: PodSpec): PodSpec {
  const present = spec.tolerations ?? [];
  const added: Toleration[] = [];
  for (const key of [NOT_READY, UNREACHABLE]) {
    const isTolerated = present.some(
      (one) => (one.key === key || (one.key ?? '') === '') && ((one.effect ?? '') === '' || one.effect === 'NoExecute'),
    );
    if (!isTolerated) added.push({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: GRACE_SECONDS });
  }
  return added.length === 0 ? spec : { ...spec, tolerations: [...present, ...added] };
}

const INGRESS_CLASS = 'kubernetes.io/ingress.class';
const IS_DEFAULT_CLASS = 'ingressclass.kubernetes.io/is-default-class';

/** An Ingress that names no class gets the default one, the youngest if there are several (defaultingressclass/admission.go). */
function withIngressClass(store: Store, ingress: KindMap['Ingress']): KindMap['Ingress'] {
  const { spec }: Sent = ingress;
  if (spec?.ingressClassName !== undefined || ingress.metadata.annotations?.[INGRESS_CLASS] !== undefined) return ingress;
  const rank = ({ metadata: { creationTimestamp = '' } }: KubeObject) => creationTimestamp;
  const [first] = [...store.values('IngressClass')]
    .filter(({ metadata }) => metadata.annotations?.[IS_DEFAULT_CLASS] === 'true')
    .sort((a, b) => compareText(rank(b), rank(a)) || compareText(a.metadata.name, b.metadata.name));
  return first === undefined ? ingress : ({ ...ingress, spec: { ...spec, ingressClassName: first.metadata.name } } as KindMap['Ingress']);
}

/** A new node takes no pods until it has been seen ready. */
function tainted(node: KindMap['Node']): KindMap['Node'] {
  const taints = node.spec?.taints ?? [];
  if (taints.some((taint) => taint.key === NOT_READY && taint.effect === 'NoSchedule')) return node;
  return { ...node, spec: { ...node.spec, taints: [...taints, { key: NOT_READY, effect: 'NoSchedule' }] } };
}

function protectedBy<T extends KindMap['PersistentVolume'] | KindMap['PersistentVolumeClaim']>(object: T, finalizer: string): T {
  const finalizers = object.metadata.finalizers ?? [];
  if (finalizers.includes(finalizer)) return object;
  return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, finalizer] } };
}
