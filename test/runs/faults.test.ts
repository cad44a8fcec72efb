import { describe, expect, test } from 'vitest';
import { podCondition } from '../../src/model/pod.ts';
import { deploy, deploymentOf, type SmallCluster, scale, smallCluster } from '../support/small-cluster.ts';

const SECOND_US = 1_000_000;

/** A cluster of four nodes with six pods of `web` that are Ready. */
function shop(spec = {}): SmallCluster {
  const site = smallCluster(spec);
  deploy(site, deploymentOf('web', 6));
  site.run(30);
  expect(site.readyPods()).toBe(6);
  return site;
}

const nodeNames = (site: SmallCluster, isUp: boolean) =>
  site.cluster.fleet.nodeNames.filter((name) => site.cluster.fleet.runtimeView.isNodeUp(name) === isUp);

describe('A fault on nodes', () => {
  test('crashNodes takes the power of as many nodes of a zone as asked for, and gives it back', () => {
    const site = shop();
    site.inject({ kind: 'crashNodes', nodes: { zone: 'b', count: 1 }, forUs: 20 * SECOND_US });
    site.run(1);
    const [down] = nodeNames(site, false);
    expect(['n2', 'n4']).toContain(down);
    site.run(40);
    expect(nodeNames(site, false)).toEqual([]);
    expect(site.notes).toEqual([`30 fault: ${down} loses power`, `50 fault over: ${down} loses power`]);
  });

  test('zoneDark takes the power of every node of the zone', () => {
    const site = shop();
    site.inject({ kind: 'zoneDark', zone: 'b', forUs: 60 * SECOND_US });
    site.run(1);
    expect(nodeNames(site, false)).toEqual(['n2', 'n4']);
    expect(site.notes).toEqual(['30 fault: zone b goes dark: n2, n4 lose power']);
    site.run(180);
    expect(nodeNames(site, false)).toEqual([]);
    expect(site.readyPods()).toBe(6);
  });

  test('drainZone closes the nodes of the zone, moves their pods and opens the nodes again', () => {
    const site = shop();
    site.inject({ kind: 'drainZone', zone: 'a', forUs: 120 * SECOND_US });
    site.run(60);
    const unschedulable = () => site.cluster.api.list('Node', {}).items.filter(({ spec }) => spec?.unschedulable === true).length;
    expect(unschedulable()).toBe(2);
    expect(new Set(site.pods().map(({ spec }) => spec.nodeName))).toEqual(new Set(['n2', 'n4']));
    expect(site.readyPods()).toBe(6);
    expect(site.notes.some((note) => note.endsWith('zone a is drained'))).toBe(true);
    site.run(70);
    expect(unschedulable()).toBe(0);
  });

  test('partitionNodes leaves pods running on nodes the control plane takes for lost', () => {
    const site = shop();
    site.inject({ kind: 'partitionNodes', nodes: { names: ['n1'] }, forUs: 100 * SECOND_US });
    site.run(70);
    expect(site.nodeCondition('n1', 'Ready')).toBe('Unknown');
    const there = site.pods().filter(({ spec }) => spec.nodeName === 'n1');
    expect(there.length).toBeGreaterThan(0);
    for (const { metadata } of there) expect(site.cluster.fleet.runtimeView.pod(metadata.uid!)?.processFor(80)?.isRunning).toBe(true);
    site.run(80);
    expect(site.nodeCondition('n1', 'Ready')).toBe('True');
    expect(site.readyPods()).toBe(6);
  });

  test('stopKubelets leaves nobody to start a pod on the node until they start again', () => {
    const site = smallCluster({}, 1);
    site.run(5);
    site.inject({ kind: 'stopKubelets', nodes: { names: ['n1'] }, forUs: 20 * SECOND_US });
    deploy(site, deploymentOf('web', 1));
    site.run(15);
    expect(site.pods()[0]?.spec.nodeName).toBe('n1');
    expect(site.pods()[0]?.status?.containerStatuses).toBeUndefined();
    site.run(15);
    expect(site.readyPods()).toBe(1);
  });

  test('restartKubelets restarts no container', () => {
    const site = shop();
    site.inject({ kind: 'restartKubelets', nodes: { labels: { 'topology.kubernetes.io/zone': 'a' } } });
    site.run(30);
    expect(site.notes).toEqual(['30 fault: the kubelets of n1, n3 are restarted']);
    for (const { status } of site.pods()) expect(status?.containerStatuses?.[0]?.restartCount).toBe(0);
  });

  test('removeNodes takes the Node away, and its pods are replaced', () => {
    const site = shop();
    site.inject({ kind: 'removeNodes', nodes: { names: ['n3'] } });
    site.run(120);
    expect(site.cluster.api.list('Node', {}).items.map(({ metadata }) => metadata.name)).toEqual(['n1', 'n2', 'n4']);
    expect(site.readyPods()).toBe(6);
  });

  test('fillDisk brings DiskPressure and evictions, and its end the pressure away after the transition period', () => {
    const site = shop();
    const there = site.pods().filter(({ spec }) => spec.nodeName === 'n1').length;
    expect(there).toBeGreaterThan(0);
    site.inject({ kind: 'fillDisk', nodes: { names: ['n1'] }, percent: 97, forUs: 120 * SECOND_US });
    site.run(60);
    expect(site.nodeCondition('n1', 'DiskPressure')).toBe('True');
    const evicted = site.pods().filter(({ status }) => status?.reason === 'Evicted');
    expect(evicted.length).toBeGreaterThan(0);
    expect(evicted[0]?.status?.message).toMatch(/^The node was low on resource: ephemeral-storage\. /);
    expect(podCondition(evicted[0]!, 'DisruptionTarget')?.reason).toBe('TerminationByKubelet');
    expect(site.readyPods()).toBe(6);
    site.run(60 + 290);
    expect(site.nodeCondition('n1', 'DiskPressure')).toBe('True');
    site.run(40);
    expect(site.nodeCondition('n1', 'DiskPressure')).toBe('False');
  });

  test('useMemory brings MemoryPressure', () => {
    const site = shop();
    site.inject({ kind: 'useMemory', nodes: { names: ['n2'] }, percent: 99, forUs: 60 * SECOND_US });
    site.run(30);
    expect(site.nodeCondition('n2', 'MemoryPressure')).toBe('True');
    expect(site.nodeCondition('n1', 'MemoryPressure')).toBe('False');
  });
});

