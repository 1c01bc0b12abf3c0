import { numberOption, wholeOption } from "../option.ts";

/** How new points are found. */
export type Proposal = "uniform" | "random-walk" | "slice";

export interface NestedOptions {
  /** Default 200, or 10 a dimension where that is more. The evidence's error falls with their root. */
  readonly livePoints?: number;
  /** Candidates or walkers at once, the size of a batch of evaluations. Default a tenth of the live points. */
  readonly batch?: number;
  /** `auto`: by the number of dimensions, uniform below 10, random walks below 15, slices from there. */
  readonly proposal?: Proposal | "auto";
  /**
   * Steps of a random walk (default 20 and six a dimension) or slices (default 3 and two a dimension). With one a dimension,
   * as dynesty has them, new points stay so near to old ones that ln Z of a Gaussian is off by 3 of its errors after random
   * walks in 20 dimensions, and by 1.5 after slices in 25.
   */
  readonly walkLength?: number;
  /** Ends when the evidence that may be left can raise ln Z by no more than this. Default 0.1. */
  readonly evidenceTolerance?: number;
}

/** `NestedOptions` for a number of dimensions. */
export interface NestedSettings {
  readonly livePoints: number;
  readonly batch: number;
  readonly proposal: Proposal;
  readonly walkLength: number;
}

/** @throws InputError where it is not a positive number. */
export function evidenceToleranceOf({ evidenceTolerance = 0.1 }: NestedOptions): number {
  return numberOption("the evidence tolerance", evidenceTolerance, 0, Number.MAX_VALUE);
}

/** @throws InputError where an option is out of its range. */
export function settingsFor(options: NestedOptions, dimensions: number): NestedSettings {
  // Ellipsoids take two points a dimension, and there should be some to split.
  const livePoints = wholeOption(
    "live points",
    options.livePoints ?? Math.max(200, 10 * dimensions),
    2 * dimensions + 2,
  );
  const proposal = options.proposal === undefined || options.proposal === "auto" ? auto(dimensions) : options.proposal;
  return {
    livePoints,
    batch: Math.min(wholeOption("batch", options.batch ?? Math.ceil(livePoints / 10), 1), Math.floor(livePoints / 2)),
    proposal,
    walkLength: wholeOption(
      "walk length",
      options.walkLength ?? (proposal === "slice" ? 3 + 2 * dimensions : 20 + 6 * dimensions),
      1,
    ),
  };
}

function auto(dimensions: number): Proposal {
  if (dimensions < 10) return "uniform";
  // Up to there random walks need fewer evaluations for an evidence as good.
  return dimensions < 15 ? "random-walk" : "slice";
}
