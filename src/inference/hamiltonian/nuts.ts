import { type BestPoint, bestOf } from "../best-point.ts";
import { inLockstep } from "../lockstep.ts";
import { numberOption, wholeOption } from "../option.ts";
import type { Sampler, SamplerState, SmoothTarget } from "../sampler.ts";
import { smoothStart } from "../smooth-start.ts";
import { type History, longerBy } from "../statistics/chains.ts";
import { type Evaluation, toUnit, unconstrained } from "../unconstrained.ts";
import { flattened } from "../vectors.ts";
import { type Chain, type ChainSettings, newChain, nextInChain } from "./chain.ts";
import type { Transition } from "./no-u-turn.ts";
import { nutsSamples } from "./nuts-samples.ts";

/*
 * Hamiltonian Monte Carlo without U-turns (`no-u-turn.ts` has the papers) over ln(u / (1 - u)), with its Jacobian, so that the
 * prior stays uniform in the cube. A step is a transition of all chains, their leaps side by side: as many batches as the
 * longest trajectory has leaps. Each chain learns its own step size and metric in the warm-up, as Stan's do.
 */

export interface NutsOptions {
  /** Default 4. */
  readonly chains?: number;
  /** Where the chains begin, (chains, dimensions); default uniform in the cube. */
  readonly start?: Float64Array;
  /** Iterations that are left out, and learned from. Default 500. */
  readonly warmup?: number;
  /** Of each chain, after the warm-up. Default 1000. */
  readonly samples?: number;
  /** What the step size is adapted to; nearer to one where there are divergences. Default 0.8. */
  readonly acceptance?: number;
  /** Learn variances, or covariances too. Default diagonal. */
  readonly metric?: "diagonal" | "dense";
  /** (d, d) of the positions ln(u / (1 - u)) where it is known: the metric then is dense and the warm-up learns steps alone. */
  readonly covariance?: Float64Array;
  /** A trajectory has less than 2^maximumDepth leaps. Default 10. */
  readonly maximumDepth?: number;
}

export interface NutsState extends SamplerState {
  readonly chains: readonly Chain[];
  readonly iterations: number;
  /** After the warm-up. */
  readonly history: History;
  /** Sums over the transitions after the warm-up. */
  readonly totals: NutsTotals;
  readonly best: BestPoint;
}

export interface NutsTotals {
  readonly transitions: number;
  readonly acceptance: number;
  readonly leaps: number;
  readonly divergences: number;
  readonly cutOff: number;
}

const NOTHING: NutsTotals = { transitions: 0, acceptance: 0, leaps: 0, divergences: 0, cutOff: 0 };

/** @throws InputError where an option is out of its range. */
export function nuts(options: NutsOptions = {}): Sampler<NutsState, SmoothTarget> {
  const chainCount = wholeOption("chains", options.chains ?? 4, 1);
  const samples = wholeOption("samples", options.samples ?? 1000, 1);
  const settings: ChainSettings = {
    isDense: options.metric === "dense" || options.covariance !== undefined,
    covariance: options.covariance ?? null,
    warmup: wholeOption("warm-up", options.warmup ?? 500, 0),
    acceptance: numberOption("acceptance", options.acceptance ?? 0.8, 0, 0.999),
    // Trees of more leaps than this are no trajectories but a step size gone wrong.
    maximumDepth: numberOption("maximum depth", wholeOption("maximum depth", options.maximumDepth ?? 10, 1), 0, 16),
  };
  const all = settings.warmup + samples;

  return {
    name: "NUTS",
    async init(target, from) {
      const random = from.slice();
      const start = await smoothStart(target, random, chainCount, options.start, true);
      const smooth = unconstrained(target, true, start.evaluations);
      const chains = await inLockstep(
        start.at.map((at) => newChain(at, settings, random)),
        smooth,
      );
      return {
        random,
        evaluations: smooth.evaluations(),
        chains,
        iterations: 0,
        history: { chains: chainCount, dimensions: target.dimensions, points: [], logLikelihoods: [] },
        totals: NOTHING,
        best: bestOf(null, unitPoints(start.at), logLikelihoodsOf(start.at)),
      };
    },
    async step(before, target) {
      const random = before.random.slice();
      const smooth = unconstrained(target, true, before.evaluations);
      const next = await inLockstep(
        before.chains.map((chain) => nextInChain(chain, before.iterations, settings, random)),
        smooth,
      );
      const transitions = next.map(({ transition }) => transition);
      const reached = transitions.map(({ at }) => at);
      const [points, logLikelihoods] = [unitPoints(reached), logLikelihoodsOf(reached)];
      const isWarm = before.iterations >= settings.warmup;
      const state: NutsState = {
        random,
        evaluations: smooth.evaluations(),
        chains: next.map(({ chain }) => chain),
        iterations: before.iterations + 1,
        history: isWarm ? longerBy(before.history, points, logLikelihoods) : before.history,
        totals: isWarm ? totalled(before.totals, transitions) : before.totals,
        best: bestOf(before.best, points, logLikelihoods),
      };
      const now = totalled(NOTHING, transitions);
      return {
        state,
        info: {
          progress: state.iterations / all,
          best: state.best,
          diagnostics: {
            iterations: state.iterations,
            acceptance: now.acceptance / chainCount,
            leaps: now.leaps / chainCount,
            divergences: state.totals.divergences,
          },
        },
      };
    },
    isDone: ({ iterations }) => iterations >= all,
    samples: (state) => nutsSamples(state, all),
  };
}

function unitPoints(at: readonly Evaluation[]): Float64Array {
  return flattened(at.map(({ position }) => toUnit(position)));
}

function logLikelihoodsOf(at: readonly Evaluation[]): Float64Array {
  return Float64Array.from(at, ({ logLikelihood }) => logLikelihood);
}

function totalled(totals: NutsTotals, transitions: readonly Transition[]): NutsTotals {
  return transitions.reduce(
    ({ transitions: count, acceptance, leaps, divergences, cutOff }, transition) => ({
      transitions: count + 1,
      acceptance: acceptance + transition.acceptance,
      leaps: leaps + transition.leaps,
      divergences: divergences + (transition.isDivergent ? 1 : 0),
      cutOff: cutOff + (transition.isCutOff ? 1 : 0),
    }),
    totals,
  );
}
