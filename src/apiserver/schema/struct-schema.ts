/**
 * The schema of the API, read from the tables beside this file: every struct with its fields, their types, how Go writes them when they are
 * empty, and how patches merge their lists.
 *
 * A table gives a struct as `name? type flags; …` in the order Go declares the fields. `?` is omitempty and `!` omitzero; `.Name type` is an
 * embedded struct, whose fields stand beside those of its parent; `*` is a pointer, `v1.PullPolicy=string` a named type. Flags: `patch=` the
 * patch strategy and `key=` the merge key of strategic merge patches, `list=` the keys of a list that server-side apply merges (`set` for a
 * set), `atomic` a map or struct it replaces as a whole; a field called `!atomic` says the same of the whole struct.
 */
import { fail } from '../../base/fail.ts';
import type { Kind } from '../../model/kinds.ts';
import { APPS_FIELDS } from './apps-fields.ts';
import { AUTOSCALING_FIELDS } from './autoscaling-fields.ts';
import { AUTOSCALING_V2_FIELDS } from './autoscaling-v2-fields.ts';
import { BATCH_FIELDS } from './batch-fields.ts';
import { COORDINATION_FIELDS } from './coordination-fields.ts';
import { CORE_FIELDS } from './core-fields.ts';
import { CORE_POD_FIELDS } from './core-pod-fields.ts';
import { CORE_VOLUME_FIELDS } from './core-volume-fields.ts';
import { DISCOVERY_FIELDS } from './discovery-fields.ts';
import { EVENTS_FIELDS } from './events-fields.ts';
import { META_FIELDS } from './meta-fields.ts';
import { NETWORKING_FIELDS } from './networking-fields.ts';
import { NODE_FIELDS } from './node-fields.ts';
import { POLICY_FIELDS } from './policy-fields.ts';
import { RBAC_FIELDS } from './rbac-fields.ts';
import { SCHEDULING_FIELDS } from './scheduling-fields.ts';
import { STORAGE_FIELDS } from './storage-fields.ts';

export type ScalarForm = 'string' | 'bool' | 'int32' | 'int64' | 'float64';
export type SpecialForm = 'quantity' | 'intOrString' | 'time' | 'microTime' | 'duration' | 'raw' | 'bytes';

/** A type as Go declares it; `goName` is how messages call it. */
export type FieldType =
  | { readonly form: ScalarForm | SpecialForm; readonly goName: string; readonly isPointer: boolean }
  | { readonly form: 'list' | 'map'; readonly of: FieldType; readonly goName: string; readonly isPointer: boolean }
  | { readonly form: 'struct'; readonly struct: StructSchema; readonly goName: string; readonly isPointer: boolean };

export interface FieldSchema {
  readonly name: string;
  readonly type: FieldType;
  readonly omitEmpty: boolean;
  readonly omitZero: boolean;
  /** The embedded structs the field came through, as messages name them. */
  readonly through: readonly string[];
  readonly patchStrategy: string;
  readonly mergeKey: string | undefined;
  /** The keys of a list that server-side apply merges; `set` for a set of plain values. */
  readonly listKeys: readonly string[] | 'set' | undefined;
  readonly isAtomic: boolean;
}

export interface StructSchema {
  /** `PodSpec`, without its group. */
  readonly name: string;
  readonly isAtomic: boolean;
  readonly fields: ReadonlyMap<string, FieldSchema>;
}

const TABLES: { readonly [struct: string]: string } = {
  ...META_FIELDS,
  ...CORE_FIELDS,
  ...CORE_POD_FIELDS,
  ...CORE_VOLUME_FIELDS,
  ...APPS_FIELDS,
  ...AUTOSCALING_FIELDS,
  ...AUTOSCALING_V2_FIELDS,
  ...BATCH_FIELDS,
  ...COORDINATION_FIELDS,
  ...DISCOVERY_FIELDS,
  ...EVENTS_FIELDS,
  ...NETWORKING_FIELDS,
  ...NODE_FIELDS,
  ...POLICY_FIELDS,
  ...RBAC_FIELDS,
  ...SCHEDULING_FIELDS,
  ...STORAGE_FIELDS,
};

