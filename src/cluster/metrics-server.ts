/**
 * metrics-server: scrapes the kubelets every 15 s and answers the resource metrics API with the difference of the last two scrapes,
 * so that what an autoscaler reads is old by up to a scrape.
 *
 * Models kubernetes-sigs/metrics-server (--metric-resolution=15s). Only namespaces with an autoscaler are scraped: nobody else asks.
 */
import type { ApiServer } from '../apiserver/api-server.ts';
import { SECOND_US } from '../base/units.ts';
import type { MetricsSource, PodSample } from '../controllers/horizontal-pod-autoscaler/metrics-source.ts';
import { keyOf, type LabelSelector } from '../model/meta.ts';
import type { Pod } from '../model/pod.ts';
import type { ContainerProcess, PodRuntimeView } from '../model/runtime-view.ts';
import { selectorMatches } from '../model/selector.ts';
import type { Simulation } from '../sim/simulation.ts';

const RESOLUTION_US = 15 * SECOND_US;

interface Point {
  readonly busyUs: number;
  readonly timeUs: number;
}

export class MetricsServer implements MetricsSource {
  readonly #sim: Simulation;
  readonly #api: ApiServer;
  readonly #runtime: PodRuntimeView;
  readonly #points = new WeakMap<ContainerProcess, Point>();
  #samples = new Map<string, { readonly pod: Pod; readonly sample: PodSample }>();

  constructor(sim: Simulation, api: ApiServer, runtime: PodRuntimeView) {
    this.#sim = sim;
    this.#api = api;
    this.#runtime = runtime;
  }

  /** Scrapes from the first autoscaler on: before that nobody would notice. */
  start(): void {
    let isBegun = false;
    // What is there already is told before `watch` has returned.
    const watch = this.#api.store.watch('HorizontalPodAutoscaler', 0, () => {
      if (isBegun) return;
      isBegun = true;
      this.#sim.after(0, () => {
        watch.stop();
        const handler = this.#sim.register({
          on: () => {
            this.#scrape();
            this.#sim.schedule(RESOLUTION_US, handler, 0);
          },
        });
        this.#sim.schedule(0, handler, 0);
      });
    });
  }

  podSamples(namespace: string, selector: LabelSelector): readonly PodSample[] {
    const found: PodSample[] = [];
    for (const { pod, sample } of this.#samples.values()) {
      if (pod.metadata.namespace === namespace && selectorMatches(selector, pod.metadata.labels)) found.push(sample);
    }
    return found;
  }

  #scrape(): void {
    const namespaces = new Set<string>();
    for (const hpa of this.#api.store.values('HorizontalPodAutoscaler')) namespaces.add(hpa.metadata.namespace ?? '');
    this.#samples = new Map();
    for (const namespace of namespaces) {
      for (const pod of this.#api.list('Pod', { namespace }).items) {
        const sample = this.#sampleOf(pod);
        if (sample !== undefined) this.#samples.set(keyOf(namespace, pod.metadata.name), { pod, sample });
      }
    }
  }

  /** Two points make a rate: a pod seen for the first time has no sample yet. */
  #sampleOf(pod: Pod): PodSample | undefined {
    const { nowUs } = this.#sim;
    const containers: { name: string; cpuMilli: number; memoryBytes: number }[] = [];
    let windowUs = RESOLUTION_US;
    let isWhole = true;
    for (const process of this.#runtime.pod(pod.metadata.uid ?? '')?.processes() ?? []) {
      const before = this.#points.get(process);
      this.#points.set(process, { busyUs: process.busyUs, timeUs: nowUs });
      if (before === undefined) {
        isWhole = false;
        continue;
      }
      windowUs = nowUs - before.timeUs;
      const busyMilli = Math.round(((process.busyUs - before.busyUs) * 1000) / windowUs);
      const cpuMilli = process.behaviour.cpuMilli + busyMilli;
      containers.push({ name: process.container, cpuMilli, memoryBytes: Math.round(process.memoryBytes(nowUs)) });
    }
    return isWhole && containers.length > 0 ? { pod: pod.metadata.name, timestampUs: nowUs, windowUs, containers } : undefined;
  }
}
