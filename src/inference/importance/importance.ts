import { type BestPoint, bestOf } from "../best-point.ts";
import { type ModeClimbOptions, modeClimb } from "../modes/mode-climb.ts";
import type { FoundMode } from "../modes/modes.ts";
import type { TemperedClimbState } from "../optimize/tempered-climb.ts";
import { wholeOption } from "../option.ts";
import type { Sampler, SamplerState, SmoothTarget, StepInfo } from "../sampler.ts";
import { logJacobian, toUnit } from "../unconstrained.ts";
import { flattened } from "../vectors.ts";
import { defensive } from "./defensive-mixture.ts";
import { type Draws, emptyHalf, type Half, taught, together, withDraws } from "./half.ts";
import { importanceSamples } from "./importance-samples.ts";
import { drawMixture, type StudentMixture, studentComponent } from "./student-mixture.ts";
import { weigh } from "./weighing.ts";

/*
 * Posterior and evidence of a likelihood that takes its time: starts climb to the modes, and draws from Student t distributions
 * about these, which learn from their weights how the posterior lies, are weighed until they are worth enough (adaptive multiple
 * importance sampling: Cornuet, Marin, Mira & Robert 2012, Scandinavian Journal of Statistics 39, 798). Of a posterior that is
 * nearly Gaussian half of the evaluations are effective samples, and none of them needs a gradient.
 *
 * All of it is over the unconstrained space, in which the prior has no walls.
 */

export interface ImportanceOptions extends ModeClimbOptions {
  /** Points that are drawn, and evaluated, between two fits of the proposal. Half of them
   * learn from the other half. Default 200. */
  readonly batch?: number;
  /** It ends with as many. Default 1000. */
  readonly effectiveSamples?: number;
  /** Of draws, after the climb. Default 10000. */
  readonly maximumEvaluations?: number;
}

export interface ClimbingStage {
  readonly name: "climb";
  readonly climb: TemperedClimbState;
}

export interface DrawingStage {
  readonly name: "draws";
  /** Of the largest mass first. */
  readonly modes: readonly FoundMode[];
  /** As many draws in each. */
  readonly halves: readonly [Half, Half];
}

export interface ImportanceState extends SamplerState {
  readonly stage: ClimbingStage | DrawingStage;
  readonly best: BestPoint;
}

/** What the climb is of the whole, as far as one can tell before. */
const CLIMB_SHARE = 0.3;
/** Modes of less than this part of the mass, by Laplace, are not drawn from. */
const LEAST_MASS = 1e-3;
/** Laplace's masses may be wrong by as much: no part has a smaller share of the first draws. */
const LEAST_SHARE = 0.05;
/** @throws InputError where an option is out of its range. */
export function importanceSampler(options: ImportanceOptions = {}): Sampler<ImportanceState, SmoothTarget> {
  const climber = modeClimb(options);
  const batch = wholeOption("batch", options.batch ?? 200, 10);
  const wanted = wholeOption("effective samples", options.effectiveSamples ?? 1000, 1);
  const maximumEvaluations = wholeOption("maximum evaluations", options.maximumEvaluations ?? 10_000, 10);

  function isDone({ stage }: ImportanceState): boolean {
    if (stage.name === "climb") return false;
    const { effectiveSamples } = weigh(together(stage.halves));
    return leftOf(stage) < 2 || effectiveSamples >= wanted;
  }
  const leftOf = ({ halves: [a, b] }: DrawingStage) => maximumEvaluations - a.positions.length - b.positions.length;

  async function climbOn(state: ImportanceState, climb: TemperedClimbState, target: SmoothTarget) {
    if (!climber.isDone(climb)) {
      const { state: next, info } = await climber.step(climb, target);
      return { state: inClimb(next), info: { ...info, progress: CLIMB_SHARE * info.progress } };
    }
    const { modes, best, evaluations } = await climber.modes(climb, target);
    const half = emptyHalf(aboutModes(modes));
    const stage: DrawingStage = { name: "draws", modes, halves: [half, half] };
    return { state: { ...state, best, evaluations, stage }, info: { progress: CLIMB_SHARE, best, diagnostics: {} } };
  }

  async function drawOn(state: ImportanceState, stage: DrawingStage, target: SmoothTarget) {
    const random = state.random.slice();
    const count = Math.min(batch, leftOf(stage)) >> 1;
    const drawn = stage.halves.map(({ proposal }) => drawMixture(defensive(proposal), count, random));
    const found = await evaluated(drawn.flat(), target);
    const [a, b] = stage.halves;
    const halves = [withDraws(a, part(found, 0, count)), withDraws(b, part(found, count, 2 * count))] as const;
    const after: ImportanceState = {
      random,
      evaluations: state.evaluations + 2 * count,
      best: bestOf(state.best, flattened(found.positions.map(toUnit)), found.logLikelihoods),
      stage: { ...stage, halves: taught(halves) },
    };
    const { positions, ...all } = together(halves);
    const { effectiveSamples } = weigh(all);
    const gone = Math.max(effectiveSamples / wanted, positions.length / maximumEvaluations);
    const info: StepInfo = {
      progress: isDone(after) ? 1 : Math.min(CLIMB_SHARE + (1 - CLIMB_SHARE) * gone, 0.99),
      best: after.best,
      diagnostics: { effectiveSamples, efficiency: effectiveSamples / positions.length },
    };
    return { state: after, info };
  }

  return {
    name: "importance sampling",
    init: async (target, random) => inClimb(await climber.init(target, random)),
    step: (state, target) =>
      state.stage.name === "climb" ? climbOn(state, state.stage.climb, target) : drawOn(state, state.stage, target),
    isDone,
    samples: (state) => importanceSamples(state, climber.climbers, wanted),
  };
}

function inClimb(climb: TemperedClimbState): ImportanceState {
  const { random, evaluations, best } = climb;
  return { random, evaluations, best, stage: { name: "climb", climb } };
}

/** Laplace's approximation of every mode that may matter, and of what its hill is bent to. */
function aboutModes(modes: readonly FoundMode[]): StudentMixture {
  const heaviest = modes[0].logMass;
  const mattering = modes.filter(({ logMass }) => logMass > heaviest + Math.log(LEAST_MASS));
  const parts = mattering.flatMap((mode) => [mode, ...mode.ridge]);
  const shares = parts.map(({ logMass }) => Math.min(Math.max(Math.exp(logMass - heaviest), LEAST_SHARE), 1));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return parts.map(({ at, covariance }, k) => studentComponent(Math.log(shares[k] / total), at.position, covariance));
}

async function evaluated(positions: readonly Float64Array[], target: SmoothTarget): Promise<Draws> {
  const logLikelihoods = await target.logLikelihoods(flattened(positions.map(toUnit)));
  const logPosteriors = logLikelihoods.map((value, n) => value + logJacobian(positions[n]));
  return { positions, logLikelihoods, logPosteriors };
}

function part({ positions, logLikelihoods, logPosteriors }: Draws, first: number, end: number): Draws {
  return {
    positions: positions.slice(first, end),
    logLikelihoods: logLikelihoods.slice(first, end),
    logPosteriors: logPosteriors.slice(first, end),
  };
}
