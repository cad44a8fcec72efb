import { describe, expect, test } from 'vitest';
import type { Pod } from '../../../src/model/pod.ts';
import { constantUs } from '../../../src/sim/distribution.ts';
import { type Bench, hasApiErrors, newPod, startBench } from './fleet-bench.ts';

const SECOND_US = 1_000_000;
const GIB = 2 ** 30;

const create = (bench: Bench, pod: Pod) => bench.server.create('Pod', pod);
const condition = (pod: Pod | undefined, type: string) => pod?.status?.conditions?.find((one) => one.type === type)?.status;

describe.skipIf(!hasApiErrors)('KubeletFleet', () => {
  test('A plain pod becomes Ready in three status writes', async () => {
    const bench = await startBench();
    create(bench, newPod('a'));
    bench.run(10);
    expect(bench.states('a')).toEqual(['Pending: ContainerCreating', 'Pending: ContainerCreating', 'Running: running ready']);
    expect(bench.pod('a')?.status?.conditions?.map((one) => `${one.type}=${one.status}`)).toEqual([
      'PodReadyToStartContainers=True',
      'Initialized=True',
      'Ready=True',
      'ContainersReady=True',
      'PodScheduled=True',
    ]);
    expect(bench.pod('a')?.status?.podIP).toBe('10.128.0.2');
    expect(bench.events('a')).toEqual([
      'Pulled: Container image "nginx:1" already present on machine and can be accessed by the pod',
      'Created: Container created',
      'Started: Container started',
    ]);
  });

  test('A plain pod costs at most eight kernel events from its creation to Ready, its Events apart', async () => {
    const bench = await startBench();
    bench.run(1);
    create(bench, newPod('a'));
    const before = bench.sim.eventCount;
    bench.run(8);
    const eventWrites = bench.server.lines.filter((line) => line.kind === 'Event').length;
    const beats = bench.server.lines.filter((line) => line.kind === 'Lease' && line.verb === 'update' && line.timeUs > SECOND_US).length;
    expect(bench.sim.eventCount - before - eventWrites * 2 - beats).toBeLessThanOrEqual(8);
  });

  test('A deleted pod gets its final status and is then removed with grace 0', async () => {
    const bench = await startBench([{ termination: constantUs(3 * SECOND_US) }]);
    create(bench, newPod('a'));
    bench.run(10);
    bench.server.delete('Pod', 'default', 'a');
    bench.run(2);
    expect(bench.pod('a')?.status?.phase).toBe('Running');
    bench.run(5);
    expect(bench.pod('a')).toBeUndefined();
    expect(bench.states('a').at(-1)).toBe('Succeeded: Completed 0');
    expect(bench.events('a').at(-1)).toBe('Killing: Stopping container c');
  });

  test('A process that ignores SIGTERM is killed when its grace is over', async () => {
    const bench = await startBench([{ termination: constantUs(1000 * SECOND_US) }]);
    create(bench, newPod('a', {}, { terminationGracePeriodSeconds: 7 }));
    bench.run(10);
    bench.server.delete('Pod', 'default', 'a');
    bench.run(6.5);
    expect(bench.pod('a')?.status?.phase).toBe('Running');
    bench.run(3);
    expect(bench.states('a').at(-1)).toBe('Failed: Error 137');
  });

  test('A preStop hook and SIGTERM share one grace, and the process gets two seconds at least', async () => {
    const bench = await startBench([{ termination: constantUs(1000 * SECOND_US) }]);
    const lifecycle = { preStop: { exec: { command: ['sleep', '60'] } } };
    create(bench, newPod('a', { lifecycle }, { terminationGracePeriodSeconds: 5 }));
    bench.run(10);
    const deletedUs = bench.sim.nowUs;
    bench.server.delete('Pod', 'default', 'a');
    bench.run(20);
    // Five seconds of hook, two of grace, and the last steps.
    const finalUs = bench.server.lines.findLast((line) => line.kind === 'Pod' && line.verb === 'status')!.timeUs;
    expect((finalUs - deletedUs) / SECOND_US).toBeGreaterThan(7);
    expect((finalUs - deletedUs) / SECOND_US).toBeLessThan(8);
  });

  test('An image that no registry has is tried again at growing intervals, and the pod stays Pending', async () => {
    const bench = await startBench();
    create(bench, newPod('a', { image: 'nginx:naoexiste' }));
    bench.run(60);
    expect(bench.pod('a')?.status?.phase).toBe('Pending');
    expect(bench.states('a').slice(2, 4)).toEqual(['Pending: ErrImagePull', 'Pending: ImagePullBackOff']);
    expect(bench.events('a').slice(0, 3)).toEqual([
      'Pulling: Pulling image "nginx:naoexiste"',
      'Failed: Failed to pull image "nginx:naoexiste": rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/nginx:naoexiste": failed to resolve reference "docker.io/library/nginx:naoexiste": docker.io/library/nginx:naoexiste: not found',
      'Failed: Error: ErrImagePull',
    ]);
    // The first try, then after 10 to 16 s and after 20 to 31 s more.
    const pulls = bench.server.lines.filter((line) => line.object.reason === 'Pulling').map((line) => line.timeUs / SECOND_US);
    expect(pulls.length).toBe(3);
    expect(pulls[1]! - pulls[0]!).toBeGreaterThanOrEqual(10);
    expect(pulls[1]! - pulls[0]!).toBeLessThan(17);
    expect(pulls[2]! - pulls[1]!).toBeGreaterThanOrEqual(20);
  });

  test('A container that crashes is restarted at once, then after 10 s, then after 20 s', async () => {
    const bench = await startBench([{ crash: { after: constantUs(SECOND_US), exitCode: 1 } }]);
    create(bench, newPod('a'));
    bench.run(60);
    const starts = bench.server.lines.filter((line) => line.object.reason === 'Started').map((line) => line.timeUs / SECOND_US);
    expect(starts.length).toBe(4);
    expect(starts[1]! - starts[0]!).toBeLessThan(3);
    expect(starts[2]! - starts[1]!).toBeGreaterThan(11);
    expect(starts[2]! - starts[1]!).toBeLessThan(18);
    expect(starts[3]! - starts[2]!).toBeGreaterThan(21);
    expect(bench.states('a')).toContain('Running: CrashLoopBackOff x1');
  });

  test('A readiness probe makes a pod Ready at the first tick after its start-up', async () => {
    const bench = await startBench([{ startup: constantUs(12 * SECOND_US) }]);
    create(bench, newPod('a', { readinessProbe: { httpGet: { port: 80 } } }));
    bench.run(15);
    expect(condition(bench.pod('a'), 'Ready')).toBe('False');
    // Asked when it has been seen running, and every ten seconds after that: ready at the third time.
    bench.run(10);
    expect(condition(bench.pod('a'), 'Ready')).toBe('True');
    expect(bench.events('a').at(-1)).toBe(
      'Unhealthy: Readiness probe failed: Get "http://10.128.0.2:80/": dial tcp 10.128.0.2:80: connect: connection refused',
    );
  });

  test('A liveness probe that fails three times has its container restarted', async () => {
    const bench = await startBench([{ hang: { after: constantUs(20 * SECOND_US) } }]);
    create(bench, newPod('a', { livenessProbe: { httpGet: { port: 80 }, periodSeconds: 5 } }));
    bench.run(45);
    expect(bench.events('a')).toContain('Killing: Container c failed liveness probe, will be restarted');
    expect(bench.pod('a')?.status?.containerStatuses?.[0]?.restartCount).toBe(1);
  });

  test('Steady probes cost no events', async () => {
    const bench = await startBench();
    const probe = { httpGet: { port: 80 }, periodSeconds: 1 };
    create(bench, newPod('a', { readinessProbe: probe, livenessProbe: probe }));
    bench.run(20);
    const before = bench.sim.eventCount;
    bench.run(100);
    // Ten heartbeats and nothing else.
    expect(bench.sim.eventCount - before).toBeLessThanOrEqual(10);
  });

  test('Init containers run one by one, a sidecar beside what follows it, and a finished pod ends Succeeded', async () => {
    const bench = await startBench();
    const init = (name: string, restartPolicy?: string) => ({
      name,
      image: 'nginx:1',
      ...(restartPolicy === undefined ? {} : { restartPolicy }),
    });
    create(bench, newPod('a', {}, { restartPolicy: 'Never', initContainers: [init('one'), init('side', 'Always'), init('two')] }));
    bench.run(120);
    const states = bench.states('a');
    expect(states).toContain('Pending: running, PodInitializing, PodInitializing, PodInitializing');
    expect(states).toContain('Pending: Completed 0 ready, running ready, running, PodInitializing');
    expect(states).toContain('Running: Completed 0 ready, running ready, Completed 0 ready, running ready');
    expect(bench.pod('a')?.status?.phase).toBe('Succeeded');
  });

  test('A pod for which there is no room is refused and stays as Failed', async () => {
    const bench = await startBench();
    create(bench, newPod('a', { resources: { requests: { cpu: '3' } } }));
    create(bench, newPod('b', { resources: { requests: { cpu: '1500m' } } }));
    bench.run(10);
    expect(bench.pod('b')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'OutOfcpu',
      message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 1500, used: 3000, capacity: 4000",
    });
    // Not even the scheduler's condition is left.
    expect(bench.pod('b')?.status?.conditions).toBeUndefined();
  });

  test('A node that loses power starts its containers again after its boot', async () => {
    const bench = await startBench();
    create(bench, newPod('a'));
    bench.run(10);
    const uid = bench.pod('a')!.metadata.uid!;
    expect(bench.fleet.runtimeView.pod(uid)?.processFor(80)?.isAccepting).toBe(true);
    bench.fleet.crashNode('n1');
    expect(bench.fleet.runtimeView.pod(uid)).toBeUndefined();
    const writes = bench.server.lines.length;
    bench.run(60);
    expect(bench.server.lines.length).toBe(writes);
    bench.fleet.restartNode('n1');
    bench.run(90);
    expect(bench.pod('a')?.status?.containerStatuses?.[0]).toMatchObject({ ready: true, restartCount: 1 });
    expect(bench.pod('a')?.status?.podIP).toBe('10.128.0.3');
    expect(bench.events('a')).toContain('SandboxChanged: Pod sandbox changed, it will be killed and re-created.');
  });

  test('Init containers run again in the new sandbox after a boot', async () => {
    const bench = await startBench();
    create(bench, newPod('a', {}, { initContainers: [{ name: 'one', image: 'nginx:1' }] }));
    bench.run(20);
    expect(bench.pod('a')?.status?.containerStatuses?.[0]?.ready).toBe(true);
    bench.fleet.crashNode('n1');
    bench.fleet.restartNode('n1');
    bench.run(90);
    const starts = bench.events('a').filter((event) => event.startsWith('SandboxChanged'));
    expect(starts.length).toBe(1);
    expect(bench.pod('a')?.status?.initContainerStatuses?.[0]).toMatchObject({ restartCount: 1, ready: true });
    expect(bench.pod('a')?.status?.containerStatuses?.[0]).toMatchObject({ restartCount: 1, ready: true });
  });

  test('A node that is cut off hears of a deletion when the cut is mended', async () => {
    const bench = await startBench();
    create(bench, newPod('a'));
    bench.run(10);
    bench.fleet.cutNode('n1');
    bench.server.delete('Pod', 'default', 'a');
    bench.run(120);
    expect(bench.pod('a')?.status?.phase).toBe('Running');
    bench.fleet.healNode('n1');
    bench.run(60);
    expect(bench.pod('a')).toBeUndefined();
  });

  test('A kubelet that is restarted leaves its containers alone', async () => {
    const bench = await startBench();
    create(bench, newPod('a'));
    bench.run(10);
    bench.fleet.restartKubelet('n1');
    bench.run(30);
    expect(bench.pod('a')?.status?.containerStatuses?.[0]).toMatchObject({ ready: true, restartCount: 0 });
  });

  test('A lease is renewed every ten seconds, and the status posted every five minutes', async () => {
    const bench = await startBench();
    bench.run(600);
    const renewals = bench.server.lines.filter((line) => line.kind === 'Lease' && line.verb === 'update').length;
    expect(renewals).toBeGreaterThanOrEqual(57);
    expect(renewals).toBeLessThanOrEqual(61);
    expect(bench.server.lines.filter((line) => line.kind === 'Node' && line.verb === 'status').length).toBe(2);
  });

  test('A process that outgrows its limit is killed, and a node short of memory evicts the pod furthest over its request', async () => {
    const bench = await startBench([{ match: { app: 'leak' }, memoryGrowthBytesPerSecond: GIB / 8 }]);
    create(bench, newPod('limited', { resources: { limits: { memory: '256Mi' } } }, {}, { app: 'leak' }));
    bench.run(6);
    expect(bench.states('limited')).toContain('Running: OOMKilled 137');
    bench.server.delete('Pod', 'default', 'limited', { gracePeriodSeconds: 1 });
    // Slower, so that the kubelet's look every ten seconds comes before the kernel's killer.
    const slow = await startBench([{ match: { app: 'leak' }, memoryGrowthBytesPerSecond: 2 ** 20, memoryBytes: 7.8 * GIB }]);
    create(slow, newPod('leak', {}, {}, { app: 'leak' }));
    create(slow, newPod('modest', { resources: { requests: { memory: '1Gi' } } }));
    slow.run(180);
    expect(slow.pod('leak')?.status).toMatchObject({ phase: 'Failed', reason: 'Evicted' });
    expect(condition(slow.pod('leak'), 'DisruptionTarget')).toBe('True');
    expect(slow.pod('modest')?.status?.phase).toBe('Running');
  });

  test('Memory pressure is over five minutes after its signal, also on a node whose processes go on growing', async () => {
    // 8 Gi less 100 Mi: "leak" is evicted after two minutes, "slow" would need some two hours.
    const bench = await startBench([
      { match: { app: 'leak' }, memoryGrowthBytesPerSecond: 2 ** 20, memoryBytes: 7.8 * GIB },
      { match: { app: 'slow' }, memoryGrowthBytesPerSecond: 2 ** 20 },
    ]);
    create(bench, newPod('leak', {}, {}, { app: 'leak' }));
    create(bench, newPod('slow', { resources: { requests: { memory: '4Gi' } } }, {}, { app: 'slow' }));
    bench.run(180);
    expect(bench.pod('leak')?.status?.reason).toBe('Evicted');
    expect(bench.events('n1')).toContain('NodeHasInsufficientMemory: Node n1 status is now: NodeHasInsufficientMemory');
    expect(bench.events('n1')).not.toContain('NodeHasSufficientMemory: Node n1 status is now: NodeHasSufficientMemory');
    bench.run(300);
    expect(bench.events('n1')).toContain('NodeHasSufficientMemory: Node n1 status is now: NodeHasSufficientMemory');
    expect(bench.pod('slow')?.status?.phase).toBe('Running');
  });

  test('A graceful shutdown ends ordinary pods first, then critical ones, each within its part of the time, and then the power goes', async () => {
    const kubelet = { shutdownGracePeriodSeconds: 30, shutdownGracePeriodCriticalPodsSeconds: 10 };
    const bench = await startBench([{ termination: constantUs(15 * SECOND_US) }], { kubelet });
    create(bench, newPod('plain'));
    create(bench, newPod('critical', {}, { priority: 2_000_000_000 }));
    bench.run(10);
    bench.fleet.shutdownNode('n1');
    create(bench, newPod('late'));
    bench.run(14.5);
    expect(bench.events('n1')).toContain('Shutdown: Shutdown manager detected shutdown event');
    expect(bench.events('n1')).toContain('NodeNotReady: Node n1 status is now: NodeNotReady');
    expect(bench.pod('late')?.status).toMatchObject({ phase: 'Failed', reason: 'NodeShutdown' });
    expect(bench.pod('plain')?.status?.phase).toBe('Running');
    // The ordinary group has 20 s and needs 15: the critical one begins then, and is killed after its 10 s.
    bench.run(2);
    expect(bench.pod('plain')?.status).toMatchObject({ phase: 'Failed', reason: 'Terminated' });
    expect(bench.pod('critical')?.status?.phase).toBe('Running');
    bench.run(9.5);
    expect(bench.pod('critical')?.status).toMatchObject({ phase: 'Failed', reason: 'Terminated' });
    expect(bench.pod('critical')?.status?.containerStatuses?.[0]?.state?.terminated?.exitCode).toBe(137);
    bench.run(3);
    expect(bench.fleet.runtimeView.isNodeUp('n1')).toBe(false);
  });

  test('The mirror of a static pod comes back when it is deleted, and the pod runs on', async () => {
    const manifest: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'etcd', namespace: 'kube-system' },
      spec: { containers: [{ name: 'etcd', image: 'nginx:1' }] },
    };
    const bench = await startBench([], { staticPods: [manifest] });
    bench.run(10);
    const first = bench.pod('etcd-n1');
    expect(first?.status?.phase).toBe('Running');
    bench.server.delete('Pod', 'kube-system', 'etcd-n1');
    bench.run(10);
    const second = bench.pod('etcd-n1');
    expect(second?.metadata.uid).not.toBe(first?.metadata.uid);
    expect(second?.status?.containerStatuses?.[0]?.containerID).toBe(first?.status?.containerStatuses?.[0]?.containerID);
  });
});
