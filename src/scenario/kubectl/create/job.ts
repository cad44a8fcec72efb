/**
 * `kubectl create job` and `create cronjob`. Models k8s.io/kubectl/pkg/cmd/create/create_job.go and create_cronjob.go.
 */
import type { Task } from '../../../client/task.ts';
import type { ParsedCommand } from '../command-line.ts';
import type { KubectlContext } from '../context.ts';
import { KubectlError } from '../errors.ts';
import { asMap, type JsonMap, mapAt } from '../json.ts';
import { selectObjects } from '../select.ts';
import { createObject, nameOf } from './create-object.ts';

export function* createJob(command: ParsedCommand, context: KubectlContext): Task<void> {
  const name = nameOf(command);
  const { flags, rest } = command;
  const [image = '', from = ''] = [flags.text('image'), flags.text('from')];
  if ((image === '') === (from === '')) throw new KubectlError('either --image or --from must be specified');
  if (rest.length > 0 && from !== '') throw new KubectlError('cannot specify --from and command');
  const failure = 'failed to create job';
  if (image !== '') {
    const spec = { template: { metadata: {}, spec: { containers: [container(name, image, rest)], restartPolicy: 'Never' } } };
    yield* createObject(command, context, { kind: 'Job', name, fields: { spec, status: {} } }, failure);
    return;
  }
  const [source, second] = yield* selectObjects(command, context, { args: [from] });
  if (source === undefined || second !== undefined) throw new KubectlError('from must be an existing cronjob');
  if (source.kind !== 'CronJob') throw new KubectlError(`unknown object type *${source.apiVersion.replace('apps/', '')}.${source.kind}`);
  const template = mapAt(asMap(source), 'spec.jobTemplate');
  const metadata = mapAt(template, 'metadata') as { labels?: Record<string, string>; annotations?: Record<string, string> };
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: source.metadata.name, uid: source.metadata.uid, controller: true };
  const given = {
    kind: 'Job' as const,
    name,
    ...(metadata.labels === undefined ? {} : { labels: metadata.labels }),
    annotations: { 'cronjob.kubernetes.io/instantiate': 'manual', ...metadata.annotations },
    owners: [owner],
    fields: { spec: template.spec, status: {} },
  };
  yield* createObject(command, context, given, failure);
}

export function* createCronJob(command: ParsedCommand, context: KubectlContext): Task<void> {
  const name = nameOf(command);
  const { flags, rest } = command;
  const restartPolicy = flags.text('restart') || 'OnFailure';
  const spec = {
    schedule: flags.text('schedule') ?? '',
    jobTemplate: {
      metadata: { name },
      spec: { template: { metadata: {}, spec: { containers: [container(name, flags.text('image') ?? '', rest)], restartPolicy } } },
    },
  };
  yield* createObject(command, context, { kind: 'CronJob', name, fields: { spec, status: {} } }, 'failed to create cronjob');
}

function container(name: string, image: string, command: readonly string[]): JsonMap {
  return { name, image, ...(command.length === 0 ? {} : { command }), resources: {} };
}
