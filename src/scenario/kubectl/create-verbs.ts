/**
 * The subcommands of `kubectl create`: what each takes, and the function that carries it out.
 */
import {
  createClusterRole,
  createClusterRoleBinding,
  createNamespace,
  createRole,
  createRoleBinding,
  createServiceAccount,
  createToken,
} from './create/account.ts';
import { createConfigMap } from './create/configmap.ts';
import { createDeployment } from './create/deployment.ts';
import { createFromFile } from './create/from-file.ts';
import { createIngress } from './create/ingress.ts';
import { createCronJob, createJob } from './create/job.ts';
import { createPodDisruptionBudget, createPriorityClass, createQuota } from './create/policy.ts';
import { createDockerSecret, createGenericSecret, createTlsSecret } from './create/secret.ts';
import { createService } from './create/service.ts';
import { type FlagKinds, SELECT, WRITE } from './flag-kinds.ts';
import type { Verb } from './verbs.ts';

const VALUES: FlagKinds = { ...WRITE, 'from-literal': 'text', 'from-file': 'text', 'from-env-file': 'text', 'append-hash': 'switch' };
const DOCKER: FlagKinds = { 'docker-server': 'text', 'docker-username': 'text', 'docker-password': 'text', 'docker-email': 'text' };
const SUBJECTS: FlagKinds = { user: 'text', group: 'text', serviceaccount: 'text' };

/** The verbs that take one NAME and make an object of it. */
function creating(words: string, aliases: readonly string[], flags: FlagKinds, run: Verb['run'], required: readonly string[] = []): Verb {
  const names = aliases.map((alias) => `create ${alias}`);
  const usage = ['NAME', ...required.map((flag) => `--${flag}=${flag.toUpperCase()}`)].join(' ');
  return {
    words: `create ${words}`,
    aliases: names,
    usage,
    minimum: 1,
    maximum: 1,
    required,
    flags: { ...WRITE, ...flags },
    subject: 'new object',
    run,
  };
}

export const CREATE_VERBS: readonly Verb[] = [
  {
    words: 'create',
    usage: '-f FILE',
    minimum: 0,
    maximum: 0,
    flags: { ...SELECT, ...WRITE, edit: 'switch', raw: 'text', 'windows-line-endings': 'switch' },
    subject: 'files',
    run: createFromFile,
  },
  creating('namespace', ['ns'], {}, createNamespace),
  creating('deployment', ['deploy'], { image: 'text', replicas: 'number', port: 'number' }, createDeployment, ['image']),
  creating('job', [], { image: 'text', from: 'text' }, createJob),
  creating('cronjob', ['cj'], { image: 'text', schedule: 'text', restart: 'text' }, createCronJob, ['image', 'schedule']),
  creating('configmap', ['cm'], VALUES, createConfigMap),
  creating('secret generic', [], { ...VALUES, type: 'text' }, createGenericSecret),
  creating('secret docker-registry', [], { ...VALUES, ...DOCKER }, createDockerSecret),
  creating('secret tls', [], { cert: 'text', key: 'text', 'append-hash': 'switch' }, createTlsSecret),
  creating('service clusterip', ['svc clusterip'], { tcp: 'text', clusterip: 'text' }, createService('ClusterIP')),
  creating('service nodeport', ['svc nodeport'], { tcp: 'text', 'node-port': 'number' }, createService('NodePort')),
  creating('service loadbalancer', ['svc loadbalancer'], { tcp: 'text' }, createService('LoadBalancer')),
  creating('service externalname', ['svc externalname'], { tcp: 'text', 'external-name': 'text' }, createService('ExternalName'), [
    'external-name',
  ]),
  creating('serviceaccount', ['sa'], {}, createServiceAccount),
  creating('token', [], { audience: 'text', duration: 'duration' }, createToken),
  creating('quota', ['resourcequota'], { hard: 'text', scopes: 'text' }, createQuota),
  creating(
    'priorityclass',
    ['pc'],
    { value: 'number', description: 'text', 'global-default': 'switch', 'preemption-policy': 'text' },
    createPriorityClass,
  ),
  creating(
    'poddisruptionbudget',
    ['pdb'],
    { selector: 'text', 'min-available': 'text', 'max-unavailable': 'text' },
    createPodDisruptionBudget,
  ),
  creating('role', [], { verb: 'text', resource: 'text', 'resource-name': 'text' }, createRole),
  creating('rolebinding', [], { ...SUBJECTS, role: 'text', clusterrole: 'text' }, createRoleBinding),
  creating('clusterrole', [], { verb: 'text', resource: 'text', 'resource-name': 'text', 'non-resource-url': 'text' }, createClusterRole, [
    'verb',
  ]),
  creating('clusterrolebinding', [], { ...SUBJECTS, clusterrole: 'text' }, createClusterRoleBinding, ['clusterrole']),
  creating('ingress', ['ing'], { rule: 'text', class: 'text', annotation: 'text', 'default-backend': 'text' }, createIngress),
];
