/**
 * Broken promises of our own code, and the branch that cannot happen.
 *
 * A mistake in the user's input is an InputError (errors.ts); what stands here means that Orrery itself is wrong.
 */

/** A promise of our own that did not hold. The runner adds where in the run it happened and how to see it again. */
export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant';
}

/** Stops the run: `message` starts with the act that was refused. */
export function fail(message: string): never {
  throw new BrokenInvariant(message);
}

/** Ends an exhaustive switch; the compiler refuses a call with a value that is still possible. */
export function unreachable(value: never): never {
  fail(`Cannot handle ${String(value)}: no such case`);
}
