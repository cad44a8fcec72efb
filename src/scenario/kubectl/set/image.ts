/**
 * `kubectl set image`: new images for the containers of a pod template. Models k8s.io/kubectl/pkg/cmd/set/set_image.go.
 */
import type { Task } from '../../../client/task.ts';
import { parsePairs, resourcesAndPairs } from '../change-pairs.ts';
import type { ParsedCommand } from '../command-line.ts';
import type { KubectlContext } from '../context.ts';
import { KubectlError, throwAll } from '../errors.ts';
import { select } from '../select.ts';
import { changePodSpecs, withContainers } from './pod-spec.ts';

export function* setImage(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { flags } = command;
  const { resources, pairs } = resourcesAndPairs(command.args, 'image');
  const { set } = parsePairs(pairs, 'image', false);
  // The objects are fetched before anything else is looked at.
  if (resources.length > 0 || flags.has('filename')) throwAll((yield* select(command, context, { args: resources })).errors);
  const errors: unknown[] = [];
  if (flags.isOn('all') && flags.has('selector')) errors.push(new KubectlError('cannot set --all and --selector at the same time'));
  if (resources.length === 0 && !flags.has('filename'))
    errors.push(new KubectlError('one or more resources must be specified as <resource> <name> or <resource>/<name>'));
  if (set.size === 0) errors.push(new KubectlError('at least one image update is required'));
  if (set.size > 1 && set.has('*'))
    errors.push(new KubectlError('all containers are already specified by *, but saw more than one container_name=container_image pairs'));
  throwAll(errors);
  yield* changePodSpecs(command, context, {
    resources,
    operation: 'image updated',
    failure: 'failed to patch image update to pod template:',
    change: (given, _, failures) => {
      let spec = given;
      for (const [name, image] of set) {
        const changed = withContainers(spec, name, (container) => ({ ...container, image }));
        if (changed.count === 0) failures.push(new KubectlError(`error: unable to find container named ${JSON.stringify(name)}`));
        spec = changed.spec;
      }
      return spec;
    },
  });
}
