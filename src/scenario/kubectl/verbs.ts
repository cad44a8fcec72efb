/**
 * The verbs of kubectl that a scenario may use: what each takes, and the function that carries it out.
 */
import type { Task } from '../../client/task.ts';
import { annotate } from './annotate.ts';
import { setLastApplied, viewLastApplied } from './applied-memory.ts';
import { apply } from './apply.ts';
import { CLUSTER_VERBS } from './cluster-verbs.ts';
import type { ParsedCommand, VerbGrammar } from './command-line.ts';
import type { KubectlContext } from './context.ts';
import { CREATE_VERBS } from './create-verbs.ts';
import { deleteObjects } from './delete.ts';
import { describe } from './describe.ts';
import { diff } from './diff.ts';
import { edit } from './edit.ts';
import { events } from './events.ts';
import { PRINT, SELECT, WRITE } from './flag-kinds.ts';
import { get } from './get.ts';
import { label } from './label.ts';
import { NODE_VERBS } from './node-verbs.ts';
import { patch } from './patch.ts';
import { replace } from './replace.ts';
import { waitFor } from './wait.ts';
import { WORKLOAD_VERBS } from './workload-verbs.ts';

/** What the arguments name, for the check that it will be there. */
export type Subject = 'objects' | 'nodes' | 'new object' | 'files' | 'nothing';

export interface Verb extends VerbGrammar {
  readonly subject: Subject;
  readonly run: (command: ParsedCommand, context: KubectlContext) => Task<void>;
  /** It can only end in an error, as Orrery has not what it needs. */
  readonly isLeftOut?: boolean;
}

const OBJECT = '(TYPE NAME | TYPE/NAME)';

export const VERBS: readonly Verb[] = [
  ...WORKLOAD_VERBS,
  ...NODE_VERBS,
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
  ...CLUSTER_VERBS,
];
