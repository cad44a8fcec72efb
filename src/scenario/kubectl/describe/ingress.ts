/**
 * An Ingress, described. Models describeIngressV1 of k8s.io/kubectl/pkg/describe/describe.go.
 */
import type { Task } from '../../../client/task.ts';
import type { KubeObject } from '../../../model/meta.ts';
import type { KubectlContext } from '../context.ts';
import { messageOf } from '../errors.ts';
import { asMap, at, isMap, type JsonMap, listAt, mapAt, mapsAt, numberAt, textAt } from '../json.ts';
import type { Page } from './page.ts';
import { endpointsText, slicesOf } from './service.ts';

export function* describeIngress(ingress: KubeObject, page: Page, context: KubectlContext): Task<void> {
  const map = asMap(ingress);
  const { metadata } = ingress;
  page.line(0, `Name:\t${metadata.name}`);
  page.labels('Labels', metadata.labels);
  page.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  const addresses = mapsAt(map, 'status.loadBalancer.ingress').map(({ ip, hostname }) => String(ip ?? hostname ?? ''));
  page.line(0, `Address:\t${addresses.sort().join(',')}`);
  page.line(0, `Ingress Class:\t${textAt(map, 'spec.ingressClassName') ?? '<none>'}`);
  const fallback = at(map, 'spec.defaultBackend');
  const fallbackText = isMap(fallback) ? yield* backendText(fallback, metadata.namespace, context) : '<default>';
  page.line(0, `Default backend:\t${fallbackText}`);
  const tls = mapsAt(map, 'spec.tls');
  if (tls.length > 0) page.line(0, 'TLS:');
  for (const one of tls) {
    const hosts = listAt(one, 'hosts').join(',');
    page.line(1, one.secretName === undefined ? `SNI routes ${hosts}` : `${String(one.secretName)} terminates ${hosts}`);
  }
  page.line(0, 'Rules:\n  Host\tPath\tBackends');
  page.line(1, '----\t----\t--------');
  const rules = mapsAt(map, 'spec.rules').filter(({ http }) => isMap(http));
  for (const rule of rules) {
    page.line(1, `${textAt(rule, 'host') || '*'}\t`);
    for (const path of mapsAt(rule, 'http.paths'))
      page.line(2, `\t${textAt(path, 'path') ?? ''} \t${yield* backendText(mapAt(path, 'backend'), metadata.namespace, context)}`);
  }
  if (rules.length === 0) page.line(1, `*\t*\t${fallbackText}`);
  page.annotations('Annotations', metadata.annotations);
}

/** `web:80 (10.0.0.1:80)`. */
function* backendText(backend: JsonMap, namespace: string | undefined, context: KubectlContext): Task<string> {
  const service = mapAt(backend, 'service');
  if (service.name === undefined) {
    const resource = mapAt(backend, 'resource');
    return `APIGroup: ${String(resource.apiGroup ?? '<none>')}, Kind: ${String(resource.kind)}, Name: ${String(resource.name)}`;
  }
  const [number, name] = [numberAt(service, 'port.number'), textAt(service, 'port.name')];
  const text = `${String(service.name)}:${number ?? name ?? ''}`;
  try {
    const found = yield* context.api.get('Service', namespace, String(service.name));
    const port = mapsAt(asMap(found), 'spec.ports').find((one) => (number === undefined ? one.name === name : one.port === number));
    return `${text} (${endpointsText(yield* slicesOf(String(service.name), namespace, context), textAt(port, 'name') ?? '')})`;
  } catch (error) {
    return `${text} (<error: ${messageOf(error)}>)`;
  }
}
