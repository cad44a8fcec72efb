/**
 * The faults of a scenario: what can be done to the cluster from outside, and how one says to which part of it.
 */
import { z } from 'zod';
import { flag, labels, list, name, oneOf, positiveDuration, wholeNumber } from './schema-values.ts';

const NODES_WANTED = 'names, or at least one of zone, labels, count';

const choice = {
  names: list(name, 'a list of node names').min(1, { error: 'at least one node name' }).optional().describe('Just these.'),
  zone: name.optional().describe('Nodes of this zone.'),
  labels: labels.optional().describe('Nodes with these labels.'),
  count: wholeNumber(1).optional().describe('So many of them, drawn by chance; without it all.'),
};

/** Names say it all; otherwise zone, labels and count narrow each other. */
function nodes<S extends z.ZodRawShape>(extra: S) {
  const shape = { ...choice, ...extra };
  return z.strictObject(shape, { error: (issue) => (issue.code === 'invalid_type' ? `a map with ${NODES_WANTED}` : undefined) }).refine(
    (value) => {
      const { names, zone, labels: some, count } = value as { [field: string]: unknown };
      const others = [zone, some, count].filter((one) => one !== undefined).length;
      return names === undefined ? others > 0 : others === 0;
    },
    { error: NODES_WANTED, when: ({ value }) => typeof value === 'object' && value !== null && !Array.isArray(value) },
  );
}

const someNodes = nodes({});
const filled = nodes({ percent: wholeNumber(1, 100).default(95).describe('So much of it is in use afterwards.') });

/** Of one component that leads by a lease. */
const COMPONENTS = ['kube-controller-manager', 'kube-scheduler'] as const;

export const fault = oneOf(
  {
    crashNodes: someNodes
      .optional()
      .describe('Power loss: processes die at once and nobody tells the API server. After `for`, power is back.'),
    shutdownNodes: someNodes
      .optional()
      .describe('Told to shut down, gracefully if their kubelets are configured so. After `for`, they boot.'),
    partitionNodes: someNodes.optional().describe('Cut off from the API server and from all other nodes. Mended after `for`.'),
    stopKubelets: someNodes.optional().describe('The kubelet hangs; containers run on. It starts again after `for`.'),
    restartKubelets: someNodes.optional().describe('The kubelet ends and is started again at once; containers run on.'),
    removeNodes: someNodes.optional().describe('The machines are taken away for good.'),
    zoneDark: name.optional().describe('Every node of this zone loses power. After `for`, power is back.'),
    drainZone: name
      .optional()
      .describe('Every node of this zone is closed and its pods evicted, one node after the other, as budgets allow. Opened after `for`.'),
    fillDisk: filled.optional().describe("Something fills the nodes' disks. Given back after `for`."),
    useMemory: filled.optional().describe("Something outside of pods takes the nodes' memory. Given back after `for`."),
    registryOutage: flag.optional().describe('The registry answers nobody until `for` has passed.'),
    slowRegistry: wholeNumber(2, 10_000).optional().describe('Every pull takes so many times longer.'),
    crashController: name
      .optional()
      .describe(
        'The process of `kube-controller-manager` or `kube-scheduler` that leads dies, or the one controller named stops. It is started again after `for`, with empty caches.',
      ),
    loseLeader: z
      .enum(COMPONENTS, { error: `one of ${COMPONENTS.join(', ')}` })
      .optional()
      .describe('The process that leads cannot reach the API server, for `for` or until it has lost its lease and ended.'),
    apiServerOutage: flag.optional().describe('The API server answers nobody until `for` has passed.'),
    slowApiServer: wholeNumber(2, 10_000).optional().describe('Every request to the API server takes so many times longer.'),
    for: positiveDuration.optional().describe('How long it lasts; without it, until the end.'),
  },
  ['for'],
).describe('Something done to the cluster from outside.');
