import { numberOption, wholeOption } from "../option.ts";
import type { Sampler, SamplerState, SmoothTarget } from "../sampler.ts";
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
