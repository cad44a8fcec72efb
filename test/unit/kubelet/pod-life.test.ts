/** What becomes of pods on their node, rule by rule of cluster.md 5.3 to 5.9, each worked out by hand. */
import { describe, expect, test } from 'vitest';
import type { Container, Pod, PodSpec } from '../../../src/model/pod.ts';
import { timeUsOf } from '../../../src/model/time.ts';
import { constantUs } from '../../../src/sim/distribution.ts';
import { type Bench, newPod, startBench } from './fleet-bench.ts';

const SECOND_US = 1_000_000;
const GIB = 2 ** 30;
const MIB = 2 ** 20;

const container = (name: string, further: Partial<Container> = {}): Container => ({
  name,
  image: 'nginx:1',
  imagePullPolicy: 'IfNotPresent',
  ...further,
});
const create = (bench: Bench, pod: Pod) => bench.server.create('Pod', pod);
const condition = (pod: Pod | undefined, type: string) => pod?.status?.conditions?.find((one) => one.type === type);
const reasons = (bench: Bench, name: string) => bench.events(name).map((event) => event.slice(0, event.indexOf(':')));
/** A behaviour for one container: it ends by itself with that code after so many seconds. */
const ends = (name: string, exitCode: number, afterS: number) => ({ container: name, exitCode, run: constantUs(afterS * SECOND_US) });

describe('The phase of a pod', () => {
  const two = (spec: Partial<PodSpec> = {}, second: Partial<Container> = {}) =>
    newPod('a', { name: 'one' }, { containers: [container('one'), container('two', second)], ...spec });

  test.each<[string, Pod, readonly object[], string]>([
    ['is Running when all run', two(), [], 'Running: running ready, running ready'],
    // Rule 3: any app container that waits and never ran keeps it Pending, though others run.
    [
      'is Pending while one container cannot be pulled, though the other runs',
      two({}, { image: 'nginx:naoexiste' }),
      [],
      'Pending: running ready, ImagePullBackOff',
    ],
    [
      'is Succeeded when all have ended well and none is to be restarted',
      two({ restartPolicy: 'OnFailure' }),
      [ends('one', 0, 1), ends('two', 0, 2)],
      'Succeeded: Completed 0, Completed 0',
    ],
    [
      'is Failed when one has failed for good',
      two({ restartPolicy: 'Never' }),
      [ends('one', 0, 1), ends('two', 3, 2)],
      'Failed: Completed 0, Error 3',
    ],
    [
      'is Running while one runs and the other has ended for good',
      two({ restartPolicy: 'Never' }),
      [ends('one', 0, 1), ends('two', 0, 400)],
      'Running: Completed 0, running ready',
    ],
    // The container's own policy comes before the pod's (KEP-5307).
    [
      "follows a container's own restart policy",
      two({ restartPolicy: 'Never' }, { restartPolicy: 'Always' }),
      [ends('one', 0, 1), ends('two', 0, 400)],
      'Running: Completed 0, running ready',
    ],
    [
      'is Failed when an init container has failed for good',
      two({ restartPolicy: 'Never', initContainers: [container('init')] }),
      [ends('init', 1, 1)],
      'Failed: Error 1, PodInitializing, PodInitializing',
    ],
    [
      'is Pending while an init container is tried again',
      two({ initContainers: [container('init')] }),
      [ends('init', 1, 1)],
      'Pending: CrashLoopBackOff x1, PodInitializing, PodInitializing',
    ],
  ])('%s', async (_about, pod, behaviours, expected) => {
    const bench = await startBench(behaviours);
    create(bench, pod);
    bench.run(20);
    // What an init container is in the middle of is seen on the way.
    if (expected.includes('PodInitializing')) return expect(bench.states('a')).toContain(expected);
    expect(bench.states('a').at(-1)).toBe(expected);
  });

  test('of a crash loop stays Running, and is never Pending again', async () => {
    const bench = await startBench([{ crash: { after: constantUs(SECOND_US), exitCode: 1 } }]);
    create(bench, newPod('a'));
    bench.run(120);
    const phases = bench.states('a').map((state) => state.slice(0, state.indexOf(':')));
    expect(phases.lastIndexOf('Pending')).toBeLessThan(phases.indexOf('Running'));
    expect(phases.at(-1)).toBe('Running');
  });

  test('once the pod is over names the reason in its conditions', async () => {
    for (const [exitCode, phase, reason] of [
      [0, 'Succeeded', 'PodCompleted'],
      [1, 'Failed', 'PodFailed'],
    ] as const) {
      const bench = await startBench([{ run: constantUs(SECOND_US), exitCode }]);
      create(bench, newPod('a', {}, { restartPolicy: 'Never' }));
      bench.run(10);
      expect(bench.pod('a')?.status?.phase).toBe(phase);
      expect(condition(bench.pod('a'), 'Ready')).toMatchObject({ status: 'False', reason });
      expect(condition(bench.pod('a'), 'ContainersReady')).toMatchObject({ status: 'False', reason });
      expect(condition(bench.pod('a'), 'Initialized')?.status).toBe('True');
    }
  });

  test('is told with the generation that was observed', async () => {
    const bench = await startBench();
    create(bench, newPod('a'));
    bench.run(10);
    expect(bench.pod('a')?.status?.observedGeneration).toBe(1);
    for (const one of bench.pod('a')?.status?.conditions ?? []) expect(one.observedGeneration).toBe(1);
  });

  test('of a pod deleted before its image came is Failed, and its container could not be located', async () => {
    const bench = await startBench();
    create(bench, newPod('a', { image: 'nginx:naoexiste' }));
    bench.run(5);
    bench.server.delete('Pod', 'default', 'a');
    bench.run(5);
    const last = bench.server.lines.findLast(({ kind, verb }) => kind === 'Pod' && verb === 'status')!.object.status!;
    expect(last.phase).toBe('Failed');
    expect(last.containerStatuses?.[0]?.state?.terminated).toMatchObject({ exitCode: 137, reason: 'ContainerStatusUnknown' });
  });

  test('of a pod past its active deadline is Failed for that reason', async () => {
    const bench = await startBench();
    create(bench, newPod('a', {}, { activeDeadlineSeconds: 20 }));
    bench.run(30);
    expect(bench.pod('a')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'DeadlineExceeded',
      message: 'Pod was active on the node longer than the specified deadline',
    });
  });
});

