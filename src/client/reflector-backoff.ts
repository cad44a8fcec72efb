/**
 * When a reflector whose watch has broken tries to list again. Models the back-off of client-go/tools/cache/reflector.go.
 *
 * Waits begin at 0.8 s, double up to 30 s, and each is stretched at random by up to its own length, never past the 30 s.
 */
import { MILLISECOND_US, SECOND_US } from '../base/units.ts';
import type { RandomStream } from '../sim/random.ts';

const INITIAL_US = 800 * MILLISECOND_US;
const MAX_US = 30 * SECOND_US;
const FACTOR = 2;

/** Microseconds from the end of an outage that lasted `outageUs` until the first try after it. */
export function reflectorRetryUs(outageUs: number, random: RandomStream): number {
  let atUs = 0;
  let waitUs = INITIAL_US;
  while (atUs < outageUs) {
    atUs += Math.round(Math.min(MAX_US, waitUs * (1 + random.uniform())));
    waitUs = Math.min(MAX_US, waitUs * FACTOR);
  }
  return atUs - outageUs;
}
