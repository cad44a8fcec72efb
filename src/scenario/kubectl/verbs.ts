/**
 * The verbs of kubectl that a scenario may use: what each takes, and the function that carries it out.
 */
import type { Task } from '../../client/task.ts';
import { annotate } from './annotate.ts';
import { setLastApplied, viewLastApplied } from './applied-memory.ts';
import { apply } from './apply.ts';
import { autoscale } from './autoscale.ts';
import { CLUSTER_VERBS } from './cluster-verbs.ts';
import type { ParsedCommand, VerbGrammar } from './command-line.ts';
import type { KubectlContext } from './context.ts';
import { cordon, uncordon } from './cordon.ts';
import { CREATE_VERBS } from './create-verbs.ts';
import { deleteObjects } from './delete.ts';
import { describe } from './describe.ts';
import { diff } from './diff.ts';
import { drain } from './drain.ts';
import { edit } from './edit.ts';
import { events } from './events.ts';
import { expose } from './expose.ts';
import { type FlagKinds, PRINT, SELECT, WRITE } from './flag-kinds.ts';
import { get } from './get.ts';
import { label } from './label.ts';
import { patch } from './patch.ts';
import { replace } from './replace.ts';
import { rolloutPause, rolloutRestart, rolloutResume } from './rollout/change.ts';
import { rolloutHistory } from './rollout/history.ts';
import { rolloutStatus } from './rollout/status.ts';
import { rolloutUndo } from './rollout/undo.ts';
import { run } from './run.ts';
import { scale } from './scale.ts';
import { setEnv } from './set/env.ts';
import { setImage } from './set/image.ts';
import { setSelector, setServiceAccount, setSubject } from './set/others.ts';
import { setResources } from './set/resources.ts';
import { taint } from './taint.ts';
import { topNodes, topPods } from './top.ts';
import { waitFor } from './wait.ts';

/** What the arguments name, for the check that it will be there. */
export type Subject = 'objects' | 'nodes' | 'new object' | 'files' | 'nothing';

export interface Verb extends VerbGrammar {
  readonly subject: Subject;
  readonly run: (command: ParsedCommand, context: KubectlContext) => Task<void>;
  /** It can only end in an error, as Orrery has not what it needs. */
  readonly isLeftOut?: boolean;
}

const OBJECT = '(TYPE NAME | TYPE/NAME)';
const NODE_FLAGS: FlagKinds = { selector: 'text', 'dry-run': 'dry-run' };
const SET_FLAGS: FlagKinds = { ...SELECT, ...WRITE, local: 'switch' };
const ROLLOUT_FLAGS: FlagKinds = { ...SELECT, ...PRINT, 'dry-run': 'dry-run', 'field-manager': 'text' };
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

