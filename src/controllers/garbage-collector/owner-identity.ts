/**
 * By which coordinates an owner is known: its dependents may each give others for the same uid.
 *
 * Models objectReference of pkg/controller/garbagecollector/graph.go and what graph_builder.go compares of it.
 */
import type { OwnerReference } from '../../model/meta.ts';

export interface Identity {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  /** None for what belongs to no namespace. */
  readonly namespace: string | undefined;
}

/** An object that names owners. */
export interface Dependent {
  readonly namespace: string | undefined;
  readonly owners: readonly OwnerReference[];
}

export function identityOf({ apiVersion, kind, name, uid }: OwnerReference, namespace: string | undefined): Identity {
  return { apiVersion, kind, name, uid, namespace };
}

export function isSameIdentity(a: Identity, b: Identity): boolean {
  return a.namespace === b.namespace && hasSameCoordinates(a, b);
}

/** All but the namespace, which a reference does not give. */
export function hasSameCoordinates(a: Omit<Identity, 'namespace'>, b: Omit<Identity, 'namespace'>): boolean {
  return a.uid === b.uid && a.name === b.name && a.kind === b.kind && a.apiVersion === b.apiVersion;
}

export function identityText({ apiVersion, kind, namespace = '', name, uid }: Identity): string {
  return `[${apiVersion}/${kind}, namespace: ${namespace}, name: ${name}, uid: ${uid}]`;
}

/** Does it mean this owner, another one with that uid, or (with two references) both? */
export function meaningOf(dependent: Dependent, owner: Identity): { readonly isMatch: boolean; readonly isMismatch: boolean } {
  if (owner.namespace !== undefined && owner.namespace !== dependent.namespace) return { isMatch: false, isMismatch: true };
  const references = dependent.owners.filter(({ uid }) => uid === owner.uid);
  const matching = references.filter((reference) => hasSameCoordinates(reference, owner)).length;
  return { isMatch: matching > 0, isMismatch: matching < references.length };
}

/** Where else an owner that was not found might be: the next of what its dependents say, in alphabetical order and round again. */
export function alternativeTo(absent: Identity, dependents: Iterable<Dependent>): Identity | undefined {
  const proposals: Identity[] = [];
  for (const { namespace, owners } of dependents) {
    for (const reference of owners) {
      if (reference.uid !== absent.uid) continue;
      // What was looked for without a namespace is of a kind that has none.
      const isWithout = absent.namespace === undefined && reference.kind === absent.kind && reference.apiVersion === absent.apiVersion;
      const proposal = identityOf(reference, isWithout ? undefined : namespace);
      if (!isSameIdentity(proposal, absent)) proposals.push(proposal);
    }
  }
  proposals.sort(compareIdentities);
  return proposals.find((proposal) => compareIdentities(absent, proposal) < 0) ?? proposals[0];
}

function compareIdentities(a: Identity, b: Identity): number {
  return (
    compare(a.kind, b.kind) ||
    compare(a.apiVersion, b.apiVersion) ||
    compare(a.namespace ?? '', b.namespace ?? '') ||
    compare(a.name, b.name) ||
    compare(a.uid, b.uid)
  );
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
