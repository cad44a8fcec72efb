/** Disks that have to be attached to a node, and what that means when the node dies. */
import { expect, test } from 'vitest';
import type { KubeObject } from '../../src/model/meta.ts';
import { isPodReady } from '../../src/model/pod.ts';
import { deploy, deploymentOf, type SmallCluster, smallCluster } from '../support/small-cluster.ts';

const CLASS = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'disk' },
  provisioner: 'disk.csi.example.com',
  volumeBindingMode: 'Immediate',
} as KubeObject;

const claim = (accessMode: string) =>
  ({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'default' },
    spec: { storageClassName: 'disk', accessModes: [accessMode], resources: { requests: { storage: '5Gi' } } },
  }) as KubeObject;

/** `web` with so many pods that all use one claim. */
function site(accessMode: string, replicas: number): SmallCluster {
  const small = smallCluster({ objects: [CLASS, claim(accessMode)] });
  deploy(small, deploymentOf('web', replicas, { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] }));
  small.run(60);
  return small;
}

const attachments = ({ cluster }: SmallCluster) =>
  cluster.api.list('VolumeAttachment', {}).items.map(({ spec, status }) => `${spec.nodeName} ${status?.attached === true}`);
const told = ({ cluster }: SmallCluster, reason: string) =>
  cluster.api.list('Event', { namespace: 'default' }).items.flatMap((event) => {
    const { reason: its, message, note } = event as unknown as { reason: string; message?: string; note?: string };
    return its === reason ? [message ?? note] : [];
  });

test('A volume is attached to the node of its pod before the pod starts, and detached when the pod has gone', () => {
  const small = site('ReadWriteOnce', 1);
  const [pod] = small.pods();
  expect(isPodReady(pod!)).toBe(true);
  expect(attachments(small)).toEqual([`${pod!.spec.nodeName} true`]);
  expect(told(small, 'SuccessfulAttachVolume')).toHaveLength(1);
  small.cluster.client('kubectl').send(true, (api, request) => api.delete('Deployment', 'default', 'web', {}, request));
  small.run(60);
  expect(attachments(small)).toEqual([]);
});

test('A volume many nodes may have is attached to each of them', () => {
  const small = site('ReadWriteMany', 4);
  expect(small.readyPods()).toBe(4);
  expect(attachments(small).length).toBe(new Set(small.pods().map(({ spec }) => spec.nodeName)).size);
});

test('A volume of a node that has died is not given away before the node is back', () => {
  const small = site('ReadWriteOnce', 1);
  const dead = small.pods()[0]!.spec.nodeName!;
  small.inject({ kind: 'crashNodes', nodes: { names: [dead] } });
  // About 55 s until the node counts as lost, 300 s of toleration, and then a replacement that cannot have the disk.
  small.run(420);
  const replacement = () => small.pods().find(({ spec }) => spec.nodeName !== undefined && spec.nodeName !== dead)!;
  expect(isPodReady(replacement())).toBe(false);
  expect(told(small, 'FailedAttachVolume')[0]).toMatch(
    /^Multi-Attach error for volume "pvc-[^"]+" Volume is already used by pod\(s\) web-/,
  );
  // However long it takes: the old pod is still there, on its way down for ever.
  small.run(1200);
  expect(isPodReady(replacement())).toBe(false);
  small.cluster.fleet.restartNode(dead);
  small.run(180);
  expect(isPodReady(replacement())).toBe(true);
  expect(attachments(small)).toEqual([`${replacement().spec.nodeName} true`]);
});

test('A volume of a dead node is taken from it six minutes after its pod was removed by force', () => {
  const small = site('ReadWriteOnce', 1);
  const [old] = small.pods();
  small.inject({ kind: 'crashNodes', nodes: { names: [old!.spec.nodeName!] } });
  small.run(120);
  small.cluster
    .client('kubectl')
    .send(true, (api, request) => api.delete('Pod', 'default', old!.metadata.name, { gracePeriodSeconds: 0 }, request));
  small.run(355);
  expect(small.readyPods()).toBe(0);
  expect(attachments(small)).toEqual([`${old!.spec.nodeName} true`]);
  small.run(60);
  expect(small.readyPods()).toBe(1);
});