test('An active deadline counts from the start of the pod, though the kubelet was away when it came', async () => {
  const bench = await startBench();
  create(bench, newPod('a', {}, { activeDeadlineSeconds: 30 }));
  bench.run(20);
  bench.fleet.stopKubelet('n1');
  bench.run(40);
  expect(bench.pod('a')?.status?.phase).toBe('Running');
  bench.fleet.startKubelet('n1');
  bench.run(5);
  expect(bench.pod('a')?.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
});

describe('Rules of a container', () => {
  const ruled = (action: string, values: readonly number[], further: Partial<Container> = {}) => ({
    restartPolicy: 'Never',
    restartPolicyRules: [{ action, exitCodes: { operator: 'In' as const, values } }],
    ...further,
  });

  test.each([
    ['restarts it for a code in the list', [42], 42, 1],
    ['leaves it for another code', [42], 7, 0],
  ])('%s', async (_about, values, exitCode, restarts) => {
    const bench = await startBench([{ run: constantUs(2 * SECOND_US), exitCode }]);
    create(bench, newPod('a', ruled('Restart', values), { restartPolicy: 'Never' }));
    bench.run(9);
    expect(bench.pod('a')?.status?.containerStatuses?.[0]?.restartCount).toBe(restarts);
    expect(bench.pod('a')?.status?.phase).toBe(restarts > 0 ? 'Running' : 'Failed');
  });

  test('RestartAllContainers takes all down without hooks and starts them again from the init containers, in the same sandbox', async () => {
    const bench = await startBench([ends('init', 0, 1), ends('watcher', 42, 20)]);
    const containers = [
      container('main', { lifecycle: { preStop: { sleep: { seconds: 15 } } } }),
      container('watcher', ruled('RestartAllContainers', [42])),
    ];
    create(bench, newPod('a', {}, { containers, initContainers: [container('init')] }));
    bench.run(15);
    const ip = bench.pod('a')?.status?.podIP;
    expect(condition(bench.pod('a'), 'AllContainersRestarting')?.status).toBe('False');
    bench.run(15);
    const { status } = bench.pod('a')!;
    expect(status?.initContainerStatuses?.[0]).toMatchObject({ restartCount: 1, ready: true });
    expect(status?.containerStatuses).toMatchObject([
      { name: 'main', restartCount: 1, ready: true },
      { name: 'watcher', restartCount: 1, ready: true },
    ]);
    expect(status?.podIP).toBe(ip);
    const said = bench.server.lines.flatMap(({ kind, object }) =>
      kind === 'Pod' ? (condition(object as Pod, 'AllContainersRestarting')?.status ?? []) : [],
    );
    expect(said.filter((one, at) => one !== said[at - 1])).toEqual(['False', 'True', 'False']);
  });
});

describe('Lifecycle hooks', () => {
  test('postStart holds back the next container', async () => {
    const bench = await startBench();
    const first = container('one', { lifecycle: { postStart: { sleep: { seconds: 10 } } } });
    create(bench, newPod('a', {}, { containers: [first, container('two')] }));
    bench.run(8);
    expect(reasons(bench, 'a').filter((reason) => reason === 'Started')).toHaveLength(1);
    bench.run(5);
    expect(bench.pod('a')?.status?.phase).toBe('Running');
  });

  test('a postStart request to a process that does not listen yet has it killed and tried again', async () => {
    const bench = await startBench([{ startup: constantUs(3 * SECOND_US) }]);
    create(bench, newPod('a', { lifecycle: { postStart: { httpGet: { path: '/warm', port: 80 } } } }));
    bench.run(4);
    expect(reasons(bench, 'a').slice(2, 5)).toEqual(['Started', 'FailedPostStartHook', 'Killing']);
    // It ran, if only for a moment, so it counts as stopped and not as waiting.
    expect(bench.states('a')).toContain('Running: PostStartHookError');
    expect(bench.pod('a')?.status?.containerStatuses?.[0]?.state?.waiting?.message).toBe(
      'Get "http://10.128.0.2:80/warm": dial tcp 10.128.0.2:80: connect: connection refused',
    );
  });

  test('a preStop request that nobody answers is told, and costs no time', async () => {
    const bench = await startBench([{ startup: constantUs(3600 * SECOND_US), termination: constantUs(SECOND_US) }]);
    create(bench, newPod('a', { lifecycle: { preStop: { httpGet: { port: 80 } } } }));
    bench.run(10);
    bench.server.delete('Pod', 'default', 'a');
    bench.run(3);
    expect(reasons(bench, 'a').slice(-2)).toEqual(['Killing', 'FailedPreStopHook']);
    expect(bench.pod('a')).toBeUndefined();
  });

  test.each([
    // Hook and SIGTERM share the grace: 10 - 4 = 6 s are left, of which the process needs 3.
    ['leaves the rest of the grace to the process', 4, 10, 3, 7, 'Succeeded: Completed 0'],
    // 10 - 8 = 2 s are left, and it needs 5: killed.
    ['shares one grace with the signal', 8, 10, 5, 10, 'Failed: Error 137'],
    // The hook uses up all of it: the process gets two seconds nevertheless.
    ['leaves two seconds at least', 20, 10, 5, 12, 'Failed: Error 137'],
  ])('preStop %s', async (_about, hookS, graceS, needsS, goneS, expected) => {
    const bench = await startBench([{ termination: constantUs(needsS * SECOND_US) }]);
    const lifecycle = { preStop: { sleep: { seconds: hookS } } };
    create(bench, newPod('a', { lifecycle }, { terminationGracePeriodSeconds: graceS }));
    bench.run(10);
    bench.server.delete('Pod', 'default', 'a');
    bench.run(goneS - 0.5);
    expect(bench.states('a').at(-1)).toBe('Running: running ready');
    bench.run(1.5);
    expect(bench.states('a').at(-1)).toBe(expected);
  });
});

describe('The termination of a pod', () => {
  test.each([
    ['a handler that ends well', { terminationExitCode: 0 }, 'Succeeded: Completed 0'],
    ['the default action of SIGTERM', { terminationExitCode: 143 }, 'Failed: Error 143'],
    ['SIGKILL', { termination: constantUs(1000 * SECOND_US) }, 'Failed: Error 137'],
  ])('by %s shows in its exit code', async (_about, behaviour, expected) => {
    const bench = await startBench([behaviour]);
    create(bench, newPod('a', {}, { terminationGracePeriodSeconds: 3 }));
    bench.run(10);
    bench.server.delete('Pod', 'default', 'a');
    bench.run(6);
    expect(bench.states('a').at(-1)).toBe(expected);
  });

  test('takes sidecars after the containers they serve, the last declared first', async () => {
    const slow = { termination: constantUs(2 * SECOND_US) };
    const bench = await startBench([
      { ...slow, container: 'one' },
      { ...slow, container: 'two' },
      { ...slow, container: 'c' },
    ]);
    const sidecars = [container('one', { restartPolicy: 'Always' }), container('two', { restartPolicy: 'Always' })];
    create(bench, newPod('a', {}, { initContainers: sidecars }));
    bench.run(10);
    const before = bench.sim.nowUs;
    bench.server.delete('Pod', 'default', 'a');
    bench.run(10);
    const last = bench.server.lines.findLast(({ kind, verb }) => kind === 'Pod' && verb === 'status')!.object.status!;
    const finished = [...last.containerStatuses!, ...last.initContainerStatuses!].map(({ name, state }) => [
      name,
      Math.round((timeUsOf(state!.terminated!.finishedAt!) - before) / SECOND_US),
    ]);
    // c after 2 s, two after 4, one after 6.
    const [c, one, two] = finished.map(([, seconds]) => seconds as number);
    expect([two! - c!, one! - two!]).toEqual([2, 2]);
  });

  test('is cut short by a later deletion with less grace', async () => {
    const bench = await startBench([{ termination: constantUs(1000 * SECOND_US) }]);
    create(bench, newPod('a', {}, { terminationGracePeriodSeconds: 300 }));
    bench.run(10);
    bench.server.delete('Pod', 'default', 'a');
    bench.run(20);
    expect(bench.pod('a')?.status?.phase).toBe('Running');
    bench.server.delete('Pod', 'default', 'a', { gracePeriodSeconds: 3 });
    bench.run(5);
    expect(bench.pod('a')).toBeUndefined();
    expect(bench.states('a').at(-1)).toBe('Failed: Error 137');
  });

  test('is begun again by a kubelet that has been away, hook and grace and all', async () => {
    const bench = await startBench([{ termination: constantUs(SECOND_US) }]);
    create(bench, newPod('a', { lifecycle: { preStop: { sleep: { seconds: 10 } } } }));
    bench.run(10);
    bench.server.delete('Pod', 'default', 'a');
    bench.run(5);
    bench.fleet.stopKubelet('n1');
    // The hook would have been through after five seconds more: nobody is there to send SIGTERM.
    bench.run(20);
    expect(bench.fleet.runtimeView.pod(bench.pod('a')!.metadata.uid!)?.processes()).toHaveLength(1);
    bench.fleet.startKubelet('n1');
    bench.run(9);
    expect(bench.pod('a')?.status?.phase).toBe('Running');
    bench.run(4);
    expect(bench.pod('a')).toBeUndefined();
    expect(bench.server.lines.filter(({ kind, object }) => kind === 'Event' && object.reason === 'Killing')).toHaveLength(2);
  });

  test('by force removes the object at once, and the processes two seconds later', async () => {
    const bench = await startBench([{ termination: constantUs(1000 * SECOND_US) }]);
    create(bench, newPod('a'));
    bench.run(10);
    const uid = bench.pod('a')!.metadata.uid!;
    bench.server.delete('Pod', 'default', 'a', { gracePeriodSeconds: 0 });
    expect(bench.pod('a')).toBeUndefined();
    bench.run(1.5);
    expect(bench.fleet.runtimeView.pod(uid)?.processes()).toHaveLength(1);
    bench.run(2);
    expect(bench.fleet.runtimeView.pod(uid)).toBeUndefined();
  });
});

describe('Images', () => {
  const pulls = (bench: Bench) =>
    bench.server.lines.filter(({ object }) => object.reason === 'Pulled').map(({ timeUs }) => timeUs / SECOND_US);
  const three = (bench: Bench) => {
    for (const name of ['a', 'b', 'c']) create(bench, newPod(name, { image: `${name}.example/app:1` }));
  };

  test('are pulled one after the other by default, side by side when told so, and at most so many at once', async () => {
    const spread: number[] = [];
    for (const kubelet of [{}, { serializeImagePulls: false }, { serializeImagePulls: false, maxParallelImagePulls: 2 }]) {
      const bench = await startBench([], { kubelet });
      three(bench);
      bench.run(30);
      const times = pulls(bench);
      expect(times).toHaveLength(3);
      spread.push(times.at(-1)! - times[0]!);
    }
    // 50 MB take 0.83 s alone on the link of 60 MB/s, and 0.33 s to unpack, after 0.3 s to resolve. In a row they end after 1.47,
    // 2.93 and 4.4 s. Side by side the second has half the link and the third a third of it: 1.47, 2.3 and 3.13 s. With two at
    // most, the third begins with the end of the first: 1.47, 2.3 and 3.77 s.
    expect(spread[0]).toBeGreaterThan(2.5);
    expect(spread[1]).toBeLessThan(2.2);
    expect(spread[2]).toBeGreaterThan(spread[1]!);
    expect(spread[2]).toBeLessThan(spread[0]!);
  });

  test('beyond the rate of pulls are refused, and tried again', async () => {
    const bench = await startBench([], { kubelet: { serializeImagePulls: false, registryPullQps: 1, registryBurst: 2 } });
    three(bench);
    bench.run(3);
    expect(bench.events('c')).toContain('Failed: Failed to pull image "c.example/app:1": pull QPS exceeded');
    bench.run(30);
    expect(bench.pod('c')?.status?.phase).toBe('Running');
  });

  test.each([
    ['Never', 'nginx:2', 'ErrImageNeverPull'],
    ['IfNotPresent', 'Nginx', 'InvalidImageName'],
  ] as const)('with the policy %s and the name %s wait with %s', async (imagePullPolicy, image, reason) => {
    const bench = await startBench();
    create(bench, newPod('a', { image, imagePullPolicy }));
    bench.run(3);
    expect(bench.pod('a')?.status?.containerStatuses?.[0]?.state?.waiting?.reason).toBe(reason);
  });

  test('that are not used go when the disk is fuller than the high threshold, after five minutes at most, the oldest first', async () => {
    const bench = await startBench([], { capacity: { cpu: '4', memory: '8Gi', 'ephemeral-storage': '1G' }, images: ['nginx:1'] });
    create(bench, newPod('a', { image: 'old.example/app:1' }, { restartPolicy: 'Always' }));
    bench.run(10);
    bench.server.delete('Pod', 'default', 'a');
    bench.run(200);
    bench.fleet.takeResource('n1', 'ephemeral-storage', 86);
    bench.run(310);
    const images = () =>
      (bench.server.get('Node', undefined, 'n1').status as unknown as { images: { names: string[] }[] }).images.flatMap(
        ({ names }) => names[1]!,
      );
    expect(images()).not.toContain('old.example/app:1');
  });
});

describe('Crash back-off', () => {
  test.each([
    // Exits after 1 s each time: 0, then at once, then 10, 20, 40, 80, 160 s after the exit, each stretched by half at most and a second.
    ['doubles up to the cap of the node', 300, [0, 1, 11, 21, 41, 81, 161]],
    ['is capped as the node is configured', 20, [0, 1, 11, 21, 21, 21]],
  ])('%s', async (_about, maxContainerRestartPeriodSeconds, gaps) => {
    const bench = await startBench([{ crash: { after: constantUs(SECOND_US), exitCode: 1 } }], {
      kubelet: { maxContainerRestartPeriodSeconds },
    });
    create(bench, newPod('a'));
    bench.run(700);
    const starts = bench.server.lines.filter(({ object }) => object.reason === 'Started').map(({ timeUs }) => timeUs / SECOND_US);
    gaps.slice(1).forEach((gap, at) => {
      const took = starts[at + 1]! - starts[at]!;
      expect(took).toBeGreaterThanOrEqual(gap);
      // The wait is looked at in slices of a minute, each stretched by up to a half, and starts take some tenths of a second.
      expect(took).toBeLessThanOrEqual(1 + (gap - 1) * 1.5 + 4);
    });
  });

  test('is forgotten after a run of more than ten minutes', async () => {
    const bench = await startBench([{ crash: { after: constantUs(605 * SECOND_US), exitCode: 1 } }]);
    create(bench, newPod('a'));
    bench.run(2000);
    const starts = bench.server.lines.filter(({ object }) => object.reason === 'Started').map(({ timeUs }) => timeUs / SECOND_US);
    for (let at = 1; at < starts.length; at++) expect(starts[at]! - starts[at - 1]!).toBeLessThan(608);
    expect(starts.length).toBe(4);
  });
});

describe('Volumes', () => {
  const mounts = (volume: object) => ({ volumes: [{ name: 'data', ...volume }] }) as Partial<PodSpec>;

  test('that fail to mount are told at growing intervals, and given up after 2 min 3 s', async () => {
    const bench = await startBench();
    create(bench, newPod('a', {}, mounts({ configMap: { name: 'settings' } })));
    bench.run(130);
    const told = bench.events('a');
    expect(told[0]).toBe('FailedMount: MountVolume.SetUp failed for volume "data" : configmap "settings" not found');
    expect(told).toContain(
      'FailedMount: Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[]: context deadline exceeded',
    );
    expect(bench.states('a').at(-1)).toBe('Pending: ContainerCreating');
  });

  test('that come in time let the pod start', async () => {
    const bench = await startBench();
    create(bench, newPod('a', {}, mounts({ secret: { secretName: 'token' } })));
    bench.run(5);
    bench.server.create('Secret', { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token', namespace: 'default' } } as never);
    bench.run(10);
    expect(bench.pod('a')?.status?.phase).toBe('Running');
  });

  test('whose claim is missing are told of as soon as the pod asks for them', async () => {
    const bench = await startBench();
    create(bench, newPod('a', {}, mounts({ persistentVolumeClaim: { claimName: 'disk' } })));
    bench.run(5);
    expect(bench.events('a')[0]).toContain('failed to process volumes=[data]: error processing PVC default/disk');
  });
});

describe('Memory and disk', () => {
  test('a node short of memory gives up one pod, waits until it has gone, and looks again', async () => {
    // Three pods of 2.6 GiB on a node of 8 GiB: one has to go, and one is enough.
    const bench = await startBench([{ memoryBytes: 2.64 * GIB }]);
    const asked = (memory: string, priority = 0) => [{ resources: { requests: { memory } } }, { priority }] as const;
    create(bench, newPod('modest', ...asked('2Gi')));
    create(bench, newPod('greedy', ...asked('1Gi')));
    create(bench, newPod('dear', ...asked('100Mi', 1000)));
    bench.run(40);
    // All use more than they asked for; of the two of lowest priority, greedy is further over.
    expect(bench.pod('greedy')?.status).toMatchObject({ phase: 'Failed', reason: 'Evicted' });
    expect(bench.pod('greedy')?.status?.message).toMatch(
      /^The node was low on resource: memory\. Threshold quantity: 100Mi, available: \d+Ki\. Container c was using \d+Ki, request is 1Gi, has larger consumption of memory\. $/,
    );
    for (const name of ['modest', 'dear']) expect(bench.pod(name)?.status?.phase).toBe('Running');
  });

  test('pods refused under pressure are refused in its name', async () => {
    const bench = await startBench();
    bench.fleet.takeResource('n1', 'memory', 100);
    bench.run(15);
    create(bench, newPod('plain'));
    create(bench, newPod('asks', { resources: { requests: { cpu: '100m' } } }));
    bench.run(5);
    expect(bench.pod('plain')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'Pod was rejected: The node had condition: [MemoryPressure]. ',
    });
    expect(bench.pod('asks')?.status?.phase).not.toBe('Failed');
  });

  test('a disk below its thresholds is freed of unused images before any pod goes', async () => {
    const node = {
      capacity: { cpu: '4', memory: '8Gi', 'ephemeral-storage': '1G' },
      images: ['nginx:1', 'spare.example/app:1', 'spare.example/app:2'],
    };
    const bench = await startBench([], node);
    create(bench, newPod('a'));
    bench.run(5);
    bench.fleet.takeResource('n1', 'ephemeral-storage', 90);
    bench.run(30);
    // 100 MB of two unused images are given back: 80 % are in use, and the pod stays.
    expect(bench.pod('a')?.status?.phase).toBe('Running');
    expect(bench.events('n1')).toContain('EvictionThresholdMet: Attempting to reclaim ephemeral-storage');
  });

  test('a container over its limit of ephemeral storage has its pod evicted at the next look', async () => {
    const bench = await startBench([{ diskBytes: 300 * MIB }]);
    create(bench, newPod('a', { resources: { limits: { 'ephemeral-storage': '200Mi' } } }));
    create(bench, newPod('b', { resources: { limits: { 'ephemeral-storage': '400Mi' } } }));
    bench.run(20);
    expect(bench.pod('a')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'Container c exceeded its local ephemeral storage limit "200Mi". ',
    });
    expect(bench.pod('b')?.status?.phase).toBe('Running');
  });
});

describe('A resize in place', () => {
  const asking = (cpu: string, memory = '1Gi', further: Partial<Container> = {}) => ({
    resources: { requests: { cpu, memory }, limits: { cpu, memory } },
    ...further,
  });
  const resize = (bench: Bench, name: string, cpu: string, memory = '1Gi') => {
    const pod = bench.pod(name)!;
    const containers = pod.spec.containers.map((one) => ({ ...one, resources: asking(cpu, memory).resources }));
    const metadata = { ...pod.metadata, generation: (pod.metadata.generation ?? 1) + 1 };
    bench.server.update('Pod', { ...pod, metadata, spec: { ...pod.spec, containers } } as never, undefined);
  };

  test('is in progress, and then in force, without a restart', async () => {
    const bench = await startBench();
    create(bench, newPod('a', asking('1')));
    bench.run(10);
    resize(bench, 'a', '2');
    bench.run(5);
    const said = bench.server.lines.map(
      ({ kind, object }) => kind === 'Pod' && condition(object as Pod, 'PodResizeInProgress')?.status === 'True',
    );
    expect(said).toContain(true);
    expect(condition(bench.pod('a'), 'PodResizeInProgress')).toBeUndefined();
    expect(bench.pod('a')?.status?.containerStatuses?.[0]).toMatchObject({
      restartCount: 0,
      resources: { requests: { cpu: '2' } },
      allocatedResources: { cpu: '2' },
    });
  });

  test('that the node can never grant is infeasible, one it cannot grant now is put off until room comes free', async () => {
    const bench = await startBench();
    create(bench, newPod('a', asking('1')));
    create(bench, newPod('b', asking('2')));
    bench.run(10);
    resize(bench, 'a', '5');
    bench.run(3);
    expect(condition(bench.pod('a'), 'PodResizePending')).toMatchObject({ status: 'True', reason: 'Infeasible' });
    resize(bench, 'a', '3');
    bench.run(3);
    expect(condition(bench.pod('a'), 'PodResizePending')).toMatchObject({ status: 'True', reason: 'Deferred' });
    bench.server.delete('Pod', 'default', 'b');
    bench.run(5);
    expect(condition(bench.pod('a'), 'PodResizePending')).toBeUndefined();
    expect(bench.pod('a')?.status?.containerStatuses?.[0]?.allocatedResources).toMatchObject({ cpu: '3' });
  });

  test('of a resource that asks for it restarts the container', async () => {
    const bench = await startBench();
    create(bench, newPod('a', asking('1', '1Gi', { resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }] })));
    bench.run(10);
    resize(bench, 'a', '1', '2Gi');
    bench.run(10);
    expect(bench.pod('a')?.status?.containerStatuses?.[0]).toMatchObject({ restartCount: 1, ready: true });
  });

  test('of its memory limit saves a container that would have outgrown it', async () => {
    // 32 Mi at first, 8 Mi more each second: 256 Mi are reached after 28 s, 1 Gi after 124 s.
    const bench = await startBench([{ memoryGrowthBytesPerSecond: 8 * MIB }]);
    create(bench, newPod('a', asking('1', '256Mi')));
    bench.run(20);
    resize(bench, 'a', '1', '1Gi');
    bench.run(80);
    expect(bench.pod('a')?.status?.containerStatuses?.[0]?.restartCount).toBe(0);
    bench.run(40);
    expect(bench.states('a')).toContain('Running: OOMKilled 137');
  });
});
