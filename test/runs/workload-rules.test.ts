import { describe, expect, test } from 'vitest';
import { SECOND_US } from '../../src/base/units.ts';
import type { Kind, KindMap } from '../../src/model/kinds.ts';
import { chances } from '../../src/scenario/conformance/controllers/replay-chance.ts';
import { ReplayControlPlane } from '../../src/scenario/conformance/controllers/replay-control-plane.ts';
import { ControllerActs } from '../../src/scenario/conformance/controllers/replay-controller-acts.ts';

/** Rules of the workload controllers that recordings show seldom or not at all, on a control plane without scheduler and kubelet. */
class World {
  readonly plane = new ReplayControlPlane({}, [...chances('workload-rules', 1)][0]!, false, 3 * 86_400, false);
  readonly acts = new ControllerActs(this.plane, false);

  create(object: object): void {
    this.acts.run({ act: 'create', object: object as never });
    this.plane.settle();
  }

  patch(on: string, patch: object): void {
    this.plane.sim.runUntil(this.plane.sim.nowUs + SECOND_US);
    this.acts.run({ act: 'patch', on, patch: patch as never });
    this.plane.settle();
  }

  pods(op: string, pick: { readonly [field: string]: string }, count = 1): void {
    this.acts.run({ act: 'pods', op, count, pick });
    this.plane.settle();
  }

  all<K extends Kind>(kind: K): readonly KindMap[K][] {
    return this.plane.api.list(kind, { namespace: 'ns' }).items;
  }

  get events(): string[] {
    return this.plane.journal.take().events.map(({ reason, message }) => `${reason}: ${message}`);
  }
}

const template = (image: string, app = 'web') => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'c', image, resources: { requests: { cpu: '100m' } } }] },
});
const deployment = (extra: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { replicas: 1, selector: { matchLabels: { app: 'web' } }, template: template('web:v1'), ...extra },
});

describe('Deployment', () => {
  test('takes another name for its new set when one of that name has another template', () => {
    const world = new World();
    world.create(deployment());
    const [first] = world.all('ReplicaSet');
    const { name } = first!.metadata;
    world.acts.run({ act: 'delete', on: 'Deployment/web', propagation: 'Orphan' });
    world.plane.settle();
    // The orphan keeps the name; made another's, it is in the way of the same template.
    world.patch(`ReplicaSet/${name}`, { metadata: { labels: { app: 'other' }, ownerReferences: null } });
    world.create(deployment());
    const [again] = world.all('Deployment');
    expect(again!.status!.collisionCount).toBe(1);
    expect(world.all('ReplicaSet').map(({ metadata }) => metadata.name)).toHaveLength(2);
  });

  test('is brought back by the deprecated annotation, and says so once', () => {
    const world = new World();
    world.create(deployment());
    world.patch('Deployment/web', { spec: { template: template('web:v2') } });
    world.plane.journal.take();
    world.patch('Deployment/web', { metadata: { annotations: { 'deprecated.deployment.rollback.to': '1' } } });
    expect(world.events.filter((text) => text.startsWith('DeploymentRollback'))).toEqual([
      'DeploymentRollback: Rolled back deployment "web" to revision 1',
    ]);
    const [web] = world.all('Deployment');
    expect(web!.spec.template.spec.containers[0]!.image).toBe('web:v1');
    expect(web!.metadata.annotations).not.toHaveProperty('deprecated.deployment.rollback.to');
    world.patch('Deployment/web', { metadata: { annotations: { 'deprecated.deployment.rollback.to': '9' } } });
    expect(world.events).toContain('DeploymentRollbackRevisionNotFound: Unable to find the revision to rollback to.');
  });
});

test('StatefulSet counts its partition from its first ordinal', () => {
  const world = new World();
  const set = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: {
      replicas: 3,
      serviceName: 'db',
      ordinals: { start: 5 },
      podManagementPolicy: 'Parallel',
      selector: { matchLabels: { app: 'web' } },
      template: template('db:v1'),
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } },
    },
  };
  world.create(set);
  world.pods('run', { state: 'unbound' }, 3);
  world.patch('StatefulSet/db', { spec: { template: template('db:v2') } });
  const leaving = world.all('Pod').filter(({ metadata }) => metadata.deletionTimestamp !== undefined);
  expect(leaving.map(({ metadata }) => metadata.name)).toEqual(['db-7']);
});

const daemons = (rollingUpdate: object) => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'web' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: template('web:v1'),
    updateStrategy: { type: 'RollingUpdate', rollingUpdate },
  },
});

test('DaemonSet keeps one of two histories with its present template, and brings its pods under it', () => {
  const world = new World();
  world.create(daemons({ maxUnavailable: 1 }));
  const [first] = world.all('ControllerRevision');
  // As somebody might put back from a copy: of another name, and without the label.
  world.create({
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: { name: 'web-copy', labels: { app: 'web' } },
    data: first!.data,
    revision: 7,
  });
  world.patch('DaemonSet/web', { metadata: { annotations: { look: 'again' } } });
  const hash = 'controller-revision-hash';
  expect(world.all('ControllerRevision').map(({ metadata, revision }) => [metadata.name, metadata.labels?.[hash], revision])).toEqual([
    ['web-copy', 'web-copy', 7],
  ]);
  const pods = world.all('Pod');
  expect(pods).toHaveLength(8);
  expect(new Set(pods.map(({ metadata }) => metadata.labels?.[hash]))).toEqual(new Set(['web-copy']));
  world.pods('run', { state: 'unbound' }, 8);
  expect(world.all('DaemonSet')[0]!.status).toMatchObject({ updatedNumberScheduled: 8, numberAvailable: 8 });
});

test('DaemonSet that surges gives a node whose pod leaves another at once', () => {
  for (const [rollingUpdate, pods] of [
    [{ maxSurge: 0, maxUnavailable: 1 }, 8],
    [{ maxSurge: 1, maxUnavailable: 0 }, 9],
  ] as const) {
    const world = new World();
    world.create(daemons(rollingUpdate));
    world.pods('run', { state: 'unbound' }, 8);
    world.pods('delete', { state: 'ready' });
    expect(world.all('Pod')).toHaveLength(pods);
  }
});

test('Autoscaler leaves pods alone that two of its kind claim, and says which they are', () => {
  const world = new World();
  world.create(deployment({ replicas: 2 }));
  world.pods('run', { state: 'unbound' }, 2);
  for (const name of ['one', 'two']) {
    world.create({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' }, minReplicas: 1, maxReplicas: 5 },
    });
  }
  world.plane.metrics.usage = { otherwise: 500, memory: 50 };
  world.plane.sim.runUntil(world.plane.sim.nowUs + 40 * SECOND_US);
  const message = 'pods by selector app=web are controlled by multiple HPAs: [{one ns} {two ns}]';
  for (const hpa of world.all('HorizontalPodAutoscaler')) {
    expect(hpa.status!.conditions).toContainEqual(
      expect.objectContaining({ type: 'ScalingActive', status: 'False', reason: 'AmbiguousSelector', message }),
    );
  }
});
