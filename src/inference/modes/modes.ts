import type { Evaluation, UnconstrainedTarget } from "../unconstrained.ts";
import { depthIn, type LocalGaussian, laplaceMode, type Mode } from "./laplace.ts";
import { ridgeOf, VALLEY } from "./ridge.ts";

/** A mode that starts climbed to. */
export interface FoundMode extends Mode {
  /** Gaussians about points of what its hill is bent to; of a straight hill none. */
  readonly ridge: readonly LocalGaussian[];
  /** How many of the starts ended in it. */
  readonly hits: number;
}

/** Below the best by more in ln density, an end point is of no mode that could matter, however wide. */
const DEEP = 30;
/** More would be a likelihood of pieces, which no Gaussian tells anything of. */
const MOST_MODES = 8;

/**
 * The modes that starts ended in, the one of the largest mass first. An end point that its climb left below a top known already
 * counts for that one where it lies in its Gaussian or on its ridge, and where there is no valley between: a ragged likelihood, or
 * one of a long bent ridge, stops climbs on one hill at several places.
 * @param ends At least one.
 */
export async function modesOf(ends: readonly Evaluation[], target: UnconstrainedTarget): Promise<FoundMode[]> {
  const descending = ends.toSorted((a, b) => b.logDensity - a.logDensity);
  const modes: FoundMode[] = [];
  const count = (found: number) => {
    if (found >= 0) modes[found] = { ...modes[found], hits: modes[found].hits + 1 };
    return found >= 0;
  };
  const hit = (end: Evaluation) => count(modes.findIndex((mode) => isIn(mode, end)));
  for (const end of descending) {
    if (end.logDensity < descending[0].logDensity - DEEP) break;
    if (hit(end) || count(await withoutValley(modes, end, target)) || modes.length === MOST_MODES) continue;
    const mode = await laplaceMode(end, target);
    if (!hit(mode.at)) modes.push({ ...mode, ridge: await ridgeOf(mode, target), hits: 1 });
  }
  return modes.toSorted((a, b) => b.logMass - a.logMass);
}

/** The first of the modes on whose hill an end point is, or -1. */
async function withoutValley(modes: readonly Mode[], end: Evaluation, target: UnconstrainedTarget): Promise<number> {
  if (modes.length === 0) return -1;
  const between = await target.evaluate(modes.map(({ at }) => at.position.map((x, i) => (x + end.position[i]) / 2)));
  return between.findIndex(({ logDensity }) => logDensity > end.logDensity - VALLEY);
}

/** Within three sigma of a point of the crest, or as far below it in density as a Gaussian is at this distance, by a factor of two. */
function isIn(mode: FoundMode, end: Evaluation): boolean {
  return [mode, ...mode.ridge].some((part) => {
    const { squaredDistance, drop } = depthIn(part, end);
    return squaredDistance <= 9 + 2 * drop;
  });
}
