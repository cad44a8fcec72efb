/**
 * Scales a workload by what its pods use. Models pkg/controller/podautoscaler/horizontal.go.
 *
 * Each autoscaler is looked at once per synchronisation period, never sooner: a change of it or of its target has to wait for
 * its turn, and the metrics it reads are themselves some seconds old.
 */
import { ApiError } from '../../apiserver/api-error.ts';
import { isSameValue } from '../../apiserver/same-value.ts';
import type { Scale } from '../../apiserver/verbs/request-info.ts';
import { compareText } from '../../base/compare.ts';
import { SECOND_US } from '../../base/units.ts';
import type { Client } from '../../client/client.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import type { Task } from '../../client/task.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { startWorkers } from '../../client/workers.ts';
import { KINDS, type Kind } from '../../model/kinds.ts';
import { type Condition, type LabelSelector, objectKey } from '../../model/meta.ts';
import type { HorizontalPodAutoscaler } from '../../model/policy.ts';
import { quantityNanos } from '../../model/quantity.ts';
import { selectorMatches } from '../../model/selector.ts';
import { formatSelector } from '../../model/selector-format.ts';
import { timeText } from '../../model/time.ts';
import type { Controller, ControllerContext } from '../context.ts';
import { remember, rememberScaling, type Scaling } from './memory.ts';
import { MetricFailure, type MetricProposal, proposalFor, type Question } from './metric-proposals.ts';
import type { Tolerances } from './replica-calculator.ts';
import {
  bounded,
  boundedByRate,
  downRules,
  longestPeriodUs,
  type Recommendation,
  stabilized,
  stabilizedDown,
  upRules,
} from './scaling-rules.ts';

const NAME = 'horizontal-pod-autoscaler';

/** What the controller remembers of one autoscaler; lost with the process. */
interface Memory {
  readonly recommendations: Recommendation[];
  readonly added: Scaling[];
  readonly removed: Scaling[];
}

interface Pass {
  readonly hpa: HorizontalPodAutoscaler;
  readonly memory: Memory;
  conditions: readonly Condition[];
  metrics: readonly unknown[];
}

export class HorizontalPodAutoscalerController implements Controller {
  readonly #context: ControllerContext;
  readonly #client: Client;
  readonly #recorder: EventRecorder;
  readonly #hpas: Informer<'HorizontalPodAutoscaler'>;
  readonly #pods: Informer<'Pod'>;
  readonly #queue: WorkQueue;
  readonly #memories = new Map<string, Memory>();
  /** Of each autoscaler, the selector its target had when it was last looked at. */
  readonly #selectors = new Map<string, LabelSelector>();

  constructor(context: ControllerContext) {
    this.#context = context;
    this.#client = context.client(NAME);
    this.#recorder = context.recorder(NAME, this.#client);
    this.#hpas = context.informers.informer('HorizontalPodAutoscaler');
    this.#pods = context.informers.informer('Pod');
    this.#queue = new WorkQueue(context.sim);
  }

