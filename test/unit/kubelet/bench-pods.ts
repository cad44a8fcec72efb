/** Pods put on the bench, and what is asked about them there. */
import { SECOND_US } from '../../../src/base/units.ts';
import type { Container, Pod, PodStatus } from '../../../src/model/pod.ts';
import { constantUs } from '../../../src/sim/distribution.ts';
import type { Bench } from './fleet-bench.ts';

export const create = (bench: Bench, pod: Pod) => bench.server.create('Pod', pod);

export const container = (name: string, further: Partial<Container> = {}): Container => ({
  name,
  image: 'nginx:1',
  imagePullPolicy: 'IfNotPresent',
  ...further,
});

/** A behaviour for one container: it ends by itself with that code after so many seconds. */
export const ends = (name: string, exitCode: number, afterS: number) => ({
  container: name,
  exitCode,
  run: constantUs(afterS * SECOND_US),
});

export const condition = (pod: Pod | undefined, type: string) => pod?.status?.conditions?.find((one) => one.type === type);

/** The reasons of the Events about that pod, in order. */
export const reasons = (bench: Bench, name: string) => bench.events(name).map((event) => event.slice(0, event.indexOf(':')));

/** The statuses written for that pod, in order, and when. */
export const statuses = (bench: Bench, name: string): { readonly timeUs: number; readonly status: PodStatus }[] =>
  bench.server.lines
    .filter(({ kind, verb, object }) => kind === 'Pod' && verb === 'status' && object.metadata.name === name)
    .map(({ timeUs, object }) => ({ timeUs, status: object.status! }));
