import { describe, expect, test } from 'vitest';
import { SECOND_US } from '../../../src/base/units.ts';
import { create } from './bench-pods.ts';
import { type Bench, newPod, startBench } from './fleet-bench.ts';

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

  test('that cannot be had are looked at again after the usual pause of 10 to 15 s, and asked for when their back-off is over', async () => {
    const bench = await startBench();
    create(bench, newPod('a', { image: 'nginx:naoexiste' }));
    bench.run(400);
    const times = (message: string) =>
      bench.server.lines.filter(({ object }) => object.message?.startsWith(message) === true).map(({ timeUs }) => timeUs / SECOND_US);
    const looks = times('Back-off pulling image');
    // The first comes with the relist that sees the sandbox; each other 10 to 15 s and a tick after the last look.
    const gaps = looks.slice(2).map((time, at) => time - looks[at + 1]!);
    expect(Math.min(...gaps)).toBeGreaterThan(9.9);
    // One wait is over between some two looks, and then a pull stands between them.
    expect(Math.max(...gaps)).toBeLessThan(35);
    expect(times('Pulling image').length).toBeGreaterThanOrEqual(5);
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

  test('that cannot make room are told of, and from the second time on as a failed collection too', async () => {
    const bench = await startBench([], {
      capacity: { cpu: '4', memory: '8Gi', 'ephemeral-storage': '1Gi' },
      images: ['nginx:1'],
      kubelet: { evictionDiskAvailablePercent: 5, evictionImageFsAvailablePercent: 5 },
    });
    create(bench, newPod('a'));
    bench.run(5);
    bench.fleet.takeResource('n1', 'ephemeral-storage', 86);
    bench.run(300);
    const told = () => bench.events('n1').filter((event) => event.includes('Insufficient free disk space'));
    const message =
      "Insufficient free disk space on the node's image filesystem (86% of 1.0 GiB used). Failed to free sufficient space by deleting unused images " +
      '(freed 0 bytes). Investigate disk usage, as it could be used by active images, logs, volumes, or other data.';
    expect(told()).toEqual([`FreeDiskSpaceFailed: ${message}`]);
    bench.run(300);
    expect(told()).toContain(`ImageGCFailed: ${message}`);
  });
});