  start(): void {
    this.#hpas.addHandler({
      onAdd: (hpa) => this.#enqueue(objectKey(hpa)),
      onUpdate: (_before, hpa) => this.#enqueue(objectKey(hpa)),
    });
    const failed = () => undefined;
    startWorkers(this.#context.sim, this.#queue, this.#context.options.concurrentSyncs, (key) => this.#sync(key), failed);
  }

  /** A key already waiting keeps its place, so the period is never cut short. */
  #enqueue(key: string): void {
    this.#queue.addAfter(key, this.#context.options.hpaSyncPeriodSeconds * SECOND_US);
  }

  *#sync(key: string): Task<void> {
    const hpa = this.#hpas.get(key);
    if (hpa === undefined) {
      this.#memories.delete(key);
      this.#selectors.delete(key);
      return;
    }
    try {
      yield* this.#reconcile(key, hpa);
    } finally {
      this.#enqueue(key);
    }
  }

  *#reconcile(key: string, hpa: HorizontalPodAutoscaler): Task<void> {
    const { nowUs } = this.#context.sim;
    const pass: Pass = {
      hpa,
      memory: this.#memories.get(key) ?? { recommendations: [], added: [], removed: [] },
      conditions: hpa.status?.conditions ?? [],
      metrics: [],
    };
    const { name } = hpa.spec.scaleTargetRef;
    const namespace = hpa.metadata.namespace ?? '';
    let scale: Scale;
    try {
      scale = yield* this.#client.scale(kindOf(hpa), namespace, name);
    } catch (error) {
      const text = messageOf(error);
      this.#recorder.event(hpa, 'Warning', 'FailedGetScale', text);
      this.#condition(
        pass,
        'AbleToScale',
        'False',
        'FailedGetScale',
        `the HPA controller was unable to get the target's current scale: ${text}`,
      );
      // Only the condition: what the metrics said last stays.
      pass.metrics = hpa.status?.currentMetrics ?? [];
      yield* this.#writeStatus(pass, hpa.status ?? {});
      throw error;
    }
    this.#condition(pass, 'AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale");
    const current = scale.specReplicas;
    if (!this.#memories.has(key)) {
      pass.memory.recommendations.push({ replicas: current, timeUs: nowUs });
      this.#memories.set(key, pass.memory);
    }
    const min = hpa.spec.minReplicas ?? 1;
    const { desired, why } = yield* this.#decide(pass, scale, min);
    if (desired === undefined) return;
    const isRescaled = desired !== current;
    if (isRescaled) yield* this.#rescale(pass, scale, desired, why);
    yield* this.#writeStatus(pass, {
      ...hpa.status,
      currentReplicas: current,
      desiredReplicas: desired,
      ...(isRescaled ? { lastScaleTime: timeText(this.#context.sim.nowUs) } : {}),
    });
  }

  /** What the target is to have, and why; undefined when no metric could say and that has been reported. */
  *#decide(pass: Pass, scale: Scale, min: number): Task<{ desired: number | undefined; why: string }> {
    const { hpa } = pass;
    const current = scale.specReplicas;
    const max = hpa.spec.maxReplicas;
    if (current === 0 && min !== 0) {
      const message = 'scaling is disabled since the replica count of the target is zero';
      this.#condition(pass, 'ScalingActive', 'False', 'ScalingDisabled', message);
      return { desired: current, why: '' };
    }
    if (current > max) return { desired: max, why: 'Current number of replicas above Spec.MaxReplicas' };
    if (current < min) return { desired: min, why: 'Current number of replicas below Spec.MinReplicas' };
    const best = this.#selectorProblem(pass, scale) ?? this.#proposals(pass, scale);
    if (best instanceof Error) {
      yield* this.#writeStatus(pass, { ...hpa.status, currentReplicas: current });
      this.#recorder.event(hpa, 'Warning', 'FailedComputeMetricsReplicas', best.message);
      return { desired: undefined, why: '' };
    }
    let why = '';
    if (best.replicas > current) why = `${best.name} above target`;
    if (best.replicas < current) why = 'All metrics below target';
    return { desired: this.#normalized(pass, current, best.replicas, min), why };
  }

  /** Whose pods are whose must be clear: a target without a selector, or pods that two autoscalers claim, are nobody's to scale. */
  #selectorProblem(pass: Pass, { selector }: Scale): Error | undefined {
    const { hpa } = pass;
    const refuse = (eventReason: string, reason: string, what: string, message = what) => {
      this.#recorder.event(hpa, 'Warning', eventReason, what);
      this.#condition(pass, 'ScalingActive', 'False', reason, message);
      return new Error(what);
    };
    if (selector === undefined) {
      return refuse('SelectorRequired', 'InvalidSelector', 'selector is required', "the HPA target's scale is missing a selector");
    }
    const namespace = hpa.metadata.namespace ?? '';
    this.#selectors.set(objectKey(hpa), selector);
    const pods = this.#pods.byIndex('namespace', namespace).filter((pod) => selectorMatches(selector, pod.metadata.labels));
    const claiming = this.#hpas
      .byIndex('namespace', namespace)
      .filter((one) => {
        const claimed = this.#selectors.get(objectKey(one));
        return claimed !== undefined && pods.some((pod) => selectorMatches(claimed, pod.metadata.labels));
      })
      .map(({ metadata }) => `{${metadata.name} ${metadata.namespace}}`)
      .sort(compareText);
    if (claiming.length <= 1) return undefined;
    const what = `pods by selector ${formatSelector(selector)} are controlled by multiple HPAs: [${claiming.join(' ')}]`;
    return refuse('AmbiguousSelector', 'AmbiguousSelector', what);
  }

  /** The highest of what the metrics propose; an error when none can say, or when those that cannot might have kept replicas up. */
  #proposals(pass: Pass, scale: Scale): MetricProposal | Error {
    const { hpa } = pass;
    const { spec } = hpa;
    const specs = spec.metrics ?? [];
    const question = this.#question(hpa, scale);
    let best: MetricProposal | undefined;
    let first: MetricFailure | undefined;
    let failures = 0;
    const statuses: unknown[] = [];
    for (const metric of specs) {
      try {
        const proposal = proposalFor(metric, question);
        statuses.push(proposal.status);
        if (best === undefined || best.replicas === 0 || proposal.replicas > best.replicas) best = proposal;
      } catch (error) {
        if (!(error instanceof MetricFailure)) throw error;
        statuses.push({ type: '' });
        this.#recorder.event(hpa, 'Warning', error.reason, error.what);
        first ??= error;
        failures++;
      }
    }
    pass.metrics = statuses;
    if (first !== undefined && (best === undefined || best.replicas < scale.specReplicas)) {
      const message = `the HPA was unable to compute the replica count: ${first.what}`;
      this.#condition(pass, 'ScalingActive', 'False', first.reason, message);
      return new Error(`invalid metrics (${failures} invalid out of ${specs.length}), first error is: ${first.message}`);
    }
    const message = `the HPA was able to successfully calculate a replica count from ${best?.name ?? ''}`;
    this.#condition(pass, 'ScalingActive', 'True', 'ValidMetricFound', message);
    return best ?? { replicas: 0, name: '', status: undefined };
  }

  #question(hpa: HorizontalPodAutoscaler, scale: Scale): Question {
    const { options, sim, metrics } = this.#context;
    const namespace = hpa.metadata.namespace ?? '';
    const selector = scale.selector ?? {};
    return {
      source: metrics,
      namespace,
      selector,
      statusReplicas: scale.statusReplicas,
      situation: {
        currentReplicas: scale.specReplicas,
        pods: this.#pods.byIndex('namespace', namespace).filter((pod) => selectorMatches(selector, pod.metadata.labels)),
        tolerances: tolerancesOf(hpa, options.hpaTolerance),
        nowUs: sim.nowUs,
        cpuInitializationUs: options.hpaCpuInitializationPeriodSeconds * SECOND_US,
        initialReadinessUs: options.hpaInitialReadinessDelaySeconds * SECOND_US,
      },
    };
  }

  #normalized(pass: Pass, current: number, desired: number, min: number): number {
    const { hpa, memory } = pass;
    const { nowUs } = this.#context.sim;
    const { behavior, maxReplicas: max } = hpa.spec;
    const defaultWindowSeconds = this.#context.options.hpaDownscaleStabilizationSeconds;
    const up = upRules(behavior?.scaleUp);
    const down = downRules(behavior?.scaleDown, defaultWindowSeconds);
    const bounds = { current, desired, min, max };
    const recent = memory.recommendations;
    const steady =
      behavior === undefined
        ? stabilizedDown(desired, recent, defaultWindowSeconds * SECOND_US, nowUs)
        : stabilized(bounds, recent, up, down, nowUs);
    const windowUs = behavior === undefined ? defaultWindowSeconds * SECOND_US : Math.max(up.windowUs, down.windowUs);
    remember(memory.recommendations, { replicas: desired, timeUs: nowUs }, ({ timeUs }) => timeUs < nowUs - windowUs);
    if (steady === desired) this.#condition(pass, 'AbleToScale', 'True', 'ReadyForNewScale', 'recommended size matches current size');
    else if (behavior !== undefined && desired >= current) {
      const message = 'recent recommendations were lower than current one, applying the lowest recent recommendation';
      this.#condition(pass, 'AbleToScale', 'True', 'ScaleUpStabilized', message);
    } else {
      const message = 'recent recommendations were higher than current one, applying the highest recent recommendation';
      this.#condition(pass, 'AbleToScale', 'True', 'ScaleDownStabilized', message);
    }
    const limited =
      behavior === undefined
        ? bounded({ ...bounds, desired: steady })
        : boundedByRate({ ...bounds, desired: steady }, { ...memory, nowUs }, up, down);
    this.#condition(pass, 'ScalingLimited', limited.replicas === steady ? 'False' : 'True', limited.reason, limited.message);
    return limited.replicas;
  }

  *#rescale(pass: Pass, scale: Scale, desired: number, why: string): Task<void> {
    const { hpa, memory } = pass;
    const { name } = hpa.spec.scaleTargetRef;
    const current = scale.specReplicas;
    try {
      yield* this.#client.updateScale(kindOf(hpa), hpa.metadata.namespace ?? '', name, desired, scale.resourceVersion);
    } catch (error) {
      const text = messageOf(error);
      this.#recorder.event(hpa, 'Warning', 'FailedRescale', `New size: ${desired}; reason: ${why}; error: ${text}`);
      const message = `the HPA controller was unable to update the target scale: ${text}`;
      this.#condition(pass, 'AbleToScale', 'False', 'FailedUpdateScale', message);
      yield* this.#writeStatus(pass, { ...hpa.status, currentReplicas: current });
      throw error;
    }
    const message = `the HPA controller was able to update the target scale to ${desired}`;
    this.#condition(pass, 'AbleToScale', 'True', 'SucceededRescale', message);
    this.#recorder.event(hpa, 'Normal', 'SuccessfulRescale', `New size: ${desired}; reason: ${why}`);
    const { behavior } = hpa.spec;
    if (behavior === undefined) return;
    const { nowUs } = this.#context.sim;
    if (desired > current) {
      rememberScaling(memory.added, { change: desired - current, timeUs: nowUs }, longestPeriodUs(upRules(behavior.scaleUp)));
    } else {
      rememberScaling(memory.removed, { change: current - desired, timeUs: nowUs }, longestPeriodUs(downRules(behavior.scaleDown, 0)));
    }
  }

  #condition(pass: Pass, type: string, status: 'True' | 'False', reason: string, message: string): void {
    const present = pass.conditions.find((one) => one.type === type);
    const isTurned = present?.status !== status;
    const lastTransitionTime = isTurned ? timeText(this.#context.sim.nowUs) : present.lastTransitionTime;
    const next: Condition = { type, status, ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }), reason, message };
    pass.conditions = present === undefined ? [...pass.conditions, next] : pass.conditions.map((one) => (one === present ? next : one));
  }

  *#writeStatus({ hpa, conditions, metrics }: Pass, fields: NonNullable<HorizontalPodAutoscaler['status']>): Task<void> {
    const currentMetrics = metrics.length === 0 ? null : metrics;
    const { currentReplicas = 0, ...rest } = fields;
    // Go leaves out a count of 0 here, but not the desired one.
    const counted = currentReplicas === 0 ? rest : { ...rest, currentReplicas };
    const status = { desiredReplicas: 0, ...counted, conditions, currentMetrics } as NonNullable<HorizontalPodAutoscaler['status']>;
    if (isSameValue(hpa.status, status)) return;
    yield* this.#client.updateStatus('HorizontalPodAutoscaler', { ...hpa, status });
  }
}

/** The kind of the target, by its group: whatever version is asked for (RESTMappings of the mapper). */
function kindOf({ spec: { scaleTargetRef } }: HorizontalPodAutoscaler): Kind {
  const { kind, apiVersion = '' } = scaleTargetRef;
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const info = Object.hasOwn(KINDS, kind) ? KINDS[kind as Kind] : undefined;
  if (info?.group === group) return info.kind;
  throw new ApiError({ code: 0, reason: '', message: `no matches for kind "${kind}" in group "${group}"` });
}

function tolerancesOf({ spec }: HorizontalPodAutoscaler, fallback: number): Tolerances {
  const read = (quantity: string | number | undefined) => (quantity === undefined ? fallback : Number(quantityNanos(quantity) ?? 0n) / 1e9);
  return { scaleUp: read(spec.behavior?.scaleUp?.tolerance), scaleDown: read(spec.behavior?.scaleDown?.tolerance) };
}

function messageOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  throw error;
}
