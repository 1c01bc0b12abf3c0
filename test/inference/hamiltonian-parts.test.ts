import { expect, test } from "vitest";
import { leap, phasePoint } from "../../src/inference/hamiltonian/leapfrog.ts";
import { drawMomentum, metricOf, velocityOf } from "../../src/inference/hamiltonian/metric.ts";
import { noMoments, regularizedCovariance, withPoint } from "../../src/inference/hamiltonian/moments.ts";
import { adapted, settled, stepSizeFrom } from "../../src/inference/hamiltonian/step-size.ts";
import { warmupPhase } from "../../src/inference/hamiltonian/warmup-windows.ts";
import { type Asking, inLockstep } from "../../src/inference/lockstep.ts";
import { draws, normal, randomState, uniform } from "../../src/inference/rng.ts";
import { fromUnit, toUnit, unconstrained } from "../../src/inference/unconstrained.ts";
import { gaussianTarget } from "./gaussian-target.ts";
import { rosenbrockTarget } from "./rosenbrock-target.ts";

test("derivatives in the unconstrained space are those of the density there", async () => {
  for (const jacobian of [false, true]) {
    const smooth = unconstrained(rosenbrockTarget(3), jacobian, 0);
    const position = Float64Array.of(-1.3, 0.4, 2);
    const [at] = await smooth.evaluate([position]);
    const h = 1e-5;
    for (let i = 0; i < 3; i++) {
      const moved = [-h, h].map((by) => position.map((x, j) => (j === i ? x + by : x)));
      const [below, above] = await smooth.evaluate(moved);
      // Central differences: h^2 times third derivatives of some 1e3.
      expect((above.logDensity - below.logDensity) / (2 * h)).toBeCloseTo(at.gradient[i], 3);
    }
    expect(smooth.evaluations()).toBe(7);
  }
});

test("no x is on a wall of the cube, and none that overflowed is asked for", async () => {
  const far = toUnit(Float64Array.of(-800, 800, Number.POSITIVE_INFINITY));
  expect(far.every((u) => u > 0 && u < 1)).toBe(true);
  expect(fromUnit(Float64Array.of(0, 0.5, 1)).every(Number.isFinite)).toBe(true);
  const smooth = unconstrained(gaussianTarget(2, 0), true, 0);
  const [nowhere, somewhere] = await smooth.evaluate([Float64Array.of(Number.NaN, 0), new Float64Array(2)]);
  expect(nowhere.logDensity).toBe(Number.NEGATIVE_INFINITY);
  expect(Number.isFinite(somewhere.logDensity)).toBe(true);
  expect(smooth.evaluations()).toBe(1);
});

test("computations in lockstep share their batches, and each is told of its own point", async () => {
  const target = gaussianTarget(1, 0);
  const smooth = unconstrained(target, false, 0);
  const results = await inLockstep(
    [3, 0, 1].map(function* (asks, k): Asking<number> {
      let sum = 0;
      for (let i = 0; i < asks; i++) sum += (yield Float64Array.of(k + i)).position[0];
      return sum;
    }),
    smooth,
  );
  expect(results).toEqual([0 + 1 + 2, 0, 2]);
  expect(target.batches()).toBe(3);
  expect(smooth.evaluations()).toBe(4);
});

test("a leap forwards and one backwards lead home, and short leaps keep the energy", async () => {
  const smooth = unconstrained(gaussianTarget(2, 0.5), true, 0);
  const metric = metricOf(Float64Array.of(0.04, 0.02, 0.02, 0.09), 2);
  const [at] = await smooth.evaluate([Float64Array.of(-0.3, 0.1)]);
  const from = phasePoint(at, Float64Array.of(4, -3), metric);
  const [to] = await inLockstep([leap(from, 0.01, metric)], smooth);
  const [back] = await inLockstep([leap(to, -0.01, metric)], smooth);
  for (let i = 0; i < 2; i++) {
    expect(back.at.position[i]).toBeCloseTo(from.at.position[i], 12);
    expect(back.momentum[i]).toBeCloseTo(from.momentum[i], 10);
  }
  const errorOf = async (step: number) =>
    Math.abs((await inLockstep([leap(from, step, metric)], smooth))[0].energy - from.energy);
  // The error of one leap is of third order: an eighth at half the step.
  const ratio = (await errorOf(0.02)) / (await errorOf(0.01));
  expect(ratio).toBeGreaterThan(6);
  expect(ratio).toBeLessThan(10);
});

test.each([
  ["diagonal", Float64Array.of(0.5, 2)],
  ["dense", Float64Array.of(0.5, 0.6, 0.6, 2)],
])("the velocities of momenta drawn with a %s metric have its covariance", (_, covariance) => {
  const metric = metricOf(covariance, 2);
  const random = randomState(3);
  let moments = noMoments(2, covariance.length);
  for (let i = 0; i < 20_000; i++) moments = withPoint(moments, velocityOf(metric, drawMomentum(metric, 2, random)));
  // Five standard errors, sqrt(2 / n) of a variance of two at most.
  regularizedCovariance(moments)?.forEach((value, at) => {
    expect(Math.abs(value - covariance[at])).toBeLessThan(0.1);
  });
});

test("moments are those of all points at once, correlations of few drawn to none", () => {
  const points = Array.from({ length: 7 }, (_, k) => draws(randomState(k), 2, normal));
  const moments = points.reduce(withPoint, noMoments(2, 4));
  const mean = [0, 1].map((i) => points.reduce((sum, point) => sum + point[i], 0) / 7);
  const covariance = regularizedCovariance(moments) ?? [];
  for (const at of [0, 1, 2, 3]) {
    const [i, j] = [at >> 1, at & 1];
    const plain = points.reduce((sum, point) => sum + (point[i] - mean[i]) * (point[j] - mean[j]), 0) / 6;
    expect(covariance[at]).toBeCloseTo(i === j ? plain : (plain * 7) / 12, 12);
  }
});

test("points that never moved have no covariance", () => {
  const still = [1, 2, 3].map(() => Float64Array.of(0.5, 2)).reduce(withPoint, noMoments(2, 2));
  expect(regularizedCovariance(still)).toBeNull();
  expect(regularizedCovariance(noMoments(2, 2))).toBeNull();
});

test("the step size settles where the acceptance is the wanted one", () => {
  const random = randomState(1);
  let stepSize = stepSizeFrom(5);
  // An acceptance that falls with the step, 0.8 at 0.3, and scatters.
  for (let i = 0; i < 2000; i++)
    stepSize = adapted(stepSize, Math.min(1, 0.8 ** (stepSize.step / 0.3) * (0.9 + 0.2 * uniform(random))), 0.8);
  expect(settled(stepSize).step).toBeCloseTo(0.3, 1);
  expect(Math.abs(settled(stepSize).step / 0.3 - 1)).toBeLessThan(0.1);
});

test("the windows of the warm-up are Stan's", () => {
  const endsOf = (warmup: number) =>
    Array.from({ length: warmup }, (_, i) => i + 1).filter((next) => warmupPhase(next - 1, warmup).isWindowEnd);
  expect(endsOf(1000)).toEqual([100, 150, 250, 450, 950]);
  expect(endsOf(500)).toEqual([100, 150, 250, 450]);
  expect(endsOf(150)).toEqual([100]);
  expect(endsOf(100)).toEqual([90]);
  const counted = Array.from({ length: 100 }, (_, i) => warmupPhase(i, 100).isCounted);
  expect([counted.indexOf(true), counted.lastIndexOf(true)]).toEqual([15, 89]);
});
