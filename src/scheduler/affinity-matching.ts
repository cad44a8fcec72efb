/**
 * Which pods an inter-pod affinity term selects.
 *
 * Models AffinityTerm.Matches of staging/src/k8s.io/kube-scheduler/framework/types.go, with the defect of 1.34 to 1.36: the incoming
 * pod's own terms are matched against empty namespace labels after the matching namespaces were merged in, so that a
 * namespaceSelector which an empty set of labels satisfies selects every namespace (spec 4.9.3).
 */
import type { Namespace } from '../model/configuration.ts';
import type { StringMap } from '../model/meta.ts';
import { selectorMatches } from '../model/selector.ts';
import type { Lister } from './framework.ts';
import type { AffinityTerm, LabelTraits } from './pod-traits.ts';

const NO_LABELS: StringMap = {};

export function namespaceLabels(namespaces: Lister<Namespace>, name: string): StringMap {
  return namespaces.get(name)?.metadata.labels ?? NO_LABELS;
}

/** Does a term of a pod already placed select the pod of these names? */
export function selectsIncoming(term: AffinityTerm, names: LabelTraits, labelsOfNamespace: StringMap): boolean {
  if (!term.namespaces.has(names.namespace) && !selectorMatches(term.namespaceSelector, labelsOfNamespace)) return false;
  return selectorMatches(term.selector, names.labels);
}

/** A term of the incoming pod, its namespaces looked up. */
export interface OwnTerm {
  readonly topologyKey: string;
  readonly weight: number;
  readonly term: AffinityTerm;
  readonly namespaces: ReadonlySet<string>;
  readonly everyNamespace: boolean;
}

export function ownTerm(term: AffinityTerm, weight: number, namespaces: Lister<Namespace>): OwnTerm {
  const { topologyKey, namespaceSelector } = term;
  if (namespaceSelector === undefined) return { topologyKey, weight, term, namespaces: term.namespaces, everyNamespace: false };
  const merged = new Set(term.namespaces);
  for (const { metadata } of namespaces.values()) if (selectorMatches(namespaceSelector, metadata.labels)) merged.add(metadata.name);
  return { topologyKey, weight, term, namespaces: merged, everyNamespace: selectorMatches(namespaceSelector, NO_LABELS) };
}

/** Does a term of the incoming pod select the pod of these names? */
export function selectsPlaced(own: OwnTerm, names: LabelTraits): boolean {
  return (own.everyNamespace || own.namespaces.has(names.namespace)) && selectorMatches(own.term.selector, names.labels);
}
