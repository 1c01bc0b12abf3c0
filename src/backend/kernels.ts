import * as mask from "../dataset/mask.ts";
import { blurredMappingSlopes, curvatureMatrixViaBlurredMapping } from "../inversion/blurred-mapping.ts";
import * as curvature from "../inversion/curvature.ts";
import { curvatureMatrixViaWCompactFft } from "../inversion/curvature-fft.ts";
import {
  type LogLikelihoodKernels,
  logLikelihoodViaWCompactSymmetricWith,
  logLikelihoodViaWCompactWith,
  logLikelihoodViaWTildeWith,
} from "../inversion/evidence.ts";
import { type PlanImageWeights, planImageWeights } from "../inversion/image-weights.ts";
import * as mapping from "../inversion/mapping.ts";
import { wCompactMappingSlopes } from "../inversion/mapping-slopes.ts";
import { type DelaunayMesh, type DelaunayMeshArgs, delaunayMesh } from "../inversion/mesh/delaunay.ts";
import { positiveOnly } from "../inversion/positive-only.ts";
import { constantRegularizationMatrix } from "../inversion/regularization/constant.ts";
import * as solve from "../inversion/solve.ts";
import { type CompactionKernels, compactWith } from "../operators/compaction.ts";
import * as convolve from "../operators/convolve.ts";
import * as dense from "../operators/dense.ts";
import * as dirty from "../operators/dirty-image.ts";
import { fft2d } from "../operators/fft.ts";
import { noiseNormalization } from "../operators/noise-normalization.ts";
import * as nufft from "../operators/nufft.ts";
import { visibilities } from "../operators/visibilities.ts";
import * as compact from "../operators/w-compact.ts";
import * as preload from "../operators/w-preload.ts";
import { wTilde } from "../operators/w-tilde.ts";
import { absent, isAbsent, type Kernel, type Voice, type VoiceName } from "./contract.ts";
import * as wasmBlurredMapping from "./wasm-blurred-mapping.ts";
import * as wasmConvolve from "./wasm-convolve.ts";
import * as wasmCurvature from "./wasm-curvature.ts";
import * as wasmDense from "./wasm-dense.ts";
import { planImageWeights as planImageWeightsInWasm } from "./wasm-image-weights.ts";
import { delaunayMesh as delaunayMeshInWasm } from "./wasm-interpolation.ts";
import * as wasmNufft from "./wasm-nufft.ts";
import * as wasmPositiveOnly from "./wasm-positive-only.ts";
import * as wasmProducts from "./wasm-products.ts";
import * as wasmVoices from "./wasm-voices.ts";

/**
 * THE TABLE: every kernel, its voices, and how closely each must follow the reference.
 *
 * Tests, the exported cases and the benchmarks are generated from it; a new voice is a new entry here.
 */

/** Sums of the same terms in another order: a few hundred roundings of 1.1e-16 at most. */
const REORDERED: Reason = [1e-13, "the same sums in another order"];
/** The phase is counted in turns and reduced exactly, where the reference rounds 2 pi t, |t| up to some tens. */
const PHASES: Reason = [1e-13, "phases reduced in turns, not in radians, and sums in another order"];
const SAME: Reason = [1e-15, "the same operations"];
/** s moves by the condition number of F + H, up to 1e10 with its 1e-8 on the diagonal, times rounding. */
const SOLVED: Reason = [1e-8, "the condition number of F + H times rounding"];
const DETERMINANT: Reason = [1e-12, "logarithms of pivots, each good to rounding"];
/** chi^2 is a small difference of s'Fs, 2 s'D and c0. */
const CANCELLED: Reason = [1e-8, "chi^2 cancels most of s'Fs, 2 s'D and c0"];
/**
 * The NUFFT is good to 1e-13 of the sum of absolute strengths, which is the largest value of w but, in the incoherent
 * sums of a dirty image over K visibilities, some sqrt(K) times the largest value; voices differ by twice their errors.
 */
const NUFFT: Reason = [3e-13, "1e-13 of the sum of absolute strengths in either voice"];
const NUFFT_INCOHERENT: Reason = [
  5e-12,
  "1e-13 of the sum of absolute strengths, of which the largest value is a part",
];

type Reason = readonly [tolerance: number, because: string];

const OF_DATA = absent("of the data alone, the same for all models: nothing asks for its derivatives");
const TRACED_NEVER = absent("not a per-pixel formula: its loops depend on the data");

