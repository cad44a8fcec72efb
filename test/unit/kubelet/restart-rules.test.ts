import { describe, expect, test } from 'vitest';
import { SECOND_US } from '../../../src/base/units.ts';
import type { Container, Pod } from '../../../src/model/pod.ts';
import { constantUs } from '../../../src/sim/distribution.ts';
import { condition, container, create, ends, statuses } from './bench-pods.ts';
import { newPod, startBench } from './fleet-bench.ts';

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
    const during = statuses(bench, 'a').map(({ status }) => status);
    expect(
      during.flatMap((one) => one.conditions ?? []).find((one) => one.type === 'AllContainersRestarting' && one.status === 'True'),
    ).toMatchObject({
      reason: 'RestartAllContainersStarted',
      message: 'container exited with restart policy rule',
    });
    // Until they start again they are removed, and nobody remembers how they ended.
    const removed = during.find((one) => one.containerStatuses?.[0]?.state?.waiting?.reason === 'RestartingAllContainers')!;
    for (const one of [...removed.containerStatuses!, ...removed.initContainerStatuses!]) {
      expect(one).toMatchObject({ restartCount: 1, lastState: { terminated: { reason: 'RestartingAllContainers', exitCode: 137 } } });
    }
    expect(status?.containerStatuses?.[1]?.lastState?.terminated?.reason).toBe('RestartingAllContainers');
    expect(bench.events('a')).toContain('Killing: killing');
  });
});
