/**
 * From what the metrics ask for to what is done: stabilisation, limits of the rate, and the bounds of the autoscaler.
 *
 * Models pkg/controller/podautoscaler/horizontal.go (normalizeDesiredReplicas and …WithBehaviors).
 */
import { SECOND_US } from '../../base/units.ts';
import type { HpaScalingRules } from '../../model/policy.ts';

export interface Recommendation {
  readonly replicas: number;
  readonly timeUs: number;
}

/** Replicas added, or taken away, at one time. */
export interface ScaleEvent {
  readonly change: number;
  readonly timeUs: number;
}

export interface Limited {
  readonly replicas: number;
  readonly reason: string;
  readonly message: string;
}

export interface Bounds {
  readonly current: number;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
}

export interface Rules {
  readonly windowUs: number;
  readonly selectPolicy: 'Max' | 'Min' | 'Disabled';
  readonly policies: NonNullable<HpaScalingRules['policies']>;
}

// scaleUpLimitFactor and scaleUpLimitMinimum in horizontal.go.
const SCALE_UP_FACTOR = 2;
const SCALE_UP_LEAST = 4;

const TOO_FAST_UP = ['ScaleUpLimit', 'the desired replica count is increasing faster than the maximum scale rate'] as const;
const TOO_FAST_DOWN = ['ScaleDownLimit', 'the desired replica count is decreasing faster than the maximum scale rate'] as const;
const TOO_MANY = ['TooManyReplicas', 'the desired replica count is more than the maximum replica count'] as const;
const TOO_FEW = ['TooFewReplicas', 'the desired replica count is less than the minimum replica count'] as const;
const IN_RANGE = ['DesiredWithinRange', 'the desired count is within the acceptable range'] as const;

const UP_POLICIES = [
  { type: 'Pods', value: 4, periodSeconds: 15 },
  { type: 'Percent', value: 100, periodSeconds: 15 },
] as const;
const DOWN_POLICIES = [{ type: 'Percent', value: 100, periodSeconds: 15 }] as const;

export function upRules(rules: HpaScalingRules | undefined): Rules {
  return {
    windowUs: (rules?.stabilizationWindowSeconds ?? 0) * SECOND_US,
    selectPolicy: rules?.selectPolicy ?? 'Max',
    policies: rules?.policies ?? UP_POLICIES,
  };
}

export function downRules(rules: HpaScalingRules | undefined, defaultWindowSeconds: number): Rules {
  return {
    windowUs: (rules?.stabilizationWindowSeconds ?? defaultWindowSeconds) * SECOND_US,
    selectPolicy: rules?.selectPolicy ?? 'Max',
    policies: rules?.policies ?? DOWN_POLICIES,
  };
}

/** Without a behaviour: the highest recommendation of the window. */
export function stabilizedDown(desired: number, recent: readonly Recommendation[], windowUs: number, nowUs: number): number {
  let highest = desired;
  for (const { replicas, timeUs } of recent) if (timeUs >= nowUs - windowUs) highest = Math.max(highest, replicas);
  return highest;
}

/** With one: up no further than the lowest recommendation of the up window, down no further than the highest of the down window. */
export function stabilized({ current, desired }: Bounds, recent: readonly Recommendation[], up: Rules, down: Rules, nowUs: number): number {
  let lowest = desired;
  let highest = desired;
  for (const { replicas, timeUs } of recent) {
    if (timeUs > nowUs - up.windowUs) lowest = Math.min(lowest, replicas);
    if (timeUs > nowUs - down.windowUs) highest = Math.max(highest, replicas);
  }
  return Math.min(Math.max(current, lowest), highest);
}

/** Without a behaviour: at most double, or four. */
export function bounded({ current, desired, min, max }: Bounds): Limited {
  const limit = Math.max(SCALE_UP_FACTOR * current, SCALE_UP_LEAST);
  const highest = Math.min(max, limit);
  if (desired < min) return limited(min, TOO_FEW);
  if (desired > highest) return limited(highest, max > limit ? TOO_FAST_UP : TOO_MANY);
  return limited(desired, IN_RANGE);
}

export interface Recent {
  readonly added: readonly ScaleEvent[];
  readonly removed: readonly ScaleEvent[];
  readonly nowUs: number;
}

/** With one: no faster than its policies allow. */
export function boundedByRate(bounds: Bounds, recent: Recent, up: Rules, down: Rules): Limited {
  const { current, desired, min, max } = bounds;
  if (desired > current) {
    const limit = Math.max(current, rateLimit(current, up, recent, 1));
    const highest = Math.min(max, limit);
    if (desired > highest) return limited(highest, max > limit ? TOO_FAST_UP : TOO_MANY);
  } else if (desired < current) {
    const limit = Math.min(current, rateLimit(current, down, recent, -1));
    const lowest = Math.max(min, limit);
    if (desired < lowest) return limited(lowest, min < limit ? TOO_FAST_DOWN : TOO_FEW);
  }
  return limited(desired, IN_RANGE);
}

function rateLimit(current: number, { selectPolicy, policies }: Rules, { added, removed, nowUs }: Recent, direction: 1 | -1): number {
  if (selectPolicy === 'Disabled') return current;
  const limits = policies.map(({ type, value, periodSeconds }) => {
    const sinceUs = nowUs - periodSeconds * SECOND_US;
    const start = current - changeSince(added, sinceUs) + changeSince(removed, sinceUs);
    if (type === 'Pods') return start + direction * value;
    // Rounded so that a small percentage of few pods is still a change.
    return direction === 1 ? Math.ceil(start * (1 + value / 100)) : Math.trunc(start * (1 - value / 100));
  });
  // The policy that changes most is the highest limit on the way up and the lowest on the way down.
  return (selectPolicy === 'Max') === (direction === 1) ? Math.max(...limits) : Math.min(...limits);
}

function changeSince(events: readonly ScaleEvent[], sinceUs: number): number {
  let sum = 0;
  for (const { change, timeUs } of events) if (timeUs > sinceUs) sum += change;
  return sum;
}

export function longestPeriodUs({ policies }: Rules): number {
  return Math.max(0, ...policies.map(({ periodSeconds }) => periodSeconds)) * SECOND_US;
}

function limited(replicas: number, [reason, message]: readonly [string, string]): Limited {
  return { replicas, reason, message };
}
