/**
 * KWOK's stages say in one step what becomes of a pod or node. Where they model real behaviour, our kubelet must end there too.
 * Left aside: a second address family, and NetworkUnavailable, which a cloud's route controller writes.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import type { Pod, PodStatus } from '../../../src/model/pod.ts';
import { hasApiErrors, startBench } from './fleet-bench.ts';

const folder = join(import.meta.dirname, '../../../../shared/data/kwok-stages/stage');

interface Stage {
  readonly kind: string;
  readonly data?: { readonly status: PodStatus & { readonly conditions?: readonly { readonly type: string; readonly status: string }[] } };
}

const stageOf = (file: string): Stage => parse(readFileSync(join(folder, file), 'utf8')).stages[0].next[0];

/** The stage's own input pod, bound to our node, as it is before its kubelet has seen it. */
function inputPod(file: string): Pod {
  const pod = parseAllDocuments(readFileSync(join(folder, file), 'utf8'))
    .map((document) => document.toJS() as Pod)
    .find((one) => one.kind === 'Pod')!;
  return {
    ...pod,
    metadata: { ...pod.metadata, namespace: 'default' },
    spec: { ...pod.spec, nodeName: 'n1' },
    status: { phase: 'Pending' },
  };
}

describe.skipIf(!existsSync(folder) || !hasApiErrors)('The kubelet ends where the KWOK stage', () => {
  test('pod-ready leaves a pending pod', async () => {
    const expected = stageOf('pod/fast/testdata/pod-pending.output.yaml').data!.status;
    const bench = await startBench();
    const pod = inputPod('pod/fast/testdata/pod-pending.input.yaml');
    bench.server.create('Pod', pod);
    bench.run(30);
    const status = bench.pod(pod.metadata.name)!.status!;
    expect(status.phase).toBe(expected.phase);
    for (const { type, status: value } of expected.conditions!)
      expect(status.conditions?.find((one) => one.type === type)?.status).toBe(value);
    const [container] = expected.containerStatuses!;
    expect(status.containerStatuses?.[0]).toMatchObject({ name: container!.name, image: container!.image, ready: true, restartCount: 0 });
    expect(Object.keys(status.containerStatuses![0]!.state!)).toEqual(Object.keys(container!.state!));
  });

  test('pod-complete leaves the pod of a Job', async () => {
    const expected = stageOf('pod/fast/testdata/pod-running-with-job.output.yaml').data!.status;
    const bench = await startBench();
    const input = inputPod('pod/fast/testdata/pod-running-with-job.input.yaml');
    bench.server.create('Pod', { ...input, spec: { ...input.spec, restartPolicy: 'Never' } } as Pod);
    bench.run(120);
    const status = bench.pod(input.metadata.name)!.status!;
    expect(status.phase).toBe(expected.phase);
    const { startedAt: _, finishedAt: __, ...ended } = expected.containerStatuses![0]!.state!.terminated!;
    expect(status.containerStatuses?.[0]).toMatchObject({ ready: false, started: false, restartCount: 0, state: { terminated: ended } });
  });

  test('pod-delete leaves a terminating pod', async () => {
    expect(stageOf('pod/fast/testdata/pod-terminating.output.yaml').kind).toBe('delete');
    const bench = await startBench();
    const pod = inputPod('pod/fast/testdata/pod-pending.input.yaml');
    bench.server.create('Pod', pod);
    bench.run(20);
    bench.server.delete('Pod', 'default', pod.metadata.name);
    bench.run(40);
    expect(bench.pod(pod.metadata.name)).toBeUndefined();
  });

  test('node-initialize leaves a new node', async () => {
    const expected = stageOf('node/fast/testdata/node-pending.output.yaml').data!.status as unknown as {
      readonly conditions: readonly { readonly type: string; readonly status: string; readonly reason: string; readonly message: string }[];
      readonly addresses: readonly { readonly type: string }[];
    };
    const bench = await startBench();
    bench.run(20);
    const status = bench.server.get('Node', undefined, 'n1').status as unknown as typeof expected;
    for (const { type, status: value, reason, message } of expected.conditions) {
      if (type === 'NetworkUnavailable') continue;
      expect(status.conditions.find((one) => one.type === type)).toMatchObject({ status: value, reason, message });
    }
    expect(status.addresses.map(({ type }) => type)).toEqual(expected.addresses.map(({ type }) => type));
  });
});
