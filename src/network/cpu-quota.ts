/**
 * The CPU a container may use: what its requests cost beyond that makes them, and those after them, wait.
 *
 * Models the kernel's CFS bandwidth control (cpu.max) as a bucket: a container may use at once what it has left of one period's
 * quota, and works on at its limit after that. Threads that are throttled together are so here one after the other.
 */
import { MILLISECOND_US } from '../base/units.ts';

// cpu.cfs_period_us, the kubelet's cpuCFSQuotaPeriod: 100 ms.
const PERIOD_US = 100 * MILLISECOND_US;

export class CpuQuota {
  /** CPU time that may be used at once; negative while the container owes some. */
  #creditUs = 0;
  #atUs = Number.NEGATIVE_INFINITY;

  /** Uses so much CPU time; returns how long the container is held up because of it. */
  useUs(nowUs: number, cpuUs: number, limitMilli: number): number {
    const perUs = limitMilli / 1000;
    if (!(perUs > 0) || !Number.isFinite(perUs)) return 0;
    this.#creditUs = Math.min(perUs * PERIOD_US, this.#creditUs + (nowUs - this.#atUs) * perUs);
    this.#atUs = nowUs;
    this.#creditUs -= cpuUs;
    return this.#creditUs >= 0 ? 0 : Math.round(-this.#creditUs / perUs);
  }
}
