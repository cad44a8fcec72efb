/**
 * `kubectl create ingress`. Models k8s.io/kubectl/pkg/cmd/create/create_ingress.go.
 */
import type { Task } from '../../../client/task.ts';
import type { ParsedCommand } from '../command-line.ts';
import type { KubectlContext } from '../context.ts';
import { KubectlError } from '../errors.ts';
import type { JsonMap } from '../json.ts';
import { createObject, nameOf } from './create-object.ts';

/** `host/path=service:port[,tls[=secret]]`. */
const RULE = /^([\w*\-.]*)(\/.*)=([\w-]+):([\w-]+)(,(tls)=?([\w-]+)?)?/;

interface Rule {
  readonly host: string;
  readonly path: JsonMap;
  /** Undefined without TLS, empty for TLS without a secret of its own. */
  readonly secret: string | undefined;
}

export function* createIngress(command: ParsedCommand, context: KubectlContext): Task<void> {
  const name = nameOf(command);
  const { flags } = command;
  const [className = '', backend = ''] = [flags.text('class'), flags.text('default-backend')];
  const texts = flags.all('rule');
  if (backend === '' && texts.length === 0)
    throw new KubectlError(
      'not enough information provided: every ingress has to either specify a default-backend (which catches all traffic) or a list of rules (which catch specific paths)',
    );
  const rules = texts.map(parseRule);
  const annotations = flags.all('annotation').map((text) => {
    const equals = text.indexOf('=');
    if (equals < 0) throw new KubectlError(`annotation ${text} is invalid and should be in format key=[value]`);
    return [text.slice(0, equals), text.slice(equals + 1)] as const;
  });
  if (backend !== '' && backend.split(':').length !== 2)
    throw new KubectlError('default-backend should be in format servicename:serviceport');
  const tls = tlsOf(rules);
  const spec = {
    ...(className === '' ? {} : { ingressClassName: className }),
    ...(backend === '' ? {} : { defaultBackend: backendOf(backend) }),
    ...(tls.length === 0 ? {} : { tls }),
    ...(rules.length === 0 ? {} : { rules: byHost(rules) }),
  };
  const given = {
    kind: 'Ingress' as const,
    name,
    ...(annotations.length === 0 ? {} : { annotations: Object.fromEntries(annotations) }),
    fields: { spec, status: { loadBalancer: {} } },
  };
  yield* createObject(command, context, given, 'failed to create ingress');
}

function parseRule(text: string): Rule {
  const match = RULE.exec(text);
  if (match === null) throw new KubectlError(`rule ${text} is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]`);
  const [, host = '', path = '', service = '', port = '', , tls, secret = ''] = match;
  const isPrefix = path.endsWith('*');
  return {
    host,
    path: {
      path: isPrefix ? path.slice(0, -1) : path,
      pathType: isPrefix ? 'Prefix' : 'Exact',
      backend: backendOf(`${service}:${port}`),
    },
    secret: tls === undefined ? undefined : secret,
  };
}

function backendOf(text: string): JsonMap {
  const [name = '', port = ''] = text.split(':');
  return { service: { name, port: /^\d+$/.test(port) ? { number: Number(port) } : { name: port } } };
}

function byHost(rules: readonly Rule[]): JsonMap[] {
  const hosts = new Map<string, JsonMap[]>();
  for (const { host, path } of rules) hosts.set(host, [...(hosts.get(host) ?? []), path]);
  return [...hosts].map(([host, paths]) => ({ ...(host === '' ? {} : { host }), http: { paths } }));
}

/** Hosts that share a secret share an entry. */
function tlsOf(rules: readonly Rule[]): JsonMap[] {
  const entries: { hosts: string[]; secret: string }[] = [];
  const seen = new Set<string>();
  for (const { host, secret } of rules) {
    if (secret === undefined || seen.has(host)) continue;
    seen.add(host);
    const shared = entries.find((one) => one.secret === secret);
    if (shared !== undefined) shared.hosts.push(host);
    else if (host !== '' || secret !== '') entries.push({ hosts: host === '' ? [] : [host], secret });
  }
  return entries.map(({ hosts, secret }) => ({
    ...(hosts.length === 0 ? {} : { hosts }),
    ...(secret === '' ? {} : { secretName: secret }),
  }));
}
