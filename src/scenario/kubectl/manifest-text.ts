/**
 * Reads manifests as kubectl does: YAML or JSON, several documents to a file, Lists taken apart; what cannot be used becomes an error in
 * its place, in kubectl's words.
 *
 * Models k8s.io/cli-runtime/pkg/resource (StreamVisitor, mapper.infoForData).
 */
import { parse } from 'yaml';
import { apiVersionOf, isKind } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import type { ManifestItem } from './context.ts';
import { KubectlError } from './errors.ts';
import { yamlProblem } from './yaml-words.ts';

export function manifestItems(source: string, text: string): ManifestItem[] {
  const items: ManifestItem[] = [];
  for (const part of text.split(/^---(?=\s|$).*\n?/m)) {
    if (withoutComments(part) === '') continue;
    const problem = yamlProblem(part);
    if (problem !== undefined) {
      items.push({
        source,
        error: new KubectlError(`error parsing ${source}: error converting YAML to JSON: ${problem}`),
      });
      break;
    }
    items.push(...objectsIn(source, parse(part, { uniqueKeys: false, logLevel: 'error' })));
  }
  return items;
}

function withoutComments(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .join('\n')
    .trim();
}

function objectsIn(source: string, value: unknown): ManifestItem[] {
  const problem = problemOf(source, value);
  if (problem !== undefined) return [{ source, error: problem }];
  const object = value as KubeObject & { readonly items?: readonly unknown[] };
  if (/List$/.test(object.kind) && Array.isArray(object.items)) return object.items.flatMap((item) => objectsIn(source, item));
  return [{ source, object: object.metadata === undefined ? ({ ...object, metadata: {} } as KubeObject) : object }];
}

function problemOf(source: string, value: unknown): KubectlError | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return notValid(source, ['invalid object to validate']);
  const { apiVersion, kind, metadata } = value as {
    apiVersion?: unknown;
    kind?: unknown;
    metadata?: { name?: string; namespace?: string };
  };
  const missing = [...(isText(apiVersion) ? [] : ['apiVersion not set']), ...(isText(kind) ? [] : ['kind not set'])];
  if (missing.length > 0) return notValid(source, missing);
  const name = kind as string;
  if (name === 'List' && apiVersion === 'v1') return undefined;
  if (isServed(name.replace(/List$/, ''), apiVersion as string) && /List$/.test(name)) return undefined;
  if (isServed(name, apiVersion as string)) return undefined;
  const subject = `name: "${metadata?.name ?? ''}" namespace: "${metadata?.namespace ?? ''}" from "${source}"`;
  const words = `no matches for kind "${name}" in version "${apiVersion}"\nensure CRDs are installed first`;
  return new KubectlError(`resource mapping not found for ${subject}: ${words}`);
}

function isServed(kind: string, apiVersion: string): boolean {
  if (!isKind(kind)) return false;
  return apiVersion === apiVersionOf(kind) || (kind === 'HorizontalPodAutoscaler' && apiVersion === 'autoscaling/v1');
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function notValid(source: string, problems: readonly string[]): KubectlError {
  const words = problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`;
  return new KubectlError(
    `error validating "${source}": error validating data: ${words}; if you choose to ignore these errors, turn validation off with --validate=false`,
  );
}
