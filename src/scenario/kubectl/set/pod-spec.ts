/**
 * Where the pods' specification is in an object that has one, and what a change of it comes to.
 *
 * Models UpdatePodSpecForObject of k8s.io/kubectl/pkg/polymorphichelpers and CalculatePatches of cmd/set/helper.go.
 */
import { ApiError } from '../../../apiserver/api-error.ts';
import type { Task } from '../../../client/task.ts';
import type { KubeObject } from '../../../model/meta.ts';
import type { Container, PodSpec } from '../../../model/pod.ts';
import type { ParsedCommand } from '../command-line.ts';
import type { KubectlContext } from '../context.ts';
import { KubectlError, throwAll } from '../errors.ts';
import { asMap, at, isMap, withAt } from '../json.ts';
import { twoWayPatch } from '../merge-patch.ts';
import { singular } from '../names.ts';
import { answerPrinter } from '../print-answer.ts';
import { type Info, select } from '../select.ts';
import { dryRunOf, writeOptionsOf } from '../write-options.ts';

const PATHS: { readonly [kind: string]: string } = { Pod: 'spec', CronJob: 'spec.jobTemplate.spec.template.spec' };

export function podSpecPath(object: KubeObject): string {
  const path = PATHS[object.kind] ?? 'spec.template.spec';
  if (!isMap(at(asMap(object), path)))
    throw new KubectlError(`the object is not a pod or does not have a pod template: ${goTypeOf(object)}`);
  return path;
}

export function podSpecOf(object: KubeObject): PodSpec {
  return at(asMap(object), podSpecPath(object)) as PodSpec;
}

export interface PodSpecChange {
  readonly resources: readonly string[];
  readonly operation: string;
  /** What the message says failed when the server refuses: `failed to patch image update to pod template`. */
  readonly failure: string;
  /** The new spec, or undefined to leave the object alone; may add to `errors`. */
  readonly change: (spec: PodSpec, object: KubeObject, errors: unknown[]) => PodSpec | undefined;
}

/** Changes the pod specs of the objects named, and sends what came of it. Objects that stay as they are are passed over in silence. */
export function* changePodSpecs(command: ParsedCommand, context: KubectlContext, given: PodSpecChange): Task<void> {
  const answer = answerPrinter(command, context);
  const { infos, errors: notFound } = yield* select(command, context, {
    args: given.resources,
    allowEmptySelector: command.flags.isOn('all'),
  });
  throwAll(notFound);
  const errors: unknown[] = [];
  const changed: { info: Info; object: KubeObject }[] = [];
  for (const info of infos) {
    const object = info.object!;
    try {
      const path = podSpecPath(object);
      const spec = given.change(podSpecOf(object), object, errors);
      if (spec !== undefined) changed.push({ info, object: withAt(object, path, spec) as KubeObject });
    } catch (error) {
      if (!(error instanceof KubectlError)) throw error;
      errors.push(new KubectlError(`error: ${singular(object).replace('.', 's.')}/${info.name} ${error.message}\n`));
    }
  }
  for (const { info, object } of changed) {
    const body = twoWayPatch(asMap(info.object!), asMap(object));
    if (body === undefined) continue;
    if (dryRunOf(command.flags) === 'client') {
      answer(object, given.operation);
      continue;
    }
    try {
      const options = writeOptionsOf(command.flags, 'kubectl-set');
      answer(yield* context.api.patch(info.kind, info.namespace, info.name, { type: 'strategic', body }, options), given.operation);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      errors.push(new KubectlError(`${given.failure} ${error.message}`));
    }
  }
  throwAll(errors);
}

/** The containers and init containers a pattern such as `*` or `web*` takes, changed one by one. */
export function withContainers(
  spec: PodSpec,
  pattern: string,
  change: (container: Container) => Container,
): { spec: PodSpec; count: number } {
  let count = 0;
  const changed = (containers: readonly Container[]) =>
    containers.map((container) => {
      if (!isTaken(container.name, pattern)) return container;
      count++;
      return change(container);
    });
  const { containers, initContainers } = spec;
  const next = {
    ...spec,
    containers: changed(containers),
    ...(initContainers === undefined ? {} : { initContainers: changed(initContainers) }),
  };
  return { spec: next, count };
}

function isTaken(name: string, pattern: string): boolean {
  if (pattern === '*') return true;
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}

function goTypeOf({ apiVersion, kind }: KubeObject): string {
  return `*${apiVersion.split('/').at(-1)}.${kind}`;
}
