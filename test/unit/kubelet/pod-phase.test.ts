import { describe, expect, test } from 'vitest';
import { SECOND_US } from '../../../src/base/units.ts';
import type { Container, Pod, PodSpec } from '../../../src/model/pod.ts';
import { constantUs } from '../../../src/sim/distribution.ts';
import { condition, container, create, ends, statuses } from './bench-pods.ts';
import { newPod, startBench } from './fleet-bench.ts';

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

  test('is final only when the pod has been taken down, for which the runtime is looked at once more', async () => {
    const bench = await startBench([{ run: constantUs(SECOND_US) }]);
    create(bench, newPod('a', {}, { restartPolicy: 'Never' }));
    bench.run(10);
    const [seen, told] = statuses(bench, 'a').slice(-2);
    // What the containers have come to is told at once, with the conditions of the phase that follows from it.
    expect(seen!.status.phase).toBe('Running');
    expect(seen!.status.containerStatuses?.[0]?.state?.terminated?.reason).toBe('Completed');
    expect(seen!.status.conditions?.find(({ type }) => type === 'Ready')).toMatchObject({ status: 'False', reason: 'PodCompleted' });
    expect(told!.status.phase).toBe('Succeeded');
    // The next relist is a second after that which saw the end; then the sandbox has to go.
    expect((told!.timeUs - seen!.timeUs) / SECOND_US).toBeGreaterThan(0.9);
    expect((told!.timeUs - seen!.timeUs) / SECOND_US).toBeLessThan(1.5);
  });

  test('of a pod past its deadline is told when it is down, but the pod is not ready from then on', async () => {
    const bench = await startBench([{ termination: constantUs(4 * SECOND_US) }]);
    create(bench, newPod('a', {}, { activeDeadlineSeconds: 20 }));
    bench.run(23);
    expect(bench.pod('a')?.status?.phase).toBe('Running');
    expect(bench.pod('a')?.status?.reason).toBeUndefined();
    expect(condition(bench.pod('a'), 'Ready')).toMatchObject({ status: 'False', reason: 'PodFailed' });
    bench.run(5);
    expect(bench.pod('a')?.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' });
  });

  test('of a pod whose init containers run again after a boot is Pending, though it stays initialized', async () => {
    const bench = await startBench([ends('init', 0, 5)]);
    create(bench, newPod('a', {}, { initContainers: [container('init')] }));
    bench.run(20);
    bench.fleet.crashNode('n1');
    bench.fleet.restartNode('n1');
    bench.run(120);
    const phases = statuses(bench, 'a').map(({ status }) => status.phase);
    expect(phases.lastIndexOf('Pending')).toBeGreaterThan(phases.indexOf('Running'));
    expect(phases.at(-1)).toBe('Running');
    const initialized = statuses(bench, 'a').map(({ status }) => status.conditions?.find(({ type }) => type === 'Initialized')?.status);
    expect(initialized.lastIndexOf('False')).toBeLessThan(initialized.indexOf('True'));
  });
});

test('The address of a pod is told with the pass after the one that made its sandbox, that of its node at once', async () => {
  const bench = await startBench();
  create(bench, newPod('a', { image: 'far.example/app:1' }));
  create(bench, newPod('b', { image: 'far.example/app:1' }, { hostNetwork: true }));
  bench.run(10);
  const withSandbox = statuses(bench, 'a').find(({ status }) => status.conditions?.[0]?.status === 'True')!.status;
  expect(withSandbox.conditions?.[0]?.type).toBe('PodReadyToStartContainers');
  expect(withSandbox.podIP).toBeUndefined();
  expect(bench.pod('a')?.status?.podIP).toBe('10.128.0.2');
  expect(statuses(bench, 'b')[0]!.status.podIP).toBe(bench.pod('b')?.status?.hostIP);
});

test('A container that has ended still shows what it was granted', async () => {
  const bench = await startBench([{ run: constantUs(3 * SECOND_US) }]);
  const resources = { requests: { cpu: '1' } };
  create(bench, newPod('a', { resources }, { restartPolicy: 'Never' }));
  bench.run(10);
  expect(bench.pod('a')?.status?.containerStatuses?.[0]).toMatchObject({ resources, allocatedResources: { cpu: '1' } });
});

test('A sidecar in its back-off holds up neither the next init container nor the app', async () => {
  // The sidecar ends after 2, 5 and 8 s or so, and then has to wait; the init container is through at 12 s.
  const bench = await startBench([ends('watcher', 1, 2), ends('init', 0, 12)]);
  create(bench, newPod('a', {}, { initContainers: [container('watcher', { restartPolicy: 'Always' }), container('init')] }));
  bench.run(20);
  const started = statuses(bench, 'a').find(({ status }) => status.containerStatuses?.[0]?.state?.running !== undefined)!.status;
  expect(started.initContainerStatuses?.map(({ ready }) => ready)).toEqual([false, true]);
  expect(started.phase).toBe('Running');
});

test('A pod becomes ready when its readiness gate opens, and stops being so when it shuts', async () => {
  const bench = await startBench();
  create(bench, newPod('a', {}, { readinessGates: [{ conditionType: 'gate.example/open' }] }));
  bench.run(10);
  expect(condition(bench.pod('a'), 'Ready')).toMatchObject({ status: 'False', reason: 'ReadinessGatesNotReady' });
  const set = (status: string) => {
    const pod = bench.pod('a')!;
    const conditions = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'gate.example/open');
    const opened = { ...pod, status: { ...pod.status, conditions: [...conditions, { type: 'gate.example/open', status }] } };
    bench.server.update('Pod', opened as never, undefined, 'status');
    bench.run(3);
  };
  set('True');
  expect(condition(bench.pod('a'), 'Ready')?.status).toBe('True');
  expect(bench.pod('a')?.status?.conditions?.[0]?.type).toBe('gate.example/open');
  set('False');
  expect(condition(bench.pod('a'), 'Ready')?.status).toBe('False');
});

test('A pod that is not to be started again gets no new sandbox after a boot', async () => {
  const bench = await startBench();
  create(bench, newPod('a', {}, { restartPolicy: 'Never' }));
  create(bench, newPod('b'));
  bench.run(10);
  bench.fleet.crashNode('n1');
  bench.fleet.restartNode('n1');
  bench.run(100);
  expect(bench.pod('a')?.status?.phase).toBe('Failed');
  expect(bench.events('a').filter((event) => event.startsWith('SandboxChanged'))).toEqual([]);
  expect(bench.events('b')).toContain('SandboxChanged: Pod sandbox changed, it will be killed and re-created.');
});
