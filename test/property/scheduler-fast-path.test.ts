import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Node } from '../../src/model/node.ts';
import type { Pod } from '../../src/model/pod.ts';
import { Cache } from '../../src/scheduler/cache.ts';
import { TemplateColumns } from '../../src/scheduler/fast/template-columns.ts';
import type { Listers, PluginHandle } from '../../src/scheduler/handle.ts';
import { PodInfo } from '../../src/scheduler/pod-info.ts';
import { Profile } from '../../src/scheduler/profile.ts';
import { DEFAULT_PROFILE } from '../../src/scheduler/profile-spec.ts';
import { schedulePod } from '../../src/scheduler/schedule-pod.ts';
import { Snapshot } from '../../src/scheduler/snapshot.ts';

const NOBODY = { get: () => undefined, values: () => [], byIndex: () => [] };
const LISTERS = new Proxy({}, { get: () => NOBODY }) as unknown as Listers;

type Step =
  | { readonly do: 'place'; readonly template: number }
  | { readonly do: 'delete'; readonly pick: number }
  | { readonly do: 'node'; readonly pick: number; readonly cpu: number; readonly isTainted: boolean; readonly zone: number }
  | { readonly do: 'lose'; readonly pick: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('place' as const), template: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('delete' as const), pick: fc.nat() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('node' as const), pick: fc.nat(160), cpu: fc.nat(8), isTainted: fc.boolean(), zone: fc.nat(2) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), pick: fc.nat(160) }) },
);

function node(i: number, cpu: number, isTainted: boolean, zone: number): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: `n${i}`, labels: { 'topology.kubernetes.io/zone': `z${zone}`, disk: i % 3 === 0 ? 'ssd' : 'hdd' } },
    spec: { taints: isTainted ? [{ key: 'a', effect: i % 2 === 0 ? 'PreferNoSchedule' : 'NoSchedule' }] : [] },
    status: {
      allocatable: { cpu: String(cpu), memory: '8Gi', pods: '6' },
      images: i % 4 === 0 ? [{ names: ['web:1'], sizeBytes: 400_000_000 }] : [],
    },
  };
}

function pod(i: number, template: number): Pod {
  const preference = { matchExpressions: [{ key: 'disk', operator: 'In', values: ['ssd'] }] };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `p${i}`, namespace: 'default', uid: `uid-p${i}` },
    spec: {
      schedulerName: 'default-scheduler',
      containers: [{ name: 'main', image: 'web:1', resources: { requests: template === 0 ? {} : { cpu: `${template * 300}m` } } }],
      ...(template === 2 ? { nodeSelector: { disk: 'ssd' } } : {}),
      ...(template === 3 ? { tolerations: [{ operator: 'Exists' }] } : {}),
      ...(template === 4
        ? { affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 7, preference }] } } }
        : {}),
    },
  };
}

test('The fast path chooses what the obvious way chooses, and moves the search alike, however nodes and pods come and go', () => {
  let fastDecisions = 0;
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 160 }),
      fc.constantFrom(0, 10, 60, 100),
      fc.array(step, { maxLength: 60 }),
      (count, percentage, steps) => {
        const cache = new Cache();
        const snapshot = new Snapshot();
        const nominated = { onNode: () => [], nodeNames: () => [] };
        const handle: PluginHandle = { snapshot, listers: LISTERS, nominated, nowUs: () => 0 };
        const profile = new Profile(DEFAULT_PROFILE, handle);
        const fast = new TemplateColumns(profile);
        const slowPosition = { next: 0 };
        const fastPosition = { next: 0 };
        const placed: string[] = [];
        for (let i = 0; i < count; i++) cache.addNode(node(i, 4, false, i % 3));

        const run = (one: Step, i: number): void => {
          switch (one.do) {
            case 'node':
              return cache.addNode(node(one.pick, one.cpu, one.isTainted, one.zone));
            case 'lose':
              return cache.removeNode(`n${one.pick}`);
            case 'delete':
              return placed.length > 0 ? cache.removePod(placed.splice(one.pick % placed.length, 1)[0]!) : undefined;
            case 'place': {
              cache.updateSnapshot(snapshot);
              const info = new PodInfo(pod(i, one.template));
              const quick = fast.decide(info, fastPosition, percentage);
              const sure = schedulePod(profile, info, slowPosition, { percentageOfNodesToScore: percentage });
              if (quick === undefined) {
                // Nothing is decided in haste: what it declines, it leaves as it was.
                fastPosition.next = slowPosition.next;
              } else {
                fastDecisions++;
                const { node: chosen, evaluated, feasibleCount } = quick;
                expect({ ...sure, state: 0 }).toEqual({ kind: 'chosen', node: chosen, evaluated, feasibleCount, state: 0 });
                expect(fastPosition).toEqual(slowPosition);
              }
              if (sure.kind !== 'chosen') return;
              cache.assumePod(info, sure.node.name);
              placed.push(info.uid);
            }
          }
        };
        steps.forEach(run);
      },
    ),
    { numRuns: 60 },
  );
  expect(fastDecisions).toBeGreaterThan(100);
});
