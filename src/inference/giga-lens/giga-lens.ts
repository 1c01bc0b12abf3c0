import { type BestPoint, bestOf } from "../best-point.ts";
import { type NutsState, nuts } from "../hamiltonian/nuts.ts";
import { areConverged } from "../hamiltonian/nuts-samples.ts";
import { type LbfgsState, lbfgs } from "../optimize/l-bfgs.ts";
import { numberOption, wholeOption } from "../option.ts";
import type { Sampler, SamplerState, SmoothTarget, StepInfo } from "../sampler.ts";
import { startPoints } from "../start-points.ts";
import { toUnit, unconstrained } from "../unconstrained.ts";
import { flattened } from "../vectors.ts";
import { drawsFrom } from "./draws.ts";
import { gigaLensSamples } from "./giga-lens-samples.ts";
import { type FoundMode, modesOf } from "./modes.ts";
import { tempered, untempered } from "./tempered.ts";

/*
 * From the prior to a sample of the posterior, in the three stages of GIGA-Lens (Gu et al. 2022, ApJ 935, 49): starts from the
 * prior climb, the surroundings of the best maximum become a Gaussian, and Hamiltonian chains with its covariance as metric
 * sample. Here many starts climb a tempered density and the best of them the density itself, both by L-BFGS; the Gaussian is
 * Laplace's, of every maximum that may matter; the chains are NUTS.
 *
 * GIGA-Lens fits a Gaussian by variational inference instead. Either is but a metric, under which the chains are exact, and where
 * a trajectory from one end of the posterior to the other takes seven leaps there is nothing left for a better one to save.
 */

export interface GigaLensOptions {
  /** Points of the prior that begin to climb: the best of four times as many. Default 64. */
  readonly starts?: number;
  /** The best of these after the tempered climb, which climb on to the end. Default 16. */
  readonly climbers?: number;
  /** Of each climb to the end. Default 300. */
  readonly maximumIterations?: number;
  /** Default 4. */
  readonly chains?: number;
  /** Of each chain, to find its step size. Default 150. */
  readonly warmup?: number;
  /** Of each chain, after the warm-up. As many again, up to four times, while chains disagree. Default 500. */
  readonly samples?: number;
  /** What the step size is adapted to; nearer to one where there are divergences. Default 0.8. */
  readonly acceptance?: number;
}

/** The tempered climb or that to the end. */
export interface ClimbStage {
  readonly name: "approach" | "climb";
  readonly temper: number;
  readonly climb: LbfgsState;
}

export interface ChainsStage {
  readonly name: "chains";
  /** Of the largest mass first, where the chains are. */
  readonly modes: readonly FoundMode[];
  readonly chains: NutsState;
}

export interface GigaLensState extends SamplerState {
  /** How far it is. */
  readonly stage: ClimbStage | ChainsStage;
  /** Evaluations before this stage. */
  readonly before: number;
  readonly best: BestPoint;
}

/** As many points of the prior are looked at for each start. */
const LOOKS = 4;
/** Iterations of the tempered climb. */
const APPROACH = 40;
/**
 * In each dimension the tempered log likelihoods of the starts differ by about this: enough for the likelihood to lead, little
 * enough for the prior to be heard.
 */
const HEARD = 10;
/** R-hat of chains that agree may be high by chance; of those that do not it stays. */
const MOST_ROUNDS = 4;
/** What the stages are of the whole, by their evaluations in 25 dimensions. */
const SHARES = { approach: 0.15, climb: 0.15, chains: 0.7 };
/** For samplers that have begun. */
const NO_START = new Float64Array(0);

