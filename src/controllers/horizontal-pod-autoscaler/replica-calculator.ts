/**
 * How many replicas a metric asks for. Models pkg/controller/podautoscaler/replica_calculator.go and metrics/utilization.go.
 *
 * What is not known is assumed to speak against a change: pods without a sample count as idle when scaling up and as busy when
 * scaling down, pods not ready yet count as idle. All values are whole milli-units; integer division is upstream's.
 */
import { isDeleting } from '../../model/meta.ts';
import { type Pod, podCondition } from '../../model/pod.ts';
import { quantityNanos } from '../../model/quantity.ts';
import { timeUsOf } from '../../model/time.ts';

/** One pod's value in milli-units, with the interval it is about. */
export interface Sample {
  readonly milli: number;
  readonly timestampUs: number;
  readonly windowUs: number;
}

export interface Tolerances {
  readonly scaleUp: number;
  readonly scaleDown: number;
}

export interface Situation {
  readonly currentReplicas: number;
  readonly pods: readonly Pod[];
  readonly samples: ReadonlyMap<string, Sample>;
  readonly tolerances: Tolerances;
  readonly nowUs: number;
  readonly cpuInitializationUs: number;
  readonly initialReadinessUs: number;
}

export interface Proposal {
  readonly replicas: number;
  /** Per cent of the request, when the target is one. */
  readonly utilization?: number;
  readonly averageMilli: number;
}

/** Why no number could be worked out; the message is upstream's. */
export class NoProposal extends Error {
  override readonly name = 'NoProposal';
}

export function isWithinTolerance(ratio: number, { scaleUp, scaleDown }: Tolerances): boolean {
  return 1 - scaleDown <= ratio && ratio <= 1 + scaleUp;
}

/** Utilization: usage as a percentage of what the pods asked for. */
export function replicasForUtilization(situation: Situation, resource: string, container: string | undefined, target: number): Proposal {
  const { groups, samples } = prepared(situation, resource);
  const requests = requestsOf(situation.pods, resource, container);
  const measured = utilizationOf(samples, requests, target);
  const replicas = settle(situation, groups, samples, measured.ratio, {
    missingMilli: (pod) => {
      if (measured.ratio === 1) return undefined;
      return measured.ratio < 1 ? Math.trunc(((requests.get(pod) ?? 0) * Math.max(100, target)) / 100) : 0;
    },
    ratioOf: (adjusted) => utilizationOf(adjusted, requests, target).ratio,
  });
  return { replicas, utilization: measured.utilization, averageMilli: measured.averageMilli };
}

/** AverageValue over the pods; `resource` is empty for metrics that are none. */
export function replicasForAverage(situation: Situation, resource: string, targetMilli: number): Proposal {
  const { groups, samples } = prepared(situation, resource);
  const averageMilli = averageOf(samples);
  const ratio = averageMilli / targetMilli;
  const replicas = settle(situation, groups, samples, ratio, {
    // calcPlainMetricReplicas takes a usage of exactly the target for a scale-up; the percentages' function takes it for neither.
    missingMilli: () => (ratio < 1 ? targetMilli : 0),
    ratioOf: (adjusted) => averageOf(adjusted) / targetMilli,
  });
  return { replicas, averageMilli };
}

/** One value for all of them: Object and External metrics with a target `value`. */
export function replicasForValue(situation: Situation, milli: number, targetMilli: number): number {
  const ratio = milli / targetMilli;
  const { currentReplicas, tolerances, pods } = situation;
  if (currentReplicas === 0) return Math.ceil(ratio);
  if (isWithinTolerance(ratio, tolerances)) return currentReplicas;
  if (pods.length === 0) throw new NoProposal(`unable to calculate ready pods: ${NO_PODS}`);
  const ready = pods.filter((pod) => pod.status?.phase === 'Running' && podCondition(pod, 'Ready')?.status === 'True').length;
  return Math.ceil(ratio * ready);
}

/** One value shared out over the replicas: Object and External metrics with a target `averageValue`. */
export function replicasForShare(milli: number, targetMilli: number, statusReplicas: number, tolerances: Tolerances): Proposal {
  const ratio = statusReplicas === 0 ? Number.POSITIVE_INFINITY : milli / (targetMilli * statusReplicas);
  const replicas = isWithinTolerance(ratio, tolerances) ? statusReplicas : Math.ceil(milli / targetMilli);
  return { replicas, averageMilli: statusReplicas === 0 ? 0 : Math.ceil(milli / statusReplicas) };
}

const NO_PODS = 'no pods returned by selector while calculating replica count';

interface Groups {
  readonly readyCount: number;
  readonly unready: readonly string[];
  readonly missing: readonly string[];
}

