/**
 * How long a node's runtime takes for each step. The figures are the model of cluster.md 9 ("Suggested model"), with which
 * creation to Running takes about 0.9 s in the median and 2.5 s at the 99th percentile, as published measurements have it.
 */
import type { Distribution } from '../../sim/distribution.ts';

export interface RuntimeTimings {
  /** Secrets, config maps and the projected token, found mounted by a poll. */
  readonly mountVolumes: Distribution;
  /** The sandbox with its network (CNI ADD). */
  readonly sandbox: Distribution;
  /** CreateContainer and StartContainer. */
  readonly startContainer: Distribution;
  /** The sandbox's end (CNI DEL). */
  readonly stopSandbox: Distribution;
  /** Volumes unmounted, cgroup removed. */
  readonly cleanUp: Distribution;
  /** From a probe's sending to its answer. */
  readonly probe: Distribution;
  /** From power on until the kubelet runs. */
  readonly boot: Distribution;
  readonly kubeletRestart: Distribution;
}

export const DEFAULT_TIMINGS: RuntimeTimings = {
  mountVolumes: { kind: 'uniform', lowUs: 100_000, highUs: 400_000 },
  sandbox: { kind: 'lognormal', medianUs: 350_000, sigma: 0.5 },
  startContainer: { kind: 'lognormal', medianUs: 150_000, sigma: 0.4 },
  stopSandbox: { kind: 'lognormal', medianUs: 80_000, sigma: 0.4 },
  cleanUp: { kind: 'uniform', lowUs: 50_000, highUs: 200_000 },
  probe: { kind: 'lognormal', medianUs: 2_000, sigma: 0.5 },
  boot: { kind: 'uniform', lowUs: 30_000_000, highUs: 60_000_000 },
  kubeletRestart: { kind: 'uniform', lowUs: 1_000_000, highUs: 3_000_000 },
};
