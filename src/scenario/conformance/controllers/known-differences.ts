/**
 * The recorded cases that are known to differ, with the reason: read by the command, by the tests and by whoever reads docs/fidelity.md, which says
 * the same of each.
 */
export interface KnownDifference {
  readonly id: string;
  /** What differs; all else of the case has to agree. */
  readonly differs: 'state' | 'writes' | 'events';
  readonly reason: string;
}

export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    id: 'named-quota-replicasets',
    differs: 'events',
    reason:
      'the Event of the last step was counted 11 times, ours 10 times: the step ends the case, and nothing in it tells how long the recorder went on counting the retries',
  },
];

export function knownDifference(id: string): KnownDifference | undefined {
  return KNOWN_DIFFERENCES.find((one) => one.id === id);
}