function prepared(situation: Situation, resource: string): { groups: Groups; samples: Map<string, Sample> } {
  if (situation.pods.length === 0) throw new NoProposal(NO_PODS);
  const samples = new Map(situation.samples);
  const unready: string[] = [];
  const missing: string[] = [];
  let readyCount = 0;
  for (const pod of situation.pods) {
    const { name } = pod.metadata;
    const sample = samples.get(name);
    if (isDeleting(pod) || pod.status?.phase === 'Failed') samples.delete(name);
    else if (pod.status?.phase === 'Pending') unready.push(name);
    else if (sample === undefined) missing.push(name);
    else if (resource === 'cpu' && isUnready(pod, sample, situation)) unready.push(name);
    else readyCount++;
  }
  for (const name of unready) samples.delete(name);
  if (samples.size === 0) throw new NoProposal('did not receive metrics for targeted pods (pods might be unready)');
  return { groups: { readyCount, unready, missing }, samples };
}

/** A pod that is starting up burns CPU that says nothing of its load. */
function isUnready(pod: Pod, sample: Sample, { nowUs, cpuInitializationUs, initialReadinessUs }: Situation): boolean {
  const ready = podCondition(pod, 'Ready');
  const startTime = pod.status?.startTime;
  if (ready === undefined || startTime === undefined) return true;
  const startUs = timeUsOf(startTime);
  const sinceUs = ready.lastTransitionTime === undefined ? 0 : timeUsOf(ready.lastTransitionTime);
  const isFalse = ready.status === 'False';
  if (startUs + cpuInitializationUs > nowUs) return isFalse || sample.timestampUs < sinceUs + sample.windowUs;
  return isFalse && startUs + initialReadinessUs > sinceUs;
}

interface Assumptions {
  /** What a pod without a sample is taken to use; undefined leaves it out. */
  readonly missingMilli: (pod: string) => number | undefined;
  readonly ratioOf: (samples: ReadonlyMap<string, Sample>) => number;
}

function settle(situation: Situation, groups: Groups, samples: Map<string, Sample>, ratio: number, assumed: Assumptions): number {
  const { currentReplicas, tolerances } = situation;
  const { readyCount, unready, missing } = groups;
  const countsUnready = unready.length > 0 && ratio > 1;
  if (!countsUnready && missing.length === 0) {
    return isWithinTolerance(ratio, tolerances) ? currentReplicas : Math.ceil(ratio * readyCount);
  }
  const idle = { milli: 0, timestampUs: 0, windowUs: 0 };
  for (const pod of missing) {
    const milli = assumed.missingMilli(pod);
    if (milli !== undefined) samples.set(pod, { ...idle, milli });
  }
  if (countsUnready) for (const pod of unready) samples.set(pod, idle);
  const next = assumed.ratioOf(samples);
  if (isWithinTolerance(next, tolerances) || (ratio < 1 && next > 1) || (ratio > 1 && next < 1)) return currentReplicas;
  const replicas = Math.ceil(next * samples.size);
  const isContrary = (next < 1 && replicas > currentReplicas) || (next > 1 && replicas < currentReplicas);
  return isContrary ? currentReplicas : replicas;
}

function utilizationOf(
  samples: ReadonlyMap<string, Sample>,
  requests: ReadonlyMap<string, number>,
  target: number,
): { ratio: number; utilization: number; averageMilli: number } {
  let used = 0;
  let asked = 0;
  let count = 0;
  for (const [pod, { milli }] of samples) {
    const request = requests.get(pod);
    if (request === undefined) continue;
    used += milli;
    asked += request;
    count++;
  }
  if (asked === 0) throw new NoProposal('no metrics returned matched known pods');
  const utilization = Math.trunc((used * 100) / asked);
  return { ratio: utilization / target, utilization, averageMilli: Math.trunc(used / count) };
}

function averageOf(samples: ReadonlyMap<string, Sample>): number {
  let total = 0;
  for (const { milli } of samples.values()) total += milli;
  return Math.trunc(total / samples.size);
}

function requestsOf(pods: readonly Pod[], resource: string, container: string | undefined): Map<string, number> {
  return new Map(pods.map((pod) => [pod.metadata.name, requestOf(pod, resource, container)]));
}

/** What the pod as a whole asks for, if it says so; otherwise its containers, with those init containers that go on running. */
function requestOf(pod: Pod, resource: string, container: string | undefined): number {
  const whole = container === undefined ? pod.spec.resources?.requests : undefined;
  if (whole !== undefined && Object.keys(whole).length > 0) {
    const request = whole[resource];
    if (request === undefined) throw new NoProposal(`missing pod-level request for ${resource} in Pod ${pod.metadata.name}`);
    return milliUp(request);
  }
  const sidecars = (pod.spec.initContainers ?? []).filter((one) => one.restartPolicy === 'Always');
  let milli = 0;
  for (const { name, resources } of [...pod.spec.containers, ...sidecars]) {
    if (container !== undefined && container !== name) continue;
    const request = resources?.requests?.[resource];
    if (request === undefined) throw new NoProposal(`missing request for ${resource} in container ${name} of Pod ${pod.metadata.name}`);
    milli += milliUp(request);
  }
  return milli;
}

/** Quantity.MilliValue, which rounds up. */
function milliUp(quantity: string | number): number {
  return Number(((quantityNanos(quantity) ?? 0n) + 999_999n) / 1_000_000n);
}
