/**
 * The scheduling cycle for plain pods of one template, each placed before the next comes: the fast path and its slow twin.
 */
import type { Node } from '../../src/model/node.ts';
import type { Pod, PodSpec } from '../../src/model/pod.ts';
import { Cache } from '../../src/scheduler/cache.ts';
import { FastPath } from '../../src/scheduler/fast/fast-path.ts';
import { PodCounts } from '../../src/scheduler/fast/pod-counts.ts';
import type { Listers, PluginHandle } from '../../src/scheduler/handle.ts';
import { PodInfo } from '../../src/scheduler/pod-info.ts';
import { Profile } from '../../src/scheduler/profile.ts';
import { DEFAULT_PROFILE } from '../../src/scheduler/profile-spec.ts';
import { schedulePod } from '../../src/scheduler/schedule-pod.ts';
import { Snapshot } from '../../src/scheduler/snapshot.ts';
import { type Benchmark, type Measurement, measurement } from '../measure.ts';

const NOBODY = { get: () => undefined, values: () => [], byIndex: () => [] };
const LISTERS = new Proxy({}, { get: () => NOBODY }) as unknown as Listers;
const PLAIN: PodSpec = {
  schedulerName: 'default-scheduler',
  containers: [{ name: 'main', image: 'web:1', resources: { requests: { cpu: '100m', memory: '500Mi' } } }],
};

export const schedulerCycle: Benchmark = async (size) => {
  const sizes = size === 'small' ? [100, 1000] : [100, 1000, 5000, 15_000, 130_000];
  const rows: Measurement[] = [];
  for (const nodes of sizes) {
    const fastPods = size === 'small' ? 2_000 : 20_000;
    rows.push(cycle(nodes, true, fastPods, size === 'small' ? 1 : 5));
    // The slow twin examines every node it needs with every plugin: a few pods are enough to see that.
    rows.push(cycle(nodes, false, Math.max(10, Math.min(1000, Math.floor(500_000 / nodes))), 1));
  }
  return rows;
};

function cycle(nodes: number, isFast: boolean, pods: number, repetitions: number): Measurement {
  const perSecond: number[] = [];
  let checksum = 0;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const cache = new Cache();
    const snapshot = new Snapshot();
    const counts = new PodCounts(cache, snapshot);
    for (let i = 0; i < nodes; i++) cache.addNode(node(i));
    const handle: PluginHandle = {
      snapshot,
      listers: LISTERS,
      nominated: { onNode: () => [], nodeNames: () => [], nodeOf: () => undefined, isEmpty: true },
      nowUs: () => 0,
    };
    const profile = new Profile(DEFAULT_PROFILE, handle);
    const fast = isFast ? new FastPath(profile, counts) : undefined;
    const position = { next: 0 };
    const start = process.hrtime.bigint();
    for (let i = 0; i < pods; i++) {
      cache.updateSnapshot(snapshot);
      const info = new PodInfo(pod(i));
      const decision = schedulePod(profile, info, position, { percentageOfNodesToScore: 0, fast });
      if (decision.kind !== 'chosen') continue;
      cache.assumePod(info, decision.node.name);
      checksum = (checksum * 31 + decision.node.row) % 1_000_000_007;
    }
    perSecond.push((pods * 1e9) / Number(process.hrtime.bigint() - start));
  }
  const path = isFast ? 'fast path' : 'slow twin';
  return measurement(
    { bench: 'scheduler-cycle', case: `plain, ${nodes.toLocaleString('en')} nodes, ${path}`, unit: 'pods', checksum: String(checksum) },
    perSecond,
  );
}

function node(i: number): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `n${i}`, labels: { 'kubernetes.io/hostname': `n${i}`, 'topology.kubernetes.io/zone': `z${i % 3}` } },
    status: { allocatable: { cpu: '32', memory: '256Gi', pods: '250' } },
  };
}

function pod(i: number): Pod {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: `p${i}`, namespace: 'default', uid: `uid-${i}` }, spec: PLAIN };
}
