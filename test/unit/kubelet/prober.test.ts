/** When probes are asked and what they answer, worked out by hand; seconds are counted from the container's start. */
import { describe, expect, test } from 'vitest';
import type { WorkloadBehaviour } from '../../../src/model/behaviour.ts';
import type { Container, Probe } from '../../../src/model/pod.ts';
import { timeUsOf } from '../../../src/model/time.ts';
import { constantUs } from '../../../src/sim/distribution.ts';
import { type Bench, newPod, startBench } from './fleet-bench.ts';

const SECOND_US = 1_000_000;
const HTTP: Probe = { httpGet: { path: '/', port: 80 } };

async function started(container: Partial<Container>, behaviour: Partial<WorkloadBehaviour> = {}): Promise<Bench> {
  const bench = await startBench([behaviour]);
  bench.server.create('Pod', newPod('a', container));
  while (startUs(bench) === undefined) bench.run(0.01);
  return bench;
}

/** When the process of the container began. */
function startUs(bench: Bench): number | undefined {
  const uid = bench.pod('a')?.metadata.uid ?? '';
  return bench.fleet.runtimeView.pod(uid)?.processes()[0]?.startUs;
}

/** Seconds after `fromUs` of the events of that reason, rounded down to tenths: the write of an Event takes some milliseconds. */
function secondsOf(bench: Bench, reason: string, fromUs: number): number[] {
  return bench.server.lines
    .filter(({ kind, object }) => kind === 'Event' && object.reason === reason)
    .map(({ timeUs }) => Math.floor((timeUs - fromUs) / (SECOND_US / 10)) / 10);
}

/** Seconds after `fromUs` at which a status said that the pod is Ready, or is not. */
function readyChanges(bench: Bench, fromUs: number): string[] {
  const changes: string[] = [];
  for (const { kind, verb, timeUs, object } of bench.server.lines) {
    const ready = object.status?.conditions?.find((one) => one.type === 'Ready')?.status;
    if (kind !== 'Pod' || verb !== 'status' || ready === undefined) continue;
    const change = `${ready} at ${Math.max(0, Math.floor((timeUs - fromUs) / SECOND_US))}`;
    if (changes.at(-1)?.startsWith(ready) !== true) changes.push(change);
  }
  return changes;
}

describe('A readiness probe', () => {
  test.each<[string, Partial<Probe>, Partial<WorkloadBehaviour>, number]>([
    // Asked out of turn as soon as the container is seen.
    ['without a delay is asked at once', {}, {}, 0],
    // Seen at 0 s, too early to be asked; the ticker counts from there: 10 s. Not at 5 s.
    ['with a delay shorter than its period is asked one period after the start', { initialDelaySeconds: 5 }, {}, 10],
    // Ticks at 10 and 20 s; 15 s have passed at the second.
    ['with a delay longer than its period is asked at the first tick after it', { initialDelaySeconds: 15 }, {}, 20],
    ['with a short period follows its delay closely', { initialDelaySeconds: 5, periodSeconds: 2 }, {}, 6],
    // Asked at 0, 3, 6 s: the process listens from 4 s on.
    ['that was refused is asked again each period', { periodSeconds: 3 }, { startup: constantUs(4 * SECOND_US) }, 6],
    // Good at 0, 4 and 8 s.
    ['has to succeed as often as its threshold says', { periodSeconds: 4, successThreshold: 3 }, {}, 8],
    // It listens from 2 s on and is ready 5 s later: asked at 0, 4, 8 s.
    [
      'waits for a process that is not ready yet',
      { periodSeconds: 4 },
      { startup: constantUs(2 * SECOND_US), readinessDelay: constantUs(5 * SECOND_US) },
      8,
    ],
  ])('%s', async (_about, probe, behaviour, expected) => {
    const bench = await started({ readinessProbe: { ...HTTP, ...probe } }, behaviour);
    bench.run(40);
    expect(readyChanges(bench, startUs(bench)!)).toEqual(['False at 0', `True at ${expected}`]);
  });

  test('of a TCP port is content with a connection', async () => {
    const slow = { readinessDelay: constantUs(60 * SECOND_US) };
    const bench = await started({ readinessProbe: { tcpSocket: { port: 80 } } }, slow);
    bench.run(5);
    expect(readyChanges(bench, startUs(bench)!)).toEqual(['False at 0', 'True at 0']);
  });

  test('that is lost is asked once more at once, because the status is worked out again', async () => {
    // Hangs from 12 s on, while it is asked at 15, 20 and 25 s, and each answer takes the timeout of 1 s.
    const bench = await started({ readinessProbe: { ...HTTP, periodSeconds: 5 } }, { hang: { after: constantUs(12 * SECOND_US) } });
    const fromUs = startUs(bench)!;
    bench.run(27.5);
    expect(readyChanges(bench, fromUs)).toEqual(['False at 0', 'True at 0', 'False at 26']);
    // The fourth question is put at 26 s and answered at 27 s; its ticker counts from there.
    expect(secondsOf(bench, 'Unhealthy', fromUs).map(Math.floor)).toEqual([16, 21, 26, 27]);
  });

  test('goes on while the pod is taken down, and liveness does not', async () => {
    const bench = await started(
      {
        readinessProbe: { ...HTTP, periodSeconds: 2, failureThreshold: 1 },
        livenessProbe: { ...HTTP, periodSeconds: 1, failureThreshold: 1 },
      },
      { hang: { after: constantUs(10 * SECOND_US) }, termination: constantUs(20 * SECOND_US) },
    );
    bench.run(9);
    bench.server.delete('Pod', 'default', 'a');
    bench.run(10);
    const messages = bench.events('a').filter((one) => one.startsWith('Unhealthy'));
    expect(messages.length).toBeGreaterThan(0);
    expect(messages.every((one) => one.startsWith('Unhealthy: Readiness'))).toBe(true);
  });

  test('calls a named port by its number', async () => {
    const ports = [{ name: 'web', containerPort: 8080 }];
    const bench = await started(
      { ports, readinessProbe: { httpGet: { path: '/ok', port: 'web' } } },
      { startup: constantUs(60 * SECOND_US) },
    );
    bench.run(5);
    expect(bench.events('a').at(-1)).toBe(
      'Unhealthy: Readiness probe failed: Get "http://10.128.0.2:8080/ok": dial tcp 10.128.0.2:8080: connect: connection refused',
    );
  });
});

