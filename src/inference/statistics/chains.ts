/**
 * What several Markov chains went through together.
 *
 * One row a step, so that a state with one step more shares all rows but the last with the state before.
 */
export interface History {
  readonly chains: number;
  readonly dimensions: number;
  /** Of each step (chains, dimensions). */
  readonly points: readonly Float64Array[];
  /** Of each step (chains). */
  readonly logLikelihoods: readonly Float64Array[];
}

export function longerBy(history: History, points: Float64Array, logLikelihoods: Float64Array): History {
  return {
    ...history,
    points: [...history.points, points],
    logLikelihoods: [...history.logLikelihoods, logLikelihoods],
  };
}

/** The steps from `first` on. */
export function historyFrom(history: History, first: number): History {
  return { ...history, points: history.points.slice(first), logLikelihoods: history.logLikelihoods.slice(first) };
}

/** One coordinate of each chain: (steps) each. */
export function chainsOf({ chains, dimensions, points }: History, dimension: number): Float64Array[] {
  return Array.from({ length: chains }, (_, chain) => {
    const values = new Float64Array(points.length);
    for (let step = 0; step < values.length; step++) values[step] = points[step][chain * dimensions + dimension];
    return values;
  });
}

/** The largest (`Math.max`) or smallest (`Math.min`) of a statistic over all coordinates. */
export function extremeOver(
  extreme: (a: number, b: number) => number,
  history: History,
  statistic: (chains: readonly Float64Array[]) => number,
): number {
  const values = Array.from({ length: history.dimensions }, (_, d) => statistic(chainsOf(history, d)));
  return values.reduce((a, b) => extreme(a, b));
}
