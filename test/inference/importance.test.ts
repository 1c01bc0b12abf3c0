import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { cholesky } from "../../src/inference/cholesky.ts";
import { type ImportanceOptions, importanceSampler } from "../../src/inference/importance/importance.ts";
import { drawMixture, logMixture, studentComponent } from "../../src/inference/importance/student-mixture.ts";
import { draws, randomState, uniform } from "../../src/inference/rng.ts";
import type { SampleSet, SmoothTarget } from "../../src/inference/sampler.ts";
import { paretoShape } from "../../src/inference/statistics/pareto-shape.ts";
import { gaussianTarget } from "./gaussian-target.ts";
import { mixtureTarget } from "./mixture-target.ts";
import { rosenbrockTarget } from "./rosenbrock-target.ts";
import { expectDeterminism, expectMoments, runSampler } from "./run-sampler.ts";

const FEW: ImportanceOptions = { starts: 4, climbers: 2 };
const SEEDS = Array.from({ length: 20 }, (_, k) => k + 1);

/** How far ln Z is off, in its errors. */
function pull({ logEvidence }: SampleSet, truth: number): number {
  return (logEvidence!.value - truth) / logEvidence!.error;
}

describe("importance sampling", () => {
  test.each([
    [2, 0.9],
    [6, -0.7],
    [10, 0.8],
  ])("is right about a Gaussian of %s dimensions correlated by %s", async (d, correlation) => {
    const target = gaussianTarget(d, correlation);
    const root = cholesky(target.covariance, d);
    const truth = root.reduce(
      (sum, x, i) => (i % (d + 1) === 0 ? sum + Math.log(x) : sum),
      (d / 2) * Math.log(2 * Math.PI),
    );
    const pulls: number[] = [];
    for (const seed of SEEDS) {
      const { samples } = await runSampler(importanceSampler({ ...FEW, effectiveSamples: 300 }), target, seed);
      expect(samples.warnings).toEqual([]);
      pulls.push(pull(samples, truth));
      expectMoments(samples, samples.diagnostics.effectiveSamples, target.mean, target.covariance);
      // Half and more of the draws are of worth, whatever the dimension.
      expect(samples.diagnostics.efficiency).toBeGreaterThan(0.4);
    }
    expect(Math.max(...pulls.map(Math.abs))).toBeLessThan(3.5);
    // Proposals that learn from the draws they weigh are off by two errors on average.
    expect(Math.abs(mean(pulls))).toBeLessThan(3 / Math.sqrt(pulls.length));
  });

  test("knows both of two modes", async () => {
    const target = mixtureTarget(
      [
        [0.3, 0.3, 0.3],
        [0.7, 0.7, 0.7],
      ],
      [-1, 0],
      0.03,
    );
    const { samples } = await runSampler(importanceSampler({ starts: 16, climbers: 8 }), target, 1);
    const truth = 1.5 * Math.log(2 * Math.PI) + 3 * Math.log(0.03) + Math.log(1 + Math.exp(-1));
    expect(Math.abs(pull(samples, truth))).toBeLessThan(3);
    const low = samples.logWeights.reduce((sum, w, n) => sum + (samples.points[3 * n] < 0.5 ? Math.exp(w) : 0), 0);
    expect(low).toBeCloseTo(Math.exp(-1) / (1 + Math.exp(-1)), 1);
    expect(samples.warnings).toEqual(["2 basins hold more than 1.0 % of the posterior each: no mean tells of either"]);
  });

  test("follows a banana with more components", async () => {
    const target = rosenbrockTarget(2, 40);
    const truth = await gridLogEvidence(target);
    const pulls = [];
    for (const seed of SEEDS.slice(0, 5)) {
      const { samples } = await runSampler(importanceSampler(FEW), target, seed);
      expect(samples.diagnostics.components).toBeGreaterThan(2);
      pulls.push(pull(samples, truth));
    }
    expect(Math.max(...pulls.map(Math.abs))).toBeLessThan(4);
  });

  test("a posterior at the wall of its prior", async () => {
    // In the corner of the cube: half of each Gaussian.
    const target = mixtureTarget([[0, 0.5, 1]], [0], 0.1);
    const truth = 1.5 * Math.log(2 * Math.PI) + 3 * Math.log(0.1) - 2 * Math.LN2;
    const pulls = [];
    for (const seed of SEEDS.slice(0, 5)) {
      const { samples } = await runSampler(importanceSampler(FEW), target, seed);
      pulls.push(pull(samples, truth));
      // Of half a Gaussian.
      const first = samples.logWeights.reduce((sum, w, n) => sum + samples.points[3 * n] * Math.exp(w), 0);
      expect(first).toBeCloseTo(0.1 * Math.sqrt(2 / Math.PI), 2);
    }
    expect(Math.max(...pulls.map(Math.abs))).toBeLessThan(3.5);
  });

  test("draws where there is no likelihood weigh nothing", async () => {
    const target = halved(gaussianTarget(2, 0, 0.05));
    const { samples } = await runSampler(importanceSampler(FEW), target, 1);
    expect(samples.logLikelihoods.every((value) => value > Number.NEGATIVE_INFINITY)).toBe(true);
    const truth = Math.log(2 * Math.PI * 0.05 * 0.05 * 1.5) - Math.LN2;
    expect(Math.abs(pull(samples, truth))).toBeLessThan(3.5);
  });

  test("warns of a posterior that it does not cover", async () => {
    const sampler = importanceSampler({ ...FEW, maximumEvaluations: 1000 });
    // A peak, and a hill four times as wide of 80 times its mass, of which the top of the peak tells nothing.
    const middle = new Array<number>(10).fill(0.5);
    const target = mixtureTarget([middle, middle], [0, -9.5], [0.004, 0.016]);
    const { samples } = await runSampler(sampler, target, 1);
    expect(samples.warnings.join()).toMatch(/effective samples of 1000 after 1000 draws/);
    expect(samples.warnings.join()).toMatch(/a tail of the posterior is hardly drawn from/);
  });

  test("says that it stopped early, and what is wrong with its options", async () => {
    const sampler = importanceSampler(FEW);
    const early = sampler.samples(await sampler.init(gaussianTarget(2, 0), randomState(1)));
    expect(early.warnings).toEqual(["stopped before there were draws: the best point is no sample of the posterior"]);
    expect(early.logEvidence).toBeNull();
    expect(() => importanceSampler({ batch: 1 })).toThrow(InputError);
  });

  test("draws no more than it may", async () => {
    const { state, infos } = await runSampler(
      importanceSampler({ ...FEW, maximumEvaluations: 333 }),
      gaussianTarget(3, 0),
      1,
    );
    expect(state.stage).toMatchObject({ halves: [{ counts: [100, 66] }, { counts: [100, 66] }] });
    const progress = infos.map((info) => info.progress);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
  });

  test("steps are the same of the same state, through all stages", async () => {
    const sampler = importanceSampler({ ...FEW, effectiveSamples: 600 });
    const target = gaussianTarget(3, 0.5);
    const { infos } = await runSampler(sampler, target, 5);
    await expectDeterminism(sampler, target, infos.length);
    // Halfway into the draws as well.
    await expectDeterminism(sampler, target, 2 * (infos.length - 2));
  });
});

