/**
 * ControllerRevisions: each template a StatefulSet or DaemonSet ever had, as the patch that brings it back, numbered in order.
 *
 * Models pkg/controller/history/controller_history.go and getPatch of both controllers. The hash of a StatefulSet's revision
 * is FNV-1 over the patch's JSON as Go writes it, so that names are those of a real cluster.
 */
import { isSameValue } from '../apiserver/same-value.ts';
import { compareText } from '../base/compare.ts';
import type { KubeObject, StringMap } from '../model/meta.ts';
import type { Container, PodTemplate } from '../model/pod.ts';
import type { ControllerRevision } from '../model/workloads.ts';
import { controllerRef } from './controller-ref-manager.ts';
import { safeEncoded } from './pod-template-hash.ts';

const OFFSET_BASIS = 0x811c9dc5;
const PRIME = 0x01000193;
type Data = { readonly spec: { readonly template: PodTemplate & { readonly $patch?: string } } };

const patches = new WeakMap<PodTemplate, Data>();

/** The revision's data: the whole template, replacing what is there. */
export function templatePatch(template: PodTemplate): Data {
  let patch = patches.get(template);
  if (patch === undefined) {
    // Go writes the struct `resources` even when it is empty.
    const whole = (container: Container): Container => ({ ...container, resources: container.resources ?? {} });
    const { containers, initContainers } = template.spec;
    const spec = {
      ...template.spec,
      containers: containers.map(whole),
      ...(initContainers === undefined ? {} : { initContainers: initContainers.map(whole) }),
    };
    patch = { spec: { template: { metadata: {}, ...template, spec, $patch: 'replace' } } };
    patches.set(template, patch);
  }
  return patch;
}

export function isSameTemplate(revision: ControllerRevision, template: PodTemplate): boolean {
  const patch = templatePatch(template);
  return revision.data === patch || isSameValue(revision.data, patch);
}

const templates = new WeakMap<object, PodTemplate>();

/** The template the revision holds; the same object each time, so that pods made from it share their spec. */
export function templateOf(revision: ControllerRevision): PodTemplate {
  const data = revision.data as Data;
  let template = templates.get(data);
  if (template === undefined) {
    const { $patch: _, ...rest } = data.spec.template;
    template = rest;
    templates.set(data, template);
  }
  return template;
}

/** HashControllerRevision. */
export function revisionHash(template: PodTemplate, collisionCount: number): string {
  const text = `${goJson(templatePatch(template))}${collisionCount}`;
  let sum = OFFSET_BASIS;
  for (const byte of utf8Bytes(text)) sum = Math.imul(sum, PRIME) ^ byte;
  return safeEncoded(String(sum >>> 0));
}

export interface RevisionFields {
  readonly name: string;
  readonly labels: StringMap;
  readonly template: PodTemplate;
  readonly revision: number;
}

export function newRevision(owner: KubeObject, { name, labels, template, revision }: RevisionFields): ControllerRevision {
  const { namespace = '', annotations } = owner.metadata;
  const metadata = { name, namespace, labels, ownerReferences: [controllerRef(owner)] };
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: annotations === undefined ? metadata : { ...metadata, annotations },
    data: templatePatch(template),
    revision,
  };
}

/** Oldest first; of equal numbers the one made first, then by name. */
export function compareRevisions(a: ControllerRevision, b: ControllerRevision): number {
  return (
    a.revision - b.revision ||
    compareText(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '') ||
    compareText(a.metadata.name, b.metadata.name)
  );
}

/** JSON as encoding/json writes a map: keys sorted, empty optional fields already left out, HTML characters escaped. */
function goJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = value as { readonly [field: string]: unknown };
    const keys = Object.keys(fields).filter((key) => fields[key] !== undefined);
    return `{${keys
      .sort(compareText)
      .map((key) => `${goText(key)}:${goJson(fields[key])}`)
      .join(',')}}`;
  }
  return typeof value === 'string' ? goText(value) : JSON.stringify(value);
}

function goText(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function utf8Bytes(text: string): readonly number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
  }
  return bytes;
}
