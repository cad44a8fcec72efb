/**
 * Quantities in the form the API writes them: `1000m` is `1`, `1024Mi` is `1Gi`. Models resource.Quantity's String.
 */
import { isQuantity } from '../../model/quantity.ts';
import { amountOf, amountText } from '../../model/quota.ts';

/** Undefined when the text is no quantity. */
export function canonicalQuantity(text: string | number): string | undefined {
  return isQuantity(text) ? amountText(amountOf(text)) : undefined;
}
