import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { adam } from "../../src/inference/optimize/adam.ts";
import { basinsOf } from "../../src/inference/optimize/basins.ts";
import { lbfgs } from "../../src/inference/optimize/l-bfgs.ts";
import type { MultiStartOptimizer, MultiStartOptions } from "../../src/inference/optimize/multi-start.ts";
import { temperedLbfgs } from "../../src/inference/optimize/tempered-l-bfgs.ts";
import { randomState } from "../../src/inference/rng.ts";
import type { SamplerState, SmoothTarget } from "../../src/inference/sampler.ts";
import { gaussianTarget } from "./gaussian-target.ts";
import { mixtureTarget } from "./mixture-target.ts";
import { rosenbrockTarget } from "./rosenbrock-target.ts";
import { expectDeterminism, runSampler } from "./run-sampler.ts";

const PEAKS = [
  [0.2, 0.3],
  [0.75, 0.25],
  [0.5, 0.8],
];

describe("L-BFGS", () => {
  test.each([2, 5, 10])("climbs a correlated Gaussian of %s dimensions from everywhere", async (dimensions) => {
    const target = gaussianTarget(dimensions, 0.6);
    const sampler = lbfgs({ starts: 32 });
    const { state, samples } = await runSampler(sampler, target, 1);
    expect(sampler.basins(state).basins).toHaveLength(1);
    expect(samples.diagnostics.hitRate).toBe(1);
    expect(samples.logLikelihoods[0]).toBeGreaterThan(-1e-4);
    // All trials of an iteration are in batches: far fewer of these than evaluations.
    expect(target.batches()).toBeLessThan(samples.evaluations / 2);
  });

  test("follows Rosenbrock's valley", async () => {
    const { samples } = await runSampler(lbfgs({ starts: 6, tolerance: 1e-12 }), rosenbrockTarget(6), 2);
    for (const u of samples.points.subarray(0, 6)) expect(u).toBeCloseTo(0.75, 5);
    expect(samples.diagnostics.climbing).toBe(0);
    // Gradient ascent takes thousands.
    expect(samples.diagnostics.iterations).toBeLessThan(120);
  });

  test("a top on the wall is found next to it", async () => {
    const target = gaussianTarget(2, 0);
    const beyond = {
      ...target,
      // The slope of a plane, up to the wall.
      logLikelihoods: async (u: Float64Array) => Float64Array.from({ length: u.length / 2 }, (_, n) => 50 * u[2 * n]),
      withGradients: async (u: Float64Array) => ({
        logLikelihoods: Float64Array.from({ length: u.length / 2 }, (_, n) => 50 * u[2 * n]),
        gradients: u.map((_, i) => (i % 2 === 0 ? 50 : 0)),
      }),
    };
    const { samples } = await runSampler(lbfgs({ starts: 4 }), beyond, 2);
    expect(samples.points[0]).toBeGreaterThan(0.9999);
  });

  test("backs off from where there is no likelihood", async () => {
    const target = gaussianTarget(3, 0.5);
    // The maximum is at (0.4, ...): a wall close by.
    const isIn = (u: Float64Array, n: number) => u[3 * n] > 0.38;
    const walled = {
      ...target,
      logLikelihoods: async (u: Float64Array) =>
        (await target.logLikelihoods(u)).map((value, n) => (isIn(u, n) ? value : Number.NEGATIVE_INFINITY)),
      withGradients: async (u: Float64Array) => {
        const { logLikelihoods, gradients } = await target.withGradients(u);
        return {
          logLikelihoods: logLikelihoods.map((value, n) => (isIn(u, n) ? value : Number.NEGATIVE_INFINITY)),
          gradients: gradients.map((value, i) => (isIn(u, Math.floor(i / 3)) ? value : 0)),
        };
      },
    };
    const { samples } = await runSampler(lbfgs({ starts: 8 }), walled, 2);
    expect(samples.logLikelihoods[0]).toBeGreaterThan(-1e-3);
  });
});

describe("L-BFGS after a tempered climb", () => {
  // A lens as a sharp likelihood sees it: a small hill of what is right, and slopes that lead out of the prior elsewhere.
  const HILL = [
    [0.45, 0.55, 0.5],
    [0.98, 0.03, 0.95],
  ];
  const hilly = () => steep(mixtureTarget(HILL, [3, 2], [0.1, 0.4]), 1e4);

  test("comes to the hill that few of its starts would climb", async () => {
    const plain = await runSampler(lbfgs({ starts: 24 }), hilly(), 3);
    expect(plain.samples.diagnostics.hitRate).toBeLessThan(0.4);
    const target = hilly();
    const sampler = temperedLbfgs({ starts: 24, climbers: 6 });
    const { state, samples, infos } = await runSampler(sampler, target, 3);
    expect(samples.hits![0]).toBeGreaterThan(4);
    expect(samples.points[0]).toBeCloseTo(0.45, 2);
    expect(sampler.basins(state).basins[0].logLikelihood).toBe(samples.logLikelihoods[0]);
    expect(state.best.logLikelihood).toBe(samples.logLikelihoods[0]);
    expect(samples.evaluations).toBe(target.evaluations());
    const progress = infos.map((info) => info.progress);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
  });

  test("steps are the same of the same state, in both climbs", async () => {
    const sampler = temperedLbfgs({ starts: 5, climbers: 2 });
    await expectDeterminism(sampler, hilly(), 8);
    const { infos } = await runSampler(sampler, hilly(), 5);
    await expectDeterminism(sampler, hilly(), infos.length);
  });

  test("paused in the tempered climb it has its best point, of the likelihood itself", async () => {
    const target = hilly();
    const sampler = temperedLbfgs({ starts: 8 });
    const { state } = await sampler.step(await sampler.init(target, randomState(1)), target);
    const { points, logLikelihoods, warnings } = sampler.samples(state);
    const [value] = await target.logLikelihoods(points);
    expect(Math.abs(logLikelihoods[0] / value - 1)).toBeLessThan(1e-9);
    expect(warnings.join()).toContain("8 starts still climb a tempered density");
  });

  test("says what is wrong with its options", () => {
    expect(() => temperedLbfgs({ climbers: 0 })).toThrow("climbers is 0");
    expect(() => temperedLbfgs({ starts: 0 })).toThrow(InputError);
    expect(() => temperedLbfgs({ tolerance: -1 })).toThrow("tolerance is -1");
  });
});

