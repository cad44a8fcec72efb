/**
 * The verbs of kubectl that a scenario may use: what each takes, and the function that carries it out.
 */
import type { Task } from '../../client/task.ts';
import { apply } from './apply.ts';
import type { FlagKinds, ParsedCommand, VerbGrammar } from './command-line.ts';
import type { KubectlContext } from './context.ts';
import { cordon, uncordon } from './cordon.ts';
import { createDeployment, createFromFile, createJob, createNamespace, run } from './create.ts';
import { deleteObjects } from './delete.ts';
import { drain } from './drain.ts';
import { expose } from './expose.ts';
import { get } from './get.ts';
import { annotate, label } from './label.ts';
import { patch } from './patch.ts';
import { rolloutPause, rolloutRestart, rolloutResume } from './rollout-change.ts';
import { rolloutHistory } from './rollout-history.ts';
import { rolloutStatus } from './rollout-status.ts';
import { rolloutUndo } from './rollout-undo.ts';
import { scale } from './scale.ts';
import { setImage } from './set-image.ts';
import { taint } from './taint.ts';

/** What the arguments name, for the check that it will be there. */
export type Subject = 'objects' | 'nodes' | 'new object' | 'files';

export interface Verb extends VerbGrammar {
  readonly subject: Subject;
  readonly run: (command: ParsedCommand, context: KubectlContext) => Task<void>;
}

const SELECT: FlagKinds = { selector: 'text', all: 'switch', filename: 'text' };
const OBJECT = '(TYPE NAME | TYPE/NAME)';

export const VERBS: readonly Verb[] = [
  {
    words: 'apply',
    usage: '-f FILE',
    minimum: 0,
    maximum: 0,
    required: ['filename'],
    flags: { filename: 'text' },
    subject: 'files',
    run: apply,
  },
  {
    words: 'create',
    usage: '-f FILE',
    minimum: 0,
    maximum: 0,
    required: ['filename'],
    flags: { filename: 'text' },
    subject: 'files',
    run: createFromFile,
  },
  { words: 'create namespace', usage: 'NAME', minimum: 1, maximum: 1, flags: {}, subject: 'new object', run: createNamespace },
  { words: 'create ns', usage: 'NAME', minimum: 1, maximum: 1, flags: {}, subject: 'new object', run: createNamespace },
  {
    words: 'create deployment',
    usage: 'NAME --image=IMAGE',
    minimum: 1,
    maximum: 1,
    required: ['image'],
    flags: { image: 'text', replicas: 'number', port: 'number' },
    subject: 'new object',
    run: createDeployment,
  },
  {
    words: 'create job',
    usage: 'NAME --image=IMAGE',
    minimum: 1,
    maximum: 1,
    required: ['image'],
    flags: { image: 'text' },
    subject: 'new object',
    run: createJob,
  },
  {
    words: 'run',
    usage: 'NAME --image=IMAGE',
    minimum: 1,
    maximum: 1,
    required: ['image'],
    flags: { image: 'text', port: 'number', labels: 'text', restart: 'text' },
    subject: 'new object',
    run,
  },
  {
    words: 'expose',
    usage: OBJECT,
    minimum: 1,
    flags: { name: 'text', type: 'text', port: 'text', 'target-port': 'text', protocol: 'text', selector: 'text', 'cluster-ip': 'text' },
    subject: 'objects',
    run: expose,
  },
  {
    words: 'delete',
    usage: '(-f FILE | TYPE NAME | TYPE/NAME | TYPE -l SELECTOR | TYPE --all)',
    minimum: 1,
    flags: {
      ...SELECT,
      'grace-period': 'number',
      now: 'switch',
      force: 'switch',
      wait: 'switch',
      'ignore-not-found': 'switch',
      cascade: 'text',
    },
    subject: 'objects',
    run: deleteObjects,
  },
  {
    words: 'scale',
    usage: `${OBJECT} --replicas=N`,
    minimum: 1,
    required: ['replicas'],
    flags: { ...SELECT, replicas: 'number', 'current-replicas': 'number' },
    subject: 'objects',
    run: scale,
  },
  { words: 'set image', usage: `${OBJECT} CONTAINER=IMAGE`, minimum: 2, flags: SELECT, subject: 'objects', run: setImage },
  {
    words: 'rollout status',
    usage: OBJECT,
    minimum: 1,
    flags: { ...SELECT, timeout: 'text', watch: 'switch' },
    subject: 'objects',
    run: rolloutStatus,
  },
  { words: 'rollout history', usage: OBJECT, minimum: 1, flags: SELECT, subject: 'objects', run: rolloutHistory },
  {
    words: 'get',
    usage: 'TYPE [NAME]',
    minimum: 1,
    flags: { ...SELECT, output: 'text' },
    subject: 'objects',
    run: get,
  },
  { words: 'rollout undo', usage: OBJECT, minimum: 1, flags: { ...SELECT, 'to-revision': 'number' }, subject: 'objects', run: rolloutUndo },
  { words: 'rollout pause', usage: OBJECT, minimum: 1, flags: SELECT, subject: 'objects', run: rolloutPause },
  { words: 'rollout resume', usage: OBJECT, minimum: 1, flags: SELECT, subject: 'objects', run: rolloutResume },
  { words: 'rollout restart', usage: OBJECT, minimum: 1, flags: SELECT, subject: 'objects', run: rolloutRestart },
  { words: 'cordon', usage: 'NODE', minimum: 1, flags: { selector: 'text' }, subject: 'nodes', run: cordon },
  { words: 'uncordon', usage: 'NODE', minimum: 1, flags: { selector: 'text' }, subject: 'nodes', run: uncordon },
  {
    words: 'drain',
    usage: 'NODE',
    minimum: 1,
    flags: {
      selector: 'text',
      'ignore-daemonsets': 'switch',
      'delete-emptydir-data': 'switch',
      force: 'switch',
      timeout: 'text',
      'grace-period': 'number',
    },
    subject: 'nodes',
    run: drain,
  },
  {
    words: 'taint',
    usage: 'nodes NODE KEY=VALUE:EFFECT',
    minimum: 3,
    flags: { selector: 'text', overwrite: 'switch' },
    subject: 'nodes',
    run: taint,
  },
  { words: 'label', usage: `${OBJECT} KEY=VALUE`, minimum: 2, flags: { ...SELECT, overwrite: 'switch' }, subject: 'objects', run: label },
  {
    words: 'annotate',
    usage: `${OBJECT} KEY=VALUE`,
    minimum: 2,
    flags: { ...SELECT, overwrite: 'switch' },
    subject: 'objects',
    run: annotate,
  },
  {
    words: 'patch',
    usage: `${OBJECT} -p PATCH`,
    minimum: 1,
    required: ['patch'],
    flags: { ...SELECT, patch: 'text', type: 'text' },
    subject: 'objects',
    run: patch,
  },
];
