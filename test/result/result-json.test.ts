import { beforeAll, describe, expect, test } from "vitest";
import { skyOrientation } from "../../src/dataset/sky-orientation.ts";
import { basinSamples, basinsOf } from "../../src/inference/optimize/basins.ts";
import type { SearchOutcome } from "../../src/pipeline/search-outcome.ts";
import { planDerivedQuantities } from "../../src/result/derived-quantities.ts";
import { derivedSummaries } from "../../src/result/derived-summary.ts";
import { posteriorDraws } from "../../src/result/posterior-draws.ts";
import { posteriorSummary } from "../../src/result/posterior-summary.ts";
import { type Provenance, resultJson } from "../../src/result/result-json.ts";
import { outcomeOf, SEARCHED, searched } from "./outcome.ts";

const PROVENANCE: Provenance = {
  arcletVersion: "1.2.3",
  seed: 3,
  options: { backend: "auto" },
  picks: [{ choice: "voice", picked: "wasm", because: "built in", candidates: [{ candidate: "wasm", seconds: 2 }] }],
  wasmBuild: "base",
  nodeVersion: "v26",
  platform: "linux-x64",
  inputHashes: { "hst.npz": "ab" },
  specText: SEARCHED,
};
const sky = skyOrientation(undefined, { rows: false, columns: false }, { xAxis: "west" });

let plan: Awaited<ReturnType<typeof searched>>;
beforeAll(async () => {
  plan = await searched();
});

async function resultOf(outcome: SearchOutcome) {
  const [evaluation] = await plan.likelihood.evaluate(outcome.best.vector);
  const derive = planDerivedQuantities(outcome.model, plan.datasets, { sky });
  const derived = derivedSummaries(outcome, derive, evaluation, posteriorDraws(outcome, 12, 5));
  const summary = posteriorSummary(outcome);
  return resultJson({
    outcome,
    summary,
    evaluation,
    datasets: plan.datasets,
    derived,
    plausibility: {},
    provenance: PROVENANCE,
  });
}

const RADIUS = "galaxies.lens.mass.einstein_radius";

describe("of a nested sampling run", () => {
  test("is plain data, and of the same input the same bytes", async () => {
    const result = await resultOf(plan.outcome);
    expect(JSON.parse(JSON.stringify(result))).toEqual(result);
    expect(JSON.stringify(await resultOf((await searched()).outcome))).toBe(JSON.stringify(result));
  });

  test("finds the truth, with errors", async () => {
    const { outcome } = plan;
    const result = await resultOf(outcome);
    const { posterior, prior } = result.parameters[RADIUS];
    expect(prior).toMatchObject({ prior: "gaussian", mean: 0.9, sigma: 0.02 });
    expect(Math.abs(posterior!.mean! - 0.9)).toBeLessThan(5 * posterior!.standard_deviation!);
    expect(posterior!.standard_deviation).toBeLessThan(0.01);
    expect(posterior!.interval_95[0]!).toBeLessThan(posterior!.interval_68[0]!);
    expect(result.derived[RADIUS]).toMatchObject({ best: result.parameters[RADIUS].best, draws: 12 });
    expect(result.derived["galaxies.lens.bulge.axis_ratio"]).toMatchObject({ posterior: { standard_deviation: 0 } });
    expect(result.posterior.effective_samples).toBe(outcome.samples.diagnostics.effectiveSamples);
    expect(result.evidence).toEqual({
      log_z: outcome.samples.logEvidence!.value,
      error: outcome.samples.logEvidence!.error,
    });
  });

  test("says all there is of the model and the fit", async () => {
    const result = await resultOf(plan.outcome);
    expect(Object.keys(result.parameters)).toEqual(["galaxies.lens.mass.ell_comps.0", RADIUS]);
    expect(result.tied).toEqual({ "galaxies.source.disk.centre.0": "galaxies.lens.mass.ell_comps.0" });
    expect(result.fixed).toMatchObject({ "galaxies.lens.bulge.sersic_index": 2, "galaxies.lens.mass.centre.1": -0.1 });
    expect(result.assertions).toContain("galaxies.lens.mass.einstein_radius < 1.2");
    expect(result.method).toBe("nested");
    const { hst } = result.best_fit.datasets;
    expect(hst.values).toBe(hst.image_pixels);
    expect(hst.chi_squared_per_pixel! * hst.image_pixels).toBeCloseTo(result.best_fit.terms.chi_squared!, 6);
    // One per pixel to within five of its standard deviations.
    expect(Math.abs(hst.chi_squared_per_pixel! - 1)).toBeLessThan(5 * Math.sqrt(2 / hst.image_pixels));
    expect(result.best_fit.log_likelihood).toBeCloseTo(plan.outcome.best.logLikelihood, 9);
    expect(result.diagnostics).toHaveProperty("effective_samples");
    expect(JSON.stringify(result)).not.toContain("seconds");
    const keys = (value: unknown): string[] =>
      value !== null && typeof value === "object" && !Array.isArray(value)
        ? Object.entries(value).flatMap(([key, inner]) => [key, ...keys(inner)])
        : [];
    expect(keys({ ...result, failures: null }).filter((key) => /[A-Z]/.test(key))).toEqual([]);
  });
});

