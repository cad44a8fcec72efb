/**
 * `kubectl rollout history`: the revisions of a Deployment and why each came to be.
 *
 * Models k8s.io/kubectl/pkg/polymorphichelpers/history.go.
 */
import type { Task } from '../../client/task.ts';
import type { Kind } from '../../model/kinds.ts';
import { controllerOf } from '../../model/meta.ts';
import type { ReplicaSet } from '../../model/workloads.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, KubectlError, resourceName, selectObjects } from './context.ts';
import { table } from './table.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const CHANGE_CAUSE = 'kubernetes.io/change-cause';

export function* rolloutHistory(command: ParsedCommand, context: KubectlContext): Task<void> {
  for (const object of yield* selectObjects(command, context)) {
    if (object.kind !== 'Deployment') throw new KubectlError(`error: no history viewer has been implemented for ${object.kind}`);
    const { namespace, name, uid } = object.metadata;
    const { items } = yield* context.client.list('ReplicaSet', { namespace: namespace! });
    const revisions = items
      .filter((replicaSet) => controllerOf(replicaSet)?.uid === uid && revisionOf(replicaSet) > 0)
      .sort((a, b) => revisionOf(a) - revisionOf(b));
    const title = `${resourceName(object.kind as Kind, name)} `;
    if (revisions.length === 0) context.print(`${title}\nNo rollout history found.`);
    else {
      const rows = revisions.map((replicaSet) => [
        String(revisionOf(replicaSet)),
        replicaSet.metadata.annotations?.[CHANGE_CAUSE] ?? '<none>',
      ]);
      context.print(`${title}\n${table(['REVISION', 'CHANGE-CAUSE'], rows, 2)}\n`);
    }
  }
}

function revisionOf(replicaSet: ReplicaSet): number {
  return Number(replicaSet.metadata.annotations?.[REVISION] ?? 0);
}
