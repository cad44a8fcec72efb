import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Container, Pod, PodSpec } from '../../../src/model/pod.ts';
import { constantUs } from '../../../src/sim/distribution.ts';
import { type Bench, hasApiErrors, newPod, startBench } from './fleet-bench.ts';

const ACTS = ['crash', 'restart', 'cut', 'heal', 'stop', 'start', 'bounce', 'shut down', 'fill', 'take', 'free'] as const;

/** What may be done to a node and its pods, with the seconds that pass after it. */
const act = fc.record({
  kind: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('create', 'create', 'delete', 'force', 'resize') },
    { weight: 2, arbitrary: fc.constantFrom(...ACTS) },
  ),
  pod: fc.nat(4),
  seconds: fc.constantFrom(0, 0.01, 0.3, 2, 15, 40),
});

const isReady = (pod: Pod | undefined) =>
  pod === undefined || pod.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True';

const PROBE = { httpGet: { port: 80 }, periodSeconds: 3 };
const one = (name: string, further: Partial<Container> = {}): Container => ({
  name,
  image: 'nginx:1',
  imagePullPolicy: 'IfNotPresent',
  ...further,
});

/** One pod of each sort: plain, with init containers and sidecars, critical, with hooks, and one whose containers go down together. */
const PODS: readonly (() => readonly [Partial<Container>, Partial<PodSpec>])[] = [
  () => [{ resources: { requests: { cpu: '900m' } }, readinessProbe: PROBE }, {}],
  () => [
    { resources: { requests: { cpu: '900m' } } },
    { initContainers: [one('init'), one('side', { restartPolicy: 'Always', readinessProbe: PROBE })] },
  ],
  () => [{ resources: { requests: { cpu: '1500m', memory: '1Gi' } }, livenessProbe: PROBE }, { priority: 2_000_000_000 }],
  () => [
    {
      resources: { requests: { cpu: '1' } },
      startupProbe: { ...PROBE, failureThreshold: 10 },
      lifecycle: { preStop: { sleep: { seconds: 2 } }, postStart: { sleep: { seconds: 1 } } },
    },
    { terminationGracePeriodSeconds: 5 },
  ],
  () => [
    {},
    {
      initContainers: [one('init')],
      containers: [
        one('c', { resources: { requests: { cpu: '200m' } } }),
        one('together', { restartPolicyRules: [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [42] } }] }),
      ],
    },
  ],
];

function perform(bench: Bench, kind: string, index: number): void {
  const name = `p${index}`;
  const pod = bench.pod(name);
  const { fleet, server } = bench;
  if (kind === 'create' && pod === undefined) server.create('Pod', newPod(name, ...PODS[index]!()));
  if (kind === 'delete' && pod !== undefined) server.delete('Pod', 'default', name);
  if (kind === 'force' && pod !== undefined) server.delete('Pod', 'default', name, { gracePeriodSeconds: 0 });
  if (kind === 'resize' && pod !== undefined) {
    const containers = pod.spec.containers.map((container) => ({ ...container, resources: { requests: { cpu: '1200m' } } }));
    const metadata = { ...pod.metadata, generation: (pod.metadata.generation ?? 1) + 1 };
    server.update('Pod', { ...pod, metadata, spec: { ...pod.spec, containers } } as never, undefined);
  }
  if (kind === 'crash') fleet.crashNode('n1');
  if (kind === 'restart') fleet.restartNode('n1');
  if (kind === 'cut') fleet.cutNode('n1');
  if (kind === 'heal') fleet.healNode('n1');
  if (kind === 'stop') fleet.stopKubelet('n1');
  if (kind === 'start') fleet.startKubelet('n1');
  if (kind === 'bounce') fleet.restartKubelet('n1');
  if (kind === 'shut down') fleet.shutdownNode('n1');
  if (kind === 'fill') fleet.takeResource('n1', 'ephemeral-storage', 97);
  if (kind === 'take') fleet.takeResource('n1', 'memory', 99);
  if (kind === 'free') for (const scarce of ['memory', 'ephemeral-storage'] as const) fleet.takeResource('n1', scarce, 0);
}

/** Why a pod may have ended for good. */
const ENDS = ['OutOfcpu', 'Evicted', 'Preempting', 'UnexpectedAdmissionError', 'Terminated', 'NodeShutdown'];

describe.skipIf(!hasApiErrors)('KubeletFleet, whatever is done to it,', () => {
  test('converges when it is left in peace: pods to be deleted are gone, the others Ready or refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
        const behaviour = { startup: constantUs(1_500_000), termination: constantUs(4_000_000) };
        const together = { ...behaviour, container: 'together', crash: { after: constantUs(30_000_000), exitCode: 42 } };
        const kubelet = { shutdownGracePeriodSeconds: 12, shutdownGracePeriodCriticalPodsSeconds: 4 };
        const bench = await startBench([together, behaviour], { kubelet });
        for (const { kind, pod, seconds } of acts) {
          perform(bench, kind, pod);
          bench.run(seconds);
        }
        for (const kind of ['free', 'restart', 'heal', 'start']) perform(bench, kind, 0);
        // A node that is on its way down is off by now, and is switched on again.
        bench.run(60);
        perform(bench, 'restart', 0);
        bench.run(700);
        // The one that goes down with its neighbour is looked at between two of its ends.
        for (let tries = 0; tries < 400 && bench.pod('p4')?.status?.phase !== 'Failed' && !isReady(bench.pod('p4')); tries++) bench.run(1);
        const ips = new Set<string>();
        for (const item of bench.server.list('Pod').items) {
          const pod = bench.pod(item.metadata.name)!;
          expect(pod.metadata.deletionTimestamp, pod.metadata.name).toBeUndefined();
          if (pod.status?.phase === 'Failed') {
            expect(ENDS).toContain(pod.status.reason);
            continue;
          }
          expect(pod.status?.conditions?.find((one) => one.type === 'Ready')?.status, pod.metadata.name).toBe('True');
          ips.add(pod.status!.podIP!);
          expect(bench.fleet.runtimeView.podByIp(pod.status!.podIP!)?.uid).toBe(pod.metadata.uid);
        }
        const running = bench.server.list('Pod').items.filter((pod) => pod.status?.phase === 'Running');
        expect(ips.size).toBe(running.length);
      }),
      { numRuns: 150 },
    );
  });

  test('does the same again from the same seed', async () => {
    const digests: string[] = [];
    for (let i = 0; i < 2; i++) {
      const bench = await startBench([{ crash: { meanBetweenUs: 20_000_000, exitCode: 1 } }]);
      for (const name of ['a', 'b', 'c']) bench.server.create('Pod', newPod(name));
      bench.run(300);
      digests.push(`${bench.sim.digest} ${bench.server.lines.length}`);
    }
    expect(digests[0]).toBe(digests[1]);
  });
});
