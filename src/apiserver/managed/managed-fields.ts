/**
 * Who manages which field of an object: what updates take over, what server-side apply claims, gives up and fights about.
 *
 * Models apimachinery/pkg/util/managedfields and structured-merge-diff/merge/update.go. Only requests from outside are kept account of: what
 * the cluster's own components write has no managers.
 */
import { apiVersionOf, type Kind } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import { ApiError } from '../api-error.ts';
import { decode } from '../schema/decode.ts';
import { type StructSchema, schemaOf } from '../schema/struct-schema.ts';
import { FieldSet, type FieldsV1, pathText } from './field-set.ts';
import { compare, fieldsOf, laidOver, rootOf, without } from './typed-value.ts';

export interface ManagerEntry {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly time?: string;
  readonly fieldsType: 'FieldsV1';
  readonly fieldsV1: FieldsV1;
  readonly subresource?: string;
}

/** What is managed: objects of a struct, in a version. */
export interface ManagedType {
  readonly struct: StructSchema;
  readonly apiVersion: string;
}

export function managedTypeOf(kind: Kind): ManagedType {
  return { struct: schemaOf(kind), apiVersion: apiVersionOf(kind) };
}

/** Who writes, and when. */
export interface Writer {
  readonly manager: string;
  readonly subresource: string;
  readonly now: string;
  /** Have all writes been kept account of so far? Those of the cluster's own components are not. */
  readonly areAllKnown?: boolean;
}

export interface Managed {
  readonly entry: Omit<ManagerEntry, 'fieldsV1' | 'time'>;
  readonly time: string | undefined;
  readonly set: FieldSet;
}

/** Fields of every object that nobody manages (stripSet). */
const STRIPPED: FieldsV1 = {
  'f:apiVersion': {},
  'f:kind': {},
  'f:metadata': {
    '.': {},
    'f:name': {},
    'f:namespace': {},
    'f:creationTimestamp': {},
    'f:selfLink': {},
    'f:uid': {},
    'f:clusterName': {},
    'f:generation': {},
    'f:managedFields': {},
    'f:resourceVersion': {},
    'f:generateName': {},
  },
};
const stripped = FieldSet.of(STRIPPED);

/**
 * The managers of `after`, which an update made of `before`; undefined `before` for a new object. Managers the update itself gives take the
 * place of those there were; an object that has none although all writes were kept account of gets none.
 */
export function managersAfterUpdate(
  type: ManagedType,
  before: KubeObject | undefined,
  after: KubeObject,
  writer: Writer,
): readonly ManagerEntry[] {
  const known = managersBefore(before, after, writer);
  if (before !== undefined && known.length === 0 && writer.areAllKnown === true) return [];
  return updated(type, before ?? emptyObject(type), after, known, writer);
}

function updated(
  type: ManagedType,
  live: KubeObject,
  after: KubeObject,
  known: readonly Managed[],
  writer: Writer,
): readonly ManagerEntry[] {
  const { added, modified, removed } = compare(rootOf(type.struct), live, after);
  const changed = managedHere(type, added.union(modified), writer.subresource);
  const gone = managedHere(type, removed, writer.subresource);
  const managers = known.map((one) => ({ ...one, set: one.set.difference(changed).difference(gone) }));
  return written(changed.isEmpty ? managers : claimed(managers, 'Update', type, changed, writer));
}

/** Through a part of an object nobody sets its managers (decodeLiveOrNew). */
function managersBefore(before: KubeObject | undefined, after: KubeObject, { subresource }: Writer): readonly Managed[] {
  const given = subresource === '' ? managersOf(after) : [];
  return given.length > 0 ? given : managersOf(before);
}

export interface Applied {
  readonly object: KubeObject;
  readonly managers: readonly ManagerEntry[];
}

/** The object a configuration makes of what is there, and its managers. Throws 409 when others manage what it wants otherwise. */
export function apply(type: ManagedType, live: KubeObject | undefined, config: KubeObject, writer: Writer, isForced: boolean): Applied {
  const root = rootOf(type.struct);
  const present = live ?? emptyObject(type);
  const claims = managedHere(type, fieldsOf(root, config), writer.subresource);
  const before = managersBeforeApply(type, live, writer);
  const isOwn = ({ entry }: Managed) => isSameManager(entry, 'Apply', type, writer);
  const former = before.find(isOwn)?.set ?? new FieldSet();
  const others = before.filter((one) => !isOwn(one));
  const stillWanted = others.reduce((sum, { set }) => sum.union(set), claims);
  const merged = laidOver(root, present, config);
  const object = without(root, merged, givenUp(former, stillWanted)) as KubeObject;
  const { added, modified, removed } = compare(root, present, object);
  const changed = managedHere(type, added.union(modified), writer.subresource);
  const conflicts = others.map((one) => ({ ...one, set: one.set.intersection(changed) })).filter(({ set }) => !set.isEmpty);
  if (conflicts.length > 0 && !isForced) throw conflictOf(conflicts);
  const kept = others.map((one) => ({ ...one, set: one.set.difference(changed).difference(removed) }));
  const isSame = changed.isEmpty && managedHere(type, removed, writer.subresource).isEmpty;
  const time = isSame ? before.find(isOwn)?.time : writer.now;
  const entry = entryOf('Apply', type, writer);
  return { object, managers: written([...kept, { entry, time, set: claims }]) };
}

