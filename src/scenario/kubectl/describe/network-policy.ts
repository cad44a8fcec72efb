/**
 * A NetworkPolicy, described. Models describeNetworkPolicySpec of k8s.io/kubectl/pkg/describe/describe.go.
 */
import type { KubeObject, LabelSelector } from '../../../model/meta.ts';
import { formatSelector } from '../../../model/selector-format.ts';
import { asMap, isMap, type JsonMap, listAt, mapAt, mapsAt, textAt } from '../json.ts';
import type { Page } from './page.ts';

export function describeNetworkPolicy(policy: KubeObject, page: Page): void {
  const { metadata } = policy;
  const spec = mapAt(asMap(policy), 'spec');
  page.line(0, `Name:\t${metadata.name}`);
  page.line(0, `Namespace:\t${metadata.namespace ?? ''}`);
  page.line(0, `Created on:\t${(metadata.creationTimestamp ?? '').replace('T', ' ').replace('Z', ' +0000 UTC')}`);
  page.labels('Labels', metadata.labels);
  page.annotations('Annotations', metadata.annotations);
  page.line(0, 'Spec:');
  const selector = formatSelector(mapAt(spec, 'podSelector') as LabelSelector);
  const whole = '<none> (Allowing the specific traffic to all pods in this namespace)';
  // Each piece of the line is indented by itself.
  page.line(1, `PodSelector:     ${selector === '<none>' ? whole : selector}`);
  const types = listAt(spec, 'policyTypes').map(String);
  const hasEgress = types.length === 0 ? spec.egress !== undefined : types.includes('Egress');
  const hasIngress = types.length === 0 || types.includes('Ingress');
  describeTraffic('ingress', hasIngress, mapsAt(spec, 'ingress'), page);
  describeTraffic('egress', hasEgress, mapsAt(spec, 'egress'), page);
  page.line(1, `Policy Types: ${types.join(', ') || '<none>'}`);
}

function describeTraffic(direction: 'ingress' | 'egress', isAffected: boolean, rules: readonly JsonMap[], page: Page): void {
  if (!isAffected) return page.line(1, `Not affecting ${direction} traffic`);
  page.line(1, `Allowing ${direction} traffic:`);
  if (rules.length === 0) return page.line(2, `<none> (Selected pods are isolated for ${direction} connectivity)`);
  const [field, title] = direction === 'ingress' ? ['from', 'From'] : ['to', 'To'];
  rules.forEach((rule, at) => {
    const ports = mapsAt(rule, 'ports');
    if (ports.length === 0) page.line(2, 'To Port: <any> (traffic allowed to all ports)');
    for (const port of ports) page.line(2, `To Port: ${portText(port)}/${textAt(port, 'protocol') ?? 'TCP'}`);
    const peers = mapsAt(rule, field);
    if (peers.length === 0)
      page.line(2, `${title}: <any> (traffic not restricted by ${direction === 'ingress' ? 'source' : 'destination'})`);
    for (const peer of peers) describePeer(title, peer, page);
    if (at < rules.length - 1) page.line(2, '----------');
  });
}

function portText(port: JsonMap): string {
  const first = textAt(port, 'port') ?? '';
  return port.endPort === undefined ? first : `${first}-${String(port.endPort)}`;
}

function describePeer(title: string, peer: JsonMap, page: Page): void {
  page.line(2, `${title}:`);
  if (isMap(peer.namespaceSelector)) page.line(3, `NamespaceSelector: ${formatSelector(peer.namespaceSelector as LabelSelector)}`);
  if (isMap(peer.podSelector)) page.line(3, `PodSelector: ${formatSelector(peer.podSelector as LabelSelector)}`);
  if (isMap(peer.ipBlock)) {
    page.line(3, 'IPBlock:');
    page.line(4, `CIDR: ${String(peer.ipBlock.cidr)}`);
    page.line(4, `Except: ${listAt(peer.ipBlock, 'except').join(', ')}`);
  }
}
