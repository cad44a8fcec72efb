/** Disks that have to be attached to a node, and what that means when the node dies. */
import { expect, test } from 'vitest';
import type { KubeObject } from '../../src/model/meta.ts';
import type { Node } from '../../src/model/node.ts';
import { isPodReady, type Pod } from '../../src/model/pod.ts';
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

test('The kubelet lists a volume as in use before it mounts it, and lets go of it before it is taken away', () => {
  // A disk is attached in some seconds, this kubelet looks at its status every four minutes.
  const capacity = { cpu: 4, memory: '8Gi', 'ephemeral-storage': '50Gi' };
  const nodes = [{ name: 'n1', capacity, kubelet: { nodeStatusUpdateFrequencySeconds: 240 } }];
  const small = smallCluster({ objects: [CLASS, claim('ReadWriteOnce')], nodes });
  const history: string[] = [];
  small.cluster.observers.add({
    wrote: ({ kind, object }) => {
      if (kind === 'Pod' && isPodReady(object as Pod) && !history.includes('ready')) history.push('ready');
      if (kind !== 'Node') return;
      const { volumesInUse = [], volumesAttached = [] } = (object as Node).status ?? {};
      const now = `${volumesInUse.length} in use, ${volumesAttached.length} attached`;
      if (history.findLast((one) => one !== 'ready') !== now) history.push(now);
    },
  });
  deploy(small, deploymentOf('web', 1, { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] }));
  small.run(400);
  expect(small.readyPods()).toBe(1);
  const [volume] = small.cluster.api.list('PersistentVolume', {}).items;
  const unique = `kubernetes.io/csi/disk.csi.example.com^${volume!.spec.csi!.volumeHandle}`;
  const status = () => small.cluster.api.get('Node', undefined, 'n1').status!;
  expect([status().volumesInUse, status().volumesAttached]).toEqual([[unique], [{ name: unique, devicePath: '' }]]);
  small.cluster.client('kubectl').send(true, (api, by) => api.delete('Deployment', 'default', 'web', {}, by));
  small.run(400);
  expect(attachments(small)).toEqual([]);
  expect(history.join('; ')).toMatch(
    /^0 in use, 0 attached; 0 in use, 1 attached; 1 in use, 1 attached; ready; 0 in use, 1 attached; 0 in use, 0 attached$/,
  );
});

test('Nothing is attached while kube-controller-manager is away, and what was missed is made up for', () => {
  const small = smallCluster({ objects: [CLASS, claim('ReadWriteOnce')] });
  small.cluster.stopController('persistentvolume-attach-detach-controller');
  deploy(small, deploymentOf('web', 1, { volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }] }));
  small.run(150);
  expect([small.readyPods(), attachments(small)]).toEqual([0, []]);
  // What the kubelet waits for is told by nobody: neither the volume that is not attached, nor that the wait was given up.
  expect(told(small, 'FailedMount')).toEqual([]);
  small.cluster.restartController('persistentvolume-attach-detach-controller');
  small.run(90);
  expect(small.readyPods()).toBe(1);
  const node = small.pods()[0]!.spec.nodeName!;
  small.cluster.stopController('persistentvolume-attach-detach-controller');
  small.cluster.client('kubectl').send(true, (api, by) => api.delete('Deployment', 'default', 'web', {}, by));
  small.run(120);
  expect(attachments(small)).toEqual([`${node} true`]);
  small.cluster.restartController('persistentvolume-attach-detach-controller');
  small.run(30);
  expect(attachments(small)).toEqual([]);
});

