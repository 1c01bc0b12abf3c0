import type { RandomState } from "../rng.ts";
import type { CountedTarget } from "./evaluations.ts";

/** A point on its way from a live point to an independent one above the same contour. */
export interface Walker {
  readonly point: Float64Array;
  readonly logLikelihood: number;
  /** It stays above. */
  readonly threshold: number;
  /** (dimensions, dimensions) lower triangle: the shape of the region around it. */
  readonly axes: Float64Array;
}

export interface Walked {
  /** As they came, moved. */
  readonly walkers: readonly Walker[];
  /** The scale that the next walk should have, of steps in units of the axes. */
  readonly scale: number;
  /** Walkers that are where they began. */
  readonly stuck: number;
}

/** All walkers at once, so that a round of steps is one batch of evaluations. */
export type Walk = (
  walkers: readonly Walker[],
  length: number,
  scale: number,
  target: CountedTarget,
  random: RandomState,
) => Promise<Walked>;

/** Steps beyond the unit cube reach nothing that smaller ones do not, and steps of zero nothing at all. */
export function withinScales(scale: number): number {
  return Math.min(Math.max(scale, 1e-4), 1e2);
}
