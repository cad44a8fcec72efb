/**
 * A pod's spec in the server's internal form, for the difference it prints when too much of a pod was changed.
 *
 * Models the internal PodSpec of pkg/apis/core/types.go as far as its fields can be told from those of v1: names begin with a capital, absent
 * pointers and lists are null, and what v1 keeps beside the security context stands inside it.
 */
import { type FieldType, type StructSchema, structSchema } from '../schema/struct-schema.ts';
import type { Sent } from './sent.ts';

const HOST_FIELDS = ['hostNetwork', 'hostPID', 'hostIPC', 'shareProcessNamespace', 'hostUsers'];
/** The order of PodSpec's fields inside the server, where it is not that of v1. */
const GONE = new Set([...HOST_FIELDS, 'serviceAccount']);
/** Names that are not just the JSON name with a capital. */
const GO_NAMES: { readonly [field: string]: string } = {
  dnsPolicy: 'DNSPolicy',
  dnsConfig: 'DNSConfig',
  setHostnameAsFQDN: 'SetHostnameAsFQDN',
  os: 'OS',
  tty: 'TTY',
  httpGet: 'HTTPGet',
  tcpSocket: 'TCPSocket',
  grpc: 'GRPC',
  hostIP: 'HostIP',
  ip: 'IP',
  uid: 'UID',
  fsGroup: 'FSGroup',
  seLinuxOptions: 'SELinuxOptions',
};

export function podSpecShown(spec: Sent): object {
  const shown = structShown(structSchema('core.PodSpec'), spec) as Record<string, unknown>;
  const context = (shown.SecurityContext ?? undefined) as Record<string, unknown> | undefined;
  if (context === undefined) return shown;
  const host = {
    HostNetwork: spec.hostNetwork ?? false,
    HostPID: spec.hostPID ?? false,
    HostIPC: spec.hostIPC ?? false,
    ShareProcessNamespace: spec.shareProcessNamespace ?? null,
    HostUsers: spec.hostUsers ?? null,
  };
  return { ...shown, SecurityContext: { ...host, ...context } };
}

function structShown(schema: StructSchema, value: Sent): object {
  const shown: Record<string, unknown> = {};
  for (const field of schema.fields.values()) {
    if (schema.name === 'PodSpec' && GONE.has(field.name)) continue;
    shown[goName(field.name)] = shownAs(field.type, value?.[field.name]);
  }
  return shown;
}

function shownAs(type: FieldType, value: Sent): unknown {
  if (value === undefined || value === null) return zero(type);
  if (type.form === 'struct') return structShown(type.struct, value);
  if (type.form === 'list') return value.map((item: Sent) => shownAs(type.of, item));
  return value;
}

function zero(type: FieldType): unknown {
  if (type.isPointer) return null;
  switch (type.form) {
    case 'struct':
      return structShown(type.struct, {});
    case 'string':
      return '';
    case 'bool':
      return false;
    case 'int32':
    case 'int64':
    case 'intOrString':
      return 0;
    default:
      return null;
  }
}

function goName(field: string): string {
  return GO_NAMES[field] ?? field.charAt(0).toUpperCase() + field.slice(1);
}