function kernel<A, R>(
  summary: string,
  reference: (args: A) => R,
  inWasm: (args: A) => R,
  [tolerance, because]: Reason,
  traced = TRACED_NEVER,
): Kernel<A, R> {
  return {
    summary,
    voices: {
      reference: { run: reference, tolerance: 0, because: "it is the reference" },
      wasm: { run: inWasm, tolerance, because },
      traced,
    },
  };
}

const wasm = { ...wasmVoices, ...wasmCurvature, ...wasmDense, ...wasmProducts };

const referenceCompaction: CompactionKernels = {
  wCompact: compact.wCompact,
  dirtyImage: dirty.dirtyImage,
  visibilities,
  noiseNormalization,
};

const referenceNufft: CompactionKernels = {
  wCompact: nufft.wCompactViaNufft,
  dirtyImage: nufft.dirtyImageViaNufft,
  visibilities: nufft.visibilitiesViaNufft,
  noiseNormalization,
};

const inWasmNufft: CompactionKernels = {
  wCompact: wasmNufft.wCompactViaNufft,
  dirtyImage: wasmNufft.dirtyImageViaNufft,
  visibilities: wasmNufft.visibilitiesViaNufft,
  noiseNormalization: wasm.noiseNormalization,
};

const referenceLikelihood: LogLikelihoodKernels = {
  ...mapping,
  ...curvature,
  ...solve,
  productsBothWays: dense.productsBothWays,
  constantRegularizationMatrix,
  noiseNormalization,
};

