import { describe, expect, test } from 'vitest';
import { SECOND_US } from '../../../src/base/units.ts';
import { timeUsOf } from '../../../src/model/time.ts';
import { constantUs } from '../../../src/sim/distribution.ts';
import { container, create, reasons } from './bench-pods.ts';
import { newPod, startBench } from './fleet-bench.ts';

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

  test('goes on with its grace whatever a later deletion says', async () => {
    const bench = await startBench([{ termination: constantUs(1000 * SECOND_US) }]);
    create(bench, newPod('a', {}, { terminationGracePeriodSeconds: 60 }));
    bench.run(10);
    bench.server.delete('Pod', 'default', 'a');
    bench.run(20);
    bench.server.delete('Pod', 'default', 'a', { gracePeriodSeconds: 3 });
    bench.run(39);
    expect(bench.pod('a')?.status?.phase).toBe('Running');
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

  test('waits for the pass under way: a container whose image is being pulled is started first', async () => {
    const bench = await startBench();
    create(bench, newPod('a', { image: 'far.example/app:1' }));
    bench.run(1);
    bench.server.delete('Pod', 'default', 'a');
    expect(reasons(bench, 'a')).toEqual(['Pulling']);
    bench.run(10);
    expect(reasons(bench, 'a')).toEqual(['Pulling', 'Pulled', 'Created', 'Started', 'Killing']);
    expect(bench.pod('a')).toBeUndefined();
  });

  test('gives up a wait for volumes at once', async () => {
    const bench = await startBench();
    create(bench, newPod('a', {}, { volumes: [{ name: 'data', configMap: { name: 'settings' } }] }));
    bench.run(5);
    bench.server.delete('Pod', 'default', 'a');
    bench.run(4);
    expect(bench.pod('a')).toBeUndefined();
  });

  test('ends with the removal after the relist that follows the last container, at one beat for all pods of the node', async () => {
    const bench = await startBench([{ termination: constantUs(0) }]);
    const names = ['a', 'b', 'c', 'd'];
    for (const name of names) create(bench, newPod(name));
    bench.run(10);
    for (const name of names) {
      bench.server.delete('Pod', 'default', name);
      bench.run(1.25);
    }
    bench.run(5);
    const removals = bench.server.lines
      .filter(({ kind, verb }) => kind === 'Pod' && verb === 'remove')
      .map(({ timeUs }) => timeUs % SECOND_US);
    // Volumes and cgroup go in 0.05 to 0.2 s after a relist, and the requests take some milliseconds.
    expect(removals).toHaveLength(4);
    expect(Math.max(...removals) - Math.min(...removals)).toBeLessThan(200_000);
  });
});
