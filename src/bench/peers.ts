import type { Implementation } from "./implementation.ts";
import type { Cost, WorkSizes } from "./work.ts";

/** A row of the Python peers, by the names of bench/peers/peers.py: what it costs and how far it may be off. */
export interface Peer extends Cost {
  readonly kernel: Implementation["kernel"];
  readonly name: string;
  readonly tolerance: number;
}

/** Phases in radians up to some tens, rounded, and sums in no stated order. */
const DIRECT_SUM = 1e-11;
const REORDERED = 1e-11;
/** The terms of chi^2 cancel, through another solver. */
const LIKELIHOOD = 1e-8;

/** Rounding times the condition number of F + H, which either side has summed in another order. */
const CONDITIONED = 1e-8;

const DOUBLE = 8;
const lattice = (s: WorkSizes): number => s.visibilities * s.gridSize * (2 * s.gridSize - 1);
const square = (s: WorkSizes): number => DOUBLE * s.pixels ** 2;
const thin = (s: WorkSizes): number => DOUBLE * s.pixels * s.sourcePixels;
const twoPasses = (s: WorkSizes): number => {
  return s.pixels ** 2 * s.mappingNeighbors + s.pixels * s.sourcePixels * s.mappingNeighbors;
};
const dense = (s: WorkSizes): number => s.pixels ** 2 * s.sourcePixels + s.pixels * s.sourcePixels ** 2;
const inputs = (s: WorkSizes): number => 8 * DOUBLE * s.visibilities;

function fromVisibilities(name: string): Peer {
  return {
    kernel: "w_compact",
    name,
    tolerance: DIRECT_SUM,
    partOf: ["visibilities"],
    work: lattice,
    keeps: () => ({}),
    takes: inputs,
  };
}

function curvatureMatrix(
  name: string,
  work: Cost["work"],
  takes: Cost["takes"],
  keeps: Cost["keeps"] = () => ({}),
): Peer {
  return { kernel: "curvature_matrix", name, tolerance: REORDERED, partOf: ["pixels"], work, keeps, takes };
}

export const PEERS: readonly Peer[] = [
  fromVisibilities("numba_compact"),
  fromVisibilities("jax_compact"),
  curvatureMatrix("numba_compact_sparse", twoPasses, thin),
  curvatureMatrix(
    "numba_sparse",
    twoPasses,
    (s) => 2 * thin(s),
    (s) => ({ "w tilde (numpy)": square(s) }),
  ),
  curvatureMatrix(
    "jax_sparse",
    twoPasses,
    (s) => 3 * thin(s),
    (s) => ({ "w tilde (jax)": square(s) }),
  ),
  curvatureMatrix(
    "jax",
    dense,
    (s) => 3 * thin(s),
    (s) => ({ "w tilde (jax)": square(s) }),
  ),
  {
    kernel: "log_likelihood",
    name: "numba_compact_sparse",
    tolerance: LIKELIHOOD,
    partOf: ["pixels"],
    work: (s) => twoPasses(s) + s.sourcePixels ** 3,
    keeps: () => ({}),
    takes: (s) => thin(s) + inputs(s),
  },
  {
    kernel: "cholesky",
    name: "scipy_cholesky",
    tolerance: CONDITIONED,
    partOf: [],
    work: (s) => s.sourcePixels ** 3,
    keeps: () => ({}),
    takes: (s) => thin(s) + 3 * DOUBLE * s.sourcePixels ** 2,
  },
  {
    kernel: "positive_only",
    name: "scipy_nnls",
    tolerance: CONDITIONED,
    partOf: [],
    work: (s) => 10 * s.sourcePixels ** 3,
    keeps: () => ({}),
    takes: (s) => thin(s) + 5 * DOUBLE * s.sourcePixels ** 2,
  },
];
