/**
 * The rollback that an annotation asks for, as extensions/v1beta1 once did.
 *
 * Models pkg/controller/deployment/rollback.go.
 */
import type { Deployment, ReplicaSet } from '../../model/workloads.ts';
import { NOT_COPIED, ROLLBACK_TO, withoutHash } from './revisions.ts';

/** The revision asked for, 0 for the last one; undefined when none is. */
export function rollbackRevision(deployment: Deployment): number | undefined {
  const text = deployment.metadata.annotations?.[ROLLBACK_TO];
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

/** The Deployment with template and annotations of an earlier set (SetFromReplicaSetTemplate, SetDeploymentAnnotationsTo). */
export function rolledBack(deployment: Deployment, source: ReplicaSet): Deployment {
  const { template } = source.spec;
  const annotations: Record<string, string> = {};
  for (const [key, value] of Object.entries(deployment.metadata.annotations ?? {})) if (NOT_COPIED.has(key)) annotations[key] = value;
  for (const [key, value] of Object.entries(source.metadata.annotations ?? {})) if (!NOT_COPIED.has(key)) annotations[key] = value;
  const metadata = { ...template.metadata, labels: withoutHash(template.metadata?.labels ?? {}) };
  return {
    ...deployment,
    metadata: { ...deployment.metadata, annotations },
    spec: { ...deployment.spec, template: { ...template, metadata } },
  };
}
