/**
 * `kubectl create namespace`, `create serviceaccount`, `create role` and `create rolebinding`.
 *
 * Models k8s.io/kubectl/pkg/cmd/create/create_namespace.go, create_serviceaccount.go, create_role.go and create_rolebinding.go.
 */
import type { Task } from '../../../client/task.ts';
import { KINDS } from '../../../model/kinds.ts';
import type { ParsedCommand } from '../command-line.ts';
import { type KubectlContext, warnLine } from '../context.ts';
import { KubectlError } from '../errors.ts';
import type { JsonMap } from '../json.ts';
import { kindNamed } from '../resource-arguments.ts';
import { namespaceOf } from '../select.ts';
import { createObject, nameOf } from './create-object.ts';

const RBAC_GROUP = 'rbac.authorization.k8s.io';
const VERBS = [
  'get',
  'delete',
  'list',
  'create',
  'update',
  'patch',
  'watch',
  'proxy',
  'deletecollection',
  'use',
  'bind',
  'escalate',
  'impersonate',
  '*',
];

export function* createNamespace(command: ParsedCommand, context: KubectlContext): Task<void> {
  yield* createObject(command, context, { kind: 'Namespace', name: nameOf(command), fields: { spec: {}, status: {} } });
}

export function* createServiceAccount(command: ParsedCommand, context: KubectlContext): Task<void> {
  const name = nameOf(command);
  yield* createObject(command, context, { kind: 'ServiceAccount', name, fields: {} }, 'failed to create serviceaccount');
}

export function* createRole(command: ParsedCommand, context: KubectlContext): Task<void> {
  const name = nameOf(command);
  yield* createObject(command, context, { kind: 'Role', name, fields: { rules: rulesOf(command, context) } }, 'failed to create role');
}

export function* createRoleBinding(command: ParsedCommand, context: KubectlContext): Task<void> {
  const name = nameOf(command);
  const { flags } = command;
  const [role = '', clusterRole = ''] = [flags.text('role'), flags.text('clusterrole')];
  if ((role === '') === (clusterRole === '')) throw new KubectlError('exactly one of clusterrole or role must be specified');
  const fields = {
    subjects: subjectsOf(command),
    roleRef: { apiGroup: RBAC_GROUP, kind: role === '' ? 'ClusterRole' : 'Role', name: role || clusterRole },
  };
  yield* createObject(command, context, { kind: 'RoleBinding', name, fields }, 'failed to create rolebinding');
}

export function* createClusterRole(command: ParsedCommand, context: KubectlContext): Task<void> {
  const name = nameOf(command);
  const urls = command.flags.list('non-resource-url');
  if (urls.length > 0 && command.flags.has('resource'))
    throw new KubectlError('non-resource-url and resource must be specified exclusively');
  const rules = urls.length > 0 ? [{ nonResourceURLs: urls, verbs: command.flags.list('verb') }] : rulesOf(command, context);
  yield* createObject(command, context, { kind: 'ClusterRole', name, fields: { rules } }, 'failed to create clusterrole');
}

export function* createClusterRoleBinding(command: ParsedCommand, context: KubectlContext): Task<void> {
  const name = nameOf(command);
  const roleRef = { apiGroup: RBAC_GROUP, kind: 'ClusterRole', name: command.flags.text('clusterrole') };
  const fields = { subjects: subjectsOf(command), roleRef };
  yield* createObject(command, context, { kind: 'ClusterRoleBinding', name, fields }, 'failed to create clusterrolebinding');
}

export function subjectsOf({ flags }: ParsedCommand): JsonMap[] {
  return [
    ...flags.list('user').map((name) => ({ kind: 'User', apiGroup: RBAC_GROUP, name })),
    ...flags.list('group').map((name) => ({ kind: 'Group', apiGroup: RBAC_GROUP, name })),
    ...flags.list('serviceaccount').map((account) => {
      const parts = account.split(':');
      if (parts.length !== 2 || parts[0] === '' || parts[1] === '') throw new KubectlError('serviceaccount must be <namespace>:<name>');
      return { kind: 'ServiceAccount', name: parts[1], namespace: parts[0] };
    }),
  ];
}

/** One rule for each API group among the resources. */
function rulesOf({ flags }: ParsedCommand, context: KubectlContext): JsonMap[] {
  const verbs = flags.list('verb').includes('*') ? ['*'] : [...new Set(flags.list('verb').map((verb) => verb.trim()))];
  if (verbs.length === 0) throw new KubectlError('at least one verb must be specified');
  for (const verb of verbs) if (!VERBS.includes(verb)) warnLine(context, `Warning: '${verb}' is not a standard resource verb`);
  const names = flags.list('resource');
  if (names.length === 0) throw new KubectlError('at least one resource must be specified');
  const resourceNames = [...new Set(flags.list('resource-name'))];
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const [resource = '', subresource] = name.split('/');
    const { group, resource: plural } = resource === '*' ? { group: '*', resource: '*' } : KINDS[kindNamed(resource)];
    groups.set(group, [...(groups.get(group) ?? []), subresource === undefined ? plural : `${plural}/${subresource}`]);
  }
  return [...groups].map(([group, resources]) => ({
    verbs,
    apiGroups: [group],
    resources,
    ...(resourceNames.length === 0 ? {} : { resourceNames }),
  }));
}

/** The token says whose it is and is signed by nobody. */
export function* createToken(command: ParsedCommand, context: KubectlContext): Task<void> {
  const name = nameOf(command);
  const namespace = namespaceOf(command.flags, context);
  try {
    yield* context.api.get('ServiceAccount', namespace, name);
  } catch (error) {
    if (error instanceof Error && error.name === 'ApiError') throw new KubectlError(`failed to create token: ${error.message}`);
    throw error;
  }
  const claims = { iss: 'orrery', sub: `system:serviceaccount:${namespace}:${name}` };
  context.out([{ alg: 'none', typ: 'JWT' }, claims].map((part) => `${base64Url(JSON.stringify(part))}.`).join(''));
}

function base64Url(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64url');
}
