/**
 * Starting one container: its back-off, its image, its configuration, the runtime, and the postStart hook.
 *
 * Models startContainer (kuberuntime_container.go) and EnsureImageExists (images/image_manager.go). The pass that runs it
 * is blocked meanwhile: one slow image delays the pod's other containers.
 */
import { SECOND_US } from '../base/units.ts';
import type { Container } from '../model/pod.ts';
import { drawUs } from '../sim/distribution.ts';
import { backOffEndsUs, IMAGE_BACK_OFF_MAX_US, nextBackOff } from './back-off.ts';
import type { ContainerKill } from './container-kill.ts';
import { durationText, secondsDurationText } from './duration-text.ts';
import type { FleetContext } from './fleet-context.ts';
import type { ImagePuller } from './image-puller.ts';
import type { LifecycleHooks } from './lifecycle-hooks.ts';
import { missingConfiguration } from './pod-volumes.ts';
import { BLOCKED, type PodWorker } from './pod-worker.ts';
import type { Processes } from './processes.ts';
import { type ContainerRecord, Run } from './runtime/container-record.ts';
import { type Image, imageReference, isImageName } from './runtime/image-registry.ts';

/** What became of the try: undefined when the container runs, else when to try again (0: after the usual pause). */
export type StartFailure = number | undefined;

/** A container that was killed to be started again. */
export interface KilledContainer {
  /** When the run before that one ended. The pass knows the runtime as it was before the kill, and takes the back-off from there (doBackOff). */
  readonly formerFinishUs: number | undefined;
}

export class ContainerStart {
  readonly #context: FleetContext;
  readonly #puller: ImagePuller;
  readonly #processes: Processes;
  readonly #hooks: LifecycleHooks;
  readonly #killer: ContainerKill;

  constructor(context: FleetContext, puller: ImagePuller, processes: Processes, hooks: LifecycleHooks, killer: ContainerKill) {
    this.#context = context;
    this.#puller = puller;
    this.#processes = processes;
    this.#hooks = hooks;
    this.#killer = killer;
  }

