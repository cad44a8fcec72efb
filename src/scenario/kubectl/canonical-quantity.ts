/**
 * Quantities in the form the API writes them, where kubectl has to tell whether a text is one.
 */
import { canonicalQuantity as canonical, QuantityError } from '../../model/canonical-quantity.ts';

/** Undefined when the text is no quantity. */
export function canonicalQuantity(text: string | number): string | undefined {
  try {
    return canonical(String(text));
  } catch (error) {
    if (error instanceof QuantityError) return undefined;
    throw error;
  }
}
