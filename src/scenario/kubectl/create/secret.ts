/**
 * `kubectl create secret generic|docker-registry|tls`.
 *
 * Models k8s.io/kubectl/pkg/cmd/create/create_secret.go, create_secret_docker.go and create_secret_tls.go. Left out: whether a certificate and
 * its key belong together.
 */
import type { Task } from '../../../client/task.ts';
import type { ParsedCommand } from '../command-line.ts';
import type { KubectlContext } from '../context.ts';
import { KubectlError } from '../errors.ts';
import { goJson } from '../json.ts';
import { createObject, nameOf } from './create-object.ts';
import { fileText, keyValuesOf } from './key-values.ts';

export function* createGenericSecret(command: ParsedCommand, context: KubectlContext): Task<void> {
  const name = nameOf(command);
  const values = keyValuesOf(command, context, 'Secret', name);
  const type = command.flags.text('type');
  yield* createSecret(command, context, name, values, type === undefined || type === '' ? undefined : type);
}

export function* createDockerSecret(command: ParsedCommand, context: KubectlContext): Task<void> {
  const name = nameOf(command);
  const { flags } = command;
  const [username = '', password = '', server = ''] = ['docker-username', 'docker-password', 'docker-server'].map((flag) =>
    flags.text(flag),
  );
  if (!flags.has('from-file') && (username === '' || password === '' || flags.text('docker-server') === ''))
    throw new KubectlError('either --from-file or the combination of --docker-username, --docker-password and --docker-server is required');
  let values = keyValuesOf(command, context, 'Secret', name);
  if (!flags.has('from-file')) {
    const email = flags.text('docker-email');
    const auth = base64(`${username}:${password}`);
    const entry = { username, password, ...(email === undefined || email === '' ? {} : { email }), auth };
    values = new Map([['.dockerconfigjson', goJson({ auths: { [server === '' ? 'https://index.docker.io/v1/' : server]: entry } })]]);
  }
  yield* createSecret(command, context, name, values, 'kubernetes.io/dockerconfigjson');
}

export function* createTlsSecret(command: ParsedCommand, context: KubectlContext): Task<void> {
  const name = nameOf(command);
  const [certificate = '', key = ''] = ['cert', 'key'].map((flag) => command.flags.text(flag));
  if (key === '' || certificate === '') throw new KubectlError('key and cert must be specified');
  const values = new Map([
    ['tls.crt', fileText(certificate, context)],
    ['tls.key', fileText(key, context)],
  ]);
  for (const [what, text] of [
    ['certificate', values.get('tls.crt')!],
    ['key', values.get('tls.key')!],
  ] as const) {
    if (!text.includes('-----BEGIN ')) throw new KubectlError(`tls: failed to find any PEM data in ${what} input`);
  }
  yield* createSecret(command, context, name, values, 'kubernetes.io/tls');
}

function* createSecret(
  command: ParsedCommand,
  context: KubectlContext,
  name: string,
  values: ReadonlyMap<string, string>,
  type: string | undefined,
): Task<void> {
  const data = Object.fromEntries([...values].map(([key, value]) => [key, base64(value)]));
  const fields = { ...(values.size === 0 ? {} : { data }), ...(type === undefined ? {} : { type }) };
  yield* createObject(command, context, { kind: 'Secret', name, fields }, 'failed to create secret');
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
