import { isAbsent, type Kernel, VOICE_NAMES, type VoiceName } from "../backend/contract.ts";
import { type KernelName, kernels, kernelsOf, type VoiceKernels } from "../backend/kernels.ts";
import { compactedLikelihood } from "./compacted-likelihood.ts";
import type { Answer, BenchKernel, BenchResults, Implementation } from "./implementation.ts";
import type { DatasetInputs, ModelInputs } from "./inputs.ts";
import type { Cost, PartOf, WorkSizes } from "./work.ts";

/** Rows of one form, one for each voice that its kernel has. */
interface Form<N extends BenchKernel, I> {
  readonly kernel: N;
  /** The kernel of the table that the form is named after: its voices and tolerances are the rows'. */
  readonly of: KernelName;
  /** The name after the voice's, or a name for each voice where the voices do not share the algorithm. */
  readonly form: string | Readonly<Record<VoiceName, string>>;
  readonly work: (sizes: WorkSizes) => number;
  readonly keeps?: Cost["keeps"];
  readonly takes: (sizes: WorkSizes) => number;
  /** Bytes of the largest array: 0 unless it says more. */
  readonly largestArray?: (sizes: WorkSizes) => number;
  readonly partOf?: readonly PartOf[];
  /** What to make of the inputs outside the timed call. */
  readonly ready?: (inputs: I) => unknown;
  readonly run: (kernels: VoiceKernels, inputs: I) => BenchResults[N];
}

/** From visibilities: W or the dirty image. */
function ofDataset<N extends BenchKernel>(form: Form<N, DatasetInputs>): Implementation[] {
  return rows({ partOf: ["visibilities"], ...form }, (inputs, part, round) => inputs.dataset(part, round));
}

/** From a mapping, W given: the curvature matrix and the log likelihood. */
function ofModel<N extends BenchKernel>(form: Form<N, ModelInputs>): Implementation[] {
  return rows({ partOf: ["pixels"], ...form }, (inputs, part, round) => inputs.model(part, round));
}

function rows<N extends BenchKernel, I>(
  form: Form<N, I> & { readonly partOf: readonly PartOf[] },
  inputsOf: (...args: Parameters<Implementation["prepare"]>) => I,
): Implementation[] {
  const { voices } = kernels[form.of] as unknown as Kernel<unknown, unknown>;
  // An algorithm that approximates does so in the reference too, by what its voices may differ.
  const ofReference = Math.max(REFERENCE, isAbsent(voices.wasm) ? 0 : voices.wasm.tolerance);
  return VOICE_NAMES.flatMap((voice) => {
    const entry = voices[voice];
    if (isAbsent(entry)) return [];
    const ofVoice = kernelsOf(voice);
    return {
      kernel: form.kernel,
      name: `${voice}_${typeof form.form === "string" ? form.form : form.form[voice]}`,
      voice,
      tolerance: Math.max(entry.tolerance, voice === "reference" ? ofReference : 0),
      partOf: form.partOf,
      work: voice === "wasm" ? inBlocks(form.work) : form.work,
      keeps: form.keeps ?? (() => ({})),
      takes: form.takes,
      largestArray: form.largestArray ?? (() => 0),
      prepare: (...args) => {
        const inputs = inputsOf(...args);
        form.ready?.(inputs);
        return () => ({ kernel: form.kernel, value: form.run(ofVoice, inputs) }) as Answer;
      },
    };
  });
}

/** Kernels in WebAssembly take visibilities in blocks, and one visibility as long as a block. */
const BLOCK = 256;

function inBlocks(work: Cost["work"]): Cost["work"] {
  return (sizes) => work({ ...sizes, visibilities: BLOCK * Math.ceil(sizes.visibilities / BLOCK) });
}

/** The reference sums all visibilities in a row, its rounding growing with their root; errors are measured from compensated sums. */
const REFERENCE = 1e-12;

