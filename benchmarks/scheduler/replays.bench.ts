/**
 * Recorded workloads replayed, our scheduling time beside the real scheduler's.
 *
 * Counted is what the real figure counts: the scheduling cycles, from pop to assumed pod or to the end of PostFilter. The recordings stand
 * beside the project, not in it; where they are missing nothing is measured, and that is said.
 */
import { existsSync } from 'node:fs';
import { linesOf } from '../../src/scenario/conformance/recordings.ts';
import { type RecordedAction, SequenceWorld } from '../../src/scenario/conformance/scheduler/replay-sequence.ts';
import { completeConfiguration } from '../../src/scheduler/configuration.ts';
import { type Benchmark, type Measurement, measurement, median, Stopwatch } from '../measure.ts';

const FOLDER = '../shared/conformance/scheduler/runs';

/** Seconds that kube-scheduler's own code takes for the cycles, in one process on one thread, without an API server, on a machine like this. */
const REAL_SECONDS: { readonly [id: string]: { readonly seconds: number; readonly text: string } } = {
  'kubesbs-1200': { seconds: 10, text: '10 to 17' },
  's-mix-1500': { seconds: 38, text: '38' },
};

type RunLine = { readonly id: string; readonly config: unknown } | { readonly do: RecordedAction };

export const schedulerReplays: Benchmark = async (size) => {
  const rows: Measurement[] = [];
  for (const [id, real] of Object.entries(REAL_SECONDS)) {
    const path = `${FOLDER}/${id}.jsonl.gz`;
    if (!existsSync(path)) {
      console.log(`${id}: not measured, there is no recording ${path}`);
      continue;
    }
    const lines = [...linesOf<RunLine>(path)];
    const runs = Array.from({ length: size === 'small' ? 1 : 7 }, () => replay(lines));
    const seconds = median(runs.map((run) => run.seconds));
    const { attempts, checksum } = runs[0]!;
    const extra = {
      run: id,
      attempts,
      ourSeconds: Number(seconds.toFixed(3)),
      ourCpuSeconds: Number(median(runs.map((run) => run.cpuSeconds)).toFixed(3)),
      realSeconds: real.text,
      timesAsFast: Math.round(real.seconds / seconds),
      timesAsFastByCpu: Math.round(real.seconds / median(runs.map((run) => run.cpuSeconds))),
    };
    rows.push(
      measurement(
        { bench: 'scheduler-replays', case: id, unit: 'attempts', checksum, extra },
        runs.map((run) => attempts / run.seconds),
      ),
    );
  }
  return rows;
};

interface Replay {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly attempts: number;
  readonly checksum: string;
}

function replay(lines: readonly RunLine[]): Replay {
  let world: SequenceWorld | undefined;
  let attempts = 0;
  let checksum = 0;
  let ns = 0n;
  const timed = <T>(attempt: () => T): T => {
    const start = process.hrtime.bigint();
    const result = attempt();
    ns += process.hrtime.bigint() - start;
    return result;
  };
  const watch = new Stopwatch();
  watch.start();
  for (const line of lines) {
    if ('id' in line) {
      world = new SequenceWorld(completeConfiguration(line.config), false, timed);
      continue;
    }
    world!.attempts = [];
    world!.bindings = [];
    world!.act(line.do);
    world!.settle();
    attempts += world!.attempts.length;
    for (const { pod, node } of world!.bindings) checksum = (checksum * 31 + textSum(`${pod}/${node}`)) % 1_000_000_007;
  }
  watch.stop();
  const seconds = Number(ns) / 1e9;
  // An attempt is too short to be asked for its computing time: its share is taken to be that of the whole replay.
  return { seconds, cpuSeconds: (seconds * watch.cpuSeconds) / watch.seconds, attempts, checksum: String(checksum) };
}

function textSum(text: string): number {
  let sum = 0;
  for (let i = 0; i < text.length; i++) sum = (sum * 31 + text.charCodeAt(i)) % 1_000_003;
  return sum;
}
