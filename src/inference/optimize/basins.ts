import type { SampleSet } from "../sampler.ts";

/** End points of several starts that are one maximum, as far as the tolerance tells. */
export interface Basin {
  readonly logLikelihood: number;
  /** The best of its end points, (dimensions) in the unit cube. */
  readonly point: Float64Array;
  /** How many of the starts, and which part of them, ended here. */
  readonly hits: number;
  readonly hitRate: number;
}

/** What starts ended in. */
export interface Basins {
  /** Best first. */
  readonly basins: readonly Basin[];
  /** (starts) the index of each start's basin. */
  readonly labels: Int32Array;
}

/**
 * Clusters of end points: from the best down, each joins the best basin whose top is within `tolerance` in all coordinates,
 * or is the top of a new one.
 * @param points (starts, dimensions) in the unit cube.
 * @param tolerance in unit coordinates.
 */
export function basinsOf(points: Float64Array, logLikelihoods: Float64Array, tolerance: number): Basins {
  const d = points.length / logLikelihoods.length;
  const pointOf = (start: number) => points.subarray(start * d, (start + 1) * d);
  const isNear = (a: Float64Array, b: Float64Array) => a.every((value, i) => Math.abs(value - b[i]) <= tolerance);
  const descending = [...logLikelihoods.keys()].sort((a, b) => logLikelihoods[b] - logLikelihoods[a]);
  const tops: number[] = [];
  const labels = new Int32Array(logLikelihoods.length);
  for (const start of descending) {
    const found = tops.findIndex((top) => isNear(pointOf(start), pointOf(top)));
    labels[start] = found < 0 ? tops.push(start) - 1 : found;
  }
  const basins = tops.map((top, label) => {
    const hits = labels.filter((other) => other === label).length;
    return {
      logLikelihood: logLikelihoods[top],
      point: pointOf(top).slice(),
      hits,
      hitRate: hits / labels.length,
    };
  });
  return { basins, labels };
}

/** The tops of the basins; all weight is on the best, for this is no sample of the posterior. */
export function basinSamples(
  { basins }: Basins,
  evaluations: number,
  diagnostics: Readonly<Record<string, number>>,
  warnings: readonly string[],
): SampleSet {
  const [best] = basins;
  const isRare = best.hits === 1 && basins.length > 1;
  const dimensions = best.point.length;
  const points = new Float64Array(basins.length * dimensions);
  basins.forEach(({ point }, k) => {
    points.set(point, k * dimensions);
  });
  return {
    dimensions,
    points,
    logLikelihoods: Float64Array.from(basins, ({ logLikelihood }) => logLikelihood),
    logWeights: Float64Array.from(basins, (_, k) => (k === 0 ? 0 : Number.NEGATIVE_INFINITY)),
    chains: null,
    hits: Float64Array.from(basins, ({ hits }) => hits),
    logEvidence: null,
    evaluations,
    diagnostics: { ...diagnostics, basins: basins.length, hitRate: best.hitRate },
    warnings: [
      "tops of basins, best first: starts that climb do not sample the posterior",
      ...warnings,
      ...(isRare ? ["one start alone found the best basin: more starts may find a better one"] : []),
    ],
  };
}
