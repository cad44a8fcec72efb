/** Node labels that have better ones since, and what is said of them. Models pkg/api/node/util.go. */
import { isLabelValue } from '../validation/names.ts';
import type { Sent } from '../validation/sent.ts';

const DEPRECATED: { readonly [label: string]: string } = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
};

export function deprecatedLabel(key: string): string | undefined {
  return Object.hasOwn(DEPRECATED, key) ? DEPRECATED[key] : undefined;
}

/** `checksValues`: preferred terms are not validated, so their values are looked at here. */
export function nodeSelectorTermWarnings(term: Sent, checksValues: boolean, path: string): readonly string[] {
  const warnings: string[] = [];
  (term.matchExpressions ?? []).forEach(({ key, values }: Sent, at: number) => {
    const own = `${path}.matchExpressions[${at}]`;
    const deprecated = deprecatedLabel(key);
    if (deprecated !== undefined) warnings.push(`${own}.key: ${key} is ${deprecated}`);
    if (!checksValues) return;
    (values ?? []).forEach((value: string, index: number) => {
      for (const why of isLabelValue(value)) warnings.push(`${own}.values[${index}]: ${value} is invalid, ${why}`);
    });
  });
  return warnings;
}