test("of a multi-start are basins and no posterior, and what is not finite is null", async () => {
  const points = Float64Array.of(0.5, 0.5, 0.5, 0.5, 0.9, 0.1);
  const samples = basinSamples(basinsOf(points, Float64Array.of(-10, -11, -30), 1e-3), 70, { rHat: Number.NaN }, []);
  const result = await resultOf(outcomeOf(plan.spec, plan.model, samples));
  expect(result.basins).toMatchObject({ found: 2, hit_rate: 2 / 3 });
  expect(result.basins?.tops?.[0]).toEqual({
    log_likelihood: -10,
    hits: 2,
    parameters: { "galaxies.lens.mass.ell_comps.0": 0.1, [RADIUS]: 0.9 },
  });
  expect(result.parameters[RADIUS].posterior).toBeNull();
  expect(result.posterior.effective_samples).toBeNull();
  expect(result.evidence).toBeNull();
  expect(result.diagnostics.r_hat).toBeNull();
  expect(result.derived[RADIUS]).toMatchObject({ posterior: null, posterior_absent: expect.any(String) });
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
});

test("a best model that the data speak against is warned of, one that they do not is not", async () => {
  const { outcome } = plan;
  const vector = outcome.best.vector.map((value, p) => (outcome.model.parameters[p].path === RADIUS ? 0.7 : value));
  const far = await resultOf({ ...outcome, best: { ...outcome.best, vector } });
  expect(far.warnings.join()).toMatch(/the best model does not explain \w+: chi\^2 is \d/);
  expect((await resultOf(outcome)).warnings.join()).not.toContain("does not explain");
});

test("draws beyond the climb are no tops of basins", async () => {
  const { samples } = plan.outcome;
  const climbed = { ...samples, diagnostics: { ...samples.diagnostics, basins: 3, hitRate: 0.5 } };
  const { basins } = await resultOf({ ...plan.outcome, samples: climbed });
  expect(basins).toEqual({ found: 3, hit_rate: 0.5, tops: null });
});

describe("draws", () => {
  test.each([1, 2, 3, 4, 5])("are as often as weights say, within one, and the same for seed %d", (seed) => {
    const { outcome } = plan;
    const { logWeights, dimensions } = outcome.samples;
    const draws = posteriorDraws(outcome, 500, seed);
    expect(draws).toEqual(posteriorDraws(outcome, 500, seed));
    expect(draws).toHaveLength(500 * dimensions);
    logWeights.forEach((logWeight, n) => {
      let drawn = 0;
      for (let k = 0; k < 500; k++) if (draws[k * dimensions] === outcome.vectors[n * dimensions]) drawn++;
      expect(Math.abs(drawn - 500 * Math.exp(logWeight))).toBeLessThan(1 + 1e-6);
    });
  });

  test("of few differ from seed to seed", () => {
    const first = [1, 2, 3, 4, 5].map((seed) => posteriorDraws(plan.outcome, 1, seed)[0]);
    expect(new Set(first).size).toBeGreaterThan(2);
  });

  test("of no number are refused", () => {
    expect(() => posteriorDraws(plan.outcome, 0, 1)).toThrow("0 draws");
  });
});
