import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { Observer, RequestEnd } from '../../src/model/observer.ts';
import { isPodReady } from '../../src/model/pod.ts';
import { podRequest } from '../../src/model/pod-requests.ts';
import { readScenario } from '../../src/scenario/read-scenario.ts';
import { type RunOutcome, runScenario } from '../../src/scenario/runner.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-presets-'));
afterAll(() => rmSync(folder, { recursive: true }));

function runOn(cluster: string, more = '', observers: readonly Observer[] = []): RunOutcome {
  const file = join(folder, 'preset.yaml');
  writeFileSync(
    file,
    `# Does the distribution stand?\napiVersion: orrery.dev/v1\nkind: Scenario\nmetadata: { name: preset }\nduration: 2m\ncluster: ${cluster}\n${more}`,
  );
  return runScenario(readScenario(file), { observers });
}

const systemPods = ({ cluster }: RunOutcome) =>
  cluster.api
    .list('Pod', {})
    .items.filter(isPodReady)
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name.replace(/-[a-z0-9]{8,10}-[a-z0-9]{5}$/, '')}`)
    .sort();

describe('A preset', () => {
  const control = (node: string) =>
    ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((name) => `kube-system/${name}-${node}`);

  test.each([
    [
      'microk8s',
      'microk8s-vm',
      [
        'container-registry/registry',
        'kube-system/coredns',
        'kube-system/dashboard-metrics-scraper',
        'kube-system/kubernetes-dashboard',
        'kube-system/metrics-server',
        'kube-system/storage-provisioner',
      ],
      // CoreDNS and metrics-server ask for 100m each.
      200,
    ],
    // kubeadm's four ask for 100 + 250 + 200 + 100 = 650m, and CoreDNS for 100m a pod.
    ['minikube', 'minikube', ['kube-system/coredns', ...control('minikube'), 'kube-system/storage-provisioner'], 750],
    [
      'kind',
      'kind-control-plane',
      ['kube-system/coredns', 'kube-system/coredns', ...control('kind-control-plane'), 'kube-system/storage-provisioner'],
      850,
    ],
    [
      'docker-desktop',
      'docker-desktop',
      ['kube-system/coredns', 'kube-system/coredns', ...control('docker-desktop'), 'kube-system/storage-provisioner'],
      850,
    ],
  ])('%s has its node, and its pods are up within two minutes', (preset, node, pods, milliCpu) => {
    const outcome = runOn(`{ preset: ${preset} }`);
    expect(outcome.cluster.fleet.nodeNames).toEqual([node]);
    expect(systemPods(outcome)).toEqual([...pods].sort());
    const asked = outcome.cluster.api.list('Pod', {}).items.reduce((sum, pod) => sum + podRequest(pod, false).milliCpu, 0);
    expect(asked).toBe(milliCpu);
    expect(outcome.cluster.api.list('StorageClass', {}).items).toHaveLength(1);
  });

  test('takes other add-ons when the scenario says so, and beside nodes of the scenario too', () => {
    const outcome = runOn('{ preset: kind, addOns: [], nodes: [{ name: worker, count: 2 }] }');
    expect(outcome.cluster.fleet.nodeNames).toEqual(['kind-control-plane', 'worker-1', 'worker-2']);
    expect(systemPods(outcome)).toEqual(control('kind-control-plane').sort());
  });

  test('resolves names through the pods of its DNS', () => {
    const ends: RequestEnd[] = [];
    runOn(
      '{ preset: minikube }',
      'events:\n  - { at: 1m, kubectl: scale deployment coredns --replicas=0 -n kube-system }\ntraffic:\n  - { name: asks, to: kube-system/kube-dns, arrivals: { constant: 1/s }, from: 30s, timeout: 20s }\n',
      [{ requestEnded: (end) => void ends.push(end) }],
    );
    const early = ends.filter(({ startUs }) => startUs < 60_000_000);
    expect(early.length).toBeGreaterThan(25);
    expect(early.every(({ failure }) => failure === undefined)).toBe(true);
    const late = ends.filter(({ startUs }) => startUs > 65_000_000);
    expect(new Set(late.map(({ failure }) => failure))).toEqual(new Set(['DNS does not answer']));
  });
});

test('A cluster without a preset runs nothing of its own, unless it asks for add-ons', () => {
  expect(systemPods(runOn('{ nodes: [{ name: worker }] }'))).toEqual([]);
  expect(systemPods(runOn('{ nodes: [{ name: worker }], addOns: [dns] }'))).toEqual(['kube-system/coredns', 'kube-system/coredns']);
});
