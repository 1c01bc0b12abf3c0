import { describe, expect, test } from "vitest";
import { InputError } from "../../src/errors.ts";
import { gigaLens } from "../../src/inference/giga-lens/giga-lens.ts";
import { depthIn, laplaceMode } from "../../src/inference/modes/laplace.ts";
import { tempered, untempered } from "../../src/inference/optimize/tempered.ts";
import { randomState } from "../../src/inference/rng.ts";
import type { SmoothTarget } from "../../src/inference/sampler.ts";
import { fromUnit, unconstrained } from "../../src/inference/unconstrained.ts";
import { dot } from "../../src/inference/vectors.ts";
import { planSpec } from "../../src/likelihood/from-spec.ts";
import { simulateSpec } from "../../src/likelihood/simulate.ts";
import { targetOf, vectorsFromUnit } from "../../src/likelihood/target.ts";
import { parseSpec } from "../../src/model/parse-spec.ts";
import { simulatedFiles } from "../../src/result/simulated-files.ts";
import { gaussianTarget } from "./gaussian-target.ts";
import { mixtureTarget } from "./mixture-target.ts";
import { expectDeterminism, expectMoments, runSampler } from "./run-sampler.ts";

const SHORT = { starts: 16, climbers: 8, warmup: 100, samples: 300 };
const TWO_PEAKS = [
  [0.3, 0.3, 0.3],
  [0.7, 0.7, 0.7],
];
const BEST_ALONE = /the chains know the best basin alone: 1 more has ([\d.]+) times its mass/;

