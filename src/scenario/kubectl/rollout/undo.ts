/**
 * `kubectl rollout undo`. Models k8s.io/kubectl/pkg/cmd/rollout/rollout_undo.go and polymorphichelpers/rollback.go.
 */
import { ApiError } from '../../../apiserver/api-error.ts';
import type { Patch } from '../../../apiserver/api-server.ts';
import { isSameValue } from '../../../apiserver/same-value.ts';
import type { Task } from '../../../client/task.ts';
import { KINDS } from '../../../model/kinds.ts';
import type { KubeObject, StringMap } from '../../../model/meta.ts';
import type { PodTemplate } from '../../../model/pod.ts';
import type { Deployment } from '../../../model/workloads.ts';
import type { ParsedCommand } from '../command-line.ts';
import { type KubectlContext, warnLine } from '../context.ts';
import { KubectlError, throwAll } from '../errors.ts';
import { asMap, at, sorted } from '../json.ts';
import { LAST_APPLIED } from '../last-applied.ts';
import { answerPrinter } from '../print-answer.ts';
import { type Info, select } from '../select.ts';
import { dryRunOf, writeOptionsOf } from '../write-options.ts';
import { templateText } from './history.ts';
import { HASH_LABEL, REVISION, type Revision, revisionsOf, withoutDirective } from './revisions.ts';

/** Annotations of a revision that do not come back with it. */
const SKIPPED_ANNOTATIONS: ReadonlySet<string> = new Set([
  LAST_APPLIED,
  REVISION,
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
]);

export function* rolloutUndo(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags, args } = command;
  if (args.length === 0 && !flags.has('filename')) throw new KubectlError('required resource not specified');
  const answer = answerPrinter(command, context);
  const { infos, errors } = yield* select(command, context, { allowEmptySelector: true });
  const failures = [...errors];
  for (const info of infos) {
    try {
      if (info.object!.metadata.annotations?.[LAST_APPLIED] !== undefined)
        warnLine(
          context,
          `Warning: resource ${KINDS[info.kind].resource}/${info.name} was previously managed with 'kubectl apply'. Rolling back will not update the ${LAST_APPLIED} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.`,
        );
      answer(info.object!, yield* rollBack(info, command, context));
    } catch (error) {
      failures.push(error);
    }
  }
  throwAll(failures);
}

/** Answers what was done, in the words that stand behind the object's name. */
function* rollBack({ kind, namespace, name, object }: Info, { flags }: ParsedCommand, context: KubectlContext): Task<string> {
  const wanted = flags.number('to-revision') ?? 0;
  if (wanted < 0) throw notInHistory(wanted);
  const isDeployment = kind === 'Deployment';
  if (!isDeployment && kind !== 'DaemonSet' && kind !== 'StatefulSet')
    throw new KubectlError(`no rollbacker has been implemented for {"${KINDS[kind].group}" "${kind}"}`);
  const revisions = yield* revisionsOf(object!, context);
  const target = targetOf(revisions, wanted, object!);
  if (dryRunOf(flags) === 'client')
    return isDeployment ? templateText(target.template) : `will roll back to ${templateText(target.template)}`;
  if (isDeployment && (object as Deployment).spec.paused === true)
    throw new KubectlError("you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again");
  if (isSameTemplate(target, object!)) return `skipped rollback (current template already matches revision ${wanted})`;
  const patch: Patch = isDeployment ? deploymentPatch(object!, target) : { type: 'strategic', body: target.data };
  try {
    yield* context.api.patch(kind, namespace, name, patch, writeOptionsOf(flags, 'kubectl-rollout'));
  } catch (error) {
    if (error instanceof ApiError) throw new KubectlError(`failed restoring revision ${wanted}: ${error.message}`);
    throw error;
  }
  return 'rolled back';
}

/** The revision asked for, or the one before the last. */
function targetOf(revisions: readonly Revision[], wanted: number, { kind, metadata }: KubeObject): Revision {
  if (wanted > 0) {
    const found = revisions.find(({ number }) => number === wanted);
    if (found === undefined) throw notInHistory(wanted);
    return found;
  }
  const previous = revisions.at(-2);
  if (previous !== undefined) return previous;
  throw new KubectlError(
    kind === 'Deployment' ? `no rollout history found for deployment ${JSON.stringify(metadata.name)}` : 'no last revision to roll back to',
  );
}

function notInHistory(revision: number): KubectlError {
  return new KubectlError(`unable to find specified revision ${revision} in history`);
}

function isSameTemplate(target: Revision, object: KubeObject): boolean {
  const present = at(asMap(object), 'spec.template') as PodTemplate;
  const own = target.data === undefined ? at(asMap(target.object), 'spec.template') : at(target.data, 'spec.template');
  return isSameValue(sorted(withoutHash(withoutDirective(own) as PodTemplate)), sorted(withoutHash(present)));
}

function deploymentPatch(deployment: KubeObject, target: Revision): Patch {
  const annotations = { ...kept(deployment.metadata.annotations, true), ...kept(target.annotations, false) };
  const template = withoutHash(at(asMap(target.object), 'spec.template') as PodTemplate);
  return {
    type: 'json',
    body: [
      { op: 'replace', path: '/spec/template', value: template },
      { op: 'replace', path: '/metadata/annotations', value: annotations },
    ],
  };
}

function kept(annotations: StringMap | undefined, isSkipped: boolean): StringMap {
  return Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => SKIPPED_ANNOTATIONS.has(key) === isSkipped));
}

function withoutHash(template: PodTemplate): PodTemplate {
  const { [HASH_LABEL]: _, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}