test("draws of a mixture of Student t follow its density", () => {
  const mixture = [
    studentComponent(Math.log(0.3), Float64Array.of(-1, 0), Float64Array.of(1, 0.5, 0.5, 1)),
    studentComponent(Math.log(0.7), Float64Array.of(2, 1), Float64Array.of(0.2, 0, 0, 2)),
  ];
  // The integral of the density over a box is the share of the draws in it.
  const isIn = (x: number, y: number) => x > 0 && x < 3 && y > -1 && y < 1.5;
  const drawn = drawMixture(mixture, 20_000, randomState(1));
  const share = drawn.filter(([x, y]) => isIn(x, y)).length / drawn.length;
  let integral = 0;
  for (let x = 0.005; x < 3; x += 0.01)
    for (let y = -0.995; y < 1.5; y += 0.01) integral += 1e-4 * Math.exp(logMixture(mixture, Float64Array.of(x, y)));
  expect(Math.abs(share - integral)).toBeLessThan(4 * Math.sqrt((integral * (1 - integral)) / drawn.length));
});

test.each([0.2, 0.5, 1])("a tail of shape %s is recognized", (shape) => {
  const weights = draws(randomState(3), 20_000, uniform).map((p) => -shape * Math.log(1 - p));
  // The tail is the 425 largest, whose shape has an error of (1 + k) / sqrt(425).
  expect(Math.abs(paretoShape(weights)! - shape)).toBeLessThan((3 * (1 + shape)) / Math.sqrt(425));
});

test("a tail of equal weights has no shape", () => {
  expect(paretoShape(new Float64Array(100))).toBeNull();
  expect(paretoShape(new Float64Array(3))).toBeNull();
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

async function gridLogEvidence(target: SmoothTarget): Promise<number> {
  const side = 500;
  const points = Float64Array.from({ length: 2 * side * side }, (_, at) => {
    const cell = at >> 1;
    return ((at % 2 === 0 ? Math.floor(cell / side) : cell % side) + 0.5) / side;
  });
  const values = await target.logLikelihoods(points);
  return Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0) / side ** 2);
}

/** A Gaussian of which the side beyond the mean of the second coordinate has no likelihood. */
function halved(smooth: ReturnType<typeof gaussianTarget>): SmoothTarget {
  const isOut = (points: Float64Array, n: number) => points[2 * n + 1] > smooth.mean[1];
  const cut = (points: Float64Array, values: Float64Array) =>
    values.map((value, n) => (isOut(points, n) ? Number.NEGATIVE_INFINITY : value));
  return {
    dimensions: 2,
    logLikelihoods: async (points) => cut(points, await smooth.logLikelihoods(points)),
    withGradients: async (points) => {
      const { logLikelihoods, gradients } = await smooth.withGradients(points);
      return {
        logLikelihoods: cut(points, logLikelihoods),
        gradients: gradients.map((slope, i) => (isOut(points, i >> 1) ? 0 : slope)),
      };
    },
  };
}
