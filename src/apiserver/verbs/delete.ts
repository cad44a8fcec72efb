/**
 * What a delete does: who may not be deleted, a pod's grace, finalizers that hold the object, and the end of it.
 *
 * Models Delete of staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go and BeforeDelete of rest/delete.go.
 */
import { SECOND_US } from '../../base/units.ts';
import type { Kind, KindMap } from '../../model/kinds.ts';
import type { Pod } from '../../model/pod.ts';
import { timeText } from '../../model/time.ts';
import type { Simulation } from '../../sim/simulation.ts';
import { forbidden } from '../api-error.ts';
import {
  checkPreconditions,
  type DeleteOptions,
  finalizersFor,
  type Grace,
  hasSpecFinalizers,
  podGraceSeconds,
  shortenedGrace,
  terminating,
  withDeletion,
} from '../deletion.ts';
import { isSameValue } from '../same-value.ts';
import type { RequestInfo } from './request-info.ts';
import type { Writer } from './writer.ts';

const PROTECTED_NAMESPACES = ['default', 'kube-system', 'kube-public'];
const SYSTEM_CLASSES = ['system-cluster-critical', 'system-node-critical'];

export class DeleteVerb {
  readonly #sim: Simulation;
  readonly #writer: Writer;

  constructor(sim: Simulation, writer: Writer) {
    this.#sim = sim;
    this.#writer = writer;
  }

  delete<K extends Kind>(kind: K, stored: KindMap[K], options: DeleteOptions, request: RequestInfo): KindMap[K] {
    checkPreconditions(kind, stored.metadata, options);
    if (kind === 'Namespace' && PROTECTED_NAMESPACES.includes(stored.metadata.name)) {
      throw forbidden(kind, stored.metadata.name, 'this namespace may not be deleted');
    }
    if (kind === 'PriorityClass' && SYSTEM_CLASSES.includes(stored.metadata.name)) {
      throw forbidden(kind, stored.metadata.name, 'this is a system priority class and cannot be deleted');
    }
    const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = stored.metadata;
    const { gracePeriodSeconds } = options;
    const { nowUs } = this.#sim;
    let grace: Grace | undefined;
    if (deletionTimestamp === undefined) {
      const seconds = kind === 'Pod' ? podGraceSeconds(stored as Pod, gracePeriodSeconds) : 0;
      grace = { seconds, endUs: nowUs + seconds * SECOND_US };
    } else if (deletionGracePeriodSeconds > 0) {
      grace = shortenedGrace(stored.metadata, gracePeriodSeconds, nowUs);
      // It is on its way, and finalizers cannot be asked for any more.
      if (grace === undefined) return stored;
    }
    const finalizers = finalizersFor(kind, stored.metadata.finalizers ?? [], options);
    let current = stored;
    if (grace !== undefined) {
      const marked = withDeletion(stored, timeText(grace.endUs), grace.seconds, finalizers);
      const isKept = kind === 'Pod' || finalizers.length > 0 || hasSpecFinalizers(kind, stored);
      if (!isKept) return this.#writer.remove(kind, stored, stored, 'delete', '', request);
      current = this.#writer.put(kind, kind === 'Namespace' ? terminating(marked) : marked, stored, 'delete', '', request);
    } else if (!isSameValue(finalizers, stored.metadata.finalizers ?? [])) {
      current = this.#writer.put(
        kind,
        { ...stored, metadata: { ...stored.metadata, finalizers } } as KindMap[K],
        stored,
        'delete',
        '',
        request,
      );
    }
    const isOver = kind !== 'Pod' || current.metadata.deletionGracePeriodSeconds === 0;
    if (!isOver || finalizers.length > 0 || hasSpecFinalizers(kind, current)) return current;
    return this.#writer.remove(kind, current, current, 'delete', '', request);
  }
}