const DOUBLE = 8;
const lattice = ({ gridSize }: WorkSizes): number => gridSize * (2 * gridSize - 1);
const square = ({ pixels }: WorkSizes): number => pixels * pixels;
const inputBytes = ({ visibilities }: WorkSizes): number => 8 * DOUBLE * visibilities;
const mappingBytes = ({ pixels, mappingNeighbors, sourcePixels }: WorkSizes): number => {
  return DOUBLE * (4 * pixels * mappingNeighbors + 2 * sourcePixels * sourcePixels);
};
/** M^2 numbers, kept once for all rows; a call in WebAssembly copies them in besides. */
const wTildeBytes = (s: WorkSizes): number => DOUBLE * square(s);
const keepsWTilde = (s: WorkSizes) => ({ "w tilde": wTildeBytes(s) });
const denseMapping = ({ pixels, sourcePixels }: WorkSizes): number => DOUBLE * pixels * sourcePixels;
const cholesky = ({ sourcePixels }: WorkSizes): number => sourcePixels ** 3 / 3;
const twoPasses = (s: WorkSizes): number =>
  square(s) * s.mappingNeighbors + s.pixels * s.sourcePixels * s.mappingNeighbors;
const convolutions = ({ gridSize, pixels, mappingNeighbors, sourcePixels }: WorkSizes): number => {
  return sourcePixels * (20 * gridSize ** 2 * Math.log2(2 * gridSize) + pixels * mappingNeighbors);
};
const symmetric = (s: WorkSizes): number => (square(s) * s.mappingNeighbors) / 2;
/** Two divisions and a logarithm a visibility take as long as some sixty multiply-adds. */
const likelihood = (s: WorkSizes): number => 60 * s.visibilities + 2 * s.pixels * s.sourcePixels + 2 * cholesky(s);

/** Spreading over 14 x 14 cells, then an FFT of a grid so many times the image's side: K is only part of the cost. */
const nufft = ({ visibilities, gridSize }: WorkSizes, times: number): number => {
  const side = times * gridSize;
  return 196 * visibilities + 5 * side * side * Math.log2(side + 1);
};

/** Cosines one by one in the reference; in WebAssembly a product of cosines of rows and of columns. */
const LATTICE_SUM: Record<VoiceName, string> = { reference: "direct", wasm: "separable", traced: "direct" };

