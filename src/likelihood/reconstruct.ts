import type { Errand } from "../backend/contract.ts";
import type { VoiceKernels } from "../backend/kernels.ts";
import { logEvidence } from "../inversion/evidence.ts";
import type { DifferentiableRegularization } from "../inversion/regularization/regularization.ts";
import type { Pixelization } from "../model/model.ts";
import { principalBlock } from "../operators/matrix.ts";
import type { LaidSource } from "./lensed-source.ts";
import { type LinearSystem, type SolvedSystem, type SystemOptions, solveSystem } from "./linear-system.ts";
import { maximizeEvidence } from "./maximize-evidence.ts";
import { once } from "./once.ts";
import { schemeOf } from "./pixelized-source.ts";
import { type Stopwatch, timed } from "./stopwatch.ts";

/** A source among the unknowns of a system. */
export interface SourceToFind {
  readonly pixelization: Pixelization;
  readonly laid: LaidSource;
  /** The first of its pixels among the unknowns. */
  readonly first: number;
  /** Its regularization, with a coefficient where the model leaves it open. */
  regularize(coefficient?: number): DifferentiableRegularization;
  /** What of that does not depend on F. */
  readonly errands: readonly Errand[];
}

/** By the parameters' names in code. */
type RegularizationValues = Readonly<Record<string, number>>;

export interface Reconstructed {
  readonly solved: SolvedSystem;
  /** Of each source, with the coefficient found where one was open. */
  readonly values: readonly RegularizationValues[];
  readonly regularizations: readonly DifferentiableRegularization[];
}

export function sourceToFind(
  pixelization: Pixelization,
  laid: LaidSource,
  first: number,
  watch: Stopwatch,
): SourceToFind {
  const { values, maximize } = pixelization.regularization;
  const step = <T>(run: () => T) => timed(watch, "regularization_matrix", run);
  const at = (all: RegularizationValues) => step(() => laid.regularization().at(all, laid));
  const given = once(() => at(values));
  const isErrand = !maximize && schemeOf(pixelization).dense !== true;
  return {
    pixelization,
    laid,
    first,
    regularize: (coefficient) => (coefficient === undefined ? given() : at({ ...values, coefficient })),
    errands: [() => step(laid.regularization), ...(isErrand ? [given] : [])],
  };
}

/**
 * Solves for the sources and intensities of a system, with the coefficient of largest evidence where the model leaves
 * that of one source open.
 */
export function reconstruct(
  system: LinearSystem,
  sources: readonly SourceToFind[],
  options: SystemOptions,
  kernels: VoiceKernels,
  watch: Stopwatch,
): Reconstructed {
  const open = sources.findIndex(({ pixelization }) => pixelization.regularization.maximize);
  const valuesAt = (s: number, coefficient: number | undefined): RegularizationValues => {
    const { values } = sources[s].pixelization.regularization;
    return s === open ? { ...values, coefficient: coefficient! } : values;
  };
  // Trials of one vector help each other; the next vector starts anew, so that it does not depend on what came before.
  let near: Float64Array | undefined;
  const solveAt = (coefficient?: number, asked = options): Reconstructed => {
    const regularizations = sources.map(({ regularize }, s) => regularize(s === open ? coefficient : undefined));
    const solved = timed(watch, "solve", () => solveSystem(system, regularizations, { ...asked, near }, kernels));
    if (solved.failure === null) near = solved.values;
    return { solved, regularizations, values: sources.map((_, s) => valuesAt(s, coefficient)) };
  };
  if (open < 0) return solveAt();
  const { first, laid, pixelization } = sources[open];
  const unit = { matrix: sources[open].regularize(1).regularizationMatrix, grows: schemeOf(pixelization).grows };
  const pixels = Int32Array.from({ length: laid.vertices.length / 2 }, (_, i) => first + i);
  const ownCurvature = principalBlock(system.curvatureMatrix, pixels);
  const trialAt = (trial: number) => {
    return logEvidence(solveAt(trial, { ...options, withInverse: false, overwrite: false }).solved.terms);
  };
  return solveAt(maximizeEvidence(ownCurvature, unit, trialAt));
}
