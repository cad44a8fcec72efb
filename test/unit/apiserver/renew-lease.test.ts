/** Renewing a lease is the same write as an update of it, and as refusing as one. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ApiServer } from '../../../src/apiserver/api-server.ts';
import type { Lease } from '../../../src/model/node.ts';
import { Observers, type Write } from '../../../src/model/observer.ts';
import { Random } from '../../../src/sim/random.ts';
import { Simulation } from '../../../src/sim/simulation.ts';

const KEY = 'kube-node-lease/n1';
const author = { author: 'kubelet/n1' };

test('ApiServer.renewLease writes and refuses what update writes and refuses', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('renew', 'renew again', 'renew stale', 'other writes', 'delete'), { maxLength: 8 }), (acts) => {
      const run = (isFast: boolean) => {
        const writes: Write[] = [];
        const observers = new Observers();
        observers.add({ wrote: (write) => void writes.push(write) });
        const server = new ApiServer({ sim: new Simulation(), random: new Random(1), observers });
        const metadata = { name: 'n1', namespace: 'kube-node-lease' };
        const first = server.create(
          'Lease',
          { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: { holderIdentity: 'n1' } },
          author,
        );
        let known = first;
        const renew = (lease: Lease, renewTime: string) =>
          isFast
            ? server.renewLease(server.store.slot('Lease', KEY) ?? { key: KEY, object: undefined }, lease, renewTime, author)
            : server.update('Lease', { ...lease, spec: { ...lease.spec, renewTime } }, author);
        const answers = acts.map((act, index) => {
          try {
            if (act === 'delete') return server.delete('Lease', metadata.namespace, metadata.name, {}, author);
            if (act === 'other writes')
              return server.patch(
                'Lease',
                metadata.namespace,
                metadata.name,
                { type: 'merge', body: { spec: { leaseTransitions: index } } },
                author,
              );
            if (act === 'renew stale') return renew(first, `stale ${index}`);
            known = renew(known, act === 'renew' ? `${index}` : (known.spec?.renewTime ?? ''));
            return known;
          } catch (error) {
            return (error as Error).message;
          }
        });
        return { answers, writes };
      };
      expect(run(true)).toEqual(run(false));
    }),
  );
});
