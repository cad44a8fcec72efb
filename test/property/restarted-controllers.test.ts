/**
 * The law of a restart: controllers that lose all they have in memory, at whatever moment, and read the cluster anew, end where they would
 * have ended.
 *
 * Told stories hold it everywhere, and a sample of the recorded ones where they are at hand. What is lost with memory for good is said below.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SECOND_US } from '../../src/base/units.ts';
import { readCases } from '../../src/scenario/conformance/controllers/read-cases.ts';
import type { Act } from '../../src/scenario/conformance/controllers/replay-controller-acts.ts';
import type { Fields } from '../../src/scenario/conformance/controllers/replay-summary.ts';
import { Random } from '../../src/sim/random.ts';
import { ControllersAlone } from '../support/controllers-alone.ts';

const FOLDER = join(import.meta.dirname, '../../../shared/conformance/controllers');
const SAMPLES = 60;
/** So long after an act the controllers die: amid their first requests, a little later, when most is done. */
const MOMENTS_MS = [1, 7, 20, 60];
const DOWN_US = SECOND_US / 2;
/** Acts begin at the same instants with and without a restart. */
const STEP_US = 8 * SECOND_US;
const END_US = 60 * SECOND_US;

interface Story {
  readonly id: string;
  readonly acts: readonly Act[];
}

interface Death {
  /** The number of the act it follows. */
  readonly act: number;
  readonly afterMs: number;
}

/** What the cluster has come to in the end. */
function ending({ acts }: Story, death?: Death): Fields {
  const site = new ControllersAlone({}, acts.some(createsNode));
  const { sim } = site.plane;
  for (const [index, act] of acts.entries()) {
    const beginUs = sim.nowUs;
    site.act(act);
    if (death?.act === index) {
      sim.runUntil(sim.nowUs + death.afterMs * 1000);
      site.plane.restartControllers(DOWN_US);
    }
    site.plane.settle();
    sim.runUntil(Math.max(sim.nowUs, beginUs + STEP_US));
  }
  sim.runUntil(sim.nowUs + END_US);
  return withSortedConditions(site.state()) as Fields;
}

function createsNode(act: Act): boolean {
  return act.act === 'batch' ? act.acts.some(createsNode) : act.act === 'create' && act.object.kind === 'Node';
}

/** Which condition came first is an accident. */
function withSortedConditions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSortedConditions);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, one]) => {
      const inner = withSortedConditions(one);
      return [field, field === 'conditions' && Array.isArray(inner) ? [...inner].sort((a, b) => (a.type < b.type ? -1 : 1)) : inner];
    }),
  );
}

const meta = (name: string, more: object = {}) => ({ name, ...more });
const template = (image: string, restartPolicy?: string) => ({
  metadata: { labels: { app: 'a' } },
  spec: { containers: [{ name: 'c', image }], ...(restartPolicy === undefined ? {} : { restartPolicy }) },
});
const create = (apiVersion: string, kind: string, metadata: object, spec: object) =>
  ({ act: 'create', object: { apiVersion, kind, metadata, spec } }) as unknown as Act;
const pods = (op: string, count: number, pick: { readonly [field: string]: string } = { state: 'unbound' }): Act => ({
  act: 'pods',
  op,
  count,
  pick,
});
const selector = { matchLabels: { app: 'a' } };

