/** What happens in an iteration of the warm-up beside the adaptation of the step size. */
export interface WarmupPhase {
  /** Its point counts for the covariance. */
  readonly isCounted: boolean;
  /** The covariance so far becomes the metric, and its count begins anew. */
  readonly isWindowEnd: boolean;
}

/**
 * Stan's schedule (Stan Reference Manual, "Automatic parameter tuning"): 75 iterations to arrive, windows of 25, 50, 100, ... for the
 * covariance, of which the last takes what is left, and 50 to find the step size. 15 %, 75 %, 10 % of a warm-up shorter than that.
 */
export function warmupPhase(iteration: number, warmup: number): WarmupPhase {
  const isShort = warmup < 150;
  const first = isShort ? Math.floor(0.15 * warmup) : 75;
  const end = warmup - (isShort ? Math.floor(0.1 * warmup) : 50);
  if (iteration < first || iteration >= end) return { isCounted: false, isWindowEnd: false };
  let window = isShort ? end - first : 25;
  let windowEnd = first + window;
  // Where the window after the next one would not fit, the next takes all.
  const stretched = () => (windowEnd + 2 * window > end ? end : windowEnd);
  windowEnd = stretched();
  while (iteration >= windowEnd) {
    window *= 2;
    windowEnd += window;
    windowEnd = stretched();
  }
  return { isCounted: true, isWindowEnd: iteration === windowEnd - 1 };
}
