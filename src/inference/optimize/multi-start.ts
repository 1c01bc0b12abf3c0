import { numberOption, wholeOption } from "../option.ts";
import type { RandomState } from "../rng.ts";
import type { Sampler, SamplerState, SmoothTarget } from "../sampler.ts";
import { startPoints } from "../start-points.ts";
import { type Evaluation, fromUnit, unconstrained } from "../unconstrained.ts";
import type { Basins } from "./basins.ts";

/** What gradient optimizers from several starts have in common. */
export interface MultiStartOptions {
  /** Default 32. */
  readonly starts?: number;
  /** Where they begin, (starts, dimensions); default uniform in the cube. */
  readonly start?: Float64Array;
  /** Of each start. */
  readonly maximumIterations?: number;
  /** End points closer than this in all unit coordinates are one basin. Default 0.01. */
  readonly basinTolerance?: number;
}

/** A sampler whose points are the tops of basins, and which knows which start ended in which. */
export interface MultiStartOptimizer<State extends SamplerState> extends Sampler<State, SmoothTarget> {
  basins(state: State): Basins;
}

/** `MultiStartOptions` with defaults. */
export interface MultiStartSettings {
  readonly starts: number;
  readonly maximumIterations: number;
  readonly basinTolerance: number;
}

/** @throws InputError where an option is out of its range. */
export function multiStartSettings(options: MultiStartOptions, maximumIterations: number): MultiStartSettings {
  return {
    starts: wholeOption("starts", options.starts ?? 32, 1),
    maximumIterations: wholeOption("maximum iterations", options.maximumIterations ?? maximumIterations, 1),
    basinTolerance: numberOption("basin tolerance", options.basinTolerance ?? 0.01, 0, 1),
  };
}

/** Starts with a likelihood, and their derivatives. */
export async function begin(
  target: SmoothTarget,
  random: RandomState,
  starts: number,
  given: Float64Array | undefined,
): Promise<{ readonly evaluations: number; readonly at: readonly Evaluation[] }> {
  const d = target.dimensions;
  const { points, evaluations } = await startPoints(target, random, starts, given);
  const smooth = unconstrained(target, false, evaluations);
  const positions = Array.from({ length: starts }, (_, k) => fromUnit(points.subarray(k * d, (k + 1) * d)));
  const at = await smooth.evaluate(positions);
  return { evaluations: smooth.evaluations(), at };
}
