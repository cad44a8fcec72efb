/** The normalizer most score plugins share: the best raw score becomes 100. Models plugins/helper/normalize_score.go. */

export const MAX_NODE_SCORE = 100;

export function normalizeByMaximum(scores: Float64Array, isReversed: boolean): void {
  let max = 0;
  for (const score of scores) if (score > max) max = score;
  if (max === 0) {
    if (isReversed) scores.fill(MAX_NODE_SCORE);
    return;
  }
  for (let i = 0; i < scores.length; i++) {
    const share = Math.floor((MAX_NODE_SCORE * scores[i]!) / max);
    scores[i] = isReversed ? MAX_NODE_SCORE - share : share;
  }
}
