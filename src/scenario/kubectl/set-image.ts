/**
 * `kubectl set image`: new images for the containers of a pod template. Models k8s.io/kubectl/pkg/cmd/set/set_image.go.
 */
import type { Task } from '../../client/task.ts';
import type { Kind } from '../../model/kinds.ts';
import type { KubeObject } from '../../model/meta.ts';
import type { Container, PodSpec } from '../../model/pod.ts';
import type { ParsedCommand } from './command-line.ts';
import { type KubectlContext, KubectlError, resourceName, selectObjects } from './context.ts';

export function* setImage(command: ParsedCommand, context: KubectlContext): Task<void> {
  const isUpdate = (arg: string) => arg.includes('=');
  const updates = command.args.filter(isUpdate).map((arg) => [arg.slice(0, arg.indexOf('=')), arg.slice(arg.indexOf('=') + 1)] as const);
  if (updates.length === 0) throw new KubectlError('error: at least one image update is required');
  const subjects = command.args.filter((arg) => !isUpdate(arg));
  for (const object of yield* selectObjects(command, context, subjects)) {
    const spec = podSpecOf(object);
    const containers = changed(spec.containers, updates);
    const initContainers = changed(spec.initContainers ?? [], updates);
    const missing = updates.find(
      ([name]) => name !== '*' && ![...spec.containers, ...(spec.initContainers ?? [])].some((one) => one.name === name),
    );
    if (missing !== undefined) throw new KubectlError(`error: unable to find container named "${missing[0]}"`);
    // Nothing is sent, and nothing printed, when every image is as wanted.
    if (containers.length + initContainers.length === 0) continue;
    const podSpec = { ...(containers.length === 0 ? {} : { containers }), ...(initContainers.length === 0 ? {} : { initContainers }) };
    const body = object.kind === 'Pod' ? { spec: podSpec } : { spec: { template: { spec: podSpec } } };
    yield* context.client.patch(object.kind as Kind, object.metadata.namespace, object.metadata.name, { type: 'strategic', body });
    context.print(`${resourceName(object.kind as Kind, object.metadata.name)} image updated`);
  }
}

function changed(containers: readonly Container[], updates: readonly (readonly [string, string])[]): { name: string; image: string }[] {
  return containers.flatMap(({ name, image }) => {
    const update = updates.findLast(([wanted]) => wanted === '*' || wanted === name);
    return update === undefined || update[1] === image ? [] : [{ name, image: update[1] }];
  });
}

function podSpecOf(object: KubeObject): PodSpec {
  const { spec } = object as KubeObject & { readonly spec?: PodSpec & { readonly template?: { readonly spec: PodSpec } } };
  const podSpec = object.kind === 'Pod' ? spec : spec?.template?.spec;
  if (podSpec?.containers === undefined)
    throw new KubectlError(`error: the object is not a pod or does not have a pod template: ${object.kind}`);
  return podSpec;
}
