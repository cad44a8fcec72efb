/** Overrides that make the larger scenarios that ship small enough for a suite that stays quick. */
export const SMALLER: { readonly [file: string]: readonly string[] } = {
  'burst.yaml': ['cluster.nodes[0].count=60', 'events[0].copies=5', 'expect=[pods.ready == 500 at end]'],
};