const TOLD: readonly Story[] = [
  {
    id: 'a rollout',
    acts: [
      create('apps/v1', 'Deployment', meta('web'), { replicas: 3, selector, template: template('v1') }),
      pods('run', 3),
      { act: 'patch', on: 'Deployment/web', patch: { spec: { template: template('v2') } }, type: 'strategic' },
      pods('run', 1),
      { act: 'scale', on: 'Deployment/web', replicas: 6 },
      pods('run', 9),
      pods('remove', 9, { state: 'terminating' }),
    ],
  },
  {
    id: 'a set with claims',
    acts: [
      create('apps/v1', 'StatefulSet', meta('db'), {
        serviceName: 'db',
        replicas: 2,
        selector,
        template: template('v1'),
        volumeClaimTemplates: [
          { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } },
        ],
        persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete', whenDeleted: 'Retain' },
      }),
      pods('run', 1),
      pods('run', 1),
      { act: 'scale', on: 'StatefulSet/db', replicas: 1 },
      pods('remove', 1, { state: 'terminating' }),
      { act: 'delete', on: 'StatefulSet/db', propagation: 'Orphan' },
    ],
  },
  {
    id: 'a Job under a quota',
    acts: [
      create('v1', 'ResourceQuota', meta('few'), { hard: { pods: '2', 'count/pods': '4' } }),
      create('batch/v1', 'Job', meta('work'), {
        completions: 3,
        parallelism: 2,
        completionMode: 'Indexed',
        ttlSecondsAfterFinished: 20,
        template: template('v1', 'Never'),
      }),
      pods('start', 2),
      pods('succeed', 2, { state: 'running' }),
      pods('start', 1),
      pods('succeed', 1, { state: 'running' }),
      { act: 'wait', seconds: 30 },
    ],
  },
  {
    id: 'owners and a namespace',
    acts: [
      create('v1', 'ConfigMap', meta('owner', { finalizers: ['example.com/held'] }), {}),
      create('v1', 'ConfigMap', meta('owned', { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner' }] }), {}),
      { act: 'delete', on: 'ConfigMap/owner', propagation: 'Orphan' },
      create('v1', 'Pod', meta('p'), template('v1').spec),
      { act: 'delete', on: 'Namespace/ns' },
      { act: 'patch', on: 'ConfigMap/owner', patch: { metadata: { finalizers: [] } } },
    ],
  },
];

describe('Controllers that are restarted end where they would have ended', () => {
  test.each(TOLD)('in $id, whichever act they die after', (story) => {
    const undisturbed = ending(story);
    for (const [act] of story.acts.entries()) {
      const death = { act, afterMs: MOMENTS_MS[act % MOMENTS_MS.length]! };
      expect({ death, ...ending(story, death) }).toEqual({ death, ...undisturbed });
    }
  });

  test.skipIf(!existsSync(FOLDER))(
    `in ${SAMPLES} moments of recorded cases (skipped without ../shared)`,
    () => {
      const stories = FAMILIES.flatMap(recordedStories);
      const draw = new Random('restarts').stream('test', 'restarts');
      for (let sample = 0; sample < SAMPLES; sample++) {
        const story = stories[draw.below(stories.length)]!;
        const death = { act: draw.below(story.acts.length), afterMs: MOMENTS_MS[draw.below(MOMENTS_MS.length)]! };
        const { id } = story;
        expect({ id, death, ...ending(story, death) }).toEqual({ id, death, ...ending(story) });
      }
    },
    60_000,
  );
});

/** Without node-lifecycle, autoscaler and pod-gc, which need flags of their own, and the largest, which say the same as their kin. */
const FAMILIES = [
  'cronjob',
  'daemonset',
  'deployment-named',
  'deployment-rollout',
  'endpoints',
  'garbage-collector',
  'job',
  'job-named',
  'namespace',
  'replicaset',
  'resource-quota',
  'statefulset',
  'taint-eviction',
];

/**
 * Cases whose end is one of several: which of two sets adopts a pod first; whether a set that waits for its foreground deletion has seen
 * its revision go and made another.
 */
const UNDECIDED: ReadonlySet<string> = new Set(['replicaset-s0007', 'statefulset-s0001']);

function recordedStories(family: string): Story[] {
  const files = [{ name: family, path: join(FOLDER, `${family}.jsonl.gz`) }];
  const cases = readCases(files).flatMap((read) => read.cases);
  return cases.filter(({ id }) => !UNDECIDED.has(id)).map(({ id, steps }) => ({ id, acts: steps.map((step) => step.do) }));
}