export const VERBS: readonly Verb[] = [
  ...CREATE_VERBS,
  {
    words: 'apply',
    usage: '-f FILE',
    minimum: 0,
    maximum: 0,
    flags: {
      ...SELECT,
      ...WRITE,
      'server-side': 'switch',
      'force-conflicts': 'switch',
      force: 'switch',
      overwrite: 'switch',
      prune: 'switch',
      'prune-allowlist': 'text',
      wait: 'switch',
      timeout: 'duration',
      cascade: 'cascade',
      'grace-period': 'number',
      'openapi-patch': 'switch',
    },
    subject: 'files',
    run: apply,
  },
  {
    words: 'apply view-last-applied',
    usage: '(TYPE NAME | TYPE/NAME | -f FILE)',
    minimum: 1,
    flags: { ...SELECT, output: 'text' },
    subject: 'objects',
    run: viewLastApplied,
  },
  {
    words: 'apply set-last-applied',
    usage: '-f FILE',
    minimum: 0,
    maximum: 0,
    required: ['filename'],
    flags: { ...PRINT, filename: 'text', 'dry-run': 'dry-run', 'create-annotation': 'switch' },
    subject: 'files',
    run: setLastApplied,
  },
  {
    words: 'diff',
    usage: '-f FILE',
    minimum: 0,
    maximum: 0,
    flags: {
      ...SELECT,
      'server-side': 'switch',
      'force-conflicts': 'switch',
      'field-manager': 'text',
      'show-managed-fields': 'switch',
      'show-secrets': 'switch',
      concurrency: 'number',
    },
    subject: 'files',
    run: diff,
  },
  {
    words: 'replace',
    usage: '-f FILE',
    minimum: 0,
    maximum: 0,
    flags: { ...SELECT, ...WRITE, force: 'switch', cascade: 'cascade', 'grace-period': 'number', timeout: 'duration', wait: 'switch' },
    subject: 'files',
    run: replace,
  },
  {
    words: 'run',
    usage: 'NAME --image=IMAGE',
    minimum: 1,
    required: ['image'],
    flags: {
      ...WRITE,
      image: 'text',
      port: 'text',
      labels: 'text',
      annotations: 'text',
      restart: 'text',
      env: 'text',
      command: 'switch',
      expose: 'switch',
      overrides: 'text',
      'override-type': 'text',
      'image-pull-policy': 'text',
      privileged: 'switch',
      stdin: 'switch',
      tty: 'switch',
      'leave-stdin-open': 'switch',
      rm: 'switch',
      attach: 'switch',
      quiet: 'switch',
    },
    short: { l: 'labels' },
    subject: 'new object',
    run,
  },
  {
    words: 'expose',
    usage: OBJECT,
    minimum: 1,
    flags: {
      ...WRITE,
      filename: 'text',
      recursive: 'switch',
      name: 'text',
      type: 'text',
      port: 'text',
      'target-port': 'text',
      protocol: 'text',
      selector: 'text',
      labels: 'text',
      'cluster-ip': 'text',
      'external-ip': 'text',
      'load-balancer-ip': 'text',
      'session-affinity': 'text',
      overrides: 'text',
      'override-type': 'text',
    },
    short: { l: 'labels' },
    subject: 'objects',
    run: expose,
  },
  {
    words: 'autoscale',
    usage: `${OBJECT} --max=N`,
    minimum: 1,
    required: ['max'],
    flags: {
      ...WRITE,
      filename: 'text',
      recursive: 'switch',
      min: 'number',
      max: 'number',
      cpu: 'text',
      memory: 'text',
      'cpu-percent': 'number',
      name: 'text',
    },
    subject: 'objects',
    run: autoscale,
  },
  {
    words: 'get',
    usage: 'TYPE [NAME]',
    minimum: 1,
    flags: {
      ...SELECT,
      ...PRINT,
      'no-headers': 'switch',
      'show-labels': 'switch',
      'show-kind': 'switch',
      'label-columns': 'text',
      'sort-by': 'text',
      'chunk-size': 'number',
      'ignore-not-found': 'switch',
      watch: 'switch',
      'watch-only': 'switch',
      'output-watch-events': 'switch',
      subresource: 'text',
      raw: 'text',
      'server-print': 'switch',
    },
    subject: 'objects',
    run: get,
  },
  {
    words: 'describe',
    usage: 'TYPE [NAME]',
    minimum: 1,
    flags: { ...SELECT, 'show-events': 'switch', 'chunk-size': 'number' },
    subject: 'objects',
    run: describe,
  },
  {
    words: 'events',
    usage: '',
    minimum: 0,
    maximum: 0,
    flags: {
      ...PRINT,
      'all-namespaces': 'switch',
      for: 'text',
      types: 'text',
      'no-headers': 'switch',
      'chunk-size': 'number',
      watch: 'switch',
    },
    subject: 'nothing',
    run: events,
  },
  {
    words: 'delete',
    usage: '(-f FILE | TYPE NAME | TYPE/NAME | TYPE -l SELECTOR | TYPE --all)',
    minimum: 1,
    flags: {
      ...SELECT,
      output: 'text',
      'grace-period': 'number',
      now: 'switch',
      force: 'switch',
      wait: 'switch',
      timeout: 'duration',
      'ignore-not-found': 'switch',
      cascade: 'cascade',
      'dry-run': 'dry-run',
      interactive: 'switch',
      raw: 'text',
    },
    subject: 'objects',
    run: deleteObjects,
  },
  {
    words: 'scale',
    usage: `${OBJECT} --replicas=N`,
    minimum: 1,
    required: ['replicas'],
    flags: { ...SELECT, ...WRITE, replicas: 'number', 'current-replicas': 'number', 'resource-version': 'text', timeout: 'duration' },
    subject: 'objects',
    run: scale,
  },
  {
    words: 'set image',
    usage: `${OBJECT} CONTAINER=IMAGE`,
    minimum: 2,
    flags: SET_FLAGS,
    subject: 'objects',
    run: setImage,
  },
  {
    words: 'set env',
    usage: `${OBJECT} KEY=VALUE`,
    minimum: 1,
    flags: {
      ...SET_FLAGS,
      containers: 'text',
      env: 'text',
      from: 'text',
      keys: 'text',
      prefix: 'text',
      list: 'switch',
      resolve: 'switch',
      overwrite: 'switch',
    },
    short: { c: 'containers' },
    subject: 'objects',
    run: setEnv,
  },
  {
    words: 'set resources',
    usage: `${OBJECT} --limits=LIMITS --requests=REQUESTS`,
    minimum: 1,
    flags: { ...SET_FLAGS, containers: 'text', limits: 'text', requests: 'text' },
    short: { c: 'containers' },
    subject: 'objects',
    run: setResources,
  },
  {
    words: 'set serviceaccount',
    aliases: ['set sa'],
    usage: `${OBJECT} ACCOUNT`,
    minimum: 2,
    flags: SET_FLAGS,
    subject: 'nothing',
    run: setServiceAccount,
  },
  {
    words: 'set selector',
    usage: `${OBJECT} SELECTOR`,
    minimum: 2,
    flags: { ...SET_FLAGS, 'resource-version': 'text' },
    subject: 'objects',
    run: setSelector,
  },
  {
    words: 'set subject',
    usage: `${OBJECT} --user=USER`,
    minimum: 1,
    flags: { ...SET_FLAGS, user: 'text', group: 'text', serviceaccount: 'text' },
    subject: 'objects',
    run: setSubject,
  },
  {
    words: 'rollout status',
    usage: OBJECT,
    minimum: 1,
    flags: { ...ROLLOUT_FLAGS, timeout: 'duration', watch: 'switch', revision: 'number' },
    subject: 'objects',
    run: rolloutStatus,
  },
  {
    words: 'rollout history',
    usage: OBJECT,
    minimum: 1,
    flags: { ...ROLLOUT_FLAGS, revision: 'number' },
    subject: 'objects',
    run: rolloutHistory,
  },
  {
    words: 'rollout undo',
    usage: OBJECT,
    minimum: 1,
    flags: { ...ROLLOUT_FLAGS, 'to-revision': 'number' },
    subject: 'objects',
    run: rolloutUndo,
  },
  { words: 'rollout pause', usage: OBJECT, minimum: 1, flags: ROLLOUT_FLAGS, subject: 'objects', run: rolloutPause },
  { words: 'rollout resume', usage: OBJECT, minimum: 1, flags: ROLLOUT_FLAGS, subject: 'objects', run: rolloutResume },
  { words: 'rollout restart', usage: OBJECT, minimum: 1, flags: ROLLOUT_FLAGS, subject: 'objects', run: rolloutRestart },
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
  {
    words: 'label',
    usage: `${OBJECT} KEY=VALUE`,
    minimum: 1,
    flags: { ...SELECT, ...WRITE, overwrite: 'switch', list: 'switch', 'resource-version': 'text', local: 'switch' },
    subject: 'objects',
    run: label,
  },
  {
    words: 'annotate',
    usage: `${OBJECT} KEY=VALUE`,
    minimum: 1,
    flags: { ...SELECT, ...WRITE, overwrite: 'switch', list: 'switch', 'resource-version': 'text', local: 'switch' },
    subject: 'objects',
    run: annotate,
  },
  {
    words: 'patch',
    usage: `${OBJECT} -p PATCH`,
    minimum: 1,
    flags: { ...SELECT, ...WRITE, patch: 'text', 'patch-file': 'text', type: 'text', subresource: 'text', local: 'switch' },
    subject: 'objects',
    run: patch,
  },
  {
    words: 'edit',
    usage: OBJECT,
    minimum: 1,
    flags: { ...SELECT, ...WRITE, subresource: 'text', 'windows-line-endings': 'switch', 'output-patch': 'switch' },
    subject: 'objects',
    run: edit,
    isLeftOut: true,
  },
  {
    words: 'wait',
    usage: `${OBJECT} --for=condition=NAME`,
    minimum: 1,
    flags: { ...SELECT, ...PRINT, for: 'text', timeout: 'duration', local: 'switch' },
    subject: 'nothing',
    run: waitFor,
  },
  { words: 'top node', aliases: ['top nodes', 'top no'], usage: '[NAME]', minimum: 0, flags: TOP_FLAGS, subject: 'nodes', run: topNodes },
  { words: 'top pod', aliases: ['top pods', 'top po'], usage: '[NAME]', minimum: 0, flags: TOP_FLAGS, subject: 'nothing', run: topPods },
  ...CLUSTER_VERBS,
];
