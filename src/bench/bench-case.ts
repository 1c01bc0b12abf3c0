import { InputError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { BenchKernel } from "./implementation.ts";
import { PARAMETRIC_SIZES, type ParametricKernel } from "./parametric.ts";
import type { PixelizedKernel } from "./pixelized.ts";
import { EUCLID, HST, JWST, type PixelizedScene, pixelizedSizes } from "./pixelized-cases.ts";
import type { BenchSizes } from "./work.ts";

/** What rows compute; compactions belong to the science case alone, others to the parametric and the pixelized ones. */
export type RankedKernel = BenchKernel | "compaction" | ParametricKernel | PixelizedKernel;

/** A time that others have measured for this work, on a machine of their own. */
export interface PublishedTime {
  readonly kernel: RankedKernel;
  readonly seconds: number;
  /** Whose, and on what. */
  readonly of: string;
  /** Whether this is the least of their rounds, to be held to the least of ours; if absent a median. */
  readonly least?: true;
  /** Which scene of a pixelized case. */
  readonly scene?: string;
}

/** Rows that compute the same thing, ranked against each other. */
export interface Ranking {
  readonly title: string;
  readonly kernels: readonly RankedKernel[];
}

export interface BenchCase {
  readonly summary: string;
  readonly sizes: BenchSizes;
  readonly rankings: readonly Ranking[];
  readonly published?: readonly PublishedTime[];
  /** Visibilities come from files on disk: see science.ts. */
  readonly streamed?: boolean;
  /** Light profiles in an image, at several over-samplings: see parametric.ts. */
  readonly parametric?: boolean;
  /** Pixelized sources in images, from parameters to evidence: see pixelized.ts. */
  readonly pixelized?: readonly PixelizedScene[];
  /** Cost as sizes grow, up to `sizes`: see curves.ts. Nothing is ranked. */
  readonly curves?: boolean;
  /** Timed rounds and seconds that a row may take, where not the usual. */
  readonly limits?: { readonly repeat: number; readonly rowBudget: number };
}

/** W in any form: what the study's tables 2 and 3 compare. */
const W: Ranking = { title: "w-tilde, in any form", kernels: ["w_compact", "w_preload", "w_tilde"] };
const DIRTY_IMAGE: Ranking = { title: "dirty image", kernels: ["dirty_image"] };
const CURVATURE: Ranking = { title: "curvature matrix", kernels: ["curvature_matrix"] };
const CHOLESKY: Ranking = { title: "Cholesky's factorization of F + H", kernels: ["cholesky"] };
const POSITIVE_ONLY: Ranking = {
  title: "source that is nowhere negative, F + H and D given",
  kernels: ["positive_only"],
};
const LIKELIHOOD: Ranking = { title: "log likelihood, W given", kernels: ["log_likelihood"] };
const SCIENCE: readonly Ranking[] = [
  { title: "compaction, reading of the files included (memory: peak of the process)", kernels: ["compaction"] },
  { title: "log likelihood, compaction given (memory: peak of the process)", kernels: ["log_likelihood"] },
];
const PARAMETRIC: readonly Ranking[] = [
  { title: "log likelihood", kernels: ["parametric_log_likelihood"] },
  { title: "log likelihood and its 25 derivatives", kernels: ["parametric_gradient"] },
  { title: "from the model to its first log likelihood, compilation included", kernels: ["parametric_first_result"] },
];
const PIXELIZED: readonly Ranking[] = [
  {
    title: "log evidence from parameters, and its derivatives",
    kernels: ["evidence_linear", "evidence_positive", "gradient_linear", "gradient_positive"],
  },
];
/** The least of its rounds. */
const PYAUTOLENS = {
  least: true,
  of: "PyAutoLens 2026.5 with Numba on one thread, the least of either's rounds",
} as const;
const STUDY = "the study's estimate for JWST's four bands, of 4 M and 4 S";
const MODEL: readonly Ranking[] = [CURVATURE, LIKELIHOOD];
const EVERYTHING: readonly Ranking[] = [W, DIRTY_IMAGE, CURVATURE, LIKELIHOOD];

/** Sizes of the study's tables 2 and 4, and of its tables 3 and 5. */
const FEW_MAPPINGS: BenchSizes = sizes(64, 32_768, 3, 32, 256);
const MANY_MAPPINGS: BenchSizes = sizes(32, 8192, 300, 32, 256);

/**
 * The study's tables by their numbers, and instruments: a track of the SMA (64 x 64, 30,000 visibilities), one ALMA
 * execution averaged in frequency (1e6 visibilities on 140 x 140 pixels, 1500 source pixels, the size PyAutoLens is
 * timed at), a shorter one with a Delaunay source (at another size of PyAutoLens's), ALMA's long baselines, whose small beam needs more pixels on both sides of the lens, and what no memory holds.
 */
export const BENCH_CASES: Readonly<Record<string, BenchCase>> = {
  table2: { summary: "w-tilde, few mappings", sizes: FEW_MAPPINGS, rankings: [W] },
  table3: { summary: "w-tilde, many mappings", sizes: MANY_MAPPINGS, rankings: [W] },
  table4: { summary: "curvature matrix, few mappings", sizes: FEW_MAPPINGS, rankings: [CURVATURE] },
  table5: { summary: "curvature matrix, many mappings", sizes: MANY_MAPPINGS, rankings: [CURVATURE] },
  likelihood: { summary: "one log likelihood", sizes: FEW_MAPPINGS, rankings: [LIKELIHOOD] },
  sma: { summary: "every step at the size of the SMA", sizes: sizes(64, 30_000, 3, 4, 200), rankings: EVERYTHING },
  alma: {
    summary: "every step at the size of ALMA",
    sizes: sizes(140, 1e6, 3, 4, 1500),
    rankings: EVERYTHING,
    // github.com/PyAutoLabs/autolens_profiling, results/notes/interferometer_mesh_{cpu,a100}_breakdown_2026_09.md.
    published: [
      {
        kernel: "log_likelihood",
        seconds: 1.26,
        of: "PyAutoLens with Numba (whole, positive-only) on a thread of an EPYC 7702",
      },
      { kernel: "log_likelihood", seconds: 0.0495, of: "PyAutoLens with JAX (whole, positive-only) on an NVIDIA A100" },
    ],
  },
  "alma-delaunay": {
    summary: "a Delaunay source, from the mapped vertices and their weights",
    sizes: { ...sizes(100, 1e5, 3, 4, 1000), mesh: "delaunay" },
    rankings: MODEL,
    published: [
      { kernel: "log_likelihood", seconds: 1.1, of: "PyAutoLens 2026.5 jitted by JAX, on one thread of a CPU" },
    ],
  },
  "alma-high": {
    summary: "every step at ALMA's long baselines",
    sizes: sizes(200, 1e6, 3, 4, 2000),
    rankings: EVERYTHING,
  },
  science: {
    summary: "ten million visibilities from files",
    sizes: sizes(300, 1e7, 3, 4, 1000),
    rankings: SCIENCE,
    streamed: true,
  },
  parametric: {
    summary: "light profiles in an image of 5,024 pixels, 25 parameters",
    sizes: PARAMETRIC_SIZES,
    rankings: PARAMETRIC,
    parametric: true,
    limits: { repeat: 25, rowBudget: 20 },
  },
  hst: {
    summary: "pixelized sources of 1000 and 2000 in an image of 8,492 pixels",
    sizes: pixelizedSizes(HST[0]),
    rankings: PIXELIZED,
    pixelized: HST,
    published: [
      { kernel: "evidence_linear", scene: "S = 1000", seconds: 0.264, ...PYAUTOLENS },
      { kernel: "evidence_positive", scene: "S = 1000", seconds: 0.306, ...PYAUTOLENS },
      { kernel: "evidence_linear", scene: "S = 2000", seconds: 0.544, ...PYAUTOLENS },
      { kernel: "evidence_positive", scene: "S = 2000", seconds: 2.3, ...PYAUTOLENS },
    ],
  },
  euclid: {
    summary: "a pixelized source of 500 in one band of Euclid's",
    sizes: pixelizedSizes(EUCLID[0]),
    rankings: PIXELIZED,
    pixelized: EUCLID,
  },
  jwst: {
    summary: "four bands of NIRCam, sources nowhere negative; 10 minutes",
    sizes: pixelizedSizes(JWST[0]),
    rankings: PIXELIZED,
    pixelized: JWST,
    published: JWST.map(({ name }) => ({ kernel: "evidence_positive", scene: name, seconds: 60, of: STUDY })),
    limits: { repeat: 5, rowBudget: 180 },
  },
  cholesky: { summary: "the factorization of F + H", sizes: sizes(32, 1000, 3, 4, 1000), rankings: [CHOLESKY] },
  "positive-only": {
    summary: "the positive-only solve",
    sizes: sizes(32, 1000, 3, 4, 1000),
    rankings: [POSITIVE_ONLY],
  },
  curves: {
    summary: "cost as visibilities, image and source pixels grow",
    sizes: sizes(256, 1e7, 3, 4, 1024),
    rankings: [],
    curves: true,
    limits: { repeat: 5, rowBudget: 12 },
  },
};

function sizes(
  gridSize: number,
  visibilities: number,
  mappingNeighbors: number,
  neighbors: number,
  sourcePixels: number,
): BenchSizes {
  return { gridSize, visibilities, mappingNeighbors, neighbors, sourcePixels };
}

/** @throws InputError `bench/case` */
export function benchCase(name: string): BenchCase {
  if (Object.hasOwn(BENCH_CASES, name)) return BENCH_CASES[name];
  const names = Object.keys(BENCH_CASES);
  throw new InputError(
    "bench/case",
    `${name} is none of ${names.join(", ")}`,
    `the nearest is ${nearest(name, names)}`,
  );
}
