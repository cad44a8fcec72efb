/**
 * What a verb works with: the store, what is asked before a write, and the write itself.
 */
import type { KubeObject } from '../../model/meta.ts';
import type { Simulation } from '../../sim/simulation.ts';
import type { Admission } from '../admission.ts';
import type { ServiceAddresses } from '../service-addresses.ts';
import type { Store } from '../store.ts';
import type { Writer } from './writer.ts';

export interface VerbParts {
  readonly store: Store;
  readonly sim: Simulation;
  readonly writer: Writer;
  readonly admission: Admission;
  readonly addresses: ServiceAddresses;
  /** Objects that show what is not stored yet: even a write that changes nothing changes that. */
  readonly unwritten: WeakSet<KubeObject>;
}
