/**
 * The verbs that are about the cluster as a whole, about who asks, and those that Orrery can only refuse.
 */
import { apiResources, apiVersions } from './api-resources.ts';
import { canI, whoAmI } from './auth.ts';
import { configCurrentContext, configGetClusters, configGetContexts, configSetContext, configUseContext, configView } from './config.ts';
import { type FlagKinds, PRINT } from './flag-kinds.ts';
import { attach, copy, debug, exec, explain, kustomize, logs, portForward, proxy } from './left-out.ts';
import type { Verb } from './verbs.ts';
import { clusterInfo, version } from './version.ts';

const POD_FLAGS: FlagKinds = { container: 'text', stdin: 'switch', tty: 'switch', quiet: 'switch' };

function config(words: string, usage: string, run: Verb['run'], flags: FlagKinds = {}): Verb {
  return { words: `config ${words}`, usage, minimum: 0, flags, subject: 'nothing', run };
}

export const CLUSTER_VERBS: readonly Verb[] = [
  { words: 'version', usage: '', minimum: 0, maximum: 0, flags: { client: 'switch', output: 'text' }, subject: 'nothing', run: version },
  { words: 'cluster-info', usage: '', minimum: 0, maximum: 0, flags: {}, subject: 'nothing', run: clusterInfo },
  {
    words: 'api-resources',
    usage: '',
    minimum: 0,
    maximum: 0,
    flags: {
      output: 'text',
      namespaced: 'switch',
      'api-group': 'text',
      categories: 'text',
      verbs: 'text',
      'sort-by': 'text',
      'no-headers': 'switch',
      cached: 'switch',
    },
    subject: 'nothing',
    run: apiResources,
  },
  { words: 'api-versions', usage: '', minimum: 0, maximum: 0, flags: {}, subject: 'nothing', run: apiVersions },
  config('set-context', '--current --namespace=NAME', configSetContext, { current: 'switch' }),
  config('use-context', 'NAME', configUseContext),
  config('current-context', '', configCurrentContext),
  config('get-contexts', '', configGetContexts, { output: 'text', 'no-headers': 'switch' }),
  config('get-clusters', '', configGetClusters),
  config('view', '', configView, { output: 'text', minify: 'switch', raw: 'switch', flatten: 'switch' }),
  {
    words: 'auth can-i',
    usage: 'VERB TYPE',
    minimum: 0,
    flags: { 'all-namespaces': 'switch', list: 'switch', quiet: 'switch', subresource: 'text', 'no-headers': 'switch' },
    short: { q: 'quiet' },
    subject: 'nothing',
    run: canI,
  },
  { words: 'auth whoami', usage: '', minimum: 0, maximum: 0, flags: PRINT, subject: 'nothing', run: whoAmI },
  {
    words: 'logs',
    usage: 'POD',
    minimum: 1,
    flags: {
      ...POD_FLAGS,
      selector: 'text',
      follow: 'switch',
      previous: 'switch',
      tail: 'number',
      since: 'duration',
      timestamps: 'switch',
      'all-containers': 'switch',
    },
    short: { f: 'follow', p: 'previous' },
    subject: 'nothing',
    run: logs,
    isLeftOut: true,
  },
  {
    words: 'exec',
    usage: 'POD -- COMMAND',
    minimum: 1,
    flags: { ...POD_FLAGS, filename: 'text' },
    subject: 'nothing',
    run: exec,
    isLeftOut: true,
  },
  { words: 'attach', usage: 'POD', minimum: 1, flags: POD_FLAGS, subject: 'nothing', run: attach, isLeftOut: true },
  { words: 'cp', usage: 'SOURCE DESTINATION', minimum: 2, flags: { container: 'text' }, subject: 'nothing', run: copy, isLeftOut: true },
  {
    words: 'debug',
    usage: 'POD --image=IMAGE',
    minimum: 1,
    flags: { ...POD_FLAGS, image: 'text', 'copy-to': 'text', target: 'text', profile: 'text' },
    subject: 'nothing',
    run: debug,
    isLeftOut: true,
  },
  {
    words: 'port-forward',
    usage: 'TYPE/NAME PORT',
    minimum: 2,
    flags: { address: 'text' },
    subject: 'nothing',
    run: portForward,
    isLeftOut: true,
  },
  {
    words: 'proxy',
    usage: '',
    minimum: 0,
    maximum: 0,
    flags: { port: 'number' },
    short: { p: 'port' },
    subject: 'nothing',
    run: proxy,
    isLeftOut: true,
  },
  {
    words: 'explain',
    usage: 'TYPE',
    minimum: 1,
    flags: { ...PRINT, recursive: 'switch', 'api-version': 'text' },
    subject: 'nothing',
    run: explain,
    isLeftOut: true,
  },
  { words: 'kustomize', usage: 'FOLDER', minimum: 0, flags: { output: 'text' }, subject: 'nothing', run: kustomize, isLeftOut: true },
];