/** The table a kind's structs stand in; those not named here are in `core`. */
const GROUP_OF: { readonly [K in Kind]?: string } = {
  Deployment: 'apps',
  ReplicaSet: 'apps',
  StatefulSet: 'apps',
  DaemonSet: 'apps',
  ControllerRevision: 'apps',
  Job: 'batch',
  CronJob: 'batch',
  HorizontalPodAutoscaler: 'autoscalingv2',
  Lease: 'coordination',
  EndpointSlice: 'discovery',
  Ingress: 'networking',
  IngressClass: 'networking',
  NetworkPolicy: 'networking',
  RuntimeClass: 'node',
  PodDisruptionBudget: 'policy',
  Role: 'rbac',
  RoleBinding: 'rbac',
  ClusterRole: 'rbac',
  ClusterRoleBinding: 'rbac',
  PriorityClass: 'scheduling',
  StorageClass: 'storage',
  CSINode: 'storage',
  CSIDriver: 'storage',
  CSIStorageCapacity: 'storage',
  VolumeAttachment: 'storage',
};

export function schemaOf(kind: Kind): StructSchema {
  return structSchema(`${GROUP_OF[kind] ?? 'core'}.${kind}`);
}

const structs = new Map<string, StructSchema>();

/** The struct of that name, such as `core.PodSpec`. */
export function structSchema(name: string): StructSchema {
  const known = structs.get(name);
  if (known !== undefined) return known;
  const text = TABLES[name];
  if (text === undefined) fail(`Cannot find the fields of ${name}: no table has them`);
  const fields = new Map<string, FieldSchema>();
  const parts = text === '' ? [] : text.split('; ');
  const schema: StructSchema = { name: name.slice(name.indexOf('.') + 1), isAtomic: parts.includes('!atomic'), fields };
  // Known before its fields are read: some structs contain themselves.
  structs.set(name, schema);
  for (const part of parts) if (part !== '!atomic') addField(fields, part);
  return schema;
}

function addField(fields: Map<string, FieldSchema>, text: string): void {
  const [label, typeText, ...flags] = text.split(' ') as [string, string, ...string[]];
  if (label.startsWith('.')) {
    for (const field of structSchema(typeText).fields.values()) {
      fields.set(field.name, { ...field, through: [label.slice(1), ...field.through] });
    }
    return;
  }
  const flag = (name: string) => flags.find((one) => one.startsWith(`${name}=`))?.slice(name.length + 1);
  const list = flag('list');
  const name = label.replace(/[?!]+$/, '');
  fields.set(name, {
    name,
    type: typeOf(typeText),
    omitEmpty: label.includes('?'),
    omitZero: label.includes('!'),
    through: [],
    patchStrategy: flag('patch') ?? '',
    mergeKey: flag('key'),
    listKeys: list === undefined || list === 'set' ? (list as 'set' | undefined) : list.split(','),
    isAtomic: flags.includes('atomic'),
  });
}

const SPECIAL_NAMES: { readonly [form in SpecialForm]: string } = {
  quantity: 'resource.Quantity',
  intOrString: 'intstr.IntOrString',
  time: 'v1.Time',
  microTime: 'v1.MicroTime',
  duration: 'v1.Duration',
  raw: 'runtime.RawExtension',
  bytes: '[]uint8',
};
const SCALARS: ReadonlySet<string> = new Set<ScalarForm>(['string', 'bool', 'int32', 'int64', 'float64']);

function typeOf(text: string): FieldType {
  if (text.startsWith('*')) return { ...typeOf(text.slice(1)), isPointer: true };
  const named = /^([\w.]+)=(.*)$/.exec(text);
  if (named !== null) return { ...typeOf(named[2]!), goName: named[1]! };
  if (text.startsWith('[]')) {
    const of = typeOf(text.slice(2));
    return { form: 'list', of, goName: `[]${of.goName}`, isPointer: false };
  }
  const map = /^map\[([^\]]+)\](.*)$/.exec(text);
  if (map !== null) {
    const of = typeOf(map[2]!);
    return { form: 'map', of, goName: `map[${map[1]!.split('=')[0]}]${of.goName}`, isPointer: false };
  }
  if (SCALARS.has(text)) return { form: text as ScalarForm, goName: text, isPointer: false };
  if (Object.hasOwn(SPECIAL_NAMES, text)) {
    return { form: text as SpecialForm, goName: SPECIAL_NAMES[text as SpecialForm], isPointer: false };
  }
  const struct = structSchema(text);
  const version = text.startsWith('autoscalingv2.') ? 'v2' : 'v1';
  return { form: 'struct', struct, goName: `${version}.${struct.name}`, isPointer: false };
}
