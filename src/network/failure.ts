/**
 * What keeps a request from its answer, by the link that was missing.
 */
export const Failure = {
  NoNode: 'no node to enter through',
  NoDns: 'DNS does not answer',
  UnknownService: 'no such service',
  ExternalName: 'the service is a name outside the cluster',
  NoEndpoints: 'no endpoints',
  NoLocalEndpoints: 'no endpoints on the node',
  NodeDown: 'node down',
  CutOff: 'node cut off',
  NoRoute: 'no route to the pod',
  Refused: 'connection refused',
  QueueFull: 'queue full',
  Reset: 'connection reset',
  TimedOut: 'timed out',
} as const;
export type Failure = (typeof Failure)[keyof typeof Failure];
