/**
 * What chance decided when a case was recorded, and may decide in its replay: uids and generated names, how fast the machine was, and where
 * within a second the case began.
 *
 * The real controllers let chance decide between equals (by uid, by the order of a map) and act on what their caches happen to show. A
 * recording is one outcome that came up twice; a case agrees when the model has that outcome among its own. What a rule decides comes out the
 * same in every attempt, so that a wrong rule is found however often one tries.
 */
import { MILLISECOND_US, SECOND_US } from '../../../base/units.ts';
import { Random } from '../../../sim/random.ts';

export interface ReplayChance {
  readonly seed: string;
  /** Request and watch times, in proportion to the usual ones. */
  readonly pace: number;
  /** Of reading requests, on top of that. */
  readonly readPace: number;
  /** From a write's being stored to its answer: mostly longer than to the caches, which is how controllers seldom find them stale. */
  readonly answerUs: number;
  /** How uneven writes and the ways of changes to caches are, as the sigma of a lognormal distribution; even when 0. */
  readonly writeSigma: number;
  readonly hopSigma: number;
  /** How long the controllers had been at work when the case began: some act only from time to time. */
  readonly leadUs: number;
  /** Does it wait no longer for Jobs than for others? One told story did. */
  readonly isHasty: boolean;
  /** Between two requests of the recorder. */
  readonly requestUs: number;
  /** How much longer than half a second nothing had to happen: the recorder looked from time to time. */
  readonly patienceUs: number;
  /** How far into its second the next step begins. */
  readonly phaseUs: () => number;
}

/** The machine was shared: requests took longer at one time than at another. */
const PACES = [0.7, 1, 1, 1.5, 2.5];
const SIGMAS = [0, 0, 0.8, 1.3];
const ANSWERS_US = [200, 500, 500, 1000];
const REQUESTS_MS = [2, 4, 8, 16];

/** The usual attempt, then others with other chance. */
export function* chances(id: string, attempts: number): Generator<ReplayChance> {
  yield {
    seed: id,
    pace: 1,
    readPace: 1,
    answerUs: 500,
    writeSigma: 0,
    hopSigma: 0,
    leadUs: 3 * SECOND_US,
    isHasty: false,
    requestUs: 8 * MILLISECOND_US,
    patienceUs: 0,
    phaseUs: () => 600 * MILLISECOND_US,
  };
  for (let attempt = 1; attempt < attempts; attempt++) {
    const seed = `${id} ${attempt}`;
    const draw = new Random(seed).stream('replay', 'chance');
    const pace = PACES[draw.below(PACES.length)]!;
    const requestMs = REQUESTS_MS[draw.below(REQUESTS_MS.length)]!;
    const steadyMs = draw.below(900);
    const isSteady = attempt % 2 === 1;
    yield {
      seed,
      pace,
      readPace: 1 + draw.below(4),
      answerUs: ANSWERS_US[draw.below(ANSWERS_US.length)]!,
      writeSigma: SIGMAS[draw.below(SIGMAS.length)]! / 2,
      hopSigma: SIGMAS[draw.below(SIGMAS.length)]!,
      leadUs: (3 + draw.below(20)) * SECOND_US,
      isHasty: draw.below(8) === 0,
      requestUs: requestMs * MILLISECOND_US,
      patienceUs: draw.below(300) * MILLISECOND_US,
      // The seconds are said to be right to about one.
      phaseUs: () => (isSteady ? steadyMs : draw.below(1500) - 500) * MILLISECOND_US,
    };
  }
}
