import type { VoiceName } from "../backend/contract.ts";
import type { LatticeSums } from "../dataset/compaction.ts";
import type { CurvatureCheck } from "../inversion/curvature-check.ts";
import type { RectangularMesh } from "../inversion/mesh/rectangular.ts";
import type { MeshSpec } from "../model/spec.ts";
import type { CurvatureForm } from "./curvature-form.ts";
import type { Explained } from "./picks.ts";
import type { VertexMesh } from "./source-mesh.ts";
import type { Stopwatch } from "./stopwatch.ts";

/** A source as the likelihood reconstructed it. */
export interface SourceReconstruction {
  readonly galaxy: string;
  /** The names of the datasets that it was reconstructed from. */
  readonly datasets: readonly string[];
  readonly mesh: RectangularMesh | VertexMesh;
  /** How it interpolates between its pixels. */
  readonly meshType: MeshSpec["type"];
  /** (S, 2) y and x of every source pixel, arcseconds. */
  readonly vertices: Float64Array;
  /** (S) intensity. */
  readonly values: Float64Array;
  /** (S) its standard deviation, NaN where it is held at zero: see `sourceErrors`; null where it was not asked for. */
  readonly errors: Float64Array | null;
  /** The regularization's values in force, by their names in code, with the `coefficient` found where it was maximized. */
  readonly regularization: Readonly<Record<string, number>>;
}

/** The terms of a likelihood, by the names of the field; those of the evidence alone are null without a regularized source. */
export interface Terms {
  readonly chiSquared: number;
  readonly regularizationTerm: number | null;
  readonly logDetCurvatureRegMatrixTerm: number | null;
  readonly logDetRegularizationMatrixTerm: number | null;
  /** sum of ln 2 pi sigma^2 */
  readonly noiseNormalization: number;
}

/** What one dataset contributes to a likelihood. */
export interface DatasetEvaluation {
  readonly name: string;
  readonly type: "imaging" | "interferometer";
  readonly chiSquared: number;
  readonly noiseNormalization: number;
  /** (M) the model in the unmasked pixels as the instrument sees it: through the PSF, or through the primary beam. */
  readonly image: Float64Array;
  /** (M) the pixelized sources as lensed, before the PSF or the primary beam; null without any. */
  readonly lensed: Float64Array | null;
  /** The intensities that were solved for, by their paths in the spec. */
  readonly intensities: Readonly<Record<string, number>>;
  /** Why the model has no image here, or null. */
  readonly failure: string | null;
  /** (P) of its log likelihood by the free parameters; null where it was not asked for. */
  readonly gradient: Float64Array | null;
  /** Bound of what rounding in the compaction adds to the log likelihood: 0 where nothing is compacted. */
  readonly logLikelihoodErrorBound: number;
  /** How the compaction's sums were taken; null for a stored one that does not say, and where nothing is compacted. */
  readonly latticeSums: LatticeSums | null;
}

/** What to evaluate besides the likelihood itself. */
export interface EvaluateOptions {
  /** Derivatives of the log likelihood by all free parameters. */
  readonly gradient?: boolean;
  /** Standard deviations of the pixels of sources. */
  readonly errors?: boolean;
}

/** A likelihood of one dataset under galaxies of light profiles. */
export interface DatasetLikelihood {
  readonly picks: readonly Explained[];
  /** @param vector (P) the model's free parameters. */
  evaluate(vector: Float64Array, options: EvaluateOptions, watch: Stopwatch): DatasetEvaluation;
}

/** How a source that is nowhere negative was found. Its log evidence is an approximation: see `invertPositive`. */
export interface PositiveOnlyChecks {
  /** How far it is from the conditions that it is known by: see `kktResidual`. */
  readonly kktResidual: number;
  readonly pixelsAtZero: number;
  readonly factorizations: number;
}

/** What an inversion looks after in every evaluation. */
export interface InversionChecks {
  /** F and its operators, at their worst of all datasets: the evaluation fails where they do not agree. */
  readonly curvature: CurvatureCheck;
  /** Rays and vertices that the borders drew in. */
  readonly relocated: number;
  /** Vertices at the place of others, which nothing maps to. */
  readonly duplicateVertices: number;
}

/** One likelihood of one model. */
export interface Evaluation {
  /** -1/2 [chi^2 + noise normalization]; -Infinity where `failure` says why. */
  readonly logLikelihood: number;
  /** null without a regularized source. */
  readonly logEvidence: number | null;
  /**
   * (P) of the log likelihood by the free parameters, in the order of the vector; null where it was not asked for and
   * where `failure` says why. Every number of it is finite.
   */
  readonly gradient: Float64Array | null;
  /** Summed over the datasets. */
  readonly terms: Terms;
  readonly datasets: readonly DatasetEvaluation[];
  /** Empty without a pixelized source. */
  readonly sources: readonly SourceReconstruction[];
  /** Why there is no likelihood, or null. A NaN never stands for one. */
  readonly failure: string | null;
  /** The datasets' together. */
  readonly logLikelihoodErrorBound: number;
  /** |(F + H) s - D| / |D|: what the solver left; null without a pixelized source, and for one that is positive only. */
  readonly solveResidual: number | null;
  /** null unless the source is positive only, and where none was found. */
  readonly positiveOnly: PositiveOnlyChecks | null;
  /** null where nothing is solved for. */
  readonly checks: InversionChecks | null;
  readonly backend: VoiceName;
  /** null without a pixelized source in visibilities. */
  readonly curvatureForm: CurvatureForm | null;
  /** Wall-clock time of each step. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** The one likelihood interface. */
export interface Likelihood {
  /** Every choice between implementations, and why it fell as it did. */
  readonly picks: readonly Explained[];
  /**
   * @param batch (evaluations, free parameters) row-major; empty for the one evaluation of a model without any.
   * @throws InputError for a batch that is not of whole vectors, and for a gradient that the backend does not have.
   */
  evaluate(batch: Float64Array, options?: EvaluateOptions): Promise<Evaluation[]>;
}