export const kernels = {
  maskCentres: kernel("centre of a mask in pixels", mask.maskCentres, wasm.maskCentres, SAME),
  maskCircular: kernel("circular mask", mask.maskCircular, wasm.maskCircular, SAME, OF_DATA),
  visibilities: kernel("visibilities of an image", visibilities, wasm.visibilities, PHASES, OF_DATA),
  dirtyImage: kernel("dirty image", dirty.dirtyImage, wasm.dirtyImage, PHASES, OF_DATA),
  wTildeData: kernel("w-tilde data, as published", dirty.wTildeData, wasm.wTildeData, PHASES, OF_DATA),
  wTilde: kernel("w-tilde from the visibilities", wTilde, wasm.wTilde, PHASES, OF_DATA),
  wCompact: kernel("w compact", compact.wCompact, wasm.wCompact, PHASES, OF_DATA),
  wTildeFromCompact: kernel("w-tilde from w compact", compact.wTildeFromCompact, wasm.wTildeFromCompact, SAME),
  wPreload: kernel("w preload", preload.wPreload, wasm.wPreload, PHASES, OF_DATA),
  wTildeFromPreload: kernel("w-tilde from w preload", preload.wTildeFromPreload, wasm.wTildeFromPreload, SAME),
  noiseNormalization: kernel(
    "noise normalization of complex noise",
    noiseNormalization,
    wasm.noiseNormalization,
    REORDERED,
    OF_DATA,
  ),
  convolution: kernel("convolution between sets of pixels", convolve.convolution, wasmConvolve.convolution, REORDERED),
  convolutionViaFft: kernel(
    "convolution between sets of pixels by FFT",
    convolve.convolutionViaFft,
    wasmConvolve.convolutionViaFft,
    REORDERED,
  ),
  fft2d: kernel("fast Fourier transform in two dimensions", fft2d, wasmNufft.fft2d, REORDERED),
  nufftType1: kernel("non-uniform FFT, points to lattice", nufft.nufftType1, wasmNufft.nufftType1, NUFFT_INCOHERENT),
  nufftType2: kernel("non-uniform FFT, lattice to points", nufft.nufftType2, wasmNufft.nufftType2, NUFFT_INCOHERENT),
  wCompactViaNufft: kernel(
    "w compact by the non-uniform FFT",
    nufft.wCompactViaNufft,
    wasmNufft.wCompactViaNufft,
    NUFFT,
  ),
  dirtyImageViaNufft: kernel(
    "dirty image by the non-uniform FFT",
    nufft.dirtyImageViaNufft,
    wasmNufft.dirtyImageViaNufft,
    NUFFT_INCOHERENT,
  ),
  visibilitiesViaNufft: kernel(
    "visibilities of an image by the non-uniform FFT",
    nufft.visibilitiesViaNufft,
    wasmNufft.visibilitiesViaNufft,
    NUFFT,
  ),
  compaction: kernel(
    "w, dirty image, c0 and noise normalization in one pass",
    compactWith(referenceCompaction),
    compactWith(wasm),
    PHASES,
  ),
  compactionViaNufft: kernel(
    "the same by the non-uniform FFT",
    compactWith(referenceNufft),
    compactWith(inWasmNufft),
    NUFFT_INCOHERENT,
  ),
  delaunayMesh: {
    summary: "Delaunay mesh over vertices, and its mapping",
    voices: {
      reference: { run: delaunayMesh, tolerance: 0, because: "it is the reference" },
      wasm: { run: delaunayMeshInWasm, tolerance: SAME[0], because: SAME[1] },
      traced: absent("Delaunay topology depends on the data"),
    },
  } satisfies Kernel<DelaunayMeshArgs, DelaunayMesh>,
  mappingMatrix: kernel("mapping matrix, dense", mapping.mappingMatrix, wasm.mappingMatrix, REORDERED),
  sparseMappingMatrix: kernel(
    "mapping matrix, sparse",
    mapping.sparseMappingMatrix,
    wasm.sparseMappingMatrix,
    REORDERED,
  ),
  dataVector: kernel("data vector", mapping.dataVector, wasm.dataVector, REORDERED),
  sparseMappingMatrixTransposeTimes: kernel(
    "sparse mapping matrix, transposed, times a matrix",
    mapping.sparseMappingMatrixTransposeTimes,
    wasm.sparseMappingMatrixTransposeTimes,
    REORDERED,
  ),
  wCompactTimesSparseMappingMatrix: kernel(
    "w compact times sparse mapping matrix",
    compact.wCompactTimesSparseMappingMatrix,
    wasm.wCompactTimesSparseMappingMatrix,
    REORDERED,
  ),
  curvatureMatrixViaWTildeDense: kernel(
    "curvature matrix from w-tilde and a dense mapping matrix",
    curvature.curvatureMatrixViaWTildeDense,
    wasm.curvatureMatrixViaWTildeDense,
    REORDERED,
  ),
  curvatureMatrixViaWTildeSparse: kernel(
    "curvature matrix from w-tilde and a sparse mapping matrix",
    curvature.curvatureMatrixViaWTildeSparse,
    wasm.curvatureMatrixViaWTildeSparse,
    REORDERED,
  ),
  curvatureMatrixViaWCompactSparse: kernel(
    "curvature matrix from w compact in two passes",
    curvature.curvatureMatrixViaWCompactSparse,
    wasm.curvatureMatrixViaWCompactSparse,
    REORDERED,
  ),
  curvatureMatrixViaWCompactSymmetric: kernel(
    "curvature matrix from w compact and its symmetry",
    curvature.curvatureMatrixViaWCompactSymmetric,
    wasm.curvatureMatrixViaWCompactSymmetric,
    REORDERED,
  ),
  curvatureMatrixViaWCompactFft: kernel(
    "curvature matrix from w compact by convolutions",
    curvatureMatrixViaWCompactFft,
    wasm.curvatureMatrixViaWCompactFft,
    REORDERED,
  ),
  curvatureMatrixViaWCompactDirect: kernel(
    "curvature matrix from w compact in four loops",
    curvature.curvatureMatrixViaWCompactDirect,
    wasm.curvatureMatrixViaWCompactDirect,
    REORDERED,
  ),
  curvatureMatrixViaPreloadDirect: kernel(
    "curvature matrix from w preload in four loops",
    curvature.curvatureMatrixViaPreloadDirect,
    wasm.curvatureMatrixViaPreloadDirect,
    REORDERED,
  ),
  curvatureMatrixViaBlurredMapping: kernel(
    "curvature matrix of an image from the PSF and a sparse mapping matrix",
    curvatureMatrixViaBlurredMapping,
    wasmBlurredMapping.curvatureMatrixViaBlurredMapping,
    REORDERED,
  ),
  blurredMappingSlopes: kernel(
    "slopes of tr(C F) by the entries of a sparse mapping matrix, F that of an image",
    blurredMappingSlopes,
    wasmBlurredMapping.blurredMappingSlopes,
    REORDERED,
    absent("a derivative itself: nothing asks for its derivatives"),
  ),
  wCompactMappingSlopes: kernel(
    "half the slopes of tr(C T' W T) by the entries of a sparse mapping matrix",
    wCompactMappingSlopes,
    wasm.wCompactMappingSlopes,
    REORDERED,
  ),
  constantRegularizationMatrix: kernel(
    "constant regularization matrix",
    constantRegularizationMatrix,
    wasm.constantRegularizationMatrix,
    SAME,
  ),
  reconstruction: kernel("reconstruction", solve.reconstruction, wasm.reconstruction, SOLVED),
  positiveOnly: kernel(
    "reconstruction that is nowhere negative",
    positiveOnly,
    wasmPositiveOnly.positiveOnly,
    SOLVED,
    absent("a search for a set: its steps depend on the data"),
  ),
  logDeterminant: kernel("log determinant", solve.logDeterminant, wasm.logDeterminant, DETERMINANT),
  cholesky: kernel("Cholesky factor", solve.cholesky, wasm.cholesky, SOLVED),
  triangularSolve: kernel("triangular solve", solve.triangularSolve, wasm.triangularSolve, SOLVED),
  symmetricInverse: kernel(
    "inverse of a symmetric positive definite matrix",
    solve.symmetricInverse,
    wasm.symmetricInverse,
    SOLVED,
  ),
  matrixProduct: kernel("matrix product", dense.matrixProduct, wasm.matrixProduct, REORDERED),
  productsBothWays: kernel(
    "products of a square matrix and of its transpose with a vector",
    dense.productsBothWays,
    wasm.productsBothWays,
    REORDERED,
  ),
  gramMatrix: kernel("Gram matrix of columns or rows", dense.gramMatrix, wasm.gramMatrix, REORDERED),
  logLikelihoodViaWTilde: kernel(
    "log likelihood via w-tilde",
    logLikelihoodViaWTildeWith(referenceLikelihood),
    logLikelihoodViaWTildeWith(wasm),
    CANCELLED,
  ),
  logLikelihoodViaWCompact: kernel(
    "log likelihood via w compact",
    logLikelihoodViaWCompactWith(referenceLikelihood),
    logLikelihoodViaWCompactWith(wasm),
    CANCELLED,
  ),
  logLikelihoodViaWCompactSymmetric: kernel(
    "log likelihood via w compact by its symmetry",
    logLikelihoodViaWCompactSymmetricWith(referenceLikelihood),
    logLikelihoodViaWCompactSymmetricWith(wasm),
    CANCELLED,
  ),
} as const;

