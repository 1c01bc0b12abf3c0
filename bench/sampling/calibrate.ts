import { draws as drawn, type RandomState, randomState, uniform } from "../../src/inference/rng.ts";
import type { Sampler, SamplerState, SampleSet, SmoothTarget } from "../../src/inference/sampler.ts";
import type { LensScene } from "./lens-scene.ts";

/*
 * Simulation-based calibration: parameters from the prior, data given them, a posterior given those; the parameters' ranks
 * among draws from that are uniform if prior, simulation, likelihood and sampler fit together (Talts, Betancourt, Simpson,
 * Vehtari & Gelman 2018, arXiv:1804.06788, theorem 1). Besides the parameters the log likelihood is ranked, which sees all of
 * them together, and the data (Modrák et al. 2023, Bayesian Analysis, "Simulation-based calibration checking for Bayesian
 * computation: the choice of test quantities shapes sensitivity").
 */

export interface CalibrationOptions {
  readonly simulations: number;
  /** From each posterior, far fewer than it has effective samples. */
  readonly draws: number;
  readonly seed: number;
  readonly onSimulation?: (finished: number) => void;
}

export interface Calibration {
  /** (simulations) whole numbers from 0 to `draws`, by what is ranked: the parameters' paths, and `log likelihood`. */
  readonly ranks: ReadonlyMap<string, readonly number[]>;
  readonly evaluations: number;
  /** Of the posterior that has the least. */
  readonly effectiveSamples: number;
  /** Posteriors whose sampler warned of something, and of what first. */
  readonly warned: readonly string[];
}

/** @param sampler runs to its end on every data set, from a seed of its own. */
export async function calibrate<State extends SamplerState>(
  scene: LensScene,
  sampler: Sampler<State, SmoothTarget>,
  { simulations, draws, seed, onSimulation }: CalibrationOptions,
): Promise<Calibration> {
  const quantities = [...scene.model.parameters.map(({ path }) => path), "log likelihood"];
  const ranks = new Map(quantities.map((quantity) => [quantity, [] as number[]]));
  const warned: string[] = [];
  let [evaluations, effectiveSamples] = [0, Number.POSITIVE_INFINITY];
  const random = randomState(seed);
  for (let n = 0; n < simulations; n++) {
    const truth = drawn(random, scene.model.parameters.length, uniform);
    const target = scene.targetOf(await scene.observe(truth, random));
    const [logLikelihood] = await target.logLikelihoods(truth);
    let state = await sampler.init(target, randomState(uniform(random) * 2 ** 32));
    while (!sampler.isDone(state)) ({ state } = await sampler.step(state, target));
    const samples = sampler.samples(state);
    const picked = posteriorDraws(samples, draws, random);
    quantities.forEach((quantity, q) => {
      const isBelow = (sample: number) =>
        q < truth.length
          ? samples.points[sample * truth.length + q] < truth[q]
          : samples.logLikelihoods[sample] < logLikelihood;
      ranks.get(quantity)!.push(picked.filter(isBelow).length);
    });
    evaluations += samples.evaluations;
    effectiveSamples = Math.min(effectiveSamples, samples.diagnostics.effectiveSamples);
    if (samples.warnings.length > 0) warned.push(samples.warnings[0]);
    onSimulation?.(n + 1);
  }
  return { ranks, evaluations, effectiveSamples, warned };
}

/** Indices of samples, each drawn by its weight: of many more samples than draws they are next to independent. */
function posteriorDraws({ logWeights }: SampleSet, count: number, random: RandomState): number[] {
  let sum = 0;
  const cumulative = logWeights.map((logWeight) => {
    sum += Math.exp(logWeight);
    return sum;
  });
  return Array.from({ length: count }, () => {
    const at = uniform(random) * sum;
    return Math.max(
      0,
      cumulative.findIndex((value) => value > at),
    );
  });
}
