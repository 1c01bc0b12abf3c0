import { alongAxes, withinBall } from "./ellipsoid.ts";
import type { Walk, Walker } from "./walker.ts";
import { withinScales } from "./walker.ts";

/*
 * Metropolis steps over the prior above a contour, as in Skilling 2006 and dynesty's "rwalk" (Speagle 2020, MNRAS 493,
 * 3132): uniform in an ellipsoid of the shape of the bound, whose scale follows the acceptance.
 */

const WANTED_ACCEPTANCE = 0.5;
/** One that has not moved walks on, up to this many times the length. */
const PATIENCE = 4;

/** `length` steps each. */
export const randomWalk: Walk = async (starts, length, scale, target, random) => {
  const walkers = [...starts];
  const moves = new Uint32Array(walkers.length);
  let [accepted, proposed] = [0, 0];
  for (let step = 0; step < PATIENCE * length; step++) {
    const walking = [...walkers.keys()].filter((i) => step < length || moves[i] === 0);
    if (walking.length === 0) break;
    const proposals = walking.map((i) => stepFrom(walkers[i]));
    const logLikelihoods = await target.logLikelihoods(proposals);
    walking.forEach((i, at) => {
      if (logLikelihoods[at] <= walkers[i].threshold) return;
      walkers[i] = { ...walkers[i], point: proposals[at], logLikelihood: logLikelihoods[at] };
      moves[i]++;
      accepted++;
    });
    proposed += walking.length;
  }
  return {
    walkers,
    scale: withinScales(scale * Math.exp(accepted / proposed - WANTED_ACCEPTANCE)),
    stuck: moves.filter((count) => count === 0).length,
  };

  function stepFrom({ point, axes }: Walker): Float64Array {
    return alongAxes(axes, withinBall(random, point.length)).map((value, i) => point[i] + scale * value);
  }
};
