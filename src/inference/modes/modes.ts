import type { Evaluation, UnconstrainedTarget } from "../unconstrained.ts";
import { depthIn, laplaceMode, type Mode } from "./laplace.ts";

/** A mode that starts climbed to. */
export interface FoundMode extends Mode {
  /** How many of the starts ended in it. */
  readonly hits: number;
}

/** Below the best by more in ln density, an end point is of no mode that could matter, however wide. */
const DEEP = 30;
/** More would be a likelihood of pieces, which no Gaussian tells anything of. */
const MOST_MODES = 8;

/**
 * The modes that starts ended in, the one of the largest mass first. An end point that its climb left below a top known already
 * counts for that one where it lies in its Gaussian.
 * @param ends At least one.
 */
export async function modesOf(ends: readonly Evaluation[], target: UnconstrainedTarget): Promise<FoundMode[]> {
  const descending = ends.toSorted((a, b) => b.logDensity - a.logDensity);
  const modes: FoundMode[] = [];
  const hit = (end: Evaluation) => {
    const found = modes.findIndex((mode) => isIn(mode, end));
    if (found >= 0) modes[found] = { ...modes[found], hits: modes[found].hits + 1 };
    return found >= 0;
  };
  for (const end of descending) {
    if (end.logDensity < descending[0].logDensity - DEEP) break;
    if (hit(end) || modes.length === MOST_MODES) continue;
    const mode = await laplaceMode(end, target);
    if (!hit(mode.at)) modes.push({ ...mode, hits: 1 });
  }
  return modes.toSorted((a, b) => b.logMass - a.logMass);
}

/** Within three sigma of the top, or as far below it in density as a Gaussian is at this distance, by a factor of two. */
function isIn(mode: Mode, end: Evaluation): boolean {
  const { squaredDistance, drop } = depthIn(mode, end);
  return squaredDistance <= 9 + 2 * drop;
}
