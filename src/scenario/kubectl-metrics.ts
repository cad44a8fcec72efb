/**
 * What `kubectl top` reads: the present use of nodes and pods in a running cluster.
 *
 * Approximated: a real metrics server answers with the mean over its last 15 s, here memory is that of the moment and CPU what the processes
 * are described to use while idle, with what they were busy since the pod began.
 */
import type { Cluster } from '../cluster/cluster.ts';
import { keyOf } from '../model/meta.ts';
import { isPodTerminal, type Pod } from '../model/pod.ts';
import type { KubectlMetrics, Usage } from './kubectl/top.ts';

export function metricsOf({ api, fleet, sim }: Cluster): KubectlMetrics {
  const usageOf = (pod: Pod): ReadonlyMap<string, Usage> | undefined => {
    const processes = fleet.runtimeView.pod(pod.metadata.uid ?? '')?.processes() ?? [];
    if (processes.length === 0) return undefined;
    return new Map(
      processes.map((process) => [
        process.container,
        { cpuMilli: process.behaviour.cpuMilli, memoryBytes: Math.round(process.memoryBytes(sim.nowUs)) },
      ]),
    );
  };
  return {
    pod: (namespace, name) => {
      const pod = api.store.get('Pod', keyOf(namespace, name));
      return pod === undefined ? undefined : usageOf(pod);
    },
    node: (name) => {
      if (api.store.get('Node', name) === undefined) return undefined;
      let [cpuMilli, memoryBytes] = [0, 0];
      for (const pod of api.store.values('Pod')) {
        if (pod.spec.nodeName !== name || isPodTerminal(pod)) continue;
        for (const usage of usageOf(pod)?.values() ?? []) {
          cpuMilli += usage.cpuMilli;
          memoryBytes += usage.memoryBytes;
        }
      }
      return { cpuMilli, memoryBytes };
    },
  };
}
