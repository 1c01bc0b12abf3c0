import type { Asking } from "../lockstep.ts";
import type { Evaluation } from "../unconstrained.ts";
import { along, dot } from "../vectors.ts";

/** Sufficient increase and curvature of Nocedal & Wright, section 3.1, for quasi-Newton directions. */
const C1 = 1e-4;
const C2 = 0.9;
const TRIALS = 20;
/**
 * No coordinate moves farther at once, in ln(u / (1 - u)): a longer step may land at a wall of the cube, where all is flat, and
 * still be higher than a bad start.
 */
const FARTHEST = 2;

interface Trial {
  readonly step: number;
  readonly value: number;
  readonly slope: number;
  readonly at: Evaluation;
}

/**
 * A step uphill that meets the strong Wolfe conditions: value(step) >= value(0) + C1 step slope(0) and
 * |slope(step)| <= C2 slope(0). Where there is no likelihood the step was too long, and the
 * longest step need not meet the second.
 *
 * Nocedal & Wright 2006, Numerical Optimization, algorithms 3.5 and 3.6, with the signs of a maximum.
 * @param direction with a positive slope, in the unconstrained space.
 * @returns null where none is found in 20 trials: the function is not smooth there, or its digits have run out.
 */
export function* lineSearch(from: Evaluation, direction: Float64Array, firstStep: number): Asking<Evaluation | null> {
  const start: Trial = { step: 0, value: from.logDensity, slope: dot(from.gradient, direction), at: from };
  const isEnough = ({ step, value }: Trial) => value >= start.value + C1 * step * start.slope;
  const isFlat = ({ slope }: Trial) => Math.abs(slope) <= C2 * start.slope;
  const longest = FARTHEST / direction.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  let before = start;
  let step = Math.min(firstStep, longest);
  // The bracket: `low` is the best that meets the first condition, and towards `high` there are points that meet both.
  let low: Trial | null = null;
  let high = start;
  for (let trials = 0; trials < TRIALS; trials++) {
    const at: Evaluation = yield along(from.position, step, direction);
    const trial: Trial = { step, value: at.logDensity, slope: dot(at.gradient, direction), at };
    if (low === null) {
      if (!isEnough(trial) || (trial.value <= before.value && before !== start)) [low, high] = [before, trial];
      else if (isFlat(trial)) return at;
      else if (trial.slope <= 0) [low, high] = [trial, before];
      else {
        if (step === longest) return at;
        before = trial;
        step = Math.min(2 * step, longest);
        continue;
      }
    } else if (!isEnough(trial) || trial.value <= low.value) high = trial;
    else {
      if (isFlat(trial)) return at;
      if (trial.slope * (high.step - low.step) <= 0) high = low;
      low = trial;
    }
    step = between(low, high);
  }
  // Without the curvature condition, but higher than the start, is a step too.
  const best: Trial = low ?? before;
  return best.step > 0 ? best.at : null;
}

/** The maximum of the parabola through the value and slope of `low` and the value of `high`, kept away from both ends. */
function between(low: Trial, high: Trial): number {
  const width = high.step - low.step;
  const bend = high.value - low.value - low.slope * width;
  const parabola = (-low.slope * width) / (2 * bend);
  const share = Number.isFinite(parabola) && bend < 0 ? Math.min(Math.max(parabola, 0.1), 0.9) : 0.5;
  return low.step + share * width;
}
