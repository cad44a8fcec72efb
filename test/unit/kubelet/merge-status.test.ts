/** The kubelet's status over the stored one, against the obvious way to put two statuses together. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeStatus } from '../../../src/kubelet/status-manager.ts';
import type { PodStatus } from '../../../src/model/pod.ts';

const OWN = ['PodScheduled', 'Ready', 'Initialized', 'ContainersReady', 'PodReadyToStartContainers', 'PodResizePending'];
const conditions = fc.array(
  fc.record({ type: fc.constantFrom(...OWN, 'DisruptionTarget', 'gate.example/open'), status: fc.constant('True') }),
  {
    maxLength: 4,
  },
);
const status = fc.record(
  {
    phase: fc.constantFrom('Pending', 'Running'),
    conditions,
    hostIP: fc.constantFrom('10.0.0.1', '10.0.0.2'),
    podIP: fc.constant('10.1.0.1'),
    qosClass: fc.constantFrom('Burstable', 'BestEffort'),
    message: fc.constant('m'),
    reason: fc.constant('r'),
    nominatedNodeName: fc.constant('n'),
    resize: fc.constant('Proposed'),
    initContainerStatuses: fc.constant([]),
    ephemeralContainerStatuses: fc.constant([]),
  },
  { requiredKeys: [] },
) as unknown as fc.Arbitrary<PodStatus>;

test('mergeStatus agrees with laying one status over the other and keeping the conditions of others', () => {
  fc.assert(
    fc.property(status, status, (current, mine) => {
      const kept = (current.conditions ?? []).filter(
        (one) => !OWN.includes(one.type) && !(mine.conditions ?? []).some((own) => own.type === one.type),
      );
      const { conditions: ours = [] } = mine;
      const { conditions: merged = [], ...rest } = mergeStatus(current, mine);
      const { conditions: _, ...obvious } = { ...current, ...mine };
      expect(rest).toEqual(obvious);
      expect(merged).toEqual([...kept, ...ours]);
    }),
  );
});
