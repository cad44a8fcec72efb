import { expect, test } from 'vitest';
import { SECOND_US } from '../../src/base/units.ts';
import type { Event } from '../../src/model/configuration.ts';
import { isPodReady, type Pod, podCondition } from '../../src/model/pod.ts';
import type { PriorityClass } from '../../src/model/policy.ts';
import { timeUsOf } from '../../src/model/time.ts';
import { deploy, deploymentOf, type SmallCluster, smallCluster } from '../support/small-cluster.ts';

function priorityClass(site: SmallCluster, name: string, value: number): void {
  const object = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value } as PriorityClass;
  site.cluster.client('kubectl').send(true, (api, request) => api.create('PriorityClass', object, request));
}

const asking = (cpu: string, priorityClassName: string) => ({
  priorityClassName,
  containers: [{ name: 'c', image: 'c:1', resources: { requests: { cpu } } }],
});

test('Urgent pods take the place of lesser ones on a full cluster, which are marked, told of, and wait for a node', () => {
  const site = smallCluster({}, 2);
  priorityClass(site, 'batch', -10);
  priorityClass(site, 'urgent', 1000);
  // Two nodes of four CPUs: eight of them fill the cluster.
  deploy(site, deploymentOf('low', 8, asking('1', 'batch')));
  site.run(30);
  expect(site.readyPods()).toBe(8);

  const marks: { readonly timeUs: number; readonly atUs: number; readonly generation: number | undefined }[] = [];
  // Two pods may both evict a third that has not gone yet, and both say so.
  const preempted = new Set<string>();
  site.cluster.observers.add({
    wrote: ({ kind, object, timeUs, author, previous }) => {
      if (kind === 'Event' && (object as Event).reason === 'Preempted') preempted.add((object as Event).involvedObject.name ?? '');
      if (kind !== 'Pod' || author !== 'kube-scheduler' || previous === undefined) return;
      const mark = podCondition(object as Pod, 'DisruptionTarget');
      if (mark === undefined || podCondition(previous as Pod, 'DisruptionTarget') !== undefined) return;
      expect(mark).toMatchObject({ status: 'True', reason: 'PreemptionByScheduler' });
      marks.push({ timeUs, atUs: timeUsOf(mark.lastTransitionTime!), generation: mark.observedGeneration });
    },
  });
  deploy(site, deploymentOf('high', 3, asking('1', 'urgent')));
  site.run(60);
  expect(marks).toHaveLength(3);
  // API times are whole seconds.
  for (const { timeUs, atUs, generation } of marks) {
    expect(timeUs - atUs).toBeLessThan(2 * SECOND_US);
    expect(timeUs - atUs).toBeGreaterThanOrEqual(0);
    expect(generation).toBe(1);
  }
  expect(preempted.size).toBe(3);
  const ready = (app: string) => site.pods().filter((pod) => pod.metadata.labels?.app === app && isPodReady(pod)).length;
  expect([ready('high'), ready('low')]).toEqual([3, 5]);
  expect(site.pods().filter(({ spec }) => spec.nodeName === undefined)).toHaveLength(3);
  // Two minutes later nobody takes back what has come to pass.
  site.run(150);
  expect([ready('high'), ready('low')]).toEqual([3, 5]);
});
