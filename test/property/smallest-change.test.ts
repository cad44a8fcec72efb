/** Every change that is told to let a waiting pod run does let it run: done in a cluster of its own, the scheduler places the pod. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { triedChanges } from '../../src/scheduler/explain/smallest-change.ts';
import { WhatIf } from '../../src/scheduler/explain/what-if.ts';
import { type NodeOptions, type PodOptions, SchedulerWorld } from '../support/scheduler-world.ts';

const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';
const app = fc.constantFrom('web', 'db');
const isApp = (name: string) => ({ matchLabels: { app: name } });

const node: fc.Arbitrary<NodeOptions> = fc.record({
  cpu: fc.constantFrom('1', '2', '4'),
  memory: fc.constantFrom('2Gi', '8Gi'),
  pods: fc.constantFrom('2', '110'),
  labels: fc.dictionary(fc.constantFrom(ZONE, 'disk'), fc.constantFrom('a', 'b'), { maxKeys: 2 }),
  taints: fc.subarray([
    { key: 'dedicated', value: 'x', effect: 'NoSchedule' as const },
    { key: 'node.kubernetes.io/not-ready', effect: 'NoExecute' as const },
  ]),
  unschedulable: fc.boolean(),
});
const affinity = fc.record(
  {
    podAffinity: fc.tuple(fc.constantFrom(ZONE, HOST), app).map(([topologyKey, name]) => ({
      requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector: isApp(name) }],
    })),
    podAntiAffinity: fc.tuple(fc.constantFrom(ZONE, HOST), app).map(([topologyKey, name]) => ({
      requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey, labelSelector: isApp(name) }],
    })),
  },
  { requiredKeys: [] },
);
const spec = fc.record(
  {
    labels: app.map((name) => ({ app: name })),
    priority: fc.constantFrom(0, 5),
    affinity,
    nodeSelector: fc.dictionary(fc.constantFrom('disk', 'gpu'), fc.constantFrom('a', 'b'), { maxKeys: 1 }),
    containers: fc
      .tuple(fc.constantFrom('100m', '900m', '3'), fc.constantFrom('100Mi', '3Gi'), fc.boolean())
      .map(([cpu, memory, isHost]) => [
        {
          name: 'c',
          image: 'app:1',
          resources: { requests: { cpu, memory } },
          ...(isHost ? { ports: [{ containerPort: 80, hostPort: 80 }] } : {}),
        },
      ]),
    topologySpreadConstraints: app.map((name) => [
      { maxSkew: 1, topologyKey: ZONE, whenUnsatisfiable: 'DoNotSchedule' as const, labelSelector: isApp(name) },
    ]),
  },
  { requiredKeys: ['labels', 'containers'] },
);

interface Setting {
  readonly nodes: readonly NodeOptions[];
  readonly pods: readonly (readonly [on: number, spec: PodOptions])[];
  readonly stuck: PodOptions;
}

function build({ nodes, pods }: Setting): SchedulerWorld {
  const world = new SchedulerWorld();
  nodes.forEach((options, i) => void world.node(`n${i}`, options));
  pods.forEach(([on, options], i) => void world.pod(`p${i}`, { ...options, nodeName: `n${on % nodes.length}` }));
  return world;
}

test('Each change told for a waiting pod places it, or has room made for it, when it is done', () => {
  let told = 0;
  const setting = fc.record({
    nodes: fc.array(node, { minLength: 1, maxLength: 4 }),
    pods: fc.array(fc.tuple(fc.nat(), spec as fc.Arbitrary<PodOptions>), { maxLength: 6 }),
    stuck: spec as fc.Arbitrary<PodOptions>,
  });
  fc.assert(
    fc.property(setting, (one) => {
      const world = build(one);
      const pod = world.pod('stuck', one.stuck);
      const attempt = world.core.attempt()!;
      if (attempt.result !== 'unschedulable') return;
      const profile = world.core.profiles.get('default-scheduler')!;
      for (const change of triedChanges(new WhatIf(profile), pod)) {
        told++;
        const { core } = build(one);
        for (const added of change.cluster.nodes ?? []) core.onNode(core.cache.getNode(added.metadata.name)?.node, added);
        for (const gone of change.cluster.withoutPods ?? []) core.onPod(core.cache.getPod(gone.uid)!.pod, undefined);
        for (const come of change.cluster.pods ?? []) core.onPod(undefined, come);
        core.onPod(undefined, change.pod);
        const again = core.attempt()!;
        const isPreempting = change.text.startsWith('give it a priority');
        expect([change.text, again.result, again.nominatedNode !== '']).toEqual([
          change.text,
          isPreempting ? 'unschedulable' : 'chosen',
          isPreempting,
        ]);
        // Where no other node fits, it is the one that was named.
        if (change.fits === 1) expect(isPreempting ? again.nominatedNode : again.node).toBe(change.node);
      }
    }),
    { numRuns: 200 },
  );
  expect(told).toBeGreaterThan(50);
});
