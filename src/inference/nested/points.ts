/**
 * Samples with the contour that each was born on, which is all that nested sampling has to remember: how many points were
 * alive at any likelihood follows from births and deaths, whatever the order of events and of however many runs (Higson,
 * Handley, Hobson & Lasenby 2019, Statistics and Computing 29, 891).
 */
export interface Points {
  readonly count: number;
  /** (count, dimensions) in the unit cube. */
  readonly coordinates: Float64Array;
  /** (count), `NO_LIKELIHOOD` where the target has -Infinity. */
  readonly logLikelihoods: Float64Array;
  /** (count): the log likelihood above which the point was drawn from the prior, or `WHOLE_PRIOR`. */
  readonly births: Float64Array;
}

/** A contour below everything. Finite, so that a state in JSON keeps it. */
export const WHOLE_PRIOR = -Number.MAX_VALUE;
/** Below every likelihood and above the contour of the whole prior, so that points of no likelihood die like others. */
export const NO_LIKELIHOOD = WHOLE_PRIOR / 2;

/** The points of `indices`, copied. */
export function pointsAt(points: Points, indices: ArrayLike<number>, dimensions: number): Points {
  const count = indices.length;
  const coordinates = new Float64Array(count * dimensions);
  const logLikelihoods = new Float64Array(count);
  const births = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const from = indices[i];
    coordinates.set(points.coordinates.subarray(from * dimensions, (from + 1) * dimensions), i * dimensions);
    logLikelihoods[i] = points.logLikelihoods[from];
    births[i] = points.births[from];
  }
  return { count, coordinates, logLikelihoods, births };
}

/** All points of several sets, one after the other. */
export function joined(sets: readonly Points[]): Points {
  const total = (lengthOf: (points: Points) => number) => sets.reduce((sum, points) => sum + lengthOf(points), 0);
  const count = total((points) => points.count);
  const coordinates = new Float64Array(total((points) => points.coordinates.length));
  const logLikelihoods = new Float64Array(count);
  const births = new Float64Array(count);
  let [at, coordinate] = [0, 0];
  for (const points of sets) {
    coordinates.set(points.coordinates, coordinate);
    logLikelihoods.set(points.logLikelihoods, at);
    births.set(points.births, at);
    at += points.count;
    coordinate += points.coordinates.length;
  }
  return { count, coordinates, logLikelihoods, births };
}

export function noPoints(): Points {
  return joined([]);
}