describe("GIGA-Lens", () => {
  test.each([
    [2, 0.9],
    [8, -0.7],
  ])("samples a Gaussian of %s dimensions correlated by %s", async (d, correlation) => {
    const target = gaussianTarget(d, correlation);
    const { samples, infos } = await runSampler(gigaLens(SHORT), target, 1);
    const { effectiveSamples, splitRHat, leaps, basins, hitRate, laplaceLogEvidence } = samples.diagnostics;
    expect(samples.warnings).toEqual([]);
    // Chains that do not agree yet go on by as many.
    expect(samples.points.length % (4 * 300 * d)).toBe(0);
    expectMoments(samples, Math.min(effectiveSamples, 1000), target.mean, target.covariance);
    expect(splitRHat).toBeLessThan(1.01);
    // As of a round Gaussian: Laplace's covariance undoes the correlation.
    expect(leaps).toBeLessThan(8);
    expect([basins, hitRate]).toEqual([1, 1]);
    // Over x, at a width of 0.2, it is a Gaussian to some hundredths a dimension.
    expect(Math.abs(laplaceLogEvidence - logIntegral(target.covariance, d))).toBeLessThan(0.03 * d);
    const progress = infos.map((info) => info.progress);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toBe(1);
    expect(infos.at(-1)?.best.logLikelihood).toBeCloseTo(0, 1);
  });

  test("says that another basin has as much mass", async () => {
    const { samples } = await runSampler(gigaLens(SHORT), mixtureTarget(TWO_PEAKS, [0, 0], 0.03), 1);
    const said = samples.warnings.map((line) => BEST_ALONE.exec(line)).find((match) => match !== null);
    expect(Number(said?.[1])).toBeCloseTo(1, 1);
    expect(samples.diagnostics).toMatchObject({ basins: 2, rivalMass: expect.closeTo(1, 1) });
    // One of them alone.
    expect(new Set(samples.points.map((u) => Math.round(u))).size).toBe(1);
  });

  test("a basin of little mass is counted and left", async () => {
    const { samples } = await runSampler(gigaLens(SHORT), mixtureTarget(TWO_PEAKS, [-9, 0], 0.03), 1);
    expect(samples.diagnostics.basins).toBe(2);
    expect(samples.warnings).toEqual([]);
    expect(samples.points.every((u) => u > 0.5)).toBe(true);
  });

  test("samples the wide basin, not the high one", async () => {
    const { samples } = await runSampler(gigaLens(SHORT), mixtureTarget(TWO_PEAKS, [2, 0], [0.01, 0.05]), 1);
    // e^2 / 5^3 is above a hundredth.
    expect(Number(BEST_ALONE.exec(samples.warnings.join())?.[1])).toBeCloseTo(Math.exp(2) / 125, 2);
    expect(samples.points.every((u) => u > 0.4)).toBe(true);
  });

  test("says that the best basin may have been luck", async () => {
    const centres = Array.from({ length: 25 }, (_, k) => [0.1 + 0.2 * (k % 5), 0.1 + 0.2 * Math.floor(k / 5)]);
    const heights = centres.map((_, k) => -5 * ((k * 7) % 25));
    const sampler = gigaLens({ ...SHORT, starts: 4, climbers: 4 });
    const { samples } = await runSampler(sampler, mixtureTarget(centres, heights, 0.02), 4);
    expect(samples.warnings[0]).toBe("one climb alone found the best basin: more starts may find a better one");
  });

  test("goes on for four rounds while its samples are too few", async () => {
    const { samples, infos } = await runSampler(gigaLens({ ...SHORT, samples: 15 }), gaussianTarget(2, 0), 1);
    expect(samples.logLikelihoods).toHaveLength(4 * 4 * 15);
    expect(samples.warnings.join()).toContain("effective samples, of 400 that R-hat needs");
    expect(infos.filter(({ progress }) => progress === 1)).toHaveLength(1);
  });

  test("starts its chains where there is a likelihood", async () => {
    const smooth = gaussianTarget(2, 0, 0.2);
    const isOut = (points: Float64Array, n: number) => points[2 * n] > 0.45;
    const cut = (points: Float64Array, values: Float64Array) =>
      values.map((value, n) => (isOut(points, n) ? Number.NEGATIVE_INFINITY : value));
    const cliff: SmoothTarget = {
      dimensions: 2,
      logLikelihoods: async (points) => cut(points, await smooth.logLikelihoods(points)),
      withGradients: async (points) => {
        const { logLikelihoods, gradients } = await smooth.withGradients(points);
        return {
          logLikelihoods: cut(points, logLikelihoods),
          gradients: gradients.map((value, i) => (isOut(points, Math.floor(i / 2)) ? 0 : value)),
        };
      },
    };
    const { samples } = await runSampler(gigaLens(SHORT), cliff, 1);
    expect(samples.points.every((u, i) => i % 2 === 1 || u <= 0.45)).toBe(true);
    expect(samples.warnings.join()).toContain("trajectories diverged");
  });

  test("steps are the same of the same state, through all stages", async () => {
    const sampler = gigaLens({ starts: 8, climbers: 4, warmup: 5, samples: 10 });
    const target = gaussianTarget(3, 0.5);
    const { infos } = await runSampler(sampler, target, 5);
    await expectDeterminism(sampler, target, infos.length);
    // Halfway into the chains as well.
    await expectDeterminism(sampler, target, 2 * (infos.length - 8));
  });

  test("says that it stopped early, and what is wrong with its options", async () => {
    const target = gaussianTarget(2, 0);
    const sampler = gigaLens({ starts: 8 });
    const early = sampler.samples(await sampler.init(target, randomState(1)));
    expect(early.warnings).toEqual(["stopped before there were chains: the best point is no sample of the posterior"]);
    expect(early.logLikelihoods[0]).toBe((await target.logLikelihoods(early.points))[0]);
    expect(() => gigaLens({ starts: 0 })).toThrow(InputError);
    expect(() => gigaLens({ acceptance: 1 })).toThrow("acceptance is 1");
  });

  test("finds a lens", async () => {
    const { target, model } = await lens();
    const { samples } = await runSampler(
      gigaLens({ starts: 12, climbers: 4, chains: 2, warmup: 50, samples: 120 }),
      target,
      1,
    );
    const { splitRHat, hits } = samples.diagnostics;
    expect(samples.warnings.filter((line) => !/R-hat/.test(line))).toEqual([]);
    expect(hits).toBeGreaterThan(1);
    expect(splitRHat).toBeLessThan(1.1);
    const vectors = vectorsFromUnit(model, samples.points);
    const d = model.parameters.length;
    model.parameters.forEach(({ path }, p) => {
      const values = vectors.filter((_, i) => i % d === p);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const sigma = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
      expect(Math.abs(mean - TRUTH[p]) / sigma, path).toBeLessThan(4);
      expect(sigma, path).toBeLessThan(0.05);
    });
  });
});

