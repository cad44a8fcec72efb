import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { constantUs } from '../../../src/sim/distribution.ts';
import { type Bench, hasApiErrors, newPod, startBench } from './fleet-bench.ts';

/** What may be done to a node and its pods, with the seconds that pass after it. */
const act = fc.record({
  kind: fc.constantFrom('create', 'create', 'delete', 'force', 'crash', 'restart', 'cut', 'heal', 'stop', 'start', 'bounce'),
  pod: fc.nat(3),
  seconds: fc.constantFrom(0, 0.01, 0.3, 2, 15, 40),
});

function perform(bench: Bench, kind: string, name: string): void {
  const exists = bench.pod(name) !== undefined;
  const probe = { httpGet: { port: 80 }, periodSeconds: 3 };
  if (kind === 'create' && !exists)
    bench.server.create('Pod', newPod(name, { resources: { requests: { cpu: '900m' } }, readinessProbe: probe }));
  if (kind === 'delete' && exists) bench.server.delete('Pod', 'default', name);
  if (kind === 'force' && exists) bench.server.delete('Pod', 'default', name, { gracePeriodSeconds: 0 });
  if (kind === 'crash') bench.fleet.crashNode('n1');
  if (kind === 'restart') bench.fleet.restartNode('n1');
  if (kind === 'cut') bench.fleet.cutNode('n1');
  if (kind === 'heal') bench.fleet.healNode('n1');
  if (kind === 'stop') bench.fleet.stopKubelet('n1');
  if (kind === 'start') bench.fleet.startKubelet('n1');
  if (kind === 'bounce') bench.fleet.restartKubelet('n1');
}

describe.skipIf(!hasApiErrors)('KubeletFleet, whatever is done to it,', () => {
  test('converges when it is left in peace: pods to be deleted are gone, the others Ready or refused', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { maxLength: 25 }), async (acts) => {
        const bench = await startBench([{ startup: constantUs(1_500_000), termination: constantUs(4_000_000) }]);
        for (const { kind, pod, seconds } of acts) {
          perform(bench, kind, `p${pod}`);
          bench.run(seconds);
        }
        for (const kind of ['restart', 'heal', 'start']) perform(bench, kind, '');
        bench.run(400);
        const ips = new Set<string>();
        for (const item of bench.server.list('Pod').items) {
          const pod = bench.pod(item.metadata.name)!;
          expect(pod.metadata.deletionTimestamp, pod.metadata.name).toBeUndefined();
          if (pod.status?.phase === 'Failed') {
            expect(pod.status.reason).toBe('OutOfcpu');
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