test('A node that is tainted as out of service gives its volumes away at once', () => {
  const small = site('ReadWriteOnce', 1);
  const [old] = small.pods();
  const dead = old!.spec.nodeName!;
  small.inject({ kind: 'crashNodes', nodes: { names: [dead] } });
  small.run(120);
  const taints = [{ key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoExecute' as const }];
  small.cluster.client('kubectl').send(true, (api, by) => {
    const node = api.get('Node', undefined, dead);
    return api.update('Node', { ...node, spec: { ...node.spec, taints: [...(node.spec?.taints ?? []), ...taints] } }, by);
  });
  // The taint evicts the pod, and the pod garbage collector removes it by force within its period of 20 s.
  small.run(90);
  expect(small.readyPods()).toBe(1);
  expect(attachments(small)).toEqual([`${small.pods().find(isPodReady)!.spec.nodeName} true`]);
  // Told while the old pod was still there, and not again while its volume was on the way.
  expect(told(small, 'FailedAttachVolume')).toEqual([expect.stringContaining(`Volume is already used by pod(s) ${old!.metadata.name}`)]);
});

test('A volume whose claim is deleted goes when no node has it any more', () => {
  const small = site('ReadWriteOnce', 1);
  const [volume] = small.cluster.api.list('PersistentVolume', {}).items;
  small.cluster.stopController('persistentvolume-attach-detach-controller');
  const kubectl = small.cluster.client('kubectl');
  kubectl.send(true, (api, by) => api.delete('Deployment', 'default', 'web', {}, by));
  kubectl.send(true, (api, by) => api.delete('PersistentVolumeClaim', 'default', 'data', {}, by));
  small.run(90);
  const volumes = () => small.cluster.api.list('PersistentVolume', {}).items.map(({ status }) => status?.phase);
  expect(volumes()).toEqual(['Released']);
  expect(told(small, 'VolumeFailedDelete')[0]).toBe(
    `persistentvolume ${volume!.metadata.name} is still attached to node ${attachments(small)[0]!.split(' ')[0]}`,
  );
  small.cluster.restartController('persistentvolume-attach-detach-controller');
  small.run(120);
  expect(volumes()).toEqual([]);
});

test('A kubelet that starts again keeps what it has mounted', () => {
  const small = site('ReadWriteOnce', 1);
  const [pod] = small.pods();
  const node = pod!.spec.nodeName!;
  const seen = new Set<string>();
  small.cluster.observers.add({
    wrote: ({ kind, object }) => {
      if (kind === 'VolumeAttachment') seen.add('attachment');
      if (kind !== 'Node' || object.metadata.name !== node) return;
      const { volumesInUse = [], volumesAttached = [] } = (object as Node).status ?? {};
      seen.add(`${volumesInUse.length} in use, ${volumesAttached.length} attached`);
    },
  });
  small.inject({ kind: 'stopKubelets', nodes: { names: [node] }, forUs: 20_000_000 });
  small.run(60);
  small.inject({ kind: 'restartKubelets', nodes: { names: [node] } });
  small.run(400);
  expect([...seen]).toEqual(['1 in use, 1 attached']);
  expect(small.pods().map(({ metadata, spec }) => [metadata.uid, spec.nodeName])).toEqual([[pod!.metadata.uid, node]]);
});

test('A pod that ends while kube-controller-manager is down keeps its volume on the node until a process of it leads again', () => {
  const small = site('ReadWriteOnce', 1);
  const [old] = small.pods();
  const node = old!.spec.nodeName!;
  small.inject({ kind: 'crashController', component: 'kube-controller-manager', forUs: 60_000_000 });
  small.cluster.client('kubectl').send(true, (api, by) => api.delete('Pod', 'default', old!.metadata.name, {}, by));
  small.run(55);
  expect([small.pods(), attachments(small)]).toEqual([[], [`${node} true`]]);
  // The kubelet has let go of it by then; nobody reads that.
  const { volumesInUse, volumesAttached } = small.cluster.api.get('Node', undefined, node).status!;
  expect([volumesInUse, volumesAttached?.length]).toEqual([undefined, 1]);
  small.run(60);
  const replacement = small.pods().find(isPodReady)!;
  expect(attachments(small)).toEqual([`${replacement.spec.nodeName} true`]);
});
