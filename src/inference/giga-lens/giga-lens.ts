import { type BestPoint, bestOf } from "../best-point.ts";
import { type NutsState, nuts } from "../hamiltonian/nuts.ts";
import { areConverged } from "../hamiltonian/nuts-samples.ts";
import { type ModeClimbOptions, modeClimb } from "../modes/mode-climb.ts";
import type { FoundMode } from "../modes/modes.ts";
import type { TemperedClimbState } from "../optimize/tempered-climb.ts";
import { numberOption, wholeOption } from "../option.ts";
import type { Sampler, SamplerState, SmoothTarget } from "../sampler.ts";
import { unconstrained } from "../unconstrained.ts";
import { drawsFrom } from "./draws.ts";
import { gigaLensSamples } from "./giga-lens-samples.ts";

/*
 * From the prior to a sample of the posterior, in the three stages of GIGA-Lens (Gu et al. 2022, ApJ 935, 49): starts from the
 * prior climb, the surroundings of the best maximum become a Gaussian, and Hamiltonian chains with its covariance as metric
 * sample. Here many starts climb a tempered density and the best of them the density itself, both by L-BFGS; the Gaussian is
 * Laplace's, of every maximum that may matter; the chains are NUTS.
 *
 * GIGA-Lens fits a Gaussian by variational inference instead. Either is but a metric, under which the chains are exact, and where
 * a trajectory from one end of the posterior to the other takes seven leaps there is nothing left for a better one to save.
 */

export interface GigaLensOptions extends ModeClimbOptions {
  /** Default 4. */
  readonly chains?: number;
  /** Of each chain, to find its step size. Default 150. */
  readonly warmup?: number;
  /** Of each chain, after the warm-up. As many again, up to four times, while chains disagree. Default 500. */
  readonly samples?: number;
  /** What the step size is adapted to; nearer to one where there are divergences. Default 0.8. */
  readonly acceptance?: number;
}

export interface ClimbStage {
  readonly name: "climb";
  readonly climb: TemperedClimbState;
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

/** R-hat of chains that agree may be high by chance; of those that do not it stays. */
const MOST_ROUNDS = 4;
/** What the climb is of the whole, by its evaluations in 25 dimensions. */
const CLIMB_SHARE = 0.3;
/** For chains that have begun. */
const NO_START = new Float64Array(0);

/** @throws InputError where an option is out of its range. */
export function gigaLens(options: GigaLensOptions = {}): Sampler<GigaLensState, SmoothTarget> {
  const climber = modeClimb(options);
  const chainCount = wholeOption("chains", options.chains ?? 4, 1);
  const warmup = wholeOption("warm-up", options.warmup ?? 150, 0);
  const samples = wholeOption("samples", options.samples ?? 500, 1);
  const acceptance = numberOption("acceptance", options.acceptance ?? 0.8, 0, 0.999);

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

  /** The climb is over: from the mode of the largest mass chains begin. */
  async function chained(state: GigaLensState, { climb }: ClimbStage, target: SmoothTarget): Promise<GigaLensState> {
    const random = state.random.slice();
    const { modes, best, evaluations } = await climber.modes(climb, target);
    const smooth = unconstrained(target, true, evaluations);
    const start = await drawsFrom(modes[0], chainCount, smooth, random);
    const chains = await chainsOf(modes[0], start).init(target, random);
    return inChains({ ...state, best, before: smooth.evaluations() }, { name: "chains", modes, chains });
  }

  return {
    name: "GIGA-Lens",
    init: async (target, random) => inClimb(await climber.init(target, random)),
    async step(state, target) {
      const { stage } = state;
      if (stage.name === "chains") {
        const { state: chains, info } = await chainsOf(stage.modes[0]).step(stage.chains, target);
        const after = inChains(state, { ...stage, chains });
        // Another round may follow.
        const progress = isDone(after) ? 1 : Math.min(CLIMB_SHARE + (1 - CLIMB_SHARE) * info.progress, 0.99);
        return { state: after, info: { ...info, progress, best: after.best } };
      }
      if (climber.isDone(stage.climb)) {
        const after = await chained(state, stage, target);
        return { state: after, info: { progress: CLIMB_SHARE, best: after.best, diagnostics: {} } };
      }
      const { state: climb, info } = await climber.step(stage.climb, target);
      return { state: inClimb(climb), info: { ...info, progress: CLIMB_SHARE * info.progress } };
    },
    isDone,
    samples: (state) => gigaLensSamples(state, climber.climbers, samplesOf),
  };
}

function inClimb(climb: TemperedClimbState): GigaLensState {
  const { random, evaluations, best } = climb;
  return { random, evaluations, best, before: 0, stage: { name: "climb", climb } };
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
