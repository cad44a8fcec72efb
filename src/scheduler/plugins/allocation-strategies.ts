/**
 * How full a node should be: NodeResourcesFit's three scoring strategies, over one resource.
 *
 * Models plugins/noderesources/{least_allocated,most_allocated,requested_to_capacity_ratio}.go and helper/shape_score.go.
 */
import type { ShapePoint } from '../profile-spec.ts';
import { MAX_NODE_SCORE } from './default-normalize.ts';

export function leastAllocatedScore(requested: number, allocatable: number): number {
  if (requested > allocatable) return 0;
  return Math.floor(((allocatable - requested) * MAX_NODE_SCORE) / allocatable);
}

export function mostAllocatedScore(requested: number, allocatable: number): number {
  return Math.floor((Math.min(requested, allocatable) * MAX_NODE_SCORE) / allocatable);
}

/** A custom score runs from 0 to 10 (MaxCustomPriorityScore). */
const CUSTOM_SCALE = MAX_NODE_SCORE / 10;

/** The broken line through the shape's points, in whole numbers as Go divides them. */
export function shapeScore(shape: readonly ShapePoint[], percent: number): number {
  for (let i = 0; i < shape.length; i++) {
    const point = shape[i]!;
    if (percent > point.utilization) continue;
    const score = point.score * CUSTOM_SCALE;
    const before = shape[i - 1];
    if (before === undefined) return score;
    const from = before.score * CUSTOM_SCALE;
    return from + Math.trunc(((score - from) * (percent - before.utilization)) / (point.utilization - before.utilization));
  }
  return (shape.at(-1)?.score ?? 0) * CUSTOM_SCALE;
}

export function utilizationPercent(requested: number, allocatable: number): number {
  return requested > allocatable ? 100 : Math.floor((requested * 100) / allocatable);
}
