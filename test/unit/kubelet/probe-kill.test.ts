import { expect, test } from 'vitest';
import type { PodWorker } from '../../../src/kubelet/pod-worker.ts';
import { condemn } from '../../../src/kubelet/probe-kill.ts';
import { ProbeKind, type ProbeState } from '../../../src/kubelet/probe-state.ts';
import { ContainerRecord, ContainerRole } from '../../../src/kubelet/runtime/container-record.ts';

test.each([
  [
    'a container that comes back',
    ContainerRole.App,
    'OnFailure',
    ProbeKind.Liveness,
    true,
    'Container c failed liveness probe, will be restarted',
  ],
  ['a container that does not', ContainerRole.App, 'Never', ProbeKind.Startup, false, 'Container c failed startup probe'],
  [
    'a sidecar, which comes back whatever its pod says',
    ContainerRole.Sidecar,
    'Never',
    ProbeKind.Liveness,
    true,
    'Init container c failed liveness probe',
  ],
] as const)('A failed probe stops %s in these words', (_about, role, restartPolicy, kind, isKilledToRestart, killMessage) => {
  const record = new ContainerRecord(0, role, { name: 'c' });
  const pod = { spec: { containers: [], restartPolicy, terminationGracePeriodSeconds: 7 } };
  condemn({ pod } as unknown as PodWorker, record, { kind, spec: {} } as unknown as ProbeState);
  expect(record).toMatchObject({ isKilledToRestart, killMessage, killGraceSeconds: 7 });
});
