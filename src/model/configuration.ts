/**
 * Namespace, and what a namespace holds besides workloads: ConfigMap, Secret, ServiceAccount, Event.
 */
import type { Condition, KubeObject, LocalObjectReference, ObjectReference, StringMap } from './meta.ts';

export interface Namespace extends KubeObject {
  readonly kind: 'Namespace';
  readonly spec?: { readonly finalizers?: readonly string[] };
  readonly status?: { readonly phase?: 'Active' | 'Terminating'; readonly conditions?: readonly Condition[] };
}

export interface ConfigMap extends KubeObject {
  readonly kind: 'ConfigMap';
  readonly data?: StringMap;
  readonly binaryData?: StringMap;
  readonly immutable?: boolean;
}

export interface Secret extends KubeObject {
  readonly kind: 'Secret';
  readonly type?: string;
  readonly data?: StringMap;
  readonly immutable?: boolean;
}

export interface ServiceAccount extends KubeObject {
  readonly kind: 'ServiceAccount';
  readonly imagePullSecrets?: readonly LocalObjectReference[];
  readonly secrets?: readonly ObjectReference[];
  readonly automountServiceAccountToken?: boolean;
}

/** The core/v1 form, with a count, as controllers and kubelets record it. */
export interface Event extends KubeObject {
  readonly kind: 'Event';
  readonly involvedObject: ObjectReference;
  readonly reason: string;
  readonly message: string;
  readonly type: 'Normal' | 'Warning';
  readonly source?: { readonly component?: string; readonly host?: string };
  readonly firstTimestamp?: string;
  readonly lastTimestamp?: string;
  readonly eventTime?: string | null;
  readonly count?: number;
  readonly reportingComponent?: string;
  readonly reportingInstance?: string;
}