/** @throws InputError where an option is out of its range. */
export function gigaLens(options: GigaLensOptions = {}): Sampler<GigaLensState, SmoothTarget> {
  const starts = wholeOption("starts", options.starts ?? 64, 1);
  const climbers = wholeOption("climbers", Math.min(options.climbers ?? 16, starts), 1);
  const maximumIterations = wholeOption("maximum iterations", options.maximumIterations ?? 300, 1);
  const chainCount = wholeOption("chains", options.chains ?? 4, 1);
  const warmup = wholeOption("warm-up", options.warmup ?? 150, 0);
  const samples = wholeOption("samples", options.samples ?? 500, 1);
  const acceptance = numberOption("acceptance", options.acceptance ?? 0.8, 0, 0.999);

  const climbOf = {
    approach: (start: Float64Array) => lbfgs({ starts, start, maximumIterations: APPROACH, tolerance: 0.1 }),
    climb: (start: Float64Array) => lbfgs({ starts: climbers, start, maximumIterations, tolerance: 0.01 }),
  };
  const chainsOf = ({ covariance }: FoundMode, start: Float64Array = NO_START, count = samples) =>
    nuts({ chains: chainCount, start, warmup, samples: count, acceptance, covariance });
  /** As if these had been asked for. */
  const samplesOf = ({ modes: [mode], chains }: ChainsStage) =>
    chainsOf(mode, NO_START, Math.max(samples, chains.iterations - warmup)).samples(chains);
  function isDone({ stage }: GigaLensState): boolean {
    if (stage.name !== "chains") return false;
    const rounds = (stage.chains.iterations - warmup) / samples;
    if (rounds < 1 || !Number.isInteger(rounds)) return false;
    return rounds >= MOST_ROUNDS || areConverged(samplesOf(stage));
  }

  /** The approach is over: its best climb on. */
  async function climbed(state: GigaLensState, { climb }: ClimbStage, target: SmoothTarget): Promise<GigaLensState> {
    const points = flattened(climb.climbers.map(({ at }) => toUnit(at.position)));
    const densities = Float64Array.from(climb.climbers, ({ at }) => at.logDensity);
    const best = bestPoints(points, densities, climbers);
    const begun = await climbOf.climb(best.points).init(tempered(target, 1), state.random);
    return inClimb({ ...state, before: state.evaluations }, { name: "climb", temper: 1, climb: begun });
  }

  /** The climb is over: from the mode of the largest mass chains begin. */
  async function chained(state: GigaLensState, { climb }: ClimbStage, target: SmoothTarget): Promise<GigaLensState> {
    const random = state.random.slice();
    const smooth = unconstrained(target, true, state.evaluations);
    const modes = await modesOf(await smooth.evaluate(climb.climbers.map(({ at }) => at.position)), smooth);
    const [{ at }] = modes;
    const start = await drawsFrom(modes[0], chainCount, smooth, random);
    const chains = await chainsOf(modes[0], start).init(target, random);
    const best = bestOf(state.best, toUnit(at.position), Float64Array.of(at.logLikelihood));
    return inChains({ ...state, best, before: smooth.evaluations() }, { name: "chains", modes, chains });
  }

  return {
    name: "GIGA-Lens",
    async init(target, from) {
      const random = from.slice();
      const looked = await startPoints(target, random, LOOKS * starts);
      const { points, values } = bestPoints(looked.points, looked.logLikelihoods, starts);
      const spread = values[0] - values[starts >> 1];
      const temper = Math.min(1, (HEARD * target.dimensions) / spread);
      const climb = await climbOf.approach(points).init(tempered(target, temper), random);
      const before = looked.evaluations;
      const best = bestOf(null, points, values);
      const stage: ClimbStage = { name: "approach", temper, climb };
      return inClimb({ random, before, evaluations: before, best, stage }, stage);
    },
    async step(state, target) {
      const { stage } = state;
      if (stage.name === "chains") {
        const { state: chains, info } = await chainsOf(stage.modes[0]).step(stage.chains, target);
        const after = inChains(state, { ...stage, chains });
        // Another round may follow.
        return informed(after, { ...info, progress: isDone(after) ? 1 : Math.min(info.progress, 0.99) });
      }
      const climber = climbOf[stage.name](NO_START);
      if (climber.isDone(stage.climb)) {
        return informed(await (stage.name === "approach" ? climbed : chained)(state, stage, target), null);
      }
      const { state: climb, info } = await climber.step(stage.climb, tempered(target, stage.temper));
      return informed(inClimb(state, { ...stage, climb }), info);
    },
    isDone,
    samples: (state) => gigaLensSamples(state, climbers, samplesOf),
  };
}

function inClimb(state: GigaLensState, stage: ClimbStage): GigaLensState {
  const { evaluations, random, best } = stage.climb;
  const logLikelihood = untempered(best.logLikelihood, best.point, stage.temper);
  return {
    ...state,
    stage,
    random,
    evaluations: state.before + evaluations,
    best: bestOf(state.best, best.point, Float64Array.of(logLikelihood)),
  };
}

function inChains(state: GigaLensState, stage: ChainsStage): GigaLensState {
  const { evaluations, random, best } = stage.chains;
  return {
    ...state,
    stage,
    random,
    evaluations: state.before + evaluations,
    best: bestOf(state.best, best.point, Float64Array.of(best.logLikelihood)),
  };
}

/** @param info Of the stage; null where it begins. */
function informed(state: GigaLensState, info: StepInfo | null): { state: GigaLensState; info: StepInfo } {
  const { name } = state.stage;
  const before = { approach: 0, climb: SHARES.approach, chains: SHARES.approach + SHARES.climb }[name];
  const progress = before + SHARES[name] * (info?.progress ?? 0);
  return { state, info: { progress, best: state.best, diagnostics: info?.diagnostics ?? {} } };
}

/** The best `count` of points (n, dimensions), best first. */
function bestPoints(points: Float64Array, values: Float64Array, count: number) {
  const d = points.length / values.length;
  const order = [...values.keys()].sort((a, b) => values[b] - values[a]).slice(0, count);
  return {
    points: flattened(order.map((k) => points.subarray(k * d, (k + 1) * d))),
    values: Float64Array.from(order, (k) => values[k]),
  };
}