describe('A fault of the control plane', () => {
  test('A machine that was taken away is not given its power back, and nothing more befalls it', () => {
    const site = shop();
    site.inject({ kind: 'crashNodes', nodes: { names: ['n1'] }, forUs: 60 * SECOND_US });
    site.run(5);
    site.inject({ kind: 'removeNodes', nodes: { names: ['n1'] } });
    site.run(5);
    site.inject({ kind: 'fillDisk', nodes: { names: ['n1', 'n2'] }, forUs: 20 * SECOND_US });
    site.run(120);
    expect(site.cluster.api.list('Node', {}).items.map(({ metadata }) => metadata.name)).toEqual(['n2', 'n3', 'n4']);
    expect(site.notes.filter((note) => note.includes('disk'))).toEqual([
      expect.stringContaining('fault: the disk of n2 fills up to 95 %'),
      expect.stringContaining('fault over: the disk of n2 fills up to 95 %'),
    ]);
  });

  test('A zone is drained, and a machine taken away, as soon as the API server answers', () => {
    const site = shop();
    site.inject({ kind: 'apiServerOutage', forUs: 30 * SECOND_US });
    site.run(1);
    site.inject({ kind: 'drainZone', zone: 'a' });
    site.inject({ kind: 'removeNodes', nodes: { names: ['n4'] } });
    site.run(300);
    expect(site.notes.some((note) => note.endsWith('zone a is drained'))).toBe(true);
    const nodes = site.cluster.api.list('Node', {}).items;
    expect(nodes.map(({ metadata, spec }) => [metadata.name, spec?.unschedulable === true])).toEqual([
      ['n1', true],
      ['n2', false],
      ['n3', true],
    ]);
  });

  test('crashController of kube-controller-manager stops all controllers, and the process after it picks up where the world stands', () => {
    const site = shop();
    site.inject({ kind: 'crashController', component: 'kube-controller-manager', forUs: 60 * SECOND_US });
    scale(site, 'web', 9);
    site.run(59);
    expect(site.pods()).toHaveLength(6);
    // Started again after 60 s, it waits for its own old lease to run out: 15 s and one more try.
    site.run(30);
    expect(site.readyPods()).toBe(9);
    expect(site.notes.at(-1)).toMatch(/^\d+ kube-controller-manager leads now and works with fresh caches$/);
  });

  test('a process that takes over waits until its caches are full: it makes no pod anew that is there, and removes none', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const site = shop({ seed, controlPlaneReplicas: 2 });
      let created = 0;
      let removed = 0;
      site.cluster.observers.add({
        wrote: ({ kind, previous, removed: isRemoved }) => {
          if (kind !== 'Pod') return;
          if (previous === undefined) created++;
          if (isRemoved) removed++;
        },
      });
      site.inject({ kind: 'crashController', component: 'kube-controller-manager' });
      site.run(60);
      expect(site.notes.at(-1)).toContain('leads now');
      expect({ seed, created, removed }).toEqual({ seed, created: 0, removed: 0 });
      scale(site, 'web', 7);
      site.run(20);
      expect({ seed, created, ready: site.readyPods() }).toEqual({ seed, created: 1, ready: 7 });
    }
  });

  test('crashController of one controller stops that one alone', () => {
    const site = shop();
    site.inject({ kind: 'crashController', component: 'deployment-controller', forUs: 60 * SECOND_US });
    scale(site, 'web', 9);
    const [victim] = site.pods();
    site.cluster
      .client('kubectl')
      .send(true, (api, request) => api.delete('Pod', 'default', victim!.metadata.name, { gracePeriodSeconds: 1 }, request));
    site.run(50);
    // The ReplicaSet controller has replaced the deleted pod; nobody has told the ReplicaSet of the scaling.
    expect(site.pods().map(({ metadata }) => metadata.name)).not.toContain(victim!.metadata.name);
    expect(site.readyPods()).toBe(6);
    site.run(30);
    expect(site.readyPods()).toBe(9);
  });

  test('crashController of kube-scheduler leaves new pods Pending until there is a scheduler', () => {
    const site = shop();
    site.inject({ kind: 'crashController', component: 'kube-scheduler', forUs: 30 * SECOND_US });
    scale(site, 'web', 8);
    site.run(29);
    expect(site.pods().filter(({ spec }) => spec.nodeName === undefined)).toHaveLength(2);
    site.run(40);
    expect(site.readyPods()).toBe(8);
  });

  test('loseLeader ends the leader 10 s into its renewal, and somebody takes the lease 15 s after it was last renewed', () => {
    const site = shop({ controlPlaneReplicas: 2 });
    const { controllerManager } = site.cluster;
    const first = controllerManager.leader;
    site.inject({ kind: 'loseLeader', component: 'kube-controller-manager' });
    // The last renewal was up to 2 s before the cut, the next is tried 2 s after it, and has 10 s: 10 to 12 s after the cut.
    site.run(9.9);
    expect(controllerManager.leader).toBe(first);
    site.run(2.2);
    expect(controllerManager.leader).toBeUndefined();
    // The lease runs out 13 to 15 s after the cut; a candidate looks every 2 to 4.4 s. The one that was restarted is one of them.
    site.run(0.8);
    expect(controllerManager.leader).toBeUndefined();
    site.run(7);
    const { leader } = controllerManager;
    expect(leader).toBeDefined();
    scale(site, 'web', 8);
    site.run(30);
    expect(site.readyPods()).toBe(8);
    expect(site.notes.map((note) => note.replace(/^\d+ /, ''))).toEqual([
      `fault: ${first}, which leads, cannot reach the API server and so cannot renew its lease`,
      `${first} lost its lease and ended`,
      `${leader} leads now and works with fresh caches`,
    ]);
  });

  test('loseLeader for less than the renew deadline changes no leader', () => {
    const site = shop({ controlPlaneReplicas: 3 });
    const { leader } = site.cluster.controllerManager;
    site.inject({ kind: 'loseLeader', component: 'kube-controller-manager', forUs: 6 * SECOND_US });
    site.run(60);
    expect(site.cluster.controllerManager.leader).toBe(leader);
  });

  test('Never do two candidates lead at once, however the leader is lost', () => {
    const site = shop({ controlPlaneReplicas: 3 });
    const leaders = new Set<string>();
    for (let round = 0; round < 3; round++) {
      site.inject({ kind: round % 2 === 0 ? 'loseLeader' : 'crashController', component: 'kube-scheduler', forUs: 40 * SECOND_US });
      for (let second = 0; second < 60; second++) {
        site.run(1);
        const { leader } = site.cluster.schedulers[0]!;
        if (leader !== undefined) leaders.add(leader);
        const holder = site.cluster.api.get('Lease', 'kube-system', 'kube-scheduler').spec?.holderIdentity;
        if (leader !== undefined) expect(holder?.replace(/#\d+$/, '')).toBe(leader);
      }
    }
    expect(leaders.size).toBeGreaterThan(1);
  });

  test('apiServerOutage freezes the cluster while its pods run on, and everyone finds the way back', () => {
    const site = shop();
    const uids = site.pods().map(({ metadata }) => metadata.uid!);
    site.inject({ kind: 'apiServerOutage', forUs: 90 * SECOND_US });
    const revision = site.cluster.api.list('Pod', {}).revision;
    site.run(89);
    expect(site.cluster.api.list('Pod', {}).revision).toBe(revision);
    for (const uid of uids) expect(site.cluster.fleet.runtimeView.pod(uid)?.processFor(80)?.isRunning).toBe(true);
    site.run(2);
    scale(site, 'web', 8);
    // Leases are taken again within 15 s and a try, watches within 30 s.
    site.run(60);
    expect(site.readyPods()).toBe(8);
    expect(site.cluster.fleet.nodeNames.map((name) => site.nodeCondition(name, 'Ready'))).toEqual(['True', 'True', 'True', 'True']);
  });

  test('slowApiServer makes everything take longer, and its end makes it quick again', () => {
    const scaledIn = (factor: number | undefined) => {
      const site = shop();
      if (factor !== undefined) site.inject({ kind: 'slowApiServer', factor });
      scale(site, 'web', 10);
      let seconds = 0;
      for (; site.readyPods() < 10 && seconds < 300; seconds++) site.run(1);
      return seconds;
    };
    expect(scaledIn(100)).toBeGreaterThan(scaledIn(undefined) + 2);
  });
});

describe('A fault of the registry', () => {
  const pulledAfter = (site: SmallCluster) => {
    deploy(site, deploymentOf('api', 1));
    let seconds = 0;
    for (; site.readyPods() < 1 && seconds < 300; seconds++) site.run(1);
    return seconds;
  };

  test('registryOutage has pulls fail and tried again until it is over', () => {
    const site = smallCluster();
    site.inject({ kind: 'registryOutage', forUs: 60 * SECOND_US });
    deploy(site, deploymentOf('web', 1));
    site.run(50);
    expect(site.pods()[0]?.status?.containerStatuses?.[0]?.state?.waiting?.reason).toMatch(/^(ErrImagePull|ImagePullBackOff)$/);
    site.run(120);
    expect(site.readyPods()).toBe(1);
  });

  test('slowRegistry makes a pull take longer', () => {
    const slow = smallCluster();
    slow.inject({ kind: 'slowRegistry', factor: 20 });
    expect(pulledAfter(slow)).toBeGreaterThan(pulledAfter(smallCluster()) + 5);
  });
});
