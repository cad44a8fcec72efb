/**
 * Who manages the number of replicas, as `/scale` sees it: the managers of the workload that have it, and the way back.
 *
 * Models apimachinery/pkg/util/managedfields/scalehandler.go with all it does: an update through `/scale` knows its managers by the version of
 * Scale, so the workload's own entry loses the field to one without a time.
 */
import { FieldSet } from './field-set.ts';
import { idOf, type Managed, type ManagerEntry, read, written } from './managed-fields.ts';

const SCALE_VERSION = 'autoscaling/v1';
const REPLICAS = ['f:spec', 'f:replicas'];

/** The entries of the workload, as the Scale has them. */
export function managersOfScale(entries: readonly ManagerEntry[]): readonly ManagerEntry[] {
  return written(
    read(entries)
      .filter(({ set }) => hasReplicas(set))
      .map((one) => ({ ...one, entry: { ...one.entry, apiVersion: SCALE_VERSION }, set: replicas() })),
  );
}

/** The entries of the workload once the Scale has these. */
export function managersWithScale(
  entries: readonly ManagerEntry[],
  scaled: readonly ManagerEntry[],
  apiVersion: string,
): readonly ManagerEntry[] {
  const own = read(entries);
  const times = new Map(own.map(({ entry, time }) => [idOf(entry), time]));
  const others = new Map(read(scaled).map((one) => [idOf(one.entry), one]));
  const kept: Managed[] = [];
  for (const one of own) {
    const id = idOf(one.entry);
    if (!hasReplicas(one.set) || others.has(id)) {
      kept.push(one);
      if (hasReplicas(one.set)) others.delete(id);
      continue;
    }
    const set = one.set.difference(replicas());
    if (!set.isEmpty) kept.push({ ...one, set });
  }
  for (const [id, { entry, set }] of others) {
    if (hasReplicas(set)) kept.push({ entry: { ...entry, apiVersion }, time: times.get(id), set: replicas() });
  }
  return written(kept);
}

function hasReplicas(set: FieldSet): boolean {
  return set.below('f:spec').below('f:replicas').isMember;
}

function replicas(): FieldSet {
  const set = new FieldSet();
  set.insert(REPLICAS);
  return set;
}
