/**
 * Works out how many pods of each PodDisruptionBudget may be evicted at the moment. Models pkg/controller/disruption/disruption.go.
 *
 * A pod event syncs one budget only, even if several match: the others then go stale, as they do in the real controller.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { isSameValue } from '../../apiserver/same-value.ts';
import { MINUTE_US } from '../../base/units.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import { type Informer, isSameVersion } from '../../client/informer.ts';
import type { Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { startWorkers } from '../../client/workers.ts';
import { type DisruptionAllowed, disruptionAllowed, withDisruptionAllowed } from '../../model/disruption-allowed.ts';
import { controllerOf, type ObjectKey, objectKey } from '../../model/meta.ts';
import { isPodReady, type Pod } from '../../model/pod.ts';
import type { PodDisruptionBudget } from '../../model/policy.ts';
import { timeText, timeUsOf } from '../../model/time.ts';
import type { RandomStream } from '../../sim/random.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { scaledValue } from '../int-or-percent.ts';
import { PodSelectors } from '../pod-selectors.ts';
import { scaleOf } from './controller-scale.ts';
import { StaleDisruptions } from './stale-disruptions.ts';

// DeletionTimeout in disruption.go: how long an eviction that was allowed is waited for.
const EVICTION_TIMEOUT_US = 2 * MINUTE_US;

type Status = NonNullable<PodDisruptionBudget['status']>;

interface Expected {
  readonly expectedPods: number;
  readonly desiredHealthy: number;
  readonly unmanaged: number;
}

export class DisruptionController implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #budgets: Informer<'PodDisruptionBudget'>;
  readonly #pods: Informer<'Pod'>;
  readonly #queue: WorkQueue;
  readonly #selectors = new PodSelectors();
  readonly #choices: RandomStream;

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#client = context.client('disruption-controller');
    this.#recorder = context.recorder('controllermanager', this.#client);
    this.#budgets = context.informers.informer('PodDisruptionBudget');
    this.#pods = context.informers.informer('Pod');
    this.#queue = new WorkQueue(context.sim);
    this.#choices = context.random.stream('disruption-controller', 'choices');
  }

  start(): void {
    this.#budgets.addHandler({
      onAdd: (budget) => this.#onBudget(budget),
      onUpdate: (_before, budget) => this.#onBudget(budget),
      onDelete: (budget) => {
        this.#selectors.remove(objectKey(budget));
        this.#queue.add(objectKey(budget));
      },
    });
    this.#pods.addHandler({
      onAdd: (pod) => this.#onPod(undefined, pod),
      onUpdate: (before, after) => void (isSameVersion(before, after) || this.#onPod(before, after)),
      onDelete: (pod, before) => {
        this.#choose(pod, this.#selectors.selecting(pod));
        this.#selectors.setPod(before, undefined);
      },
    });
    startWorkers(this.#context.sim, this.#queue, 1, (key) => this.#sync(key));
    new StaleDisruptions(this.#context, this.#client).start();
  }

  #onBudget(budget: PodDisruptionBudget): void {
    const { namespace = '' } = budget.metadata;
    const key = objectKey(budget);
    this.#selectors.set(key, namespace, budget.spec.selector, () => this.#pods.byIndex('namespace', namespace));
    this.#queue.add(key);
  }

  #onPod(before: Pod | undefined, pod: Pod): void {
    this.#selectors.setPod(before, pod);
    this.#choose(pod, this.#selectors.selecting(pod));
  }

  #choose(pod: Pod, budgets: readonly ObjectKey[]): void {
    if (budgets.length === 0) return;
    // Upstream takes the first that comes out of a map.
    const chosen = budgets.length === 1 ? budgets[0]! : budgets[this.#choices.below(budgets.length)]!;
    if (budgets.length > 1) {
      const { namespace, name } = pod.metadata;
      const message = `Pod "${namespace}"/"${name}" matches multiple PodDisruptionBudgets.  Chose "${this.#budgets.get(chosen)!.metadata.name}" arbitrarily.`;
      this.#recorder.event(pod, 'Warning', 'MultiplePodDisruptionBudgets', message);
    }
    this.#queue.add(chosen);
  }

  *#sync(key: string): Task<void> {
    const budget = this.#budgets.get(key);
    if (budget === undefined) return;
    const pods = this.#selectors.podsOf(key);
    if (pods.length === 0) this.#recorder.event(budget, 'Normal', 'NoPods', 'No matching pods found');
    let expected: Expected;
    try {
      expected = this.#expected(budget, pods);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const message = `Failed to calculate the number of expected pods: ${error.message}`;
      this.#recorder.event(budget, 'Warning', 'CalculateExpectedPodCountFailed', message);
      return yield* this.#failSafe(budget, error);
    }
    if (expected.unmanaged > 0) this.#recorder.event(budget, 'Warning', 'UnmanagedPods', unmanagedText(budget));
    const { nowUs } = this.#context.sim;
    const { disrupted, recheckUs } = this.#disruptedPods(budget, pods, nowUs);
    const healthy = pods.filter(
      (pod) => pod.metadata.deletionTimestamp === undefined && disrupted[pod.metadata.name] === undefined && isPodReady(pod),
    ).length;
    yield* this.#write(budget, expected, healthy, disrupted);
    if (recheckUs !== undefined) this.#queue.addAfter(key, recheckUs - nowUs);
  }

  #expected(budget: PodDisruptionBudget, pods: readonly Pod[]): Expected {
    const { maxUnavailable, minAvailable } = budget.spec;
    if (maxUnavailable === undefined && typeof minAvailable === 'number') {
      return { expectedPods: pods.length, desiredHealthy: minAvailable, unmanaged: 0 };
    }
    if (maxUnavailable === undefined && minAvailable === undefined) return { expectedPods: 0, desiredHealthy: 0, unmanaged: 0 };
    const owners = new Map<string, number>();
    let unmanaged = 0;
    for (const pod of pods) {
      const owner = controllerOf(pod);
      if (owner === undefined) {
        unmanaged++;
        continue;
      }
      if (owners.has(owner.uid)) continue;
      const scale = scaleOf(this.#context.informers, owner, pod.metadata.namespace ?? '');
      // The pod outlives what controls it for a moment: until it is deleted too, nothing can be said.
      if (scale === undefined)
        throw new ApiError({ code: 404, reason: 'NotFound', message: `found no controllers for pod "${pod.metadata.name}"` });
      owners.set(scale.uid, scale.replicas);
    }
    let expectedPods = 0;
    for (const replicas of owners.values()) expectedPods += replicas;
    if (maxUnavailable === undefined) return { expectedPods, desiredHealthy: scaledValue(minAvailable, expectedPods, true), unmanaged };
    return { expectedPods, desiredHealthy: Math.max(0, expectedPods - scaledValue(maxUnavailable, expectedPods, true)), unmanaged };
  }

  /** Pods whose eviction was allowed and that are not gone yet, and when the first of these entries is given up. */
  #disruptedPods(
    budget: PodDisruptionBudget,
    pods: readonly Pod[],
    nowUs: number,
  ): { disrupted: Record<string, string>; recheckUs: number | undefined } {
    const disrupted: Record<string, string> = {};
    let recheckUs: number | undefined;
    const known = budget.status?.disruptedPods ?? {};
    // The namespace twice, and no name: so it says.
    const { namespace } = budget.metadata;
    for (const pod of pods) {
      const since = known[pod.metadata.name];
      if (since === undefined || pod.metadata.deletionTimestamp !== undefined) continue;
      const expiresUs = timeUsOf(since) + EVICTION_TIMEOUT_US;
      // Upstream asks for a time that has passed, and its recheck always comes a little late; ours comes to the microsecond.
      if (expiresUs <= nowUs) {
        this.#recorder.event(pod, 'Warning', 'NotDeleted', `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`);
        continue;
      }
      disrupted[pod.metadata.name] = since;
      recheckUs = Math.min(recheckUs ?? Number.POSITIVE_INFINITY, expiresUs);
    }
    return { disrupted, recheckUs };
  }

  *#write(
    budget: PodDisruptionBudget,
    { expectedPods, desiredHealthy }: Expected,
    healthy: number,
    disrupted: Record<string, string>,
  ): Task<void> {
    const allowed = expectedPods <= 0 ? 0 : Math.max(0, healthy - desiredHealthy);
    const { generation = 0 } = budget.metadata;
    const conditions = withDisruptionAllowed(budget, disruptionAllowed(budget, allowed), timeText(this.#context.sim.nowUs));
    const status: Status = {
      ...(budget.status?.conditions === undefined && conditions.length === 0 ? {} : { conditions }),
      currentHealthy: healthy,
      desiredHealthy,
      ...(Object.keys(disrupted).length === 0 ? {} : { disruptedPods: disrupted }),
      disruptionsAllowed: allowed,
      expectedPods,
      observedGeneration: generation,
    };
    if (!isSameValue(status, budget.status)) yield* this.#client.updateStatus('PodDisruptionBudget', { ...budget, status });
  }

  /** What cannot be worked out allows nothing. */
  *#failSafe(budget: PodDisruptionBudget, error: ApiError): Task<void> {
    const failed: DisruptionAllowed = { isAllowed: false, reason: 'SyncFailed', message: error.message };
    const conditions = withDisruptionAllowed(budget, failed, timeText(this.#context.sim.nowUs));
    const known = budget.status ?? { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
    const status: Status = { ...known, disruptionsAllowed: 0, conditions };
    if (!isSameValue(status, budget.status)) yield* this.#client.updateStatus('PodDisruptionBudget', { ...budget, status });
  }
}

function unmanagedText({ spec: { selector } }: PodDisruptionBudget): string {
  const labels = Object.entries(selector?.matchLabels ?? {})
    .sort()
    .map(([key, value]) => `${key}: ${value},`)
    .join('');
  const printed = `&LabelSelector{MatchLabels:map[string]string{${labels}},MatchExpressions:[]LabelSelectorRequirement{},}`;
  return `Pods selected by this PodDisruptionBudget (selector: ${printed}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.`;
}
