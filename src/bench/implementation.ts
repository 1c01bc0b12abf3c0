import type { VoiceName } from "../backend/contract.ts";
import type { Matrix } from "../operators/matrix.ts";
import type { WCompact } from "../operators/w-compact.ts";
import type { WPreload } from "../operators/w-preload.ts";
import type { BenchInputs } from "./inputs.ts";
import type { Cost, WorkSizes } from "./work.ts";

/** What the rows of a bench compute, each with the type of its result. */
export interface BenchResults {
  readonly w_compact: WCompact;
  readonly w_preload: WPreload;
  /** (M, M) */
  readonly w_tilde: Matrix;
  /** (rows, columns) */
  readonly dirty_image: Float64Array;
  /** (S, S) */
  readonly curvature_matrix: Matrix;
  readonly log_likelihood: number;
  /** (S, S) lower triangular factor of F + H. */
  readonly cholesky: Matrix;
  /** (S) */
  readonly positive_only: Float64Array;
}

export type BenchKernel = keyof BenchResults;

/** A result that says what it is of. */
export type Answer = { [N in BenchKernel]: { readonly kernel: N; readonly value: BenchResults[N] } }[BenchKernel];

/** One of Arclet's own rows. */
export interface Implementation extends Cost {
  readonly kernel: BenchKernel;
  /** `<voice>_<form>` */
  readonly name: string;
  readonly voice: VoiceName;
  /** Largest error that is right, relative to the largest magnitude of the result. */
  readonly tolerance: number;
  /** Bytes of the largest array that a call takes or gives, where it may be larger than the inputs. */
  readonly largestArray: (sizes: WorkSizes) => number;
  /**
   * Gets ready for one call: takes the round's inputs and whatever of W the form expects. What it returns is timed:
   * everything that depends on the round's weights, index lists, sorting and planning included.
   */
  readonly prepare: (inputs: BenchInputs, part: WorkSizes, round: number) => () => Answer;
}