export type KernelName = keyof typeof kernels;

/** The arguments and the result of a kernel. */
export type ArgsOf<N extends KernelName> = (typeof kernels)[N] extends Kernel<infer A, unknown> ? A : never;
export type ResultOf<N extends KernelName> = (typeof kernels)[N] extends Kernel<never, infer R> ? R : never;

/** Every kernel as a function of one voice, and what is planned once for many calls. */
export type VoiceKernels = { readonly [N in KernelName]: (args: ArgsOf<N>) => ResultOf<N> } & {
  readonly planImageWeights: PlanImageWeights;
};

/** Kernels that keep what is of the data alone cannot be of the table, whose calls know nothing of each other. */
const PLANNERS: Record<VoiceName, PlanImageWeights> = {
  reference: planImageWeights,
  wasm: planImageWeightsInWasm,
  traced() {
    throw new Error(`planImageWeights has no traced voice: ${TRACED_NEVER.absent}`);
  },
};

/**
 * The kernels of one voice; a kernel that the voice lacks throws the reason when it is called, so nothing falls back
 * in silence.
 */
export function kernelsOf(voice: VoiceName): VoiceKernels {
  const picked = Object.entries(kernels).map(([name, entry]) => {
    const chosen: Voice<never, unknown> | { absent: string } = entry.voices[voice];
    return [
      name,
      isAbsent(chosen)
        ? () => {
            throw new Error(`${name} has no ${voice} voice: ${chosen.absent}`);
          }
        : chosen.run,
    ];
  });
  return { ...Object.fromEntries(picked), planImageWeights: PLANNERS[voice] } as VoiceKernels;
}

/** The kernels that a backend uses: those that the traced voice lacks are WebAssembly's there. */
export function kernelsBeside(voice: VoiceName): VoiceKernels {
  return kernelsOf(voice === "traced" ? "wasm" : voice);
}
