/**
 * An object, or a part of one, in the server's internal form: what stands in a message that shows a whole struct.
 *
 * Models encoding/json over the internal types of pkg/apis/<group>/types.go, which have no JSON names: fields are called as Go calls them,
 * nothing is left out, and absent pointers, lists and maps are null.
 *
 * A table gives a struct as `Name/jsonName type; …` in the order Go declares the fields. A missing type is a string; the JSON name is left out
 * where it is the same but for its first letter, and `?` where v1 has the field somewhere else; `.Name type` is an embedded struct. `ext` is
 * a struct of the public API, which shows itself as everywhere.
 */
import type { Sent } from '../validation/sent.ts';
import { INTERNAL_CORE_FIELDS } from './internal-core-fields.ts';
import { INTERNAL_FIELDS } from './internal-fields.ts';
import { structSchema } from './struct-schema.ts';

interface InternalField {
  /** Undefined for what is embedded. */
  readonly name: string | undefined;
  readonly jsonName: string;
  readonly type: string;
}

const structs = new Map<string, readonly InternalField[]>();

/** The value, of the internal struct of that name such as `core.PodSpec`. */
export function internalView(struct: string, value: Sent): { readonly [field: string]: unknown } {
  const view: Record<string, unknown> = {};
  for (const { name, jsonName, type } of fieldsOf(struct)) {
    if (name !== undefined) view[name] = shown(type, value?.[jsonName]);
    else if (type === 'ObjectMeta') Object.assign(view, metadataView(value?.metadata));
    else Object.assign(view, internalView(type, value));
  }
  if (struct === 'core.PodSpec' && view.SecurityContext !== null) view.SecurityContext = withHost(view.SecurityContext as object, value);
  return view;
}

/** A map, by its keys. */
export function mapView(map: { readonly [key: string]: unknown } | null | undefined): object | null {
  return shown('map:any', map) as object | null;
}

/** Metadata has JSON names inside the server too. */
function metadataView(metadata: Sent = {}): object {
  const { labels, annotations, ...rest } = metadata;
  const maps = {
    ...(labels === undefined ? {} : { labels: mapView(labels) }),
    ...(annotations === undefined ? {} : { annotations: mapView(annotations) }),
  };
  const all: Sent = { ...rest, ...maps };
  return Object.fromEntries(
    [...structSchema('meta.ObjectMeta').fields.keys()].filter((field) => all[field] !== undefined).map((field) => [field, all[field]]),
  );
}

/** What v1 keeps beside the security context stands inside it. */
function withHost(context: object, spec: Sent): object {
  return {
    ...context,
    HostNetwork: spec?.hostNetwork ?? false,
    HostPID: spec?.hostPID ?? false,
    HostIPC: spec?.hostIPC ?? false,
    ShareProcessNamespace: spec?.shareProcessNamespace ?? null,
    HostUsers: spec?.hostUsers ?? null,
  };
}

function shown(type: string, value: Sent): unknown {
  if (type.startsWith('*')) return value === undefined || value === null ? null : shown(type.slice(1), value);
  if (type.startsWith('[]')) return value?.map((item: Sent) => shown(type.slice(2), item)) ?? null;
  if (type.startsWith('map:')) {
    if (value === undefined || value === null) return null;
    const keys = Object.keys(value).sort();
    return Object.fromEntries(keys.map((key) => [key, shown(type.slice(4), value[key])]));
  }
  if (type.includes('.')) return internalView(type, value);
  return value ?? ZEROS[type] ?? null;
}

const ZEROS: { readonly [type: string]: unknown } = {
  string: '',
  bool: false,
  int32: 0,
  int64: 0,
  intOrString: 0,
  quantity: '0',
  ext: {},
};

function fieldsOf(struct: string): readonly InternalField[] {
  let fields = structs.get(struct);
  if (fields === undefined) {
    const text = INTERNAL_CORE_FIELDS[struct] ?? INTERNAL_FIELDS[struct] ?? '';
    fields = text === '' ? [] : text.split('; ').map(fieldOf);
    structs.set(struct, fields);
  }
  return fields;
}

function fieldOf(text: string): InternalField {
  const [label = '', type = 'string'] = text.split(' ');
  if (label.startsWith('.')) return { name: undefined, jsonName: '', type: type === 'string' ? label.slice(1) : type };
  const [name = '', jsonName = name.charAt(0).toLowerCase() + name.slice(1)] = label.split('/');
  return { name, jsonName, type };
}
