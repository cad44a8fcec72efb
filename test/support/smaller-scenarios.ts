/** Overrides that make the larger scenarios that ship small enough for a suite that stays quick. */
export const SMALLER: { readonly [file: string]: readonly string[] } = {
  'burst.yaml': ['cluster.nodes[0].count=60', 'events[0].copies=5', 'expect=[pods.ready == 500 at end]'],
  'zone-dark.yaml': [
    'duration=85m',
    'events[1].fault.for=65m',
    'events[3].at=84m',
    'expect=[rollout.shop.available < 60 between 12m and 55m, rollout.shop.available == 60 after 70m, "pods[app=ledger].ready == 1 within 2m of 75m"]',
  ],
};
