import { expect, test } from 'vitest';
import { parseCommandLine } from '../../../src/scenario/kubectl/command-line.ts';
import type { CommandLineError } from '../../../src/scenario/kubectl/command-line-error.ts';
import { resourceArguments } from '../../../src/scenario/kubectl/resource-arguments.ts';
import { splitWords } from '../../../src/scenario/kubectl/split-words.ts';
import { VERBS } from '../../../src/scenario/kubectl/verbs.ts';
import { parseSelector } from '../../../src/scenario/selector-text.ts';

test('splitWords groups by quotes as a shell does', () => {
  expect(splitWords(`patch deploy web -p '{"spec": {"replicas": 2}}' a\\ b "c d"`)).toEqual([
    'patch',
    'deploy',
    'web',
    '-p',
    '{"spec": {"replicas": 2}}',
    'a b',
    'c d',
  ]);
});

test('parseCommandLine reads flags before, between and behind arguments, glued or not', () => {
  const { verb, args, flags, rest } = parseCommandLine('kubectl create job -nshop once --image busybox -- echo --hi', VERBS);
  expect([verb.words, args, flags.text('namespace'), flags.text('image'), rest]).toEqual([
    'create job',
    ['once'],
    'shop',
    'busybox',
    ['echo', '--hi'],
  ]);
});

test.each([
  ['rollout undone deployment web', 'rollout undo'],
  ['create deploymnt web --image=x', 'create deployment'],
  ['drian n1', 'drain'],
])('parseCommandLine names the verb probably meant by %j', (line, suggestion) => {
  try {
    parseCommandLine(line, VERBS);
    expect.unreachable();
  } catch (error) {
    expect((error as CommandLineError).suggestion).toBe(suggestion);
  }
});

test('resourceArguments understands every way kubectl has of naming objects', () => {
  expect(resourceArguments(['deploy/web', 'svc/api']).targets).toEqual([
    { kind: 'Deployment', name: 'web' },
    { kind: 'Service', name: 'api' },
  ]);
  expect(resourceArguments(['rs,pods', 'a']).targets).toEqual([
    { kind: 'ReplicaSet', name: 'a' },
    { kind: 'Pod', name: 'a' },
  ]);
  expect(resourceArguments(['deployments.apps'])).toEqual({ kinds: ['Deployment'], targets: [], isCombined: false });
});

test('parseSelector reads equality, sets and existence', () => {
  expect(parseSelector('app=web,tier!=db,env in (a, b),!old,new')).toEqual({
    matchLabels: { app: 'web' },
    matchExpressions: [
      { key: 'tier', operator: 'NotIn', values: ['db'] },
      { key: 'env', operator: 'In', values: ['a', 'b'] },
      { key: 'old', operator: 'DoesNotExist' },
      { key: 'new', operator: 'Exists' },
    ],
  });
});
