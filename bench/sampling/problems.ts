import type { Target } from "../../src/inference/sampler.ts";

/** A likelihood whose integral and moments are known. */
export interface Problem {
  readonly name: string;
  readonly dimensions: number;
  /** Of a point in the unit cube. */
  readonly logLikelihood: (u: Float64Array) => number;
  readonly logEvidence: number;
  /** The posterior's, in the unit cube. */
  readonly mean: readonly number[];
  /** (dimensions, dimensions) */
  readonly covariance: readonly (readonly number[])[];
}

/** All points of a batch, one after the other. */
export function targetOf({ dimensions, logLikelihood }: Pick<Problem, "dimensions" | "logLikelihood">): Target {
  return {
    dimensions,
    async logLikelihoods(points) {
      return Float64Array.from({ length: points.length / dimensions }, (_, i) =>
        logLikelihood(points.subarray(i * dimensions, (i + 1) * dimensions)),
      );
    },
  };
}

/**
 * Normal with equal variances and equal correlations, over +-10 standard deviations (what is beyond is 1e-23), so that
 * ln Z = 0 with the normal density in the cube.
 */
export function correlatedGaussian(dimensions: number, correlation: number): Problem {
  const variance = 0.05 ** 2;
  // Sherman & Morrison, and the eigenvalues 1 - r and 1 - r + d r.
  const shared = correlation / (1 - correlation + dimensions * correlation);
  const logDeterminant =
    dimensions * Math.log(variance) +
    (dimensions - 1) * Math.log(1 - correlation) +
    Math.log(1 - correlation + dimensions * correlation);
  const logNorm = -0.5 * (dimensions * Math.log(2 * Math.PI) + logDeterminant);
  return {
    name: `Gaussian, ${dimensions} dimensions, correlated by ${correlation}`,
    dimensions,
    logLikelihood(u) {
      let [squares, sum] = [0, 0];
      for (const value of u) {
        squares += (value - 0.5) ** 2;
        sum += value - 0.5;
      }
      return logNorm - (0.5 * (squares - shared * sum * sum)) / ((1 - correlation) * variance);
    },
    logEvidence: 0,
    mean: new Array(dimensions).fill(0.5),
    covariance: square(dimensions, (i, j) => (i === j ? variance : correlation * variance)),
  };
}

/**
 * Two shells of radius 2 and width 0.1 about (+-3.5, 0, ...), in a cube of side 12 (Feroz, Hobson & Bridges 2009,
 * section 6.2). ln Z and moments by quadrature over the radius; -1.75 and -5.67 in the paper.
 */
export function gaussianShells(dimensions: 2 | 5): Problem {
  const [logEvidence, variance] =
    dimensions === 2 ? [-1.7456418720467646, 0.013993055555555557] : [-5.673601236200216, 0.005680144027853892];
  const width = 0.1;
  return {
    name: `shells, ${dimensions} dimensions`,
    dimensions,
    logLikelihood(u) {
      const shell = (centre: number) => {
        const radius = Math.hypot(...u.map((value, i) => 12 * (value - 0.5) - (i === 0 ? centre : 0)));
        return -0.5 * ((radius - 2) / width) ** 2 - 0.5 * Math.log(2 * Math.PI * width ** 2);
      };
      const [left, right] = [shell(-3.5), shell(3.5)];
      return Math.max(left, right) + Math.log1p(Math.exp(-Math.abs(left - right)));
    },
    logEvidence,
    mean: new Array(dimensions).fill(0.5),
    covariance: square(dimensions, (i, j) => (i === j ? variance + (i === 0 ? (3.5 / 12) ** 2 : 0) : 0)),
  };
}

/** (2 + cos(x / 2) cos(y / 2))^5 over [0, 10 pi]^2, 18 peaks (Feroz et al. 2009, section 6.1); by quadrature. */
export const eggbox: Problem = {
  name: "eggbox",
  dimensions: 2,
  logLikelihood: ([u, v]) => (2 + Math.cos(5 * Math.PI * u) * Math.cos(5 * Math.PI * v)) ** 5,
  logEvidence: 235.85594206014144,
  mean: [0.5, 0.5],
  covariance: [
    [0.08950317197069564, 0.00037998507621277497],
    [0.00037998507621277497, 0.08950317197069564],
  ],
};

/** ln L = -(1 - x)^2 - 100 (y - x^2)^2 over [-5, 5]^2; by quadrature of 6000 x 6000 Gauss-Legendre nodes. */
export const rosenbrock: Problem = {
  name: "Rosenbrock",
  dimensions: 2,
  logLikelihood([u, v]) {
    const [x, y] = [10 * u - 5, 10 * v - 5];
    return -((1 - x) ** 2) - 100 * (y - x * x) ** 2;
  },
  logEvidence: -5.804132363793806,
  mean: [0.59361838, 0.62933493],
  covariance: [
    [0.004170519580965759, 0.006996395115987375],
    [0.006996395115987375, 0.01468693986556785],
  ],
};

const MODES = [
  { weight: 0.5, sigma: 0.03, centre: [0.2, 0.3, 0.7] },
  { weight: 0.3, sigma: 0.05, centre: [0.7, 0.6, 0.3] },
  { weight: 0.2, sigma: 0.02, centre: [0.8, 0.2, 0.8] },
];

/** Three round normal modes of unequal width and weight, each 5 sigma or more inside the cube: ln Z = 0. */
export const mixture: Problem = {
  name: "mixture, 3 dimensions",
  dimensions: 3,
  logLikelihood(u) {
    let sum = 0;
    for (const { weight, sigma, centre } of MODES) {
      let squares = 0;
      for (let i = 0; i < 3; i++) squares += ((u[i] - centre[i]) / sigma) ** 2;
      sum += (weight * Math.exp(-0.5 * squares)) / (2 * Math.PI * sigma ** 2) ** 1.5;
    }
    // Far from all modes, where exp ends, what is nearest in the widest still rises toward it.
    if (sum > 0) return Math.log(sum);
    return Math.log(Number.MIN_VALUE) - Math.hypot(u[0] - 0.5, u[1] - 0.5, u[2] - 0.5);
  },
  logEvidence: 0,
  mean: [0, 1, 2].map((i) => mixtureMoment((centre) => centre[i])),
  covariance: square(3, (i, j) => {
    const about = [i, j].map((axis) => mixtureMoment((centre) => centre[axis]));
    const within = i === j ? mixtureMoment((_, sigma) => sigma ** 2) : 0;
    return within + mixtureMoment((centre) => (centre[i] - about[0]) * (centre[j] - about[1]));
  }),
};

function mixtureMoment(of: (centre: readonly number[], sigma: number) => number): number {
  return MODES.reduce((sum, { weight, sigma, centre }) => sum + weight * of(centre, sigma), 0);
}

function square(size: number, entry: (i: number, j: number) => number): number[][] {
  return Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => entry(i, j)));
}
