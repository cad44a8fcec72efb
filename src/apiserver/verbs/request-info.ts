/**
 * What comes with a request besides its object: who asks, what is selected, and what a scale is.
 */
import type { Kind } from '../../model/kinds.ts';
import type { KubeObject, LabelSelector } from '../../model/meta.ts';
import type { Write } from '../../model/observer.ts';

export interface RequestInfo {
  readonly author: string;
  /** Checked and answered as usual, but nothing is stored. */
  readonly dryRun?: boolean;
  /** Told of what the server would have the caller know. */
  readonly warn?: (text: string) => void;
  /** A PUT of what is not there: the version it was made from is not looked at. */
  readonly createsByPut?: boolean;
  /** What becomes of the object on its way to the store and back; for objects that were sent with lists and maps that are empty. */
  readonly settled?: <T extends KubeObject>(kind: Kind, object: T) => T;
}

export interface ListOptions {
  readonly namespace?: string;
  readonly labelSelector?: LabelSelector;
  /** From a path such as `spec.nodeName` to the text wanted there. */
  readonly fieldSelector?: { readonly [path: string]: string };
}

export interface Scale {
  readonly specReplicas: number;
  readonly statusReplicas: number;
  readonly selector: LabelSelector | undefined;
  readonly resourceVersion: string;
}

/** What of the object a request is about; empty for the whole of it. */
export type Subresource = Write['subresource'];
