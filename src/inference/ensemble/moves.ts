import { normal, type RandomState, uniform } from "../rng.ts";

/** Where a walker might go. */
export interface Proposal {
  readonly point: Float64Array;
  /** ln of what the ratio of posteriors is multiplied with for detailed balance. */
  readonly logFactor: number;
}

/** A walker's proposal from the other half of the ensemble, (n, dimensions), which stands still meanwhile. */
export type Move = (walker: Float64Array, others: Float64Array, random: RandomState) => Proposal;

/** The largest stretch, as emcee. */
const STRETCH = 2;

/**
 * On the line through another walker, z times as far from it, z in [1 / a, a] with a density of z^-1/2. Knows nothing of
 * linear transformations of the parameters, and loses acceptance beyond some ten of them.
 *
 * Goodman & Weare 2010, Communications in Applied Mathematics and Computational Science 5, 65, eq. 7 to 10.
 */
export const stretchMove: Move = (walker, others, random) => {
  const d = walker.length;
  const z = ((STRETCH - 1) * uniform(random) + 1) ** 2 / STRETCH;
  const from = index(random, others.length / d) * d;
  return {
    point: walker.map((x, i) => others[from + i] + z * (x - others[from + i])),
    logFactor: (d - 1) * Math.log(z),
  };
};

/** Relative scatter of gamma, as emcee: enough for the walkers not to stay on a lattice. */
const SCATTER = 1e-5;
/** How often a walker tries the whole way between two others, which may be that between two modes. */
const JUMPS = 0.1;

/**
 * Along the difference of two other walkers, x + gamma (x_j - x_k), gamma = 2.38 / sqrt(2 d).
 *
 * ter Braak 2006, Statistics and Computing 16, 239 (with gamma = 1 in every tenth generation); Nelson, Ford & Payne 2014,
 * ApJS 210, 11 (gamma scattered in place of the point).
 */
export const differentialEvolutionMove: Move = (walker, others, random) => {
  const d = walker.length;
  const count = others.length / d;
  const j = index(random, count);
  const k = (j + 1 + index(random, count - 1)) % count;
  const length = uniform(random) < JUMPS ? 1 : 2.38 / Math.sqrt(2 * d);
  const gamma = length * (1 + SCATTER * normal(random));
  return {
    point: walker.map((x, i) => x + gamma * (others[j * d + i] - others[k * d + i])),
    logFactor: 0,
  };
};

function index(random: RandomState, count: number): number {
  return Math.floor(uniform(random) * count);
}
