/**
 * The scripted metrics API of the autoscaler's recordings: every sample is fresh, and its value is what the last `metrics` act said.
 */
import type { ApiServer } from '../../../apiserver/api-server.ts';
import { compareText } from '../../../base/compare.ts';
import { SECOND_US } from '../../../base/units.ts';
import type { MetricsSource, PodSample } from '../../../controllers/horizontal-pod-autoscaler/metrics-source.ts';
import type { LabelSelector } from '../../../model/meta.ts';
import { selectorMatches } from '../../../model/selector.ts';
import type { Simulation } from '../../../sim/simulation.ts';
import { podState } from './replay-summary.ts';

const MEBIBYTE = 1024 * 1024;
const WINDOW_US = 15 * SECOND_US;

/** Milli-CPU by pod state, in order of creation; those the list leaves out, and all others, use `otherwise`. Null is no sample. */
export interface ScriptedUsage {
  readonly otherwise: number | null;
  readonly memory: number;
  readonly [state: string]: number | null | readonly (number | null)[];
}

export class ReplayMetrics implements MetricsSource {
  readonly #sim: Simulation;
  readonly #api: ApiServer;
  usage: ScriptedUsage | undefined;
  /** How often it was asked. */
  queries = 0;

  constructor(sim: Simulation, api: ApiServer) {
    this.#sim = sim;
    this.#api = api;
  }

  podSamples(namespace: string, selector: LabelSelector): readonly PodSample[] {
    const { usage } = this;
    this.queries++;
    if (usage === undefined) return [];
    const pods = [...this.#api.list('Pod', { namespace }).items]
      .filter((pod) => selectorMatches(selector, pod.metadata.labels))
      .sort((a, b) => compareText(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? ''));
    const seen = new Map<string, number>();
    const samples: PodSample[] = [];
    for (const pod of pods) {
      const state = podState(pod);
      const place = seen.get(state) ?? 0;
      seen.set(state, place + 1);
      const list = usage[state];
      // The recorder's script took a null within a list as if nothing were said.
      const cpuMilli = (Array.isArray(list) ? (list[place] as number | null | undefined) : undefined) ?? usage.otherwise;
      if (cpuMilli === null) continue;
      const containers = pod.spec.containers.map(({ name }) => ({ name, cpuMilli, memoryBytes: usage.memory * MEBIBYTE }));
      samples.push({ pod: pod.metadata.name, timestampUs: this.#sim.nowUs, windowUs: WINDOW_US, containers });
    }
    return samples;
  }
}
