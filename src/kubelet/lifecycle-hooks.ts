/**
 * The postStart and preStop hooks of containers: how long each keeps the kubelet, and when it cannot be carried out.
 *
 * Models lifecycle/handlers.go. A command that is nothing but a sleep takes what it says; what any other takes is the
 * workload's behaviour. A request fails when nobody listens, which is a trap of postStart: the process has only just begun.
 */
import { SECOND_US } from '../base/units.ts';
import type { LifecycleHandler } from '../model/pod.ts';
import { drawUs } from '../sim/distribution.ts';
import type { FleetContext } from './fleet-context.ts';
import type { PodWorker } from './pod-worker.ts';
import type { ContainerRecord } from './runtime/container-record.ts';

export class LifecycleHooks {
  readonly #context: FleetContext;

  constructor(context: FleetContext) {
    this.#context = context;
  }

  /** Why the postStart hook fails at this instant; undefined when it does not, or there is none. */
  postStartProblem(worker: PodWorker, record: ContainerRecord): string | undefined {
    const hook = record.spec.lifecycle?.postStart;
    return hook === undefined ? undefined : problemOf(hook, record, worker.ip);
  }

  postStartUs(record: ContainerRecord): number {
    const hook = record.spec.lifecycle?.postStart;
    return hook === undefined ? 0 : this.#takesUs(hook, record, 'postStart');
  }

  /** How long the preStop hook takes, at most the grace. One that cannot be carried out is told, and over at once. */
  preStopUs(worker: PodWorker, record: ContainerRecord, graceUs: number): number {
    const hook = record.spec.lifecycle?.preStop;
    if (hook === undefined || graceUs <= 0) return 0;
    if (problemOf(hook, record, worker.ip) !== undefined) {
      this.#context.events.container(worker, record, 'Warning', 'FailedPreStopHook', 'PreStopHook failed');
      return 0;
    }
    return Math.min(graceUs, this.#takesUs(hook, record, 'preStop'));
  }

  #takesUs(hook: LifecycleHandler, record: ContainerRecord, which: 'postStart' | 'preStop'): number {
    if (hook.sleep !== undefined) return hook.sleep.seconds * SECOND_US;
    const slept = sleepSeconds(hook.exec?.command);
    if (slept !== undefined) return Math.round(slept * SECOND_US);
    return record.process === undefined ? 0 : drawUs(record.process.behaviour[which], this.#context.runtime);
  }
}

function problemOf({ httpGet }: LifecycleHandler, { spec, process }: ContainerRecord, ip: string): string | undefined {
  if (httpGet === undefined || process?.isAccepting !== false) return undefined;
  const port = spec.ports?.find(({ name }) => name === httpGet.port)?.containerPort ?? httpGet.port;
  const host = httpGet.host ?? ip;
  const url = `${(httpGet.scheme ?? 'HTTP').toLowerCase()}://${host}:${port}/${(httpGet.path ?? '/').replace(/^\//, '')}`;
  return `Get "${url}": dial tcp ${host}:${port}: connect: connection refused`;
}

/** The seconds of a hook that is nothing but `sleep N`, the way most preStop hooks are written. */
function sleepSeconds(command: readonly string[] | undefined): number | undefined {
  if (command === undefined) return undefined;
  const match = /(?:^|\s|\/)sleep\s+(\d+(?:\.\d+)?)s?\s*;?\s*$/.exec(command.join(' '));
  return match === null ? undefined : Number(match[1]);
}
