/**
 * pod-template-hash: the suffix of a ReplicaSet's name, the same as in a real cluster of 1.36.
 *
 * Models ComputeHash of pkg/controller/controller_utils.go and util/hash: FNV-1a over a print of the template's Go value,
 * so the print is made here as Go makes it (go-dump: every field with its type, maps sorted, what is empty as nil).
 */
import { compareText } from '../base/compare.ts';
import type { IntOrString } from '../model/meta.ts';
import type { PodTemplate } from '../model/pod.ts';
import { ABSENT_QUANTITY, goQuantity } from './go-quantity.ts';
import { GO_STRUCTS } from './pod-template-go-types.ts';

interface Field {
  readonly name: string;
  readonly type: string;
  readonly json: string;
}

type Json = { readonly [field: string]: unknown };

const FIELDS = new Map<string, readonly Field[]>();
const CACHE = new WeakMap<PodTemplate, Map<number, string>>();
// SafeEncodeString in apimachinery/pkg/util/rand: no vowels, and nothing that looks like another character.
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;

/** The hash of a defaulted template; `collisionCount` is the Deployment's status field, once it is set. */
export function podTemplateHash(template: PodTemplate, collisionCount?: number): string {
  let known = CACHE.get(template);
  if (known === undefined) {
    known = new Map();
    CACHE.set(template, known);
  }
  const count = collisionCount ?? -1;
  let hash = known.get(count);
  if (hash === undefined) {
    hash = safeEncoded(String(sumOf(podTemplateDump(template), collisionCount)));
    known.set(count, hash);
  }
  return hash;
}

/** The Go value of the template in print. */
export function podTemplateDump(template: PodTemplate): string {
  return printed('v1.PodTemplateSpec', template);
}

/** Digits as letters: SafeEncodeString takes each byte modulo the alphabet's length. */
export function safeEncoded(text: string): string {
  let encoded = '';
  for (let index = 0; index < text.length; index++) encoded += ALPHABET[text.charCodeAt(index) % ALPHABET.length];
  return encoded;
}

function sumOf(text: string, collisionCount: number | undefined): number {
  let sum = OFFSET_BASIS;
  for (const byte of utf8(text)) sum = Math.imul(sum ^ byte, PRIME);
  if (collisionCount !== undefined) {
    for (let index = 0; index < 8; index++) sum = Math.imul(sum ^ (index < 4 ? (collisionCount >>> (8 * index)) & 0xff : 0), PRIME);
  }
  return sum >>> 0;
}

/** With its type in front. */
function printed(type: string, value: unknown): string {
  return `(${type})${bare(type, value)}`;
}

function bare(type: string, value: unknown): string {
  if (type.startsWith('*')) return value === undefined || value === null ? '<nil>' : bare(type.slice(1), value);
  if (type.startsWith('[]')) {
    const items = (value ?? []) as readonly unknown[];
    return items.length === 0 ? '<nil>' : `[${items.map((item) => bare(type.slice(2), item)).join(' ')}]`;
  }
  if (type.startsWith('map[string]')) return map('string', value as Json | undefined);
  if (type === 'v1.ResourceList') return map('resource.Quantity', value as Json | undefined);
  if (type === 'resource.Quantity') return value === undefined ? ABSENT_QUANTITY : goQuantity(String(value));
  if (type === 'intstr.IntOrString') return intOrString(value as IntOrString | undefined);
  if (type === 'v1.Time') return '{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}';
  const fields = fieldsOf(type);
  if (fields !== undefined) {
    const object = (value ?? {}) as Json;
    return `{${fields.map((field) => `${field.name}:${printed(field.type, field.json === '.' ? object : object[field.json])}`).join(' ')}}`;
  }
  if (type === 'bool') return String(value ?? false);
  if (/^u?int\d*$/.test(type)) return String(value ?? 0);
  return String(value ?? '');
}

function fieldsOf(type: string): readonly Field[] | undefined {
  let fields = FIELDS.get(type);
  if (fields !== undefined) return fields;
  const text = GO_STRUCTS[type];
  if (text === undefined) return undefined;
  fields = text.split('; ').map((part) => {
    const [name, fieldType, json] = part.split(' ') as [string, string, string];
    return { name, type: fieldType, json };
  });
  FIELDS.set(type, fields);
  return fields;
}

function map(type: string, value: Json | undefined): string {
  const keys = Object.keys(value ?? {}).sort(compareText);
  return keys.length === 0 ? '<nil>' : `map[${keys.map((key) => `${key}:${bare(type, value![key])}`).join(' ')}]`;
}

function intOrString(value: IntOrString | undefined): string {
  const isText = typeof value === 'string';
  return `{Type:(intstr.Type)${isText ? 1 : 0} IntVal:(int32)${isText ? 0 : (value ?? 0)} StrVal:(string)${isText ? value : ''}}`;
}

function utf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  }
  return Uint8Array.from(bytes);
}
