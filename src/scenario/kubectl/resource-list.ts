/**
 * Amounts of resources as flags give them: `cpu=200m,memory=256Mi`.
 *
 * Models populateResourceListV1 of k8s.io/kubectl/pkg/cmd/create/create_quota.go and pkg/generate/versioned.
 */
import { canonicalQuantity } from './canonical-quantity.ts';
import { KubectlError } from './errors.ts';

const WRONG_QUANTITY = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

export function resourceListOf(text: string): Record<string, string> {
  const list: Record<string, string> = {};
  if (text === '') return list;
  for (const statement of text.split(',')) {
    const parts = statement.split('=');
    if (parts.length !== 2) throw new KubectlError(`Invalid argument syntax ${statement}, expected <resource>=<value>`);
    const quantity = canonicalQuantity(parts[1]!);
    if (quantity === undefined) throw new KubectlError(WRONG_QUANTITY);
    list[parts[0]!] = quantity;
  }
  return list;
}
