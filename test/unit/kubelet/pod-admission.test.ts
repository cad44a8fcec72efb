import { expect, test } from 'vitest';
import { ImageStore } from '../../../src/kubelet/image-store.ts';
import { NodeState } from '../../../src/kubelet/node-state.ts';
import { refusal, roomOf } from '../../../src/kubelet/pod-admission.ts';
import { qosOf } from '../../../src/kubelet/qos.ts';
import type { Node, Taint } from '../../../src/model/node.ts';
import type { PodSpec } from '../../../src/model/pod.ts';
import { NODE, newPod } from './fleet-bench.ts';

const object = (taints: readonly Taint[] = []): Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n1', labels: { disk: 'ssd' } },
  spec: { taints },
});

function reasonFor(spec: Partial<PodSpec>, change: (node: NodeState) => void = () => {}, taints: readonly Taint[] = []) {
  const node = new NodeState(0, NODE, 0, ImageStore.of([]));
  change(node);
  const pod = newPod('a', { ports: [{ containerPort: 80, hostPort: 8080 }], resources: { requests: { cpu: '1' } } }, spec);
  return refusal(node, pod, roomOf(pod), object(taints), [newPod('b', { ports: [{ containerPort: 80, hostPort: 9090 }] })]);
}

const cases: readonly [string, string | undefined, Partial<PodSpec>, ((node: NodeState) => void)?, Taint[]?][] = [
  ['that fits', undefined, {}],
  ['for which the CPU does not suffice', 'OutOfcpu', {}, (node) => (node.usedCpuMilli = 3500)],
  ['that would be one too many', 'OutOfpods', {}, (node) => (node.admittedPods = 110)],
  [
    'that is short of both places and CPU, for the places first',
    'OutOfpods',
    {},
    (node) => Object.assign(node, { admittedPods: 110, usedCpuMilli: 3500 }),
  ],
  ['that wants another label', 'NodeAffinity', { nodeSelector: { disk: 'hdd' } }],
  ['that does not tolerate NoExecute', 'TaintToleration', {}, undefined, [{ key: 'k', effect: 'NoExecute' }]],
  ['on a node that shuts down', 'NodeShutdown', {}, (node) => (node.isShuttingDown = true)],
  ['on a node short of disk', 'Evicted', {}, (node) => (node.hasDiskPressure = true)],
  ['with requests on a node short of memory', undefined, {}, (node) => (node.hasMemoryPressure = true)],
];

test.each(cases)('A pod %s is answered %s', (_, reason, spec, change, taints) => {
  expect(reasonFor(spec, change, taints)?.reason).toBe(reason);
});

test.each([
  ['of the node, of which too little is left', { 'example.com/gpu': '2' }, 'OutOfexample.com/gpu'],
  ['nobody on the node knows of', {}, undefined],
])('A pod that asks for a resource %s is answered %s', (_about, capacity, reason) => {
  const node = new NodeState(0, { ...NODE, capacity: { ...NODE.capacity, ...capacity } }, 0, ImageStore.of([]));
  const pod = newPod('a', { resources: { requests: { 'example.com/gpu': '3' } } });
  expect(refusal(node, pod, roomOf(pod), object(), [])?.reason).toBe(reason);
});

test('A static pod is not asked about taints', () => {
  const node = new NodeState(0, NODE, 0, ImageStore.of([]));
  const pod = newPod('a');
  const asStatic = { ...pod, metadata: { ...pod.metadata, annotations: { 'kubernetes.io/config.source': 'file' } } };
  const taints: Taint[] = [{ key: 'k', effect: 'NoExecute' }];
  expect(refusal(node, pod, roomOf(pod), object(taints), [])?.reason).toBe('TaintToleration');
  expect(refusal(node, asStatic, roomOf(pod), object(taints), [])).toBeUndefined();
});

test('A pod whose host port is taken is refused', () => {
  const node = new NodeState(0, NODE, 0, ImageStore.of([]));
  const pod = newPod('a', { ports: [{ containerPort: 80, hostPort: 8080 }] });
  expect(refusal(node, pod, roomOf(pod), object(), [pod])?.reason).toBe('NodePorts');
});

test('Quality of service follows from requests and limits', () => {
  expect(qosOf(newPod('a'))).toBe('BestEffort');
  expect(qosOf(newPod('a', { resources: { requests: { cpu: '1' } } }))).toBe('Burstable');
  expect(qosOf(newPod('a', { resources: { limits: { cpu: '1', memory: '1Gi' } } }))).toBe('Guaranteed');
});
