/**
 * Counts in the status of Deployments, ReplicaSets, StatefulSets and DaemonSets: none negative, none above the whole.
 *
 * Models ValidateDeploymentStatus and its kin in pkg/apis/apps/validation/validation.go.
 */
import type { FieldErrors } from './field-errors.ts';
import { validateNonnegative } from './metadata.ts';
import type { Sent } from './sent.ts';

const COUNTS: { readonly [kind: string]: readonly string[] } = {
  Deployment: [
    'observedGeneration',
    'replicas',
    'updatedReplicas',
    'readyReplicas',
    'availableReplicas',
    'unavailableReplicas',
    'terminatingReplicas',
    'collisionCount',
  ],
  ReplicaSet: ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration', 'terminatingReplicas'],
  StatefulSet: [
    'replicas',
    'readyReplicas',
    'currentReplicas',
    'updatedReplicas',
    'availableReplicas',
    'observedGeneration',
    'collisionCount',
  ],
  DaemonSet: [
    'currentNumberScheduled',
    'numberMisscheduled',
    'desiredNumberScheduled',
    'numberReady',
    'observedGeneration',
    'updatedNumberScheduled',
    'numberAvailable',
    'numberUnavailable',
    'collisionCount',
  ],
};
/** Counts that are part of `replicas`. */
const PARTS: { readonly [kind: string]: readonly string[] } = {
  Deployment: ['updatedReplicas', 'readyReplicas', 'availableReplicas'],
  ReplicaSet: ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'],
  StatefulSet: ['readyReplicas', 'currentReplicas', 'updatedReplicas', 'availableReplicas'],
};

export function validateWorkloadStatus(errors: FieldErrors, { kind, status = {} }: Sent, before: Sent): void {
  for (const field of COUNTS[kind] ?? []) validateNonnegative(errors, `status.${field}`, status[field]);
  const parts = PARTS[kind];
  if (parts !== undefined) {
    for (const field of parts) {
      if ((status[field] ?? 0) > (status.replicas ?? 0)) {
        errors.invalid(`status.${field}`, status[field], 'cannot be greater than status.replicas');
      }
    }
    if ((status.availableReplicas ?? 0) > (status.readyReplicas ?? 0)) {
      const ready = kind === 'StatefulSet' ? 'status.readyReplicas' : 'readyReplicas';
      errors.invalid('status.availableReplicas', status.availableReplicas, `cannot be greater than ${ready}`);
    }
  }
  const former = before.status?.collisionCount;
  if (kind !== 'ReplicaSet' && former !== undefined && (status.collisionCount ?? 0) < former) {
    errors.invalid('status.collisionCount', status.collisionCount ?? 0, 'cannot be decremented');
  }
}