describe("Laplace's Gaussian", () => {
  test("is of the second derivatives at the top, from near it", async () => {
    const target = gaussianTarget(4, 0.6, 0.002);
    const smooth = unconstrained(target, true, 0);
    const [from] = await smooth.evaluate([fromUnit(target.mean.map((u) => u + 0.002))]);
    const mode = await laplaceMode(from, smooth);
    // Newton's last step gains less than 1e-3.
    expect(mode.at.logDensity).toBeGreaterThan(from.logDensity);
    expect(dot(mode.at.gradient, mode.covariance.subarray(0, 4)) ** 2).toBeLessThan(2e-3 * mode.covariance[0]);
    // At this width dx = du / (u (1 - u)).
    mode.covariance.forEach((value, at) => {
      const [i, j] = [Math.floor(at / 4), at % 4].map((k) => target.mean[k] * (1 - target.mean[k]));
      const scale = Math.sqrt(target.covariance[5 * Math.floor(at / 4)] * target.covariance[5 * (at % 4)]);
      expect(Math.abs(value * i * j - target.covariance[at]) / scale).toBeLessThan(0.01);
    });
    const { squaredDistance, drop } = depthIn(mode, from);
    expect(squaredDistance / drop).toBeCloseTo(1, 1);
  });

  test("of a flat likelihood is the prior's", async () => {
    const smooth = unconstrained(gaussianTarget(2, 0, 1e6), true, 0);
    const [from] = await smooth.evaluate([Float64Array.of(3, -2)]);
    const { at, precision, logMass } = await laplaceMode(from, smooth);
    expect(Math.max(...at.position.map(Math.abs))).toBeLessThan(0.1);
    // u (1 - u) twice is 1/2 at the top; half a width about it the slope, -tanh(x / 2), falls a little less.
    const half = 0.5 / Math.sqrt(precision[0]);
    expect(precision[0]).toBeCloseTo(Math.tanh(half / 2) / half, 2);
    expect(Math.abs(precision[0] / 0.5 - 1)).toBeLessThan(0.05);
    // Of a logistic distribution a Gaussian holds sqrt(2 pi / precision) / 4.
    expect(logMass).toBeCloseTo(2 * Math.log(Math.sqrt((2 * Math.PI) / precision[0]) / 4), 2);
  });
});

test("a tempered target is the density over x at a temper of one", async () => {
  const target = gaussianTarget(2, 0.5);
  const points = Float64Array.of(0.2, 0.7, 0.41, 0.5);
  const positions = [points.subarray(0, 2), points.subarray(2)].map(fromUnit);
  const [first, second] = await unconstrained(target, true, 0).evaluate(positions);
  const [like, alike] = await unconstrained(tempered(target, 1), false, 0).evaluate(positions);
  expect(like.logDensity).toBeCloseTo(first.logDensity, 9);
  for (const i of [0, 1]) expect(alike.gradient[i]).toBeCloseTo(second.gradient[i], 9);
  const value = (await tempered(target, 0.01).logLikelihoods(points))[0];
  expect(untempered(value, points.subarray(0, 2), 0.01)).toBeCloseTo(first.logLikelihood, 6);
});

/** ln of the integral of exp(-z' C^-1 z / 2), whose determinant is that of an autoregressive series. */
function logIntegral(covariance: Float64Array, d: number): number {
  const correlation = covariance[1] / Math.sqrt(covariance[0] * covariance[d + 1]);
  const variances = Array.from({ length: d }, (_, i) => Math.log(2 * Math.PI * covariance[i * (d + 1)]));
  return 0.5 * (variances.reduce((sum, value) => sum + value, 0) + (d - 1) * Math.log(1 - correlation ** 2));
}

const TRUTH = [0.1, -0.05, 1.0, 0.05, 0.08, 0.2];

/** A mass and a source of six parameters on a small image. */
async function lens() {
  const spec = (values: readonly string[]) =>
    parseSpec(
      `datasets:
  hst:
    type: imaging
    data: image.fits
    noise_map: noise.fits
    psf: psf.fits
    pixel_scale: 0.1
    mask: { type: circular, radius: 1.5 }
    over_sampling: { light: 2 }
    simulate: { shape: [36, 36], exposure_time: 300, background_sky_level: 0.1, psf_fwhm: 0.15 }
galaxies:
  lens:
    redshift: 0.5
    mass: { profile: Isothermal, ell_comps: [${values[0]}, ${values[1]}], einstein_radius: ${values[2]} }
  source:
    redshift: 1.0
    disk: { profile: Exponential, centre: [${values[3]}, ${values[4]}], ell_comps: [0, 0], intensity: 0.3, effective_radius: ${values[5]} }
`,
      "lens.yaml",
    );
  const uniform = (lower: number, upper: number) => `{ prior: uniform, lower: ${lower}, upper: ${upper} }`;
  const free = [
    uniform(-0.5, 0.5),
    uniform(-0.5, 0.5),
    uniform(0.3, 1.7),
    uniform(-0.5, 0.5),
    uniform(-0.5, 0.5),
    "{ prior: log_uniform, lower: 0.02, upper: 1 }",
  ];
  const open = async (path: string): Promise<never> => {
    throw new Error(`a simulation reads no ${path}`);
  };
  const files = simulatedFiles((await simulateSpec(spec(TRUTH.map(String)), { seed: 3, open })).datasets, []);
  const planned = await planSpec(spec(free), {
    open: async (path) => {
      const bytes = files.get(path)!;
      return {
        name: path,
        size: bytes.length,
        read: async (offset: number, length: number) => bytes.slice(offset, offset + length),
      };
    },
  });
  return { model: planned.model, target: targetOf(planned.model, planned.likelihood) };
}
