import type { VoiceKernels } from "../backend/kernels.ts";
import { logEvidence } from "../inversion/evidence.ts";
import type { Regularization } from "../inversion/regularization/regularization.ts";
import type { Pixelization } from "../model/model.ts";
import { principalBlock } from "../operators/matrix.ts";
import type { LaidSource } from "./lensed-source.ts";
import { type LinearSystem, type SolvedSystem, type SystemOptions, solveSystem } from "./linear-system.ts";
import { maximizeEvidence } from "./maximize-evidence.ts";
import { schemeOf } from "./pixelized-source.ts";
import { type Stopwatch, timed } from "./stopwatch.ts";

/** A source among the unknowns of a system. */
export interface SourceToFind {
  readonly pixelization: Pixelization;
  readonly laid: LaidSource;
  /** The first of its pixels among the unknowns. */
  readonly first: number;
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
): { readonly solved: SolvedSystem; readonly coefficients: readonly number[] } {
  const open = sources.findIndex(({ pixelization }) => pixelization.regularization.coefficient === "maximize");
  const regularize = (s: number, coefficient: number): Regularization => {
    const { pixelization, laid } = sources[s];
    const values = { ...pixelization.regularization.others, coefficient };
    return timed(watch, "regularization_matrix", () => laid.regularization.at(values, laid.vertices));
  };
  const given = sources.map(({ pixelization: { regularization } }, s) => {
    return s === open ? null : regularize(s, regularization.coefficient as number);
  });
  const solveAt = (coefficient: number): SolvedSystem => {
    const all = given.map((regularization, s) => regularization ?? regularize(s, coefficient));
    return timed(watch, "solve", () => solveSystem(system, all, options, kernels));
  };
  const coefficientsAt = (coefficient: number) => {
    return sources.map(({ pixelization: { regularization } }, s) => {
      return s === open ? coefficient : (regularization.coefficient as number);
    });
  };
  if (open < 0) return { solved: solveAt(Number.NaN), coefficients: coefficientsAt(Number.NaN) };
  const { first, laid, pixelization } = sources[open];
  const unit = { matrix: regularize(open, 1).regularizationMatrix, grows: schemeOf(pixelization).grows };
  const pixels = Int32Array.from({ length: laid.vertices.length / 2 }, (_, i) => first + i);
  const ownCurvature = principalBlock(system.curvatureMatrix, pixels);
  const best = maximizeEvidence(ownCurvature, unit, (trial) => logEvidence(solveAt(trial).terms));
  return { solved: solveAt(best), coefficients: coefficientsAt(best) };
}