/** Every row of Arclet's own: a new kernel is a new entry here. */
export const IMPLEMENTATIONS: readonly Implementation[] = [
  ...ofDataset({
    kernel: "w_compact",
    of: "wCompact",
    form: LATTICE_SUM,
    work: (s) => s.visibilities * lattice(s),
    takes: (s) => inputBytes(s) + 2 * DOUBLE * lattice(s),
    run: (k, inputs) => k.wCompact(inputs),
  }),
  ...ofDataset({
    kernel: "w_compact",
    of: "wCompactViaNufft",
    form: "nufft",
    work: (s) => nufft(s, 4),
    takes: (s) => 2 * inputBytes(s) + 80 * DOUBLE * s.gridSize ** 2,
    run: (k, inputs) => k.wCompactViaNufft(inputs),
  }),
  ...ofDataset({
    kernel: "w_preload",
    of: "wPreload",
    form: { reference: "preload_direct", wasm: "preload_separable", traced: "preload" },
    work: (s) => 2 * s.visibilities * lattice(s),
    takes: (s) => inputBytes(s) + 6 * DOUBLE * lattice(s),
    run: (k, inputs) => k.wPreload(inputs),
  }),
  ...ofDataset({
    kernel: "w_tilde",
    of: "wTilde",
    form: { reference: "full_direct", wasm: "full_product", traced: "full" },
    partOf: ["visibilities", "pixels"],
    work: (s) => s.visibilities * square(s),
    takes: (s) => inputBytes(s) + 2 * DOUBLE * square(s),
    largestArray: wTildeBytes,
    run: (k, inputs) => k.wTilde(inputs),
  }),
  ...ofDataset({
    kernel: "w_tilde",
    of: "wCompact",
    form: { reference: "direct_expanded", wasm: "separable_expanded", traced: "expanded" },
    partOf: ["pixels", "visibilities"],
    work: (s) => s.visibilities * lattice(s) + square(s),
    takes: (s) => inputBytes(s) + 2 * DOUBLE * square(s),
    largestArray: wTildeBytes,
    run: (k, inputs) => k.wTildeFromCompact({ wCompact: k.wCompact(inputs), nativeIndex: inputs.nativeIndex }),
  }),
  ...ofDataset({
    kernel: "w_tilde",
    of: "wCompactViaNufft",
    form: "nufft_expanded",
    partOf: ["pixels", "visibilities"],
    work: (s) => nufft(s, 4) + square(s),
    takes: (s) => 2 * inputBytes(s) + 80 * DOUBLE * s.gridSize ** 2 + 2 * DOUBLE * square(s),
    largestArray: wTildeBytes,
    run: (k, inputs) => k.wTildeFromCompact({ wCompact: k.wCompactViaNufft(inputs), nativeIndex: inputs.nativeIndex }),
  }),
  ...ofDataset({
    kernel: "dirty_image",
    of: "dirtyImage",
    form: LATTICE_SUM,
    work: (s) => s.visibilities * s.gridSize ** 2,
    takes: (s) => inputBytes(s) + 2 * DOUBLE * s.gridSize ** 2,
    run: (k, inputs) => k.dirtyImage(inputs),
  }),
  ...ofDataset({
    kernel: "dirty_image",
    of: "dirtyImageViaNufft",
    form: "nufft",
    work: (s) => nufft(s, 2),
    takes: (s) => 2 * inputBytes(s) + 40 * DOUBLE * s.gridSize ** 2,
    run: (k, inputs) => k.dirtyImageViaNufft(inputs),
  }),
  ...ofModel({
    kernel: "curvature_matrix",
    of: "curvatureMatrixViaWTildeDense",
    form: "dense",
    work: (s) => square(s) * s.sourcePixels + s.pixels * s.sourcePixels ** 2,
    keeps: keepsWTilde,
    largestArray: wTildeBytes,
    takes: (s) => DOUBLE * square(s) + 3 * denseMapping(s) + mappingBytes(s),
    ready: (inputs) => inputs.wTilde(),
    run: (k, inputs) => {
      return k.curvatureMatrixViaWTildeDense({ wTilde: inputs.wTilde(), mappingMatrix: k.mappingMatrix(inputs) });
    },
  }),
  ...ofModel({
    kernel: "curvature_matrix",
    of: "curvatureMatrixViaWTildeSparse",
    form: "sparse",
    work: twoPasses,
    keeps: keepsWTilde,
    largestArray: wTildeBytes,
    takes: (s) => DOUBLE * square(s) + 2 * denseMapping(s) + mappingBytes(s),
    ready: (inputs) => inputs.wTilde(),
    run: (k, inputs) => {
      const sparseMappingMatrix = k.sparseMappingMatrix(inputs);
      return k.curvatureMatrixViaWTildeSparse({ wTilde: inputs.wTilde(), sparseMappingMatrix });
    },
  }),
  ...ofModel({
    kernel: "curvature_matrix",
    of: "curvatureMatrixViaWCompactSparse",
    form: "compact_sparse",
    work: twoPasses,
    takes: (s) => 2 * denseMapping(s) + mappingBytes(s),
    run: (k, inputs) => {
      return k.curvatureMatrixViaWCompactSparse({ ...inputs, sparseMappingMatrix: k.sparseMappingMatrix(inputs) });
    },
  }),
  ...ofModel({
    kernel: "curvature_matrix",
    of: "curvatureMatrixViaWCompactSymmetric",
    form: "compact_symmetric",
    work: symmetric,
    takes: mappingBytes,
    run: (k, inputs) => {
      return k.curvatureMatrixViaWCompactSymmetric({ ...inputs, sparseMappingMatrix: k.sparseMappingMatrix(inputs) });
    },
  }),
  ...ofModel({
    kernel: "curvature_matrix",
    of: "curvatureMatrixViaWCompactFft",
    form: "compact_fft",
    partOf: ["sourcePixels"],
    work: convolutions,
    takes: (s) => 48 * DOUBLE * s.gridSize ** 2 + mappingBytes(s),
    run: (k, inputs) => {
      return k.curvatureMatrixViaWCompactFft({ ...inputs, sparseMappingMatrix: k.sparseMappingMatrix(inputs) });
    },
  }),
  ...ofModel({
    kernel: "curvature_matrix",
    of: "curvatureMatrixViaWCompactDirect",
    form: "compact_direct",
    work: (s) => square(s) * s.mappingNeighbors ** 2,
    takes: mappingBytes,
    run: (k, inputs) => {
      return k.curvatureMatrixViaWCompactDirect({ ...inputs, sparseMappingMatrix: k.sparseMappingMatrix(inputs) });
    },
  }),
  ...ofModel({
    kernel: "curvature_matrix",
    of: "curvatureMatrixViaPreloadDirect",
    form: "preload_direct",
    work: (s) => square(s) * s.mappingNeighbors ** 2,
    takes: mappingBytes,
    ready: (inputs) => inputs.wPreload(),
    run: (k, inputs) => {
      const sparseMappingMatrix = k.sparseMappingMatrix(inputs);
      return k.curvatureMatrixViaPreloadDirect({ ...inputs, wPreload: inputs.wPreload(), sparseMappingMatrix });
    },
  }),
  ...ofModel({
    kernel: "log_likelihood",
    of: "logLikelihoodViaWTilde",
    form: "dense",
    work: (s) => square(s) * s.sourcePixels + s.pixels * s.sourcePixels ** 2 + likelihood(s),
    keeps: keepsWTilde,
    largestArray: wTildeBytes,
    takes: (s) => DOUBLE * square(s) + 4 * denseMapping(s) + mappingBytes(s) + inputBytes(s),
    ready: (inputs) => inputs.wTilde(),
    run: (k, inputs) => k.logLikelihoodViaWTilde({ ...inputs, wTilde: inputs.wTilde() }),
  }),
  ...ofModel({
    kernel: "log_likelihood",
    of: "logLikelihoodViaWCompact",
    form: "compact_sparse",
    work: (s) => twoPasses(s) + likelihood(s),
    takes: (s) => 4 * denseMapping(s) + mappingBytes(s) + inputBytes(s),
    run: (k, inputs) => k.logLikelihoodViaWCompact(inputs),
  }),
  ...ofModel({
    kernel: "log_likelihood",
    of: "logLikelihoodViaWCompactSymmetric",
    form: "compact_symmetric",
    work: (s) => symmetric(s) + s.visibilities + cholesky(s),
    takes: (s) => mappingBytes(s) + inputBytes(s),
    run: (k, inputs) => k.logLikelihoodViaWCompactSymmetric(inputs),
  }),
  // As an evaluation does it: the study's functions above add chi^2 of the data and the noise anew, over all K.
  ...ofModel({
    kernel: "log_likelihood",
    of: "logLikelihoodViaWCompactSymmetric",
    form: "compacted",
    work: (s) => symmetric(s) + cholesky(s),
    takes: mappingBytes,
    ready: (inputs) => [inputs.dataTerms(), inputs.plan()],
    run: (k, inputs) => compactedLikelihood(k, { ...inputs, ...inputs.dataTerms(), plan: inputs.plan() }),
  }),
  ...ofModel({
    kernel: "cholesky",
    of: "cholesky",
    form: { reference: "row_by_row", wasm: "blocked", traced: "blocked" },
    partOf: [],
    work: cholesky,
    takes: (s) => 4 * DOUBLE * s.sourcePixels ** 2,
    ready: (inputs) => inputs.curvatureRegMatrix(),
    run: (k, inputs) => k.cholesky({ matrix: inputs.curvatureRegMatrix() }).factor,
  }),
  ...ofModel({
    kernel: "positive_only",
    of: "positiveOnly",
    form: "active_set",
    partOf: [],
    // All pixels once, then some six sets of half of them.
    work: (s) => 2 * cholesky(s),
    takes: (s) => 5 * DOUBLE * s.sourcePixels ** 2,
    ready: (inputs) => inputs.reconstructionArgs(),
    run: (k, inputs) => k.positiveOnly(inputs.reconstructionArgs()).values,
  }),
];
