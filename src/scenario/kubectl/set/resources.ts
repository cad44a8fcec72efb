/**
 * `kubectl set resources`: requests and limits of containers. Models k8s.io/kubectl/pkg/cmd/set/set_resources.go.
 */
import type { Task } from '../../../client/task.ts';
import type { ParsedCommand } from '../command-line.ts';
import type { KubectlContext } from '../context.ts';
import { KubectlError, throwAll } from '../errors.ts';
import { resourceListOf } from '../resource-list.ts';
import { select } from '../select.ts';
import { changePodSpecs, withContainers } from './pod-spec.ts';

export function* setResources(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { args, flags } = command;
  const [limitsText = '', requestsText = ''] = [flags.text('limits'), flags.text('requests')];
  if (args.length > 0 || flags.has('filename')) throwAll((yield* select(command, context)).errors);
  if (flags.isOn('all') && flags.has('selector')) throw new KubectlError('cannot set --all and --selector at the same time');
  if (limitsText === '' && requestsText === '')
    throw new KubectlError('you must specify an update to requests or limits (in the form of --requests/--limits)');
  const limits = resourceListOf(limitsText);
  const requests = resourceListOf(requestsText);
  const pattern = flags.text('containers') ?? '*';
  yield* changePodSpecs(command, context, {
    resources: args,
    operation: 'resource requirements updated',
    failure: 'failed to patch resources update to pod template',
    change: (given, _, failures) => {
      const { spec, count } = withContainers(given, pattern, (container) => {
        const { resources = {} } = container;
        return {
          ...container,
          resources: {
            ...resources,
            ...(limitsText === '' ? {} : { limits: { ...resources.limits, ...limits } }),
            ...(requestsText === '' ? {} : { requests: { ...resources.requests, ...requests } }),
          },
        };
      });
      if (count > 0) return spec;
      failures.push(new KubectlError(`error: unable to find container named ${pattern}`));
      return undefined;
    },
  });
}
