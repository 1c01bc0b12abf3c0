/** Fewer in the tail say nothing of its shape. */
const LEAST_TAIL = 5;
/** Of the prior on the shape, as many draws at one half: Vehtari et al. 2024, appendix. */
const PRIOR_DRAWS = 10;
const PRIOR_SHAPE = 0.5;

/**
 * The shape k of the generalized Pareto distribution that the largest weights follow: moments of order 1/k and more do not exist,
 * and above 0.7 a mean by these weights is not to be relied on (Vehtari, Simpson, Gelman, Yao & Gabry 2024, J. Mach. Learn. Res.
 * 25(72), 1). Fitted as Zhang & Stephens 2009, Technometrics 51, 316: the mean over a grid of the profile likelihood.
 * @param logWeights (n), need not be normalized.
 * @returns null where there are too few weights for a tail, or all of it is as large.
 */
export function paretoShape(logWeights: Float64Array): number | null {
  const descending = logWeights.filter((value) => value > Number.NEGATIVE_INFINITY).sort((a, b) => b - a);
  const tail = Math.ceil(Math.min(0.2 * descending.length, 3 * Math.sqrt(descending.length)));
  if (tail < LEAST_TAIL) return null;
  const largest = descending[0];
  const threshold = Math.exp(descending[tail] - largest);
  const excesses = Float64Array.from(
    { length: tail },
    (_, n) => Math.exp(descending[tail - 1 - n] - largest) - threshold,
  );
  const most = excesses[tail - 1];
  const quartile = excesses[Math.floor(tail / 4 + 0.5) - 1];
  if (!(quartile > 0)) return null;
  const grid = 30 + Math.floor(Math.sqrt(tail));
  const shapeAt = (theta: number) => excesses.reduce((sum, x) => sum + Math.log1p(-theta * x), 0) / tail;
  const thetas = Float64Array.from(
    { length: grid },
    (_, j) => 1 / most + (1 - Math.sqrt(grid / (j + 0.5))) / (3 * quartile),
  );
  const logProfiles = thetas.map((theta) => {
    const shape = shapeAt(theta);
    return tail * (Math.log(-theta / shape) - shape - 1);
  });
  const highest = Math.max(...logProfiles);
  const weights = logProfiles.map((value) => Math.exp(value - highest));
  const total = weights.reduce((sum, value) => sum + value, 0);
  const theta = thetas.reduce((sum, value, j) => sum + (value * weights[j]) / total, 0);
  return (tail * shapeAt(theta) + PRIOR_DRAWS * PRIOR_SHAPE) / (tail + PRIOR_DRAWS);
}