  /** `killed` is given when this pass has killed the container itself. */
  *start(worker: PodWorker, record: ContainerRecord, killed?: KilledContainer): Generator<number, StartFailure, void> {
    const { sim, runtime, timings, events } = this.#context;
    const waitUntilUs = this.#crashBackOff(worker, record, killed === undefined ? record.finishUs : killed.formerFinishUs);
    if (waitUntilUs > 0) return waitUntilUs;

    const image = yield* this.#ensureImage(worker, record);
    if (typeof image === 'number') return image;

    const missing = missingConfiguration(this.#context.client, worker.namespace, record.spec);
    if (missing !== undefined) {
      record.waiting = { reason: 'CreateContainerConfigError', message: missing };
      events.container(worker, record, 'Warning', 'Failed', `Error: ${missing}`);
      return 0;
    }

    yield drawUs(timings.startContainer, runtime);
    record.imageId = image.id;
    this.#processes.start(worker, record);
    worker.node.images.touch(image.reference, sim.nowUs);
    events.container(worker, record, 'Normal', 'Created', 'Container created');
    events.container(worker, record, 'Normal', 'Started', 'Container started');

    const problem = this.#hooks.postStartProblem(worker, record);
    if (problem !== undefined) {
      // What the handler said stays out of the event, lest it give away a secret (kuberuntime_container.go).
      events.container(worker, record, 'Warning', 'FailedPostStartHook', 'PostStartHook failed');
      yield* this.#killer.kill(worker, record, worker.pod.spec.terminationGracePeriodSeconds ?? 30, 'FailedPostStartHook');
      record.waiting = { reason: 'PostStartHookError', message: problem };
      return 0;
    }
    const hookUs = this.#hooks.postStartUs(record);
    if (hookUs > 0) yield hookUs;
    return undefined;
  }

  /** The end of the wait the container's last crash has earned it, or 0; a container that may start is charged for it. */
  #crashBackOff(worker: PodWorker, record: ContainerRecord, finishUs: number | undefined): number {
    if (record.run !== Run.Exited || finishUs === undefined) return 0;
    const nowUs = this.#context.sim.nowUs;
    const endsUs = backOffEndsUs(record.backOff, finishUs, nowUs);
    if (endsUs === 0) {
      const maxUs = worker.node.config.maxContainerRestartPeriodSeconds * SECOND_US;
      record.backOff = nextBackOff(record.backOff, finishUs, nowUs, maxUs);
      return 0;
    }
    const pod = `${worker.name}_${worker.namespace}(${worker.uid})`;
    record.waiting = {
      reason: 'CrashLoopBackOff',
      message: `back-off ${secondsDurationText(record.backOff!.backoffUs)} restarting failed container=${record.spec.name} pod=${pod}`,
    };
    this.#context.events.container(
      worker,
      record,
      'Warning',
      'BackOff',
      `Back-off restarting failed container ${record.spec.name} in pod ${pod}`,
    );
    return endsUs;
  }

  *#ensureImage(worker: PodWorker, record: ContainerRecord): Generator<number, Image | number, void> {
    const { events, sim } = this.#context;
    const name = record.spec.image ?? '';
    const policy = record.spec.imagePullPolicy ?? defaultPullPolicy(record.spec);
    if (!isImageName(name)) {
      const message = `Failed to apply default image tag "${name}": couldn't parse image name "${name}": invalid reference format`;
      events.container(worker, record, 'Warning', 'InspectFailed', message);
      events.container(worker, record, 'Warning', 'Failed', 'Error: InvalidImageName');
      record.waiting = { reason: 'InvalidImageName', message };
      return 0;
    }
    const present = worker.node.images.get(imageReference(name));
    if (present !== undefined && policy !== 'Always') {
      events.container(
        worker,
        record,
        'Normal',
        'Pulled',
        `Container image "${name}" already present on machine and can be accessed by the pod`,
      );
      return present;
    }
    if (policy === 'Never') {
      const message = `Container image "${name}" is not present with pull policy of Never`;
      events.container(worker, record, 'Warning', 'ErrImageNeverPull', message);
      events.container(worker, record, 'Warning', 'Failed', 'Error: ErrImageNeverPull');
      record.waiting = { reason: 'ErrImageNeverPull', message };
      return 0;
    }

    const entry = worker.imageBackOff?.get(name);
    if (entry !== undefined && backOffEndsUs(entry, entry.lastUpdateUs, sim.nowUs) > 0) {
      const why = record.waiting?.message ?? '';
      const earlier = why.startsWith('Back-off pulling image') ? why.slice(why.indexOf(': ') + 2) : `ErrImagePull: ${why}`;
      const message = `Back-off pulling image "${name}"`;
      events.container(worker, record, 'Normal', 'BackOff', message);
      events.container(worker, record, 'Warning', 'Failed', 'Error: ImagePullBackOff');
      record.waiting = { reason: 'ImagePullBackOff', message: `${message}: ${earlier}` };
      // Unlike the back-off of a crash it does not say when it ends (ErrImagePullBackOff is no BackoffError): looked at again after the usual pause.
      return 0;
    }

    events.container(worker, record, 'Normal', 'Pulling', `Pulling image "${name}"`);
    // A node in contact with its registry only; the API server may well be out of reach.
    const outcome = this.#puller.pull(worker, name);
    yield BLOCKED;
    if (outcome.image !== undefined) {
      const took = `${durationText(outcome.pullUs)} (${durationText(outcome.totalUs)} including waiting)`;
      const message = `Successfully pulled image "${name}" in ${took}. Image size: ${outcome.image.sizeBytes} bytes.`;
      events.container(worker, record, 'Normal', 'Pulled', message);
      return outcome.image;
    }
    const { error } = outcome;
    worker.imageBackOff ??= new Map();
    worker.imageBackOff.set(name, nextBackOff(entry, sim.nowUs, sim.nowUs, IMAGE_BACK_OFF_MAX_US));
    events.container(worker, record, 'Warning', 'Failed', `Failed to pull image "${name}": ${error}`);
    events.container(worker, record, 'Warning', 'Failed', 'Error: ErrImagePull');
    record.waiting = { reason: 'ErrImagePull', message: error };
    return 0;
  }
}

/** What the API server fills in; kept for pods that never passed it, such as static ones. */
function defaultPullPolicy(container: Container): 'Always' | 'IfNotPresent' {
  return imageReference(container.image ?? '').endsWith(':latest') ? 'Always' : 'IfNotPresent';
}
