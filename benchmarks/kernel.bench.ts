/**
 * The event queue in a steady state: with N events pending, each event run schedules one more.
 */
import { Bench } from 'tinybench';
import { Random } from '../src/sim/random.ts';
import { Simulation } from '../src/sim/simulation.ts';
import { type Benchmark, type Measurement, measurement, median } from './measure.ts';

// A tenth of a second or so each, which processor time is counted finely enough for.
const EVENTS_PER_ITERATION = 1_000_000;
// Delays are drawn beforehand, so that chance is not what is measured.
const DELAYS = 1 << 16;

export const kernel: Benchmark = async (size) => {
  const pendings = size === 'small' ? [1_000, 100_000] : [1_000, 100_000, 1_000_000];
  const rows: Measurement[] = [];
  for (const pending of pendings) rows.push(await holdModel(pending, size === 'small' ? 3 : 15));
  return rows;
};

async function holdModel(pending: number, iterations: number): Promise<Measurement> {
  const random = new Random(1).stream('kernel bench');
  const delays = Uint32Array.from({ length: DELAYS }, () => random.below(2_000_000));
  const sim = new Simulation();
  let n = 0;
  const handler = sim.register({ on: (event, a) => void sim.schedule(delays[n++ & (DELAYS - 1)]!, handler, event, a) });
  for (let i = 0; i < pending; i++) sim.schedule(delays[i & (DELAYS - 1)]!, handler, i % 8, i);

  // By processor time: on a machine that others work on too, wall time says how busy they are.
  const perSecond: number[] = [];
  const perWallSecond: number[] = [];
  const bench = new Bench({ iterations, warmupIterations: 1, time: 0, warmupTime: 0 });
  bench.add('hold', () => {
    const start = process.hrtime.bigint();
    const before = process.cpuUsage();
    for (let i = 0; i < EVENTS_PER_ITERATION; i++) sim.step();
    perSecond.push((EVENTS_PER_ITERATION * 1e6) / process.cpuUsage(before).user);
    perWallSecond.push((EVENTS_PER_ITERATION * 1e9) / Number(process.hrtime.bigint() - start));
  });
  await bench.run();
  return measurement(
    {
      bench: 'kernel',
      case: `${pending.toLocaleString('en')} pending`,
      unit: 'events a processor second',
      checksum: sim.digest,
      extra: { perWallSecondMedian: Math.round(median(perWallSecond)) },
    },
    perSecond.slice(-iterations),
  );
}
