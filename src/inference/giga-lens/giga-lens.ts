import { type BestPoint, bestOf } from "../best-point.ts";
import { cholesky } from "../cholesky.ts";
import { type NutsState, nuts } from "../hamiltonian/nuts.ts";
import { type LbfgsState, lbfgs } from "../optimize/l-bfgs.ts";
import { numberOption, wholeOption } from "../option.ts";
import { draws, normal, type RandomState } from "../rng.ts";
import type { Sampler, SamplerState, SmoothTarget, StepInfo, Target } from "../sampler.ts";
import { startPoints } from "../start-points.ts";
import { toUnit, unconstrained } from "../unconstrained.ts";
import { flattened } from "../vectors.ts";
import { gigaLensSamples } from "./giga-lens-samples.ts";
import { type FoundMode, modesOf } from "./modes.ts";
import { tempered, untempered } from "./tempered.ts";

/*
 * From the prior to a sample of the posterior without a start by hand, in the three stages of GIGA-Lens (Gu et al. 2022, ApJ 935,
 * 49): starts from the prior climb, the best maximum's surroundings become a Gaussian, and with its covariance as metric
 * Hamiltonian chains sample. Here the climb is L-BFGS, first of a tempered density from many starts and then of the density from
 * the best of them; the Gaussian is Laplace's, of every maximum that may matter; the chains are NUTS.
 *
 * GIGA-Lens has a variational Gaussian, fitted by a stochastic gradient. Where the posterior is close to Gaussian that is the same
 * covariance; where it is not, both are but a metric, which leaves the chains exact.
 */

export interface GigaLensOptions {
  /** Points of the prior that begin to climb, the best of four times as many. Default 64. */
  readonly starts?: number;
  /** The best of the starts, after the tempered climb, that climb to the end. Default 16. */
  readonly climbers?: number;
  /** Of each climb to the end. Default 300. */
  readonly maximumIterations?: number;
  /** Default 4. */
  readonly chains?: number;
  /** Of each chain, to find its step size. Default 150. */
  readonly warmup?: number;
  /** Of each chain, after the warm-up. Default 500. */
  readonly samples?: number;
  /** What the step size is adapted to. Default 0.8. */
  readonly acceptance?: number;
}

/** How far it is. Plain data, never changed. */
export type Stage =
  | { readonly name: "approach"; readonly temper: number; readonly climb: LbfgsState }
  | { readonly name: "climb"; readonly climb: LbfgsState }
  | { readonly name: "modes"; readonly modes: readonly FoundMode[] }
  | { readonly name: "chains"; readonly modes: readonly FoundMode[]; readonly chains: NutsState };

export interface GigaLensState extends SamplerState {
  readonly stage: Stage;
  /** Evaluations before the sampler of this stage began. */
  readonly before: number;
  readonly best: BestPoint;
}

/** As many points of the prior are looked at for each start. */
const LOOKS = 4;
/** Iterations of the tempered climb. */
const APPROACH = 40;
/**
 * The tempered log likelihoods of the starts differ by about this in each dimension: enough for the likelihood to lead, little enough
 * for the prior to be heard.
 */
const HEARD = 10;