describe('A liveness probe', () => {
  // Its ticker counts from before the sandbox, some tenths of a second before the container's start.
  const HANG = { hang: { after: constantUs(12 * SECOND_US) } };

  test('has the container killed at the end of its third failure', async () => {
    const bench = await started({ livenessProbe: { ...HTTP, periodSeconds: 5 } }, HANG);
    const fromUs = startUs(bench)!;
    bench.run(30);
    // Asked at 15, 20 and 25 s, less the ticker's lead; each answer takes the timeout of 1 s.
    const [killed] = secondsOf(bench, 'Killing', fromUs);
    expect(killed).toBeGreaterThan(25);
    expect(killed).toBeLessThanOrEqual(26);
    expect(bench.events('a')).toContain('Killing: Container c failed liveness probe, will be restarted');
  });

  test('of a TCP port does not notice a process that hangs', async () => {
    const bench = await started({ livenessProbe: { tcpSocket: { port: 80 }, periodSeconds: 5 } }, HANG);
    bench.run(60);
    expect(bench.events('a').filter((one) => one.startsWith('Unhealthy'))).toEqual([]);
  });

  test('names a command that takes too long', async () => {
    const bench = await started({ livenessProbe: { exec: { command: ['cat', '/ok'] }, periodSeconds: 5, timeoutSeconds: 2 } }, HANG);
    bench.run(18);
    expect(bench.events('a').at(-1)).toBe('Unhealthy: Liveness probe failed: command timed out: "cat /ok" timed out after 2s');
  });

  test('is content again when the process wakes up within the timeout', async () => {
    const nap = { hang: { after: constantUs(12 * SECOND_US), duration: constantUs(2 * SECOND_US) } };
    const bench = await started({ livenessProbe: { ...HTTP, periodSeconds: 1, timeoutSeconds: 5, failureThreshold: 1 } }, nap);
    bench.run(60);
    expect(bench.pod('a')?.status?.containerStatuses?.[0]?.restartCount).toBe(0);
  });

  test('takes the grace of its own for the kill', async () => {
    const stubborn = { ...HANG, termination: constantUs(1000 * SECOND_US) };
    const probe = { ...HTTP, periodSeconds: 5, failureThreshold: 1, terminationGracePeriodSeconds: 7 };
    const bench = await started({ livenessProbe: probe }, stubborn);
    bench.run(35);
    const last = bench.pod('a')!.status!.containerStatuses![0]!.lastState!.terminated!;
    // Asked at 15 s, known at 16, killed 7 s later, less the ticker's lead.
    const tookS = (timeUsOf(last.finishedAt!) - timeUsOf(last.startedAt!)) / SECOND_US;
    expect(last).toMatchObject({ exitCode: 137, reason: 'Error' });
    expect(tookS).toBeGreaterThanOrEqual(22);
    expect(tookS).toBeLessThanOrEqual(23);
  });
});

describe('A startup probe', () => {
  test('holds the others back until it has succeeded', async () => {
    const container = {
      startupProbe: { ...HTTP, periodSeconds: 2, failureThreshold: 30 },
      livenessProbe: { ...HTTP, periodSeconds: 1, failureThreshold: 1 },
      readinessProbe: HTTP,
    };
    const bench = await started(container, { startup: constantUs(9 * SECOND_US) });
    bench.run(20);
    const kinds = new Set(bench.events('a').flatMap((one) => /^Unhealthy: (\w+)/.exec(one)?.[1] ?? []));
    expect(kinds).toEqual(new Set(['Startup']));
    expect(bench.pod('a')?.status?.containerStatuses?.[0]).toMatchObject({ started: true, ready: true, restartCount: 0 });
  });

  test('has its container killed when it has failed too often', async () => {
    const bench = await started(
      { startupProbe: { ...HTTP, periodSeconds: 2, failureThreshold: 3 } },
      { startup: constantUs(60 * SECOND_US) },
    );
    bench.run(12);
    expect(bench.events('a')).toContain('Killing: Container c failed startup probe, will be restarted');
  });
});

test('A kubelet that starts anew leaves a container Ready and spreads its first questions over a period', async () => {
  const bench = await startBench();
  for (const name of ['a', 'b', 'c', 'd'])
    bench.server.create('Pod', newPod(name, { readinessProbe: { ...HTTP, periodSeconds: 20, failureThreshold: 1 } }));
  bench.run(30);
  bench.fleet.restartKubelet('n1');
  bench.run(60);
  expect(['a', 'b', 'c', 'd'].map((name) => readyChanges(bench, 0).length > 0 && bench.states(name).at(-1))).toEqual(
    Array(4).fill('Running: running ready'),
  );
  const lost = bench.server.lines.filter(
    ({ kind, verb, object }) => kind === 'Pod' && verb === 'status' && object.status?.phase === 'Running',
  );
  expect(lost.every(({ object }) => object.status?.containerStatuses?.[0]?.restartCount === 0)).toBe(true);
});
