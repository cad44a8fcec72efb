/**
 * KWOK's stages say in one step what becomes of an object. Where they model real behaviour, our cluster must end there too.
 *
 * What is left aside of the pairs, because no real cluster does it:
 * - node-not-ready: no kubelet reports itself `nodeFailed`. A node that fails says nothing, and the node controller writes
 *   `NodeStatusUnknown` (test/runs/self-healing.test.ts).
 * - NetworkUnavailable=False of node-initialize: a cloud's route controller writes it, and there is none here.
 * - A second address family; `phase: Running` of a node, which left the API with v1.0; a node of 1,000 processors.
 * - pvc-provision's `status.volumeName`, a field the API does not have, and the folder its volumes lie in.
 * - pvc-delete's instant: it releases the volume when the claim is to be deleted, a real cluster when it is gone.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { KubeObject } from '../../src/model/meta.ts';
import type { Pod, PodStatus } from '../../src/model/pod.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../src/model/storage.ts';
import { smallCluster } from '../support/small-cluster.ts';
import { startBench } from '../unit/kubelet/fleet-bench.ts';

interface Step {
  readonly kind: string;
  readonly subresource?: string;
  // biome-ignore lint/suspicious/noExplicitAny: a patch of whatever kind of object the stage is about.
  readonly data?: any;
}

const read = (file: string) => parse(readFileSync(join(import.meta.dirname, 'data/kwok-stages', file), 'utf8'));
const stepsOf = (name: string): readonly Step[] => read(`${name}.output.yaml`).stages[0].next;

/** The pair's own input pod, bound to our node, as it is before its kubelet has seen it. */
function inputPod(name: string): Pod {
  const pod = read(`${name}.input.yaml`) as Pod;
  return {
    ...pod,
    metadata: { ...pod.metadata, namespace: 'default' },
    spec: { ...pod.spec, nodeName: 'n1' },
    status: { phase: 'Pending' },
  };
}

test('pod-ready: the kubelet leaves a pending pod Running and Ready', async () => {
  const expected = stepsOf('pod-pending')[0]!.data.status as PodStatus;
  const bench = await startBench();
  const pod = inputPod('pod-pending');
  bench.server.create('Pod', pod);
  bench.run(30);
  const status = bench.pod(pod.metadata.name)!.status!;
  expect(status.phase).toBe(expected.phase);
  for (const { type, status: value } of expected.conditions!) {
    expect(status.conditions?.find((one) => one.type === type)?.status).toBe(value);
  }
  const [container] = expected.containerStatuses!;
  expect(status.containerStatuses?.[0]).toMatchObject({ name: container!.name, image: container!.image, ready: true, restartCount: 0 });
  expect(Object.keys(status.containerStatuses![0]!.state!)).toEqual(Object.keys(container!.state!));
  expect(status.podIPs).toEqual([{ ip: status.podIP }]);
  expect(status.hostIPs).toEqual([{ ip: status.hostIP }]);
});

test('pod-complete: the kubelet leaves the pod of a Job Succeeded', async () => {
  const expected = stepsOf('pod-running-with-job')[0]!.data.status as PodStatus;
  const bench = await startBench();
  const input = inputPod('pod-running-with-job');
  bench.server.create('Pod', { ...input, spec: { ...input.spec, restartPolicy: 'Never' } } as Pod);
  bench.run(120);
  const status = bench.pod(input.metadata.name)!.status!;
  expect(status.phase).toBe(expected.phase);
  const { startedAt: _, finishedAt: __, ...ended } = expected.containerStatuses![0]!.state!.terminated!;
  expect(status.containerStatuses?.[0]).toMatchObject({ ready: false, started: false, restartCount: 0, state: { terminated: ended } });
});