/** @throws InputError where an option is out of its range. */
export function gigaLens(options: GigaLensOptions = {}): Sampler<GigaLensState, SmoothTarget> {
  const starts = wholeOption("starts", options.starts ?? 64, 1);
  const climbers = wholeOption("climbers", Math.min(options.climbers ?? 16, starts), 1);
  const maximumIterations = wholeOption("maximum iterations", options.maximumIterations ?? 300, 1);
  const chainCount = wholeOption("chains", options.chains ?? 4, 1);
  const warmup = wholeOption("warm-up", options.warmup ?? 150, 0);
  const samples = wholeOption("samples", options.samples ?? 500, 1);
  const acceptance = numberOption("acceptance", options.acceptance ?? 0.8, 0, 0.999);
  const approach = (start: Float64Array) => lbfgs({ starts, start, maximumIterations: APPROACH, tolerance: 0.1 });
  const climb = (start: Float64Array) => lbfgs({ starts: climbers, start, maximumIterations, tolerance: 0.01 });
  const anyStart = new Float64Array(0);
  const chainsFrom = (mode: FoundMode, start: Float64Array) =>
    nuts({ chains: chainCount, start, warmup, samples, acceptance, covariance: mode.covariance });
  const isDone = ({ stage }: GigaLensState) =>
    stage.name === "chains" && chainsFrom(stage.modes[0], anyStart).isDone(stage.chains);

  async function begun(target: SmoothTarget, from: RandomState): Promise<GigaLensState> {
    const random = from.slice();
    const looked = await startPoints(target, random, LOOKS * starts);
    const { points, logLikelihoods } = bestPoints(looked.points, looked.logLikelihoods, starts);
    const spread = logLikelihoods[0] - logLikelihoods[starts >> 1];
    const temper = Math.min(1, (HEARD * target.dimensions) / spread);
    const state = await approach(points).init(tempered(target, temper), random);
    return {
      random: state.random,
      before: looked.evaluations,
      evaluations: looked.evaluations + state.evaluations,
      stage: { name: "approach", temper, climb: state },
      best: bestOf(null, points, logLikelihoods),
    };
  }

  async function next(state: GigaLensState, target: SmoothTarget): Promise<GigaLensState> {
    const { stage, before, evaluations, random } = state;
    if (stage.name === "approach") {
      const sampler = approach(anyStart);
      if (!sampler.isDone(stage.climb)) {
        const { state: climbed } = await sampler.step(stage.climb, tempered(target, stage.temper));
        return withClimb(state, { ...stage, climb: climbed }, stage.temper);
      }
      const ends = stage.climb.climbers.map(({ at }) => at);
      const { points } = bestPoints(
        flattened(ends.map(({ position }) => toUnit(position))),
        Float64Array.from(ends, ({ logDensity }) => logDensity),
        climbers,
      );
      const climbed = await climb(points).init(tempered(target, 1), random);
      return withClimb({ ...state, before: evaluations }, { name: "climb", climb: climbed }, 1);
    }
    if (stage.name === "climb") {
      const sampler = climb(anyStart);
      if (!sampler.isDone(stage.climb)) {
        const { state: climbed } = await sampler.step(stage.climb, tempered(target, 1));
        return withClimb(state, { ...stage, climb: climbed }, 1);
      }
      // Of the density without the Jacobian added twice.
      const smooth = unconstrained(target, true, evaluations);
      const ends = await smooth.evaluate(stage.climb.climbers.map(({ at }) => at.position));
      const modes = await modesOf(ends, smooth);
      const [top] = modes;
      return {
        ...state,
        stage: { name: "modes", modes },
        evaluations: smooth.evaluations(),
        before: smooth.evaluations(),
        best: bestOf(state.best, toUnit(top.at.position), Float64Array.of(top.at.logLikelihood)),
      };
    }
    if (stage.name === "modes") {
      const drawn = random.slice();
      const start = await drawsOf(stage.modes[0], chainCount, target, drawn);
      const chains = await chainsFrom(stage.modes[0], start.points).init(target, drawn);
      const spent = evaluations + start.evaluations;
      return withChains({ ...state, before: spent }, { name: "chains", modes: stage.modes, chains });
    }
    const { state: chains } = await chainsFrom(stage.modes[0], anyStart).step(stage.chains, target);
    return withChains({ ...state, before }, { ...stage, chains });
  }

  return {
    name: "GIGA-Lens",
    init: begun,
    async step(state, target) {
      const after = await next(state, target);
      return { state: after, info: infoOf(after) };
    },
    isDone,
    samples: (state) => gigaLensSamples(state, climbers, (mode) => chainsFrom(mode, anyStart)),
  };

  function infoOf({ stage, best }: GigaLensState): StepInfo {
    if (stage.name === "modes") return { progress: 0.3, best, diagnostics: { modes: stage.modes.length } };
    if (stage.name === "chains") {
      const { iterations, totals } = stage.chains;
      const done = iterations / (warmup + samples);
      return {
        progress: 0.3 + 0.7 * done,
        best,
        diagnostics: {
          iterations,
          acceptance: totals.acceptance / totals.transitions,
          divergences: totals.divergences,
        },
      };
    }
    const { iterations } = stage.climb;
    const climbing = stage.climb.climbers.filter(({ ending }) => ending === "none").length;
    const progress =
      stage.name === "approach" ? (0.15 * iterations) / APPROACH : 0.15 + (0.15 * iterations) / maximumIterations;
    return { progress, best, diagnostics: { iterations, climbing } };
  }
}

function withClimb(
  { random, before, best }: GigaLensState,
  stage: Extract<Stage, { climb: LbfgsState }>,
  temper: number,
): GigaLensState {
  const { point, logLikelihood } = stage.climb.best;
  return {
    random,
    before,
    stage,
    evaluations: before + stage.climb.evaluations,
    best: bestOf(best, point, Float64Array.of(untempered(logLikelihood, point, temper))),
  };
}

function withChains({ before, best }: GigaLensState, stage: Extract<Stage, { name: "chains" }>): GigaLensState {
  const { random, evaluations, best: found } = stage.chains;
  return {
    random,
    before,
    stage,
    evaluations: before + evaluations,
    best: bestOf(best, found.point, Float64Array.of(found.logLikelihood)),
  };
}

/** Best first. */
function bestPoints(points: Float64Array, values: Float64Array, count: number) {
  const d = points.length / values.length;
  const order = [...values.keys()].sort((a, b) => values[b] - values[a]).slice(0, count);
  return {
    points: flattened(order.map((k) => points.subarray(k * d, (k + 1) * d))),
    logLikelihoods: Float64Array.from(order, (k) => values[k]),
  };
}

/** Where a draw of the Gaussian has no likelihood, closer to its top: each round halves the way. */
const ROUNDS = 40;

/** Draws of a mode's Gaussian at which there is a likelihood, in the unit cube. */
async function drawsOf({ at, covariance }: FoundMode, count: number, target: Target, random: RandomState) {
  const d = at.position.length;
  const root = cholesky(covariance, d);
  const offsets = Array.from({ length: count }, () => {
    const z = draws(random, d, normal);
    return z.map((_, i) => z.reduce((sum, value, j) => (j <= i ? sum + root[i * d + j] * value : sum), 0));
  });
  let evaluations = 0;
  for (let round = 0; ; round++) {
    const points = offsets.map((offset) => toUnit(at.position.map((x, i) => x + offset[i])));
    const found = await target.logLikelihoods(flattened(points));
    evaluations += count;
    if (!found.includes(Number.NEGATIVE_INFINITY) || round === ROUNDS)
      return { points: flattened(points), evaluations };
    found.forEach((value, k) => {
      if (value === Number.NEGATIVE_INFINITY) offsets[k] = offsets[k].map((by) => by / 2);
    });
  }
}
