/** A plugin of the user's own at each point of the framework, and the words when it fails. */
import { describe, expect, test } from 'vitest';
import { PluginFailure } from '../../../src/scheduler/custom-plugin.ts';
import type { SchedulerPlugin } from '../../../src/scheduler/plugin-interface.ts';
import { SchedulerWorld } from '../../support/scheduler-world.ts';

function worldWith(plugin: SchedulerPlugin, profile: object = {}): SchedulerWorld {
  const world = new SchedulerWorld({ plugins: [plugin], configuration: { profiles: [profile] } });
  for (const name of ['n1', 'n2', 'n3']) world.node(name);
  return world;
}

function nodeFor(plugin: SchedulerPlugin, profile?: object): string | undefined {
  const world = worldWith(plugin, profile);
  world.pod('web');
  return world.attempt()?.node;
}

describe('A plugin of the user', () => {
  test('refuses nodes in its own words, and preemption may not help', () => {
    const world = worldWith({ name: 'Never', filter: () => 'node(s) are not to be used' });
    world.pod('low', { nodeName: 'n1' });
    world.pod('web', { priority: 100 });
    const attempt = world.attempt()!;
    expect(attempt.message).toContain('0/3 nodes are available: 3 node(s) are not to be used.');
    expect(attempt.unschedulablePlugins).toEqual(new Set(['Never']));
    expect(attempt.nominatedNode).toBe('');
  });

  test('may say that preemption helps, and then has pods evicted', () => {
    const world = worldWith({
      name: 'OneToANode',
      filter: (_pod, node) => (node.pods.length === 0 ? undefined : { reason: 'node(s) are taken', helpedByPreemption: true }),
    });
    for (const name of ['n1', 'n2', 'n3']) world.pod(`on-${name}`, { nodeName: name, priority: name === 'n2' ? 1 : 5 });
    world.pod('web', { priority: 100 });
    const attempt = world.attempt()!;
    expect(attempt.nominatedNode).toBe('n2');
    expect(attempt.preemption?.chosen?.victims.map(({ key }) => key)).toEqual(['default/on-n2']);
  });

  test('scores beside the others, with the weight the profile gives it', () => {
    const likes: SchedulerPlugin = { name: 'LikesN3', score: (_pod, node) => (node.name === 'n3' ? 100 : 0) };
    expect(nodeFor(likes)).toBe('n3');
    // Against a stronger wish of its own kind.
    const world = worldWith(likes, { plugins: { score: { enabled: [{ name: 'LikesN3', weight: 10 }] } } });
    world.pod('big', { nodeName: 'n3', requests: { cpu: '3', memory: '7Gi' } });
    world.pod('web');
    expect(world.attempt()?.node).toBe('n3');
  });

  test('keeps a state for a cycle, and sees its arguments and every node', () => {
    const seen: unknown[] = [];
    const plugin: SchedulerPlugin<{ count: number }> = {
      name: 'Counter',
      preFilter: (_pod, { nodes }) => ({ count: nodes.length }),
      filter: (_pod, node, { state, args }) => {
        seen.push([node.name, state.count, args]);
        return undefined;
      },
    };
    nodeFor(plugin as SchedulerPlugin, { pluginConfig: [{ name: 'Counter', args: { limit: 2 } }] });
    expect(seen).toEqual(['n1', 'n2', 'n3'].map((name) => [name, 3, { limit: 2 }]));
  });

  test('normalizes scores of any range', () => {
    const ranks: SchedulerPlugin = {
      name: 'Ranks',
      score: (_pod, node) => -1000 * Number(node.name.at(-1)),
      normalize: (scores) => scores.map((score) => 100 + score / 30),
    };
    expect(nodeFor(ranks)).toBe('n1');
  });

  test('sees what a node has and what is taken of it', () => {
    const seen: string[] = [];
    const plugin: SchedulerPlugin = {
      name: 'Looks',
      filter: (_pod, { name, labels, allocatable, requested, pods }) => {
        seen.push(
          `${name} ${labels['kubernetes.io/hostname']} ${requested.milliCpu} of ${allocatable.milliCpu}, ${pods.length}, ${allocatable.of('gpu')}`,
        );
        return undefined;
      },
    };
    const world = worldWith(plugin);
    world.node('n1', { gpu: '2' });
    world.pod('other', { nodeName: 'n1', requests: { cpu: '1500m' } });
    world.pod('web');
    world.attempt();
    expect(seen[0]).toBe('n1 n1 1500 of 4000, 1, 0');
  });

  test('wakes a pod it refused by its own events, and by any change when it names none', () => {
    const refusal: SchedulerPlugin = { name: 'Moody', filter: () => 'node(s) are moody' };
    const events: SchedulerPlugin['events'] = [
      { kind: 'Node', action: 'Add', mayHelp: (_pod, _before, after) => (after as { metadata: { name: string } }).metadata.name === 'n5' },
    ];
    const placeAfter = (plugin: SchedulerPlugin, node: string) => {
      const world = worldWith(plugin);
      world.pod('web');
      world.attempt();
      world.node(node);
      return world.core.queue.get('web')?.place;
    };
    expect(placeAfter({ ...refusal, events }, 'n4')).toBe('unschedulable');
    expect(placeAfter({ ...refusal, events }, 'n5')).toBe('backoff');
    expect(placeAfter(refusal, 'n4')).toBe('backoff');
  });
});

const failures: readonly (readonly [about: string, plugin: Omit<SchedulerPlugin, 'name'>, message: string])[] = [
  [
    'throws',
    {
      filter: () => {
        throw new TypeError('labels of undefined');
      },
    },
    'Cannot run filter of plugin Mine for pod default/web on node n1 at 12.500000 s: labels of undefined',
  ],
  [
    'refuses without a reason',
    { filter: () => ({ reason: '' }) },
    'Cannot run filter of plugin Mine for pod default/web on node n1 at 12.500000 s: expected undefined, a reason or a map with reason, got {"reason":""}',
  ],
  [
    'scores above 100',
    { score: () => 101 },
    'Cannot run score of plugin Mine for pod default/web on node n1 at 12.500000 s: expected a number from 0 to 100, got 101',
  ],
  [
    'scores no number',
    { score: () => Number.NaN },
    'Cannot run score of plugin Mine for pod default/web on node n1 at 12.500000 s: expected a number from 0 to 100, got NaN',
  ],
  [
    'normalizes to too few',
    { score: () => 1, normalize: () => [1] },
    'Cannot run normalize of plugin Mine for pod default/web at 12.500000 s: expected 3 numbers from 0 to 100, got [1]',
  ],
];

test.each(failures)('A plugin that %s ends the run, and is named with pod, node and time', (_about, plugin, message) => {
  const world = worldWith({ name: 'Mine', ...plugin });
  world.nowSeconds = 12.5;
  world.pod('web');
  expect(() => world.attempt()).toThrow(new PluginFailure(message));
});