test('pod-delete: the kubelet removes a terminating pod', async () => {
  expect(stepsOf('pod-terminating')).toEqual([{ kind: 'delete' }]);
  const bench = await startBench();
  const pod = inputPod('pod-terminating');
  const { deletionTimestamp: _, ...metadata } = pod.metadata;
  bench.server.create('Pod', { ...pod, metadata });
  bench.run(20);
  bench.server.delete('Pod', 'default', pod.metadata.name);
  bench.run(40);
  expect(bench.pod(pod.metadata.name)).toBeUndefined();
});

test('node-initialize: a kubelet brings its node to the same conditions and addresses', async () => {
  const expected = stepsOf('node-pending')[0]!.data.status;
  const bench = await startBench();
  bench.run(20);
  const status = bench.server.get('Node', undefined, 'n1').status as unknown as typeof expected;
  for (const { type, status: value, reason, message } of expected.conditions) {
    if (type === 'NetworkUnavailable') continue;
    expect(status.conditions.find((one: { type: string }) => one.type === type)).toMatchObject({ status: value, reason, message });
  }
  const types = (addresses: readonly { type: string }[]) => addresses.map(({ type }) => type);
  expect(types(status.addresses)).toEqual(types(expected.addresses));
  expect(Object.keys(expected.nodeInfo).filter((field) => !(field in status.nodeInfo))).toEqual([]);
});

test('pvc-provision, pv-bind, pvc-delete and pv-delete: a claim gets its volume, and takes it along when it goes', () => {
  const input = read('pvc-provision.input.yaml') as PersistentVolumeClaim;
  const [volumeStep, annotationStep, , statusStep] = stepsOf('pvc-provision');
  const driver = volumeStep!.data.metadata.annotations['pv.kubernetes.io/provisioned-by'] as string;
  const storageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: input.spec.storageClassName! },
    provisioner: driver,
    reclaimPolicy: volumeStep!.data.spec.persistentVolumeReclaimPolicy,
    volumeBindingMode: 'Immediate',
  } as KubeObject;
  const site = smallCluster({ objects: [storageClass] });
  const phases: (string | undefined)[] = [];
  site.cluster.observers.add({
    wrote: ({ kind, object, removed }) => {
      if (kind !== 'PersistentVolume') return;
      const phase = removed ? 'removed' : (object as PersistentVolume).status?.phase;
      if (phase !== phases.at(-1)) phases.push(phase);
    },
  });
  const { uid: _, resourceVersion: __, ...metadata } = input.metadata;
  const kubectl = site.cluster.client('kubectl');
  kubectl.send(true, (api, request) =>
    api.create('PersistentVolumeClaim', { ...input, metadata, status: {} } as PersistentVolumeClaim, request),
  );
  site.run(60);

  const claim = site.cluster.api.get('PersistentVolumeClaim', metadata.namespace, metadata.name);
  const { uid } = claim.metadata;
  expect(claim.metadata.annotations).toMatchObject(annotationStep!.data.metadata.annotations);
  const { volumeName: ___, ...status } = statusStep!.data.status;
  expect(claim.status).toMatchObject(status);
  expect(claim.spec.volumeName).toBe(`pvc-${uid}`);
  const volume = site.cluster.api.get('PersistentVolume', undefined, `pvc-${uid}`);
  const { hostPath, claimRef, ...spec } = volumeStep!.data.spec;
  expect(volume.metadata.annotations).toMatchObject(volumeStep!.data.metadata.annotations);
  expect(volume.spec).toMatchObject({
    ...spec,
    claimRef: { kind: claimRef.kind, name: claimRef.name, namespace: claimRef.namespace, uid },
  });
  expect(volume.spec.hostPath?.type).toBe(hostPath.type);
  expect(volume.status?.phase).toBe(stepsOf('pv-bind')[0]!.data.status.phase);

  kubectl.send(true, (api, request) => api.delete('PersistentVolumeClaim', metadata.namespace, metadata.name, {}, request));
  site.run(60);
  expect(stepsOf('pv-delete')).toEqual([{ kind: 'delete' }]);
  expect(phases.slice(-3)).toEqual(['Bound', stepsOf('pvc-delete')[0]!.data.status.phase, 'removed']);
});
