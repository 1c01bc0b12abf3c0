import { type BestPoint, bestOf } from "../best-point.ts";
import { numberOption } from "../option.ts";
import type { SamplerState } from "../sampler.ts";
import { smoothStart } from "../smooth-start.ts";
import { toUnit, unconstrained } from "../unconstrained.ts";
import { flattened } from "../vectors.ts";
import { basinSamples, basinsOf } from "./basins.ts";
import { type MultiStartOptimizer, type MultiStartOptions, multiStartSettings } from "./multi-start.ts";

/*
 * Adam from many starts: Kingma & Ba 2015 (ICLR), algorithm 1, uphill. Steps of about the learning rate in every coordinate
 * however steep the likelihood is, so that it gets over small ripples; the rate falls to zero along half a cosine (Loshchilov
 * & Hutter 2017, ICLR, eq. 5). One batch a step.
 */

export interface AdamOptions extends MultiStartOptions {
  /** The first steps, in ln(u / (1 - u)). Default 0.05. */
  readonly learningRate?: number;
}

export interface AdamState extends SamplerState {
  readonly positions: readonly Float64Array[];
  /** At the positions. */
  readonly gradients: readonly Float64Array[];
  /** Running means of the gradients before, and of their squares. */
  readonly means: readonly Float64Array[];
  readonly squares: readonly Float64Array[];
  /** The best that each start has seen: (starts, dimensions) in the unit cube and (starts). */
  readonly points: Float64Array;
  readonly logLikelihoods: Float64Array;
  readonly best: BestPoint;
  readonly iterations: number;
}

/** Decay of the means and the guard against division by zero, as the paper's. */
const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-8;

/** @throws InputError where an option is out of its range. */
export function adam(options: AdamOptions = {}): MultiStartOptimizer<AdamState> {
  const { starts, maximumIterations, basinTolerance } = multiStartSettings(options, 500);
  const learningRate = numberOption("learning rate", options.learningRate ?? 0.05, 0, 10);
  const isDone = ({ iterations }: AdamState) => iterations >= maximumIterations;
  const basins = ({ points, logLikelihoods }: AdamState) => basinsOf(points, logLikelihoods, basinTolerance);

  return {
    name: "Adam",
    async init(target, from) {
      const random = from.slice();
      const { evaluations, at } = await smoothStart(target, random, starts, options.start, false);
      const positions = at.map(({ position }) => position);
      const points = flattened(positions.map(toUnit));
      const logLikelihoods = Float64Array.from(at, ({ logLikelihood }) => logLikelihood);
      const zeros = positions.map((position) => new Float64Array(position.length));
      return {
        random,
        evaluations,
        positions,
        gradients: at.map(({ gradient }) => gradient),
        means: zeros,
        squares: zeros,
        points,
        logLikelihoods,
        best: bestOf(null, points, logLikelihoods),
        iterations: 0,
      };
    },
    async step(before, target) {
      const iterations = before.iterations + 1;
      const rate = (learningRate * (1 + Math.cos((Math.PI * before.iterations) / maximumIterations))) / 2;
      const means = averaged(before.means, before.gradients, BETA1, (gradient) => gradient);
      const squares = averaged(before.squares, before.gradients, BETA2, (gradient) => gradient * gradient);
      const positions = before.positions.map((position, k) =>
        position.map((x, i) => {
          const mean = means[k][i] / (1 - BETA1 ** iterations);
          const square = squares[k][i] / (1 - BETA2 ** iterations);
          return x + (rate * mean) / (Math.sqrt(square) + EPSILON);
        }),
      );
      const smooth = unconstrained(target, false, before.evaluations);
      const at = await smooth.evaluate(positions);
      const points = before.points.slice();
      const logLikelihoods = before.logLikelihoods.slice();
      at.forEach(({ position, logLikelihood }, k) => {
        if (!(logLikelihood > logLikelihoods[k])) return;
        logLikelihoods[k] = logLikelihood;
        points.set(toUnit(position), k * target.dimensions);
      });
      const best = bestOf(before.best, points, logLikelihoods);
      const gradients = at.map(({ gradient }) => gradient);
      return {
        state: {
          random: before.random,
          evaluations: smooth.evaluations(),
          positions,
          gradients,
          means,
          squares,
          points,
          logLikelihoods,
          best,
          iterations,
        },
        info: { progress: iterations / maximumIterations, best, diagnostics: { iterations, rate } },
      };
    },
    isDone,
    basins,
    samples: (state) =>
      basinSamples(
        basins(state),
        state.evaluations,
        { iterations: state.iterations },
        isDone(state) ? [] : [`stopped after ${state.iterations} of ${maximumIterations} iterations`],
      ),
  };
}

/** decay * means + (1 - decay) * of(gradients) */
function averaged(
  means: readonly Float64Array[],
  gradients: readonly Float64Array[],
  decay: number,
  of: (gradient: number) => number,
): Float64Array[] {
  return means.map((mean, k) => mean.map((value, i) => decay * value + (1 - decay) * of(gradients[k][i])));
}
