import type { VoiceName } from "../backend/contract.ts";
import type { LatticeSums } from "../dataset/compaction.ts";
import type { EvidenceTerms } from "../inversion/evidence.ts";
import type { RectangularMesh } from "../inversion/mesh/rectangular.ts";
import type { CurvatureForm } from "./curvature-form.ts";
import type { Explained } from "./picks.ts";

/** A source as the likelihood reconstructed it. */
export interface SourceReconstruction {
  readonly galaxy: string;
  readonly mesh: RectangularMesh;
  /** (S) intensity. */
  readonly values: Float64Array;
  /** The regularization coefficient in force, found by the likelihood where the model says `maximize`. */
  readonly coefficient: number;
  /** (M) the lensed source in the unmasked pixels, before the primary beam. */
  readonly image: Float64Array;
}

/** One likelihood of one model. */
export interface Evaluation {
  /** -1/2 [chi^2 + noise normalization]; -Infinity where `failure` says why. */
  readonly logLikelihood: number;
  /** null without a regularized source. */
  readonly logEvidence: number | null;
  readonly terms: EvidenceTerms;
  readonly source: SourceReconstruction;
  /** Why there is no likelihood, or null. A NaN never stands for one. */
  readonly failure: string | null;
  /** Bound of what rounding in the compaction adds to the log likelihood. */
  readonly logLikelihoodErrorBound: number;
  /** |(F + H) s - D| / |D|: what the solver left. */
  readonly solveResidual: number;
  readonly backend: VoiceName;
  readonly curvatureForm: CurvatureForm;
  /** How the compaction's sums were taken; null for a stored one that does not say. */
  readonly latticeSums: LatticeSums | null;
  /** Wall-clock time of each step. */
  readonly seconds: Readonly<Record<string, number>>;
}

/** The one likelihood interface. */
export interface Likelihood {
  /** Every choice between implementations, and why it fell as it did. */
  readonly picks: readonly Explained[];
  /**
   * @param batch (evaluations, free parameters) row-major; empty for the one evaluation of a model without any.
   */
  evaluate(batch: Float64Array): Promise<Evaluation[]>;
}
