/**
 * The verbs that are about nodes, and what nodes and pods use.
 */
import { cordon, uncordon } from './cordon.ts';
import { drain } from './drain.ts';
import { type FlagKinds, WRITE } from './flag-kinds.ts';
import { taint } from './taint.ts';
import { topNodes, topPods } from './top.ts';
import type { Verb } from './verbs.ts';

const NODE_FLAGS: FlagKinds = { selector: 'text', 'dry-run': 'dry-run' };
const TOP_FLAGS: FlagKinds = {
  selector: 'text',
  'field-selector': 'text',
  'all-namespaces': 'switch',
  containers: 'switch',
  'no-headers': 'switch',
  'sort-by': 'text',
  sum: 'switch',
  'show-capacity': 'switch',
  'use-protocol-buffers': 'switch',
};

export const NODE_VERBS: readonly Verb[] = [
  { words: 'cordon', usage: 'NODE', minimum: 1, flags: NODE_FLAGS, subject: 'nodes', run: cordon },
  { words: 'uncordon', usage: 'NODE', minimum: 1, flags: NODE_FLAGS, subject: 'nodes', run: uncordon },
  {
    words: 'drain',
    usage: 'NODE',
    minimum: 1,
    flags: {
      ...NODE_FLAGS,
      'ignore-daemonsets': 'switch',
      'delete-emptydir-data': 'switch',
      force: 'switch',
      timeout: 'duration',
      'grace-period': 'number',
      'pod-selector': 'text',
      'disable-eviction': 'switch',
      'skip-wait-for-delete-timeout': 'number',
      'chunk-size': 'number',
    },
    subject: 'nodes',
    run: drain,
  },
  {
    words: 'taint',
    usage: 'nodes NODE KEY=VALUE:EFFECT',
    minimum: 2,
    flags: { ...WRITE, selector: 'text', overwrite: 'switch', all: 'switch' },
    subject: 'nodes',
    run: taint,
  },
  { words: 'top node', aliases: ['top nodes', 'top no'], usage: '[NAME]', minimum: 0, flags: TOP_FLAGS, subject: 'nodes', run: topNodes },
  { words: 'top pod', aliases: ['top pods', 'top po'], usage: '[NAME]', minimum: 0, flags: TOP_FLAGS, subject: 'nothing', run: topPods },
];
