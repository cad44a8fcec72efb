/**
 * `kubectl auth can-i` and `auth whoami`: Orrery's kubectl is an administrator, whom everything is allowed; whoever it is told to act as
 * (`--as`) has no rights, unless one of the groups is `system:masters`.
 *
 * Models k8s.io/kubectl/pkg/cmd/auth. Left out: what Roles and RoleBindings allow, `auth reconcile`.
 */
import type { Task } from '../../client/task.ts';
import { KINDS } from '../../model/kinds.ts';
import { timeText } from '../../model/time.ts';
import { atOnce } from './at-once.ts';
import type { Flags, ParsedCommand } from './command-line.ts';
import { type KubectlContext, printLine, warnLine } from './context.ts';
import { KubectlError } from './errors.ts';
import { goJson } from './json.ts';
import { alignedTable } from './print/tab-writer.ts';
import { yamlText } from './print/yaml.ts';
import { findKind } from './resource-arguments.ts';

const MASTERS = 'system:masters';
const AUTHENTICATED = 'system:authenticated';
const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection', 'use', 'bind', 'impersonate', '*'];
const MORE_VERBS = ['approve', 'sign', 'escalate', 'attest', 'proxy'];
const PATHS = ['/api/*', '/api', '/apis/*', '/apis', '/healthz', '/healthz', '/livez', '/livez', '/openapi/*', '/openapi'];
const MORE_PATHS = ['/readyz', '/readyz', '/version/', '/version/', '/version', '/version'];

export interface User {
  readonly name: string;
  readonly groups: readonly string[];
  readonly isAdministrator: boolean;
}

export function userOf(flags: Flags): User {
  const name = flags.text('as');
  if (name === undefined) return { name: 'admin', groups: [MASTERS, AUTHENTICATED], isAdministrator: true };
  const groups = [...flags.all('as-group'), AUTHENTICATED];
  return { name, groups, isAdministrator: groups.includes(MASTERS) };
}

export function canI(command: ParsedCommand, context: KubectlContext): Task<void> {
  const { args, flags } = command;
  const user = userOf(flags);
  if (flags.isOn('list')) {
    if (args.length > 0) throw new KubectlError('list option must be specified with no arguments');
    if (flags.isOn('quiet') || flags.isOn('all-namespaces') || flags.has('subresource'))
      throw new KubectlError("list option can't be specified with neither quiet, all-namespaces nor subresource options");
    context.out(alignedTable(listText(user, flags.isOn('no-headers'))));
    return atOnce();
  }
  const [verb, resource] = args;
  if (args.length !== 2) {
    const words = 'you must specify two arguments: verb resource or verb resource/resourceName.';
    throw new KubectlError(`${words}\nSee 'kubectl auth can-i -h' for help and examples.`);
  }
  warn(verb!, resource!, flags, context);
  if (flags.isOn('no-headers')) throw new KubectlError('--no-headers cannot be set without --list specified');
  if (!flags.isOn('quiet')) printLine(context, user.isAdministrator ? 'yes' : 'no');
  if (!user.isAdministrator) throw new KubectlError('');
  return atOnce();
}

function warn(verb: string, resource: string, flags: Flags, context: KubectlContext): void {
  const say = (words: string) => warnLine(context, `Warning: ${words}\n`);
  const isKnown = VERBS.includes(verb) || MORE_VERBS.includes(verb);
  if (resource.startsWith('/')) {
    if (!['get', 'put', 'post', 'head', 'options', 'delete', 'patch', '*'].includes(verb)) say(`verb '${verb}' is not a known verb`);
    return;
  }
  const [type = ''] = resource.split('/');
  if (type === '*') {
    if (!flags.isOn('all-namespaces') && !isKnown) say(`verb '${verb}' is not a known verb`);
    return;
  }
  const kind = findKind(type.toLowerCase());
  const [name, ...group] = type.toLowerCase().split('.');
  if (kind === undefined)
    say(`the server doesn't have a resource type '${name}'${group.length === 0 ? '' : ` in group '${group.join('.')}'`}`);
  if (flags.isOn('all-namespaces')) return;
  if (kind !== undefined && !KINDS[kind].namespaced) {
    const { resource: plural, group: inGroup } = KINDS[kind];
    say(`resource '${plural}' is not namespace scoped${inGroup === '' ? '' : ` in group '${inGroup}'`}`);
  }
  if (!isKnown) say(`verb '${verb}' is not a known verb`);
}

function listText(user: User, isBare: boolean): string {
  const rows = [
    ...(user.isAdministrator ? [`*.*\t[]\t[]\t[*]`, `\t[*]\t[]\t[*]`] : []),
    `selfsubjectreviews.authentication.k8s.io\t[]\t[]\t[create]`,
    `selfsubjectaccessreviews.authorization.k8s.io\t[]\t[]\t[create]`,
    `selfsubjectrulesreviews.authorization.k8s.io\t[]\t[]\t[create]`,
    ...[...PATHS, ...MORE_PATHS].map((path) => `\t[${path}]\t[]\t[get]`),
  ];
  return [...(isBare ? [] : ['Resources\tNon-Resource URLs\tResource Names\tVerbs']), ...rows, ''].join('\n');
}

export function whoAmI({ flags }: ParsedCommand, context: KubectlContext): Task<void> {
  const { name, groups } = userOf(flags);
  const output = flags.text('output') ?? '';
  const review = {
    kind: 'SelfSubjectReview',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { creationTimestamp: timeText(context.sim.nowUs) },
    status: { userInfo: { username: name, ...(flags.has('as') ? {} : { uid: name }), groups } },
  };
  if (output === 'json') context.out(`${goJson(review, 4)}\n`);
  else if (output === 'yaml') context.out(yamlText(review));
  else if (output !== '')
    throw new KubectlError(`unable to match a printer suitable for the output format "${output}", allowed formats are: json,yaml`);
  else {
    const rows = [
      ['ATTRIBUTE', 'VALUE'],
      ['Username', name],
      ...(flags.has('as') ? [] : [['UID', name]]),
      ['Groups', `[${groups.join(' ')}]`],
    ];
    context.out(alignedTable(`${rows.map((row) => row.join('\t')).join('\n')}\n`));
  }
  return atOnce();
}
