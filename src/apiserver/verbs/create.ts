/**
 * What a create does: a name, defaults, admission, the strategy's preparation, validation, quota, and the write.
 *
 * Models Create of staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go and BeforeCreate of rest/create.go.
 */
import { flatText } from '../../base/flat-text.ts';
import type { Kind, KindMap } from '../../model/kinds.ts';
import { type KubeObject, keyOf, objectKey } from '../../model/meta.ts';
import type { Pod } from '../../model/pod.ts';
import type { PersistentVolume } from '../../model/storage.ts';
import { timeText } from '../../model/time.ts';
import type { Random, RandomStream } from '../../sim/random.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { Admission } from '../admission.ts';
import { ApiError, alreadyExists } from '../api-error.ts';
import { withDefaults } from '../defaults.ts';
import { GENERATION_KINDS, newStatus, STATUS_RESET_KINDS } from '../kind-strategy.ts';
import { checkLimits } from '../limit-range.ts';
import { generatedName, newUid } from '../names.ts';
import { newMetadata } from '../new-metadata.ts';
import { checkPodSecurity } from '../pod-security/pod-security-admission.ts';
import { withNewPodStatus } from '../pod-status-strategy.ts';
import type { ServiceAddresses } from '../service-addresses.ts';
import type { Store } from '../store.ts';
import { checkCreate } from '../validation/validate.ts';
import { withPhaseTime } from '../volume-strategy.ts';
import { warningsFor } from '../warnings/warnings.ts';
import { preparedForCreate } from '../workload-strategy.ts';
import { looked } from './looked.ts';
import type { RequestInfo } from './request-info.ts';
import type { VerbParts } from './verb-parts.ts';
import type { Writer } from './writer.ts';

const GENERATE_ATTEMPTS = 8; // maxNameGenerationCreateAttempts in store.go

export class CreateVerb {
  readonly #store: Store;
  readonly #sim: Simulation;
  readonly #writer: Writer;
  readonly #admission: Admission;
  readonly #addresses: ServiceAddresses;
  readonly #unwritten: WeakSet<KubeObject>;
  readonly #names: RandomStream;
  readonly #uids: RandomStream;

  constructor(options: VerbParts & { readonly random: Random }) {
    this.#store = options.store;
    this.#sim = options.sim;
    this.#writer = options.writer;
    this.#admission = options.admission;
    this.#addresses = options.addresses;
    this.#unwritten = options.unwritten;
    this.#names = options.random.stream('apiserver', 'names');
    this.#uids = options.random.stream('apiserver', 'uids');
  }

  create<K extends Kind>(kind: K, object: KindMap[K], request: RequestInfo): KindMap[K] {
    const name = this.#nameFor(kind, object);
    const metadata = newMetadata(object.metadata, {
      name,
      uid: newUid(this.#uids),
      creationTimestamp: timeText(this.#sim.nowUs),
      generation: GENERATION_KINDS.has(kind) ? 1 : undefined,
    });
    const named = { ...object, metadata } as KindMap[K];
    let complete = preparedForCreate(kind, this.#admission.admit(kind, withDefaults(kind, named)));
    if (kind === 'Pod') complete = withNewPodStatus(complete as Pod, timeText(this.#sim.nowUs)) as KindMap[K];
    else if (STATUS_RESET_KINDS.has(kind)) complete = { ...complete, status: newStatus(kind) };
    if (kind === 'Service') complete = this.#addresses.allocate(complete as KindMap['Service'], request.dryRun) as KindMap[K];
    const key = flatText(objectKey(complete));
    this.#addresses.orUndo(kind, () => {
      checkCreate(kind, looked(kind, complete, request));
      if (request.warn !== undefined) warningsFor(kind, complete).forEach(request.warn);
      checkLimits(this.#store, kind, complete);
      checkPodSecurity(this.#store, kind, complete, undefined, request.warn);
      this.#admission.checkCreate(kind, complete);
      if (request.dryRun !== true) this.#writer.charge(kind, complete, undefined);
      if (request.createsByPut !== true && /^\d+$/.test(object.metadata.resourceVersion ?? '')) {
        throw new ApiError({ code: 500, reason: '', message: 'resourceVersion should not be set on objects to be created' });
      }
      const present = this.#store.get(kind, key);
      if (present !== undefined) {
        throw alreadyExists(kind, name, present.metadata.deletionTimestamp === undefined ? '' : 'object is being deleted: ');
      }
    });
    if (kind === 'PersistentVolume') complete = withPhaseTime(complete as PersistentVolume, undefined, this.#sim.nowUs) as KindMap[K];
    const created = this.#writer.put(kind, request.settled?.(kind, complete) ?? complete, undefined, 'create', '', request, key);
    if (isUnwritten(kind, object)) this.#unwritten.add(created);
    return created;
  }

  #nameFor(kind: Kind, object: KubeObject): string {
    const { name, generateName, namespace } = object.metadata;
    if ((name ?? '') !== '') return name;
    // Validation says that one of them is needed; of a LimitRange its strategy does not.
    if ((generateName ?? '') === '') return kind === 'LimitRange' ? newUid(this.#uids) : '';
    let generated = '';
    for (let attempt = 0; attempt < GENERATE_ATTEMPTS; attempt++) {
      generated = generatedName(generateName!, this.#names);
      if (this.#store.get(kind, keyOf(namespace, generated)) === undefined) return generated;
    }
    throw alreadyExists(kind, generated, '', ', the server was not able to generate a unique name for the object');
  }
}

/** A claim's phase, and the labels a Job without any has of its template, are shown before anyone has written them. */
function isUnwritten(kind: Kind, object: KubeObject): boolean {
  if (kind === 'PersistentVolumeClaim') return true;
  const template = (object as KindMap['Job']).spec?.template?.metadata?.labels ?? {};
  return kind === 'Job' && Object.keys(object.metadata.labels ?? {}).length === 0 && Object.keys(template).length === 0;
}
