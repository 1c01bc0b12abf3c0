import type { SmoothTarget } from "../../src/inference/sampler.ts";

export interface RidgeTarget extends SmoothTarget {
  readonly logEvidence: number;
  /** (dimensions) In the unit cube: the point of the crest at so many of its own widths from the middle. */
  crest(along: number): Float64Array;
}

/** The width of a ridge, and its middle, in the unit cube. */
const WIDTH = 0.005;
const LENGTH = 10;
/** How the other coordinates change along the ridge, in turn: as an axis turned to all of them. */
const SLOPES = [0.9, -0.6, 0.1];

/**
 * A Gaussian as long as ten times its width, bent to a parabola: its arms are off the straight line by `bend` widths where they
 * are one standard deviation from the middle. What bends it has a determinant of one, and leaves the integral as it was.
 */
export function ridgeTarget(dimensions: number, bend: number): RidgeTarget {
  const others = Array.from({ length: dimensions - 1 }, (_, j) => ({
    slope: SLOPES[j % 3],
    bend: j % 2 === 0 ? bend : -0.7 * bend,
  }));
  const both = (points: Float64Array) => {
    const logLikelihoods = new Float64Array(points.length / dimensions);
    const gradients = new Float64Array(points.length);
    for (let n = 0; n < logLikelihoods.length; n++) {
      const first = n * dimensions;
      const long = (points[first] - 0.5) / WIDTH;
      logLikelihoods[n] = -0.5 * (long / LENGTH) ** 2;
      gradients[first] = -long / LENGTH ** 2;
      for (const [j, { slope, bend }] of others.entries()) {
        const i = first + 1 + j;
        const off = (points[i] - 0.5) / WIDTH - slope * long - bend * (long / LENGTH) ** 2;
        logLikelihoods[n] -= 0.5 * off * off;
        gradients[i] = -off;
        gradients[first] += off * (slope + (2 * bend * long) / LENGTH ** 2);
      }
    }
    return { logLikelihoods, gradients: gradients.map((value) => value / WIDTH) };
  };
  return {
    dimensions,
    logEvidence: dimensions * Math.log(WIDTH * Math.sqrt(2 * Math.PI)) + Math.log(LENGTH),
    crest: (along) =>
      Float64Array.of(
        0.5 + WIDTH * LENGTH * along,
        ...others.map(({ slope, bend }) => 0.5 + WIDTH * (slope * LENGTH * along + bend * along * along)),
      ),
    logLikelihoods: async (points) => both(points).logLikelihoods,
    withGradients: async (points) => both(points),
  };
}
