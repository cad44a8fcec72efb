/**
 * `kubectl diff -f`: what applying the files would change, as a unified diff; exit code 1 says that there is something.
 *
 * Models k8s.io/kubectl/pkg/cmd/diff: both versions are written as YAML and handed to `diff -u -N`.
 */
import type { Task } from '../../client/task.ts';
import type { KubeObject } from '../../model/meta.ts';
import { timeText } from '../../model/time.ts';
import type { ParsedCommand } from './command-line.ts';
import type { KubectlContext } from './context.ts';
import { errorText, isNotFound, KubectlError, throwAll, usageError } from './errors.ts';
import { asMap, isMap, type JsonMap } from './json.ts';
import { LAST_APPLIED, lastAppliedOf } from './last-applied.ts';
import { threeWayPatch } from './merge-patch.ts';
import { unifiedHunks } from './print/unified-diff.ts';
import { yamlText } from './print/yaml.ts';
import { type Info, localObjects } from './select.ts';

const FOUND = 1;
const FAILED = 2;

export function* diff(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags, args } = command;
  if (args.length > 0) throw usageError('diff', `Unexpected args: [${args.join(' ')}]`);
  if (!flags.has('filename')) throw new KubectlError('must specify one of -f and -k', FAILED);
  const { infos, errors } = localObjects(flags.all('filename'), command, context, flags.text('selector'));
  const changes: { readonly name: string; readonly live: string; readonly merged: string }[] = [];
  try {
    throwAll(errors);
    for (const info of infos) {
      const live = yield* liveOf(info, context);
      const merged = yield* mergedOf(info, live, command, context);
      const [before, after] = masked(live, merged, flags.isOn('show-secrets'));
      changes.push({ name: fileName(merged), live: textOf(before, flags.isOn('show-managed-fields')), merged: textOf(after, false) });
    }
  } catch (error) {
    throw new KubectlError(errorText(error).replace(/^error: /, 'error: '), FAILED);
  }
  const now = `${timeText(context.sim.nowUs).replace('T', ' ').replace('Z', '')}.000000000 +0000`;
  let written = '';
  for (const { name, live, merged } of changes.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const hunks = unifiedHunks(live, merged);
    if (hunks.length === 0) continue;
    const [from, to] = [`/tmp/LIVE-${FILES}/${name}`, `/tmp/MERGED-${FILES}/${name}`];
    written += [`diff -u -N ${from} ${to}`, `--- ${from}\t${now}`, `+++ ${to}\t${now}`, ...hunks, ''].join('\n');
  }
  context.out(written);
  if (written !== '') throw new KubectlError('', FOUND);
}

/** Real kubectl draws this number by chance. */
const FILES = 1;

function* liveOf({ kind, namespace, name }: Info, { api }: KubectlContext): Task<KubeObject | undefined> {
  try {
    return yield* api.get(kind, namespace, name);
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

/** As the object would be after `kubectl apply`. */
function* mergedOf(info: Info, live: KubeObject | undefined, { flags }: ParsedCommand, { api }: KubectlContext): Task<KubeObject> {
  const fieldManager = flags.text('field-manager');
  if (flags.isOn('server-side'))
    return yield* api.apply(info.object!, { dryRun: true, fieldManager: fieldManager ?? 'kubectl' }, flags.isOn('force-conflicts'));
  const options = { dryRun: true, fieldManager: fieldManager ?? 'kubectl-client-side-apply' };
  if (live === undefined) return yield* api.create(info.object!, options);
  const { [LAST_APPLIED]: _, ...annotations } = info.object!.metadata.annotations ?? {};
  const modified = { ...info.object!, metadata: { ...info.object!.metadata, annotations } };
  const body = threeWayPatch(lastAppliedOf(live) ?? {}, asMap(modified), asMap(live));
  if (body === undefined) return live;
  return yield* api.patch(info.kind, info.namespace, info.name, { type: 'strategic', body }, options);
}

/** `apps.v1.Deployment.default.web`. */
function fileName({ apiVersion, kind, metadata }: KubeObject): string {
  const slash = apiVersion.indexOf('/');
  const group = slash < 0 ? '' : `${apiVersion.slice(0, slash)}.`;
  return `${group}${apiVersion.slice(slash + 1)}.${kind}.${metadata.namespace ?? ''}.${metadata.name}`;
}

function textOf(object: KubeObject | undefined, showManagedFields: boolean): string {
  if (object === undefined) return '';
  const { managedFields, ...metadata } = object.metadata as KubeObject['metadata'] & { readonly managedFields?: unknown };
  return yamlText({ ...object, metadata: showManagedFields && managedFields !== undefined ? { ...metadata, managedFields } : metadata });
}

/** Of a Secret only whether a value changes is shown. */
function masked(live: KubeObject | undefined, merged: KubeObject, showSecrets: boolean): readonly [KubeObject | undefined, KubeObject] {
  if (merged.kind !== 'Secret' || showSecrets) return [live, merged];
  const [before, after] = [dataOf(live), dataOf(merged)];
  const mask = (data: JsonMap, other: JsonMap, which: string): JsonMap =>
    Object.fromEntries(
      Object.keys(data).map((key) => [key, other[key] !== undefined && other[key] !== data[key] ? `*** (${which})` : '***']),
    );
  const withData = (object: KubeObject, data: JsonMap): KubeObject => ({ ...object, data }) as KubeObject;
  return [live === undefined ? undefined : withData(live, mask(before, after, 'before')), withData(merged, mask(after, before, 'after'))];
}

function dataOf(object: KubeObject | undefined): JsonMap {
  const data = object === undefined ? undefined : asMap(object).data;
  return isMap(data) ? data : {};
}
