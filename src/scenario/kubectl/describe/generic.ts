/**
 * Any object at all, described field by field. Models the genericDescriber of k8s.io/kubectl/pkg/describe/describe.go.
 */
import type { KubeObject } from '../../../model/meta.ts';
import { asMap, isMap, type JsonMap } from '../json.ts';
import { goValueText } from '../print/go-value.ts';
import type { Page } from './page.ts';

const SKIPPED: ReadonlySet<string> = new Set([
  '.metadata.managedFields',
  '.metadata.name',
  '.metadata.namespace',
  '.metadata.labels',
  '.metadata.annotations',
]);
const ACRONYMS = ['API', 'URL', 'UID', 'GUID'];

export function describeAnything(object: KubeObject, page: Page): void {
  const { metadata } = object;
  page.line(0, `Name:\t${metadata.name}`);
  page.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  page.labels('Labels', metadata.labels);
  page.annotations('Annotations', metadata.annotations);
  describeFields(asMap(object), page, 0, '');
}

function describeFields(map: JsonMap, page: Page, level: number, prefix: string): void {
  for (const field of Object.keys(map).sort()) {
    const value = map[field];
    const path = `${prefix}.${field}`;
    if (value === undefined || SKIPPED.has(path)) continue;
    if (isMap(value)) {
      page.line(level, `${label(field)}:`);
      describeFields(value, page, level + 1, path);
    } else if (Array.isArray(value)) {
      page.line(level, `${label(field)}:`);
      for (const one of value) {
        if (isMap(one)) describeFields(one, page, level + 1, path);
        else page.line(level + 1, goValueText(one));
      }
    } else page.line(level, `${label(field)}:\t${goValueText(value)}`);
  }
}

/** `creationTimestamp` as `Creation Timestamp`. */
function label(field: string): string {
  if (!/^[A-Za-z-]+$/.test(field)) return field;
  return (field.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|-/g) ?? [field])
    .map((part) =>
      ACRONYMS.includes(part.toUpperCase()) ? part.toUpperCase() : /^[a-z]/.test(part) ? part[0]!.toUpperCase() + part.slice(1) : part,
    )
    .join(' ');
}
