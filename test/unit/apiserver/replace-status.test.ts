/** Replacing a status is the same write as an update of the status with the object as it is stored. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ApiServer } from '../../../src/apiserver/api-server.ts';
import { Observers, type Write } from '../../../src/model/observer.ts';
import type { Pod } from '../../../src/model/pod.ts';
import { Random } from '../../../src/sim/random.ts';
import { Simulation } from '../../../src/sim/simulation.ts';

const phase = fc.constantFrom('Pending', 'Running', 'Failed') as fc.Arbitrary<'Pending' | 'Running' | 'Failed'>;
const step = fc.record({
  act: fc.constantFrom('status', 'status', 'delete', 'finalize', 'remove'),
  phase,
  ip: fc.constantFrom('10.0.0.1', undefined),
});
const author = { author: 'kubelet/n1' };

test('ApiServer.replaceStatus writes what update of the status writes, in any state of the pod', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      const run = (isFast: boolean) => {
        const writes: Write[] = [];
        const observers = new Observers();
        observers.add({ wrote: (write) => void writes.push(write) });
        const server = new ApiServer({ sim: new Simulation(), random: new Random(1), observers });
        const spec = { containers: [{ name: 'c', image: 'i' }], nodeName: 'n1' };
        const metadata = { name: 'p', namespace: 'default', finalizers: ['example/keep'] };
        server.create('Pod', { apiVersion: 'v1', kind: 'Pod', metadata, spec }, author);
        const answers = steps.map((one) => attempt(() => play(server, one, isFast)));
        return { writes, answers };
      };
      expect(run(true)).toEqual(run(false));
    }),
  );
});

function play(
  server: ApiServer,
  { act, phase, ip }: { act: string; phase: 'Pending' | 'Running' | 'Failed'; ip: string | undefined },
  isFast: boolean,
): unknown {
  if (act === 'delete') return server.delete('Pod', 'default', 'p', {}, author);
  if (act === 'remove') return server.delete('Pod', 'default', 'p', { gracePeriodSeconds: 0 }, author);
  if (act === 'finalize') return server.patch('Pod', 'default', 'p', { type: 'merge', body: { metadata: { finalizers: null } } }, author);
  const status = { phase, ...(ip === undefined ? {} : { podIP: ip }) };
  if (isFast)
    return server.replaceStatus('Pod', server.store.slot('Pod', 'default/p') ?? { key: 'default/p', object: undefined }, status, author);
  const stored: Pod = server.get('Pod', 'default', 'p');
  return server.update('Pod', { ...stored, status }, author, 'status');
}

function attempt(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    return (error as Error).message;
  }
}
