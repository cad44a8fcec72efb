/**
 * `kubectl apply --prune`: what was applied once and is in none of the files any more is deleted.
 *
 * Models k8s.io/kubectl/pkg/cmd/apply/prune.go and pkg/util/prune. Left out: ApplySets.
 */
import type { Task } from '../../client/task.ts';
import { apiVersionOf, isKind, KINDS, type Kind } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import type { ParsedCommand } from './command-line.ts';
import type { KubectlContext } from './context.ts';
import { KubectlError, messageOf } from './errors.ts';
import { LAST_APPLIED } from './last-applied.ts';
import type { PrintAnswer } from './print-answer.ts';
import { dryRunOf, writeOptionsOf } from './write-options.ts';

const BY_DEFAULT: readonly Kind[] = [
  'ConfigMap',
  'Endpoints',
  'PersistentVolumeClaim',
  'Pod',
  'ReplicationController',
  'Secret',
  'Service',
  'Job',
  'CronJob',
  'Ingress',
  'DaemonSet',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'Namespace',
  'PersistentVolume',
];

export function* prune(applied: readonly KubeObject[], { flags }: ParsedCommand, { api }: KubectlContext, answer: PrintAnswer): Task<void> {
  const given = flags.list('prune-allowlist');
  const kinds = given.length === 0 ? BY_DEFAULT : given.map(kindOf);
  const uids = new Set(applied.map(({ metadata }) => metadata.uid));
  const namespaces = [...new Set(applied.flatMap(({ metadata }) => (metadata.namespace === undefined ? [] : [metadata.namespace])))];
  const labelSelector = flags.text('selector');
  const places = [
    ...namespaces.flatMap((namespace) => kinds.filter((kind) => KINDS[kind].namespaced).map((kind) => ({ kind, namespace }))),
    ...kinds.filter((kind) => !KINDS[kind].namespaced).map((kind) => ({ kind, namespace: undefined })),
  ];
  for (const { kind, namespace } of places) {
    try {
      for (const object of yield* api.list(kind, { namespace, labelSelector })) {
        if (object.metadata.annotations?.[LAST_APPLIED] === undefined || uids.has(object.metadata.uid)) continue;
        const options = { propagationPolicy: 'Background' } as const;
        if (dryRunOf(flags) !== 'client') yield* api.delete(kind, namespace, object.metadata.name, options, writeOptionsOf(flags));
        answer(object, 'pruned');
      }
    } catch (error) {
      const what = namespace === undefined ? 'nonNamespaced' : 'namespaced';
      throw new KubectlError(`error pruning ${what} object ${apiVersionOf(kind)}, Kind=${kind}: ${messageOf(error)}`);
    }
  }
}

/** `core/v1/ConfigMap`. */
function kindOf(text: string): Kind {
  const [group, version, kind, ...others] = text.split('/');
  if (kind === undefined || others.length > 0)
    throw new KubectlError(`invalid GroupVersionKind format: ${text}, please follow <group/version/kind>`);
  const apiVersion = group === 'core' || group === '' ? version! : `${group}/${version}`;
  if (isKind(kind) && apiVersionOf(kind) === apiVersion) return kind;
  throw new KubectlError(`no matches for kind "${kind}" in version "${apiVersion}"`);
}