/** So many times the log likelihood; it counts. */
function steep(target: SmoothTarget, factor: number): SmoothTarget & { evaluations(): number } {
  let evaluations = 0;
  const count = (points: Float64Array) => {
    evaluations += points.length / target.dimensions;
    return points;
  };
  return {
    dimensions: target.dimensions,
    logLikelihoods: async (u) => (await target.logLikelihoods(count(u))).map((value) => factor * value),
    async withGradients(u) {
      const { logLikelihoods, gradients } = await target.withGradients(count(u));
      return { logLikelihoods: logLikelihoods.map((v) => factor * v), gradients: gradients.map((v) => factor * v) };
    },
    evaluations: () => evaluations,
  };
}

describe("L-BFGS from many starts", () => multiStartTests(lbfgs));
describe("Adam from many starts", () => multiStartTests(adam));

function multiStartTests<State extends SamplerState>(
  optimizer: (options: MultiStartOptions) => MultiStartOptimizer<State>,
): void {
  test("labels its starts by the peak they end on, with its hit rate", async () => {
    const sampler = optimizer({ starts: 24 });
    const { state, samples } = await runSampler(sampler, mixtureTarget(PEAKS, [1, 3, 2], 0.1), 4);
    const { basins, labels } = sampler.basins(state);
    const order = [PEAKS[1], PEAKS[2], PEAKS[0]];
    expect(basins).toHaveLength(3);
    basins.forEach(({ point, logLikelihood, hits, hitRate }, k) => {
      expect(Math.hypot(point[0] - order[k][0], point[1] - order[k][1])).toBeLessThan(0.01);
      expect(logLikelihood).toBeCloseTo(3 - k, 2);
      expect(labels.filter((label) => label === k)).toHaveLength(hits);
      expect(hitRate).toBe(hits / 24);
    });
    expect(samples.logLikelihoods).toEqual(Float64Array.from(basins, ({ logLikelihood }) => logLikelihood));
    expect([...samples.logWeights]).toEqual([0, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  });

  test("steps are the same of the same state", () => expectDeterminism(optimizer({ starts: 5 }), rosenbrockTarget(3)));

  test("says that it stopped early, and what is wrong with its options", async () => {
    const { samples } = await runSampler(optimizer({ maximumIterations: 3 }), rosenbrockTarget(5), 1);
    expect(samples.diagnostics.iterations).toBe(3);
    expect(() => optimizer({ starts: 0 })).toThrow(InputError);
    expect(() => optimizer({ basinTolerance: -1 })).toThrow("basin tolerance is -1");
  });
}

test("Adam climbs a correlated Gaussian and Rosenbrock's valley", async () => {
  const { samples } = await runSampler(adam({ starts: 8 }), gaussianTarget(5, 0.6), 1);
  expect(samples.logLikelihoods[0]).toBeGreaterThan(-1e-3);
  const valley = await runSampler(adam({ starts: 8, maximumIterations: 1000 }), rosenbrockTarget(2), 1);
  // Slowly along its floor.
  expect(valley.samples.logLikelihoods[0]).toBeGreaterThan(-0.05);
});

test("Adam's first step is the learning rate, in every coordinate and however steep", async () => {
  const sampler = adam({ starts: 3, learningRate: 0.02 });
  const target = gaussianTarget(4, 0.3);
  const before = await sampler.init(target, randomState(2));
  const { state } = await sampler.step(before, target);
  state.positions.forEach((position, k) => {
    position.forEach((x, i) => {
      expect(Math.abs(x - before.positions[k][i])).toBeCloseTo(0.02, 6);
    });
  });
});

test("a start on a wall that has no likelihood next to it is refused", async () => {
  const onWall = (u: Float64Array) => u.map((value) => (value === 0 ? 0 : Number.NEGATIVE_INFINITY));
  const target = {
    dimensions: 1,
    logLikelihoods: async (u: Float64Array) => onWall(u),
    withGradients: async (u: Float64Array) => ({ logLikelihoods: onWall(u), gradients: u.map(() => 0) }),
  };
  await expect(adam({ starts: 1, start: new Float64Array(1) }).init(target, randomState(1))).rejects.toThrow(
    "next to start point 0 there is no likelihood",
  );
});

test("basins are counted from the best down", () => {
  const points = Float64Array.of(0.5, 0.1, 0.505, 0.9, 0.495);
  const { basins, labels } = basinsOf(points, Float64Array.of(3, 1, 2, 5, 2.5), 0.01);
  expect([...labels]).toEqual([1, 2, 1, 0, 1]);
  expect(basins.map(({ hits }) => hits)).toEqual([1, 3, 1]);
});