/** What was there before anyone applied anything is somebody's too (NewProbabilisticSkipNonAppliedManager). */
function managersBeforeApply(type: ManagedType, live: KubeObject | undefined, writer: Writer): readonly Managed[] {
  const known = managersOf(live);
  if (live === undefined || known.length > 0 || writer.areAllKnown !== true) return known;
  const manager = 'before-first-apply';
  return read(updated(type, emptyObject(type), live, [], { ...writer, manager }));
}

export function withManagers(object: KubeObject, managers: readonly ManagerEntry[]): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata as KubeObject['metadata'] & { readonly managedFields?: unknown };
  return { ...object, metadata: managers.length === 0 ? metadata : ({ ...metadata, managedFields: managers } as KubeObject['metadata']) };
}

/** What the last configuration had and nobody wants any more; of an item others have a part of, only the rest. */
function givenUp(former: FieldSet, wanted: FieldSet): FieldSet {
  const gone = new FieldSet();
  for (const [element, child] of former.children) {
    const others = wanted.below(element);
    const below = givenUp(child, others);
    below.isMember = child.isMember && others.isEmpty;
    if (!below.isEmpty) gone.children.set(element, below);
  }
  return gone;
}

function claimed(
  managers: readonly Managed[],
  operation: 'Apply' | 'Update',
  type: ManagedType,
  set: FieldSet,
  writer: Writer,
): readonly Managed[] {
  const own = managers.find(({ entry }) => isSameManager(entry, operation, type, writer));
  const others = managers.filter((one) => one !== own);
  return [...others, { entry: entryOf(operation, type, writer), time: writer.now, set: own === undefined ? set : own.set.union(set) }];
}

/** Without what is nobody's, and without what this request cannot write. */
function managedHere({ struct }: ManagedType, set: FieldSet, subresource: string): FieldSet {
  const managed = set.difference(stripped);
  if (subresource === 'status') managed.children.delete('f:spec');
  else if (subresource === '' && struct.fields.has('status')) managed.children.delete('f:status');
  return managed;
}

function managersOf(object: KubeObject | undefined): Managed[] {
  return read(entriesOf(object));
}

export function entriesOf(object: KubeObject | undefined): readonly ManagerEntry[] {
  return (object?.metadata as { readonly managedFields?: readonly ManagerEntry[] } | undefined)?.managedFields ?? [];
}

/** Of two entries that say the same of who it was, the later counts. */
export function read(entries: readonly ManagerEntry[]): Managed[] {
  const managers = new Map<string, Managed>();
  for (const { fieldsV1, time, ...entry } of entries) managers.set(idOf(entry), { entry, time, set: FieldSet.of(fieldsV1 ?? {}) });
  return [...managers.values()];
}

/** Who it is: for those who apply, the version says nothing (BuildManagerIdentifier). */
export function idOf({ manager, operation, apiVersion, subresource = '' }: Managed['entry']): string {
  return JSON.stringify([manager, operation, operation === 'Apply' ? '' : apiVersion, subresource]);
}

/** The entries in their order, those with nothing left out. */
export function written(managers: readonly Managed[]): readonly ManagerEntry[] {
  const rank = ({ entry, time }: Managed) =>
    [entry.operation, time ?? '', entry.manager, entry.apiVersion, entry.subresource ?? ''].join('\0');
  return managers
    .filter(({ set }) => !set.isEmpty)
    .sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
    .map(({ entry, time, set }) => {
      const { manager, operation, apiVersion, fieldsType, subresource } = entry;
      const fieldsV1 = set.toFields();
      return {
        manager,
        operation,
        apiVersion,
        ...(time === undefined ? {} : { time }),
        fieldsType,
        fieldsV1,
        ...(subresource === undefined ? {} : { subresource }),
      };
    });
}

function entryOf(operation: 'Apply' | 'Update', { apiVersion }: ManagedType, { manager, subresource }: Writer): Managed['entry'] {
  const entry = { manager, operation, apiVersion, fieldsType: 'FieldsV1' as const };
  return subresource === '' ? entry : { ...entry, subresource };
}

function isSameManager(entry: Managed['entry'], operation: 'Apply' | 'Update', type: ManagedType, writer: Writer): boolean {
  return idOf(entry) === idOf(entryOf(operation, type, writer));
}

function emptyObject({ struct }: ManagedType): KubeObject {
  return decode(struct, {}).value as KubeObject;
}

function conflictOf(conflicts: readonly Managed[]): ApiError {
  const sorted = [...conflicts].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
  const causes = sorted.flatMap((one) =>
    one.set.paths().map((path) => ({ reason: 'FieldManagerConflict', message: `conflict with ${nameOf(one)}`, field: pathText(path) })),
  );
  const list =
    causes.length === 1
      ? `${causes[0]!.message}: ${causes[0]!.field}`
      : sorted
          .map(
            (one) =>
              `conflicts with ${nameOf(one)}:\n${one.set
                .paths()
                .map((path) => `- ${pathText(path)}`)
                .join('\n')}`,
          )
          .join('\n');
  const message = `Apply failed with ${causes.length} conflict${causes.length === 1 ? '' : 's'}: ${list}`;
  return new ApiError({ code: 409, reason: 'Conflict', message, causes, details: {} });
}

function nameOf({ entry }: Managed): string {
  const part = entry.subresource === undefined ? '' : ` with subresource "${entry.subresource}"`;
  const version = entry.operation === 'Update' ? ` using ${entry.apiVersion}` : '';
  return `${JSON.stringify(entry.manager)}${part}${version}`;
}
