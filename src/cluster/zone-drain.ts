/**
 * Closes nodes and evicts their pods one node after the other, as an operator's script around `kubectl drain` does: pods of
 * DaemonSets and mirror pods stay, a refused eviction is tried again every 5 s for as long as it takes.
 */
import { ApiError } from '../apiserver/api-error.ts';
import { SECOND_US } from '../base/units.ts';
import type { Client } from '../client/client.ts';
import { all, sleep, type Task } from '../client/task.ts';
import { controllerOf } from '../model/meta.ts';
import { isPodTerminal, type Pod } from '../model/pod.ts';
import type { Simulation } from '../sim/simulation.ts';

// evictPods in kubectl's drain.go: "will retry after 5s", and the pause between two looks whether a pod is gone.
const RETRY_US = 5 * SECOND_US;
const LOOK_US = SECOND_US;
const MIRROR = 'kubernetes.io/config.mirror';

export function* drainNodes(sim: Simulation, client: Client, names: readonly string[]): Task<void> {
  for (const name of names) yield* setUnschedulable(sim, client, name, true);
  for (const name of names) {
    const listed = yield* insist(sim, () => client.list('Pod', { fieldSelector: { 'spec.nodeName': name } }));
    yield* all((listed?.items ?? []).filter(isEvictable).map((pod) => evict(sim, client, pod)));
  }
}

export function* setUnschedulable(sim: Simulation, client: Client, name: string, unschedulable: boolean): Task<void> {
  const body = { spec: { unschedulable: unschedulable ? true : null } };
  yield* insist(sim, () => client.patch('Node', undefined, name, { type: 'merge', body }));
}

/** Tries until it is done; undefined when there is nothing to do it to. */
export function* insist<T>(sim: Simulation, act: () => Task<T>): Task<T | undefined> {
  for (;;) {
    try {
      return yield* act();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 404) return undefined;
    }
    yield* sleep(sim, RETRY_US);
  }
}

function isEvictable(pod: Pod): boolean {
  if (pod.metadata.annotations?.[MIRROR] !== undefined) return false;
  return controllerOf(pod)?.kind !== 'DaemonSet' || isPodTerminal(pod);
}

function* evict(sim: Simulation, client: Client, { metadata: { namespace = '', name, uid } }: Pod): Task<void> {
  for (let isEvicted = false; ; ) {
    try {
      if (!isEvicted) {
        yield* client.evict(namespace, name);
        isEvicted = true;
      }
      const pod = yield* client.get('Pod', namespace, name);
      if (pod.metadata.uid !== uid) return;
      yield* sleep(sim, LOOK_US);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 404) return;
      yield* sleep(sim, RETRY_US);
    }
  }
}
