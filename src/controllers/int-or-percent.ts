/**
 * A number, or a percentage of some total: `maxSurge: 25%`. Models apimachinery/pkg/util/intstr/intstr.go.
 */
import type { IntOrString } from '../model/meta.ts';

/** The number meant; a percentage is rounded up or down as asked. Undefined counts as 0. */
export function scaledValue(value: IntOrString | undefined, total: number, roundUp: boolean): number {
  if (value === undefined) return 0;
  if (typeof value === 'number') return value;
  const share = (Number(value.slice(0, -1)) * total) / 100;
  return roundUp ? Math.ceil(share) : Math.floor(share);
}
