/**
 * Orders that never depend on the machine's locale.
 */

/** Compares by UTF-16 code unit, as Go compares the ASCII names Kubernetes allows. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Compares numbers for an ascending sort. */
export function compareNumber(a: number, b: number): number {
  return a - b;
}
