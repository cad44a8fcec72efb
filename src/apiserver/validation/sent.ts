/**
 * The type of what is validated: an object as the schema decoded it, before anything in it can be trusted.
 *
 * Validation looks at every field of every kind, the model only declares those that matter to a run. The schema has given each field the
 * type its table says, so the compiler need not be told a second time.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above.
export type Sent = any;
