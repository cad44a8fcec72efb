/**
 * The verbs that make, size and change workloads, and follow their rollouts.
 */
import { autoscale } from './autoscale.ts';
import { expose } from './expose.ts';
import { type FlagKinds, PRINT, SELECT, WRITE } from './flag-kinds.ts';
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
import type { Verb } from './verbs.ts';

const OBJECT = '(TYPE NAME | TYPE/NAME)';
const SET_FLAGS: FlagKinds = { ...SELECT, ...WRITE, local: 'switch' };
const ROLLOUT_FLAGS: FlagKinds = { ...SELECT, ...PRINT, 'dry-run': 'dry-run', 'field-manager': 'text' };

export const WORKLOAD_VERBS: readonly Verb[] = [
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
];
